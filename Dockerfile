# The production image: the portal alone; PostgreSQL and Valkey are services of their own.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_NO_VENV=1 DATA_DIR=/data STATIC_ROOT=/srv/static
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/base.txt

COPY . .
# Neither step touches a server; the secret is for these two lines only.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build REHEARSAL=0 \
    sh -c "python manage.py compile_translations && python manage.py collectstatic --noinput -v 0" \
 && useradd --system --uid 10001 --home-dir /data portal \
 && useradd --system --uid 10002 --home-dir /gate gate \
 && install -d -o portal -g portal -m 0700 /data \
 && install -d -o gate -g gate -m 0700 /gate

USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--preload", "--graceful-timeout", "8", "--access-logfile", "-"]
