# What a developer and a new user type; each target makes its own environment first.
.PHONY: demo test check mutants bench bench-small bench-month clean help
INSTALLED := .venv/.installed
BIN := .venv/bin

help:
	@echo "make demo    rate one month of 63 treasuries through a real Airflow, and show the ranking"
	@echo "make test    run every test"
	@echo "make check   lint, types, SQL style, tests"
	@echo "make mutants change the scores in every small way, and list the changes that no test notices (long)"
	@echo "make bench   measure against other loaders, and write benchmarks/results (half an hour; bench-small: minutes)"
	@echo "make bench-month  measure the whole month against a raw COPY pipe (minutes)"
	@echo "make clean   stop the embedded servers and remove what was made here"

$(INSTALLED): install pyproject.toml requirements/dev.txt requirements/uv.txt
	./install
	@touch $@

demo: $(INSTALLED)
	$(BIN)/hailong demo

test: $(INSTALLED)
	$(BIN)/python -m pytest

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 sql etl/demo examples
	$(BIN)/python -m pytest

# in a copy, where a make clean finds it: mutmut writes beside what it changes
MUTANTS := .hailong/mutants
mutants: $(INSTALLED)
	rm -rf $(MUTANTS) && mkdir -p $(MUTANTS) && cp -R etl config sql tests pyproject.toml $(MUTANTS)
	cd $(MUTANTS) && ../../$(BIN)/mutmut run && ../../$(BIN)/mutmut results

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.peers --rows 10000 100000 1000000 --repeat 2 --patience 200 --results benchmarks/results

bench-small: $(INSTALLED)
	$(BIN)/python -m benchmarks.peers --rows 10000 100000 --repeat 2 --once-over 8

bench-month: $(INSTALLED)
	$(BIN)/python -m benchmarks.month

clean:
	-[ -x $(BIN)/hailong ] && $(BIN)/hailong down
	rm -rf .venv .hailong .pytest_cache .mypy_cache .ruff_cache .hypothesis
