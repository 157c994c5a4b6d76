# What a developer and a new user type; each target makes its own environment first.
.PHONY: demo bi quick test deep thorough lint check up down compose-test fault-test audit mutants bench bench-small bench-month clean help
INSTALLED := .venv/.installed
BIN := .venv/bin

help:
	@echo "make demo    rate one month of 63 treasuries through a real Airflow, and show the ranking"
	@echo "make bi      show the demo's month in Apache Superset, in an environment of its own"
	@echo "make quick   run the tests that need no server (two minutes)"
	@echo "make test    run what runs on any machine: whole months, SQL, reports (ten minutes)"
	@echo "make deep    run what needs real services: Airflow, other databases, a browser, LibreOffice, Superset, faults (fifteen)"
	@echo "make thorough  run everything with more made-up cases, cuts and kills (long)"
	@echo "make lint    lint, types, SQL style (a minute)"
	@echo "make check   make lint, make test"
	@echo "make up      bring the whole system up with Docker, on Celery; make down stops it and keeps its data"
	@echo "make compose-test  break the Docker stack on purpose and compare its figures (needs an engine and the images)"
	@echo "make fault-test    kill scheduler, tasks and workers twenty times, and compare every row"
	@echo "make audit   look for known holes in what is locked (needs the public package index)"
	@echo "make mutants change the scores in every small way, and list the changes that no test notices (long)"
	@echo "make bench   measure against other loaders, and write benchmarks/results (half an hour; bench-small: minutes)"
	@echo "make bench-month  measure the whole month against a raw COPY pipe (minutes)"
	@echo "make clean   stop the embedded servers and remove what was made here"

$(INSTALLED): install pyproject.toml requirements/dev.txt requirements/uv.txt
	./install
	@touch $@

demo: $(INSTALLED)
	$(BIN)/hailong demo

# the demo's month is a draft until somebody publishes it, and is shown as one; the server stays until 'hailong down'
bi: $(INSTALLED)
	bi/install
	url=$$($(BIN)/hailong url --reader) && HAILONG_WAREHOUSE_URL=$$url HAILONG_BI_SHOW=latest bi/start

# two processes at once, each with servers of its own (tests/conftest.py), and what takes longest is begun first; with three
# on two cores Superset takes 250 s to start, and Airflow twice as long as with two
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

quick: $(INSTALLED)
	$(PYTEST) -m "not deep" tests/unit tests/spec tests/suites

test: $(INSTALLED)
	$(PYTEST) -m "not deep"

# what this machine lacks is told first, and skipped by its name; with CI set it fails
deep: $(INSTALLED)
	-bi/install
	$(PYTEST) -m "deep and not thorough"

# tests/lib/cases.py, tests/e2e/test_made_up_databases.py, test_source_killed.py and tests/faults say what each number is, and what make deep takes
thorough: $(INSTALLED)
	-bi/install
	HAILONG_EXAMPLES=200 HAILONG_DATABASES=1000 HAILONG_CUTS=50 HAILONG_FAULT_RUNS=20 $(PYTEST) --timeout 3600

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 sql etl/demo examples

check: lint
	$(MAKE) test

up:
	docker/secrets
	docker compose up --build --detach --wait

down:
	docker compose down

compose-test:
	docker/compose-test

fault-test: $(INSTALLED)
	HAILONG_FAULT_RUNS=20 $(BIN)/python -m pytest -s --timeout 3600 tests/faults

# an index that keeps no advisories has every package skipped: then nothing was audited, and that is a failure
audit: $(INSTALLED)
	$(BIN)/pip-audit --strict --disable-pip --no-deps --progress-spinner off --requirement requirements/prod.txt

# in a copy, where a make clean finds it: mutmut writes beside what it changes
MUTANTS := .hailong/mutants
mutants: $(INSTALLED)
	rm -rf $(MUTANTS) && mkdir -p $(MUTANTS) && cp -R etl config sql tests pyproject.toml $(MUTANTS)
	cd $(MUTANTS) && HAILONG_EXAMPLES=100 ../../$(BIN)/mutmut run && ../../$(BIN)/mutmut results

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.peers --rows 10000 100000 1000000 --repeat 2 --patience 200 --results benchmarks/results

bench-small: $(INSTALLED)
	$(BIN)/python -m benchmarks.peers --rows 10000 100000 --repeat 2 --once-over 8

bench-month: $(INSTALLED)
	$(BIN)/python -m benchmarks.month

clean:
	-[ -x $(BIN)/hailong ] && $(BIN)/hailong down
	-[ -x $(BIN)/python ] && $(BIN)/python -m tests.lib.slots
	rm -rf .venv .venv-bi .hailong .pytest_cache .mypy_cache .ruff_cache .hypothesis
