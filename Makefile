# Needs make and Python 3.11 or newer; everything else comes into .venv.

# `make run` also takes PORT=8000, DEMO=0 and DEBUG=0, from here, the environment or .env.
# The machine's `python3` if it is new enough, else a newer one beside it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -Ic 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && exit; done; echo python3)

PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n 2 --dist worksteal -rs --durations=20 -o junit_family=xunit1
# Marked, and in folders of their own, because they need more than Python.
HERMETIC := -m "not browser and not services and not faults" --ignore=tests/browser --ignore=tests/services --ignore=tests/faults

# What a real installation would set, for the checks that only make sense there.
PRODUCTION := env DEBUG=0 PLAIN_HTTP=0 TIME_TRAVEL=0 DATABASE_URL= BROKER_URL= DATA_DIR=.data/check \
	ALLOWED_HOSTS=keep.example.org PUBLIC_URL=https://keep.example.org

.PHONY: help setup setup-dev run test services-test fault-test faults browser-test seeded bench check check-style check-types \
	check-layers check-templates check-migrations check-settings check-catalogues
.DEFAULT_GOAL := help

help:
	@echo "make run            try Keep at http://127.0.0.1:8000/ with a demo organisation (PORT=, DEMO=0 for an empty one)"
	@echo "make test           the test suite, on SQLite"
	@echo "make check          style, types, layers, templates, migrations, settings"
	@echo "make bench          figures beside their limits"
	@echo "make services-test  the test suite on PostgreSQL and Redis"
	@echo "make fault-test     what happens when processes are killed, on PostgreSQL and Redis"
	@echo "make faults         the long form: hundreds of kills, outages of ten minutes (at most 100 minutes an engine), and a thousand rounds of sixteen clients"
	@echo "make browser-test   the tests that click, in Chromium"
	@echo "make seeded         plants known bugs in a copy and asks whether the tests notice (a quarter of an hour)"
	@echo "make setup          only build .venv"

setup:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Python is missing: install Python 3.11 or newer, or name it, as in make run PYTHON=/opt/python/bin/python3." >&2; exit 1; }
	@"$(PYTHON)" -I config/preflight.py requirements.lock

setup-dev:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Python is missing: install Python 3.11 or newer, or name it, as in make test PYTHON=/opt/python/bin/python3." >&2; exit 1; }
	@"$(PYTHON)" -I config/preflight.py requirements.lock requirements-dev.lock

run: setup
	@exec $(PY) -P config/supervise.py --follow-parent

test: setup-dev
	$(PYTEST) $(HERMETIC) --junit-xml=reports/test.xml

services-test: setup-dev
	$(PY) -P .ci/with_services.py $(PYTEST) -m "not browser and not faults and not once" --ignore=tests/browser --ignore=tests/faults --junit-xml=reports/services.xml

fault-test: setup-dev
	$(PY) -P .ci/with_services.py $(PY) -m pytest -rs -o junit_family=xunit1 tests/faults --junit-xml=reports/faults.xml

# Goes on where it was stopped; ENGINES="sqlite" for one of them, FAULTS_SHARE=0.1 for a tenth. The log: .data/faults/.
ENGINES ?= postgresql sqlite
faults: setup-dev
	@status=0; for engine in $(ENGINES); do \
		if [ $$engine = postgresql ]; then with="$(PY) -P .ci/with_services.py"; else with=""; fi; \
		$$with $(PY) -m tests.faults $$engine 100 || status=1; \
		if [ $$engine = postgresql ]; then $$with $(PY) -m pytest -rs tests/faults/test_sixteen_for_long.py || status=1; fi; \
	done; exit $$status

browser-test: setup-dev
	@command -v chromium >/dev/null 2>&1 || { echo "The browser tests need the Debian package chromium." >&2; exit 1; }
	$(PY) -m pytest -rs -o junit_family=xunit1 tests/browser --junit-xml=reports/browser.xml

# Goes on where it was stopped; WORDS= names some of them.
seeded: setup-dev
	$(PY) -m tests.seeded $(WORDS)

# Each part on its own too; `make -k check` goes on after the first that fails.
check: check-style check-types check-layers check-templates check-migrations check-settings check-catalogues

check-style: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

check-types: setup-dev
	$(PRODUCTION) .venv/bin/mypy .

check-layers: setup-dev
	.venv/bin/lint-imports --no-logo

check-templates: setup-dev
	$(PY) -m djlint templates --check --quiet
	$(PY) -m djlint templates --lint

check-migrations: setup-dev
	$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run

check-settings: setup-dev
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

check-catalogues: setup-dev
	$(PY) -P .ci/fresh_catalogues.py

bench: setup-dev
	$(PY) -m bench
