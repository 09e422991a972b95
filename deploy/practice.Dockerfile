# The portal to practise on, whole: with PostgreSQL and Valkey inside, filled with invented people.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_NO_VENV=1 DATA_DIR=/data STATIC_ROOT=/data/static
WORKDIR /app

COPY requirements/base.txt requirements/local.txt requirements/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/local.txt

COPY . .
RUN SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build REHEARSAL=0 \
    python manage.py compile_translations \
 && useradd --system --uid 10003 --home-dir /data practice \
 && install -d -o practice -g practice -m 0700 /data

USER practice
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "up", "--host", "0.0.0.0", "--port", "8000"]
