# Short names for those who have make; `python3 manage.py …` is all that is needed.
.PHONY: up test check lock

up test lock:
	python3 manage.py $@

check:
	python3 manage.py check_all
