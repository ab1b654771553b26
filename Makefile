# make chat | test | test-milvus | torture | fuzz | audit | run | bench | bench-full | bench-ingest | bench-load | lock | clean
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: chat run test test-milvus torture fuzz audit lint bench bench-full bench-ingest bench-load lock clean

chat: $(STAMP)
	@$(BIN)/yinju chat

run: $(STAMP)
	@$(BIN)/yinju run

test: $(DEV) lint
	$(BIN)/python -m pytest --numprocesses 2

# The conversations once more, with the index in a Milvus Lite.
test-milvus: $(DEV)
	YINJU_RETRIEVAL__ENGINE=milvus $(BIN)/python -m pytest --numprocesses 2 tests/bot

torture: $(DEV)
	$(BIN)/python -m pytest --numprocesses 2 -m torture

# Inputs that nobody would write, for half an hour; what is found is kept in tests/findings.
fuzz: $(DEV)
	$(BIN)/python -m tests.support.fuzzing --minutes 30

# Known holes in the exact versions; it needs the network, so it is no part of `make test`.
audit: $(DEV)
	@$(BIN)/python -m pip install --quiet 'pip-audit>=2.9,<3' && $(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip \
		|| echo 'audit: holes were found, or PyPI cannot be reached from here; see above' >&2

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/bandit -q -c pyproject.toml -r bot corpus config
	$(BIN)/mypy
	$(BIN)/lint-imports

# The environment is made anew whenever what it is made from changes.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Yinju needs Python 3.11 or newer; set PYTHON=/path/to/python3' >&2; exit 1; }
	@echo 'Installing into $(VENV) (first time only) …' >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $(STAMP)

# Whoever only talks to the bot needs none of what it is tested with.
$(DEV): $(STAMP)
	@echo 'Installing what the tests need (first time only) …' >&2
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(DEV)

bench-load: $(DEV)
	$(BIN)/python -m tests.benchmarks.load

bench-ingest: $(DEV)
	$(BIN)/python -m tests.benchmarks.ingest

bench: $(DEV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m tests.benchmarks.search --json bench.json

bench-full: $(DEV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m tests.benchmarks.search --millions 1 --millions 10 --millions 90 --questions 120 --peer rank_bm25 --peer tantivy --json bench.json

lock:
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	{ echo '# Exact versions that `make` installs with; `make lock` writes this file anew.'; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.txt
	touch $(STAMP) $(DEV)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
