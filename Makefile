# `make` alone says what there is. Everything Python needs goes into .venv.

PYTHON = python3
HOST = 127.0.0.1
PORT = 8000
DATA = var
ARGS =
VERSIONS = 5.2 6.0 6.1
BENCHMARKS = append last_lines idle_streams latency fan_out many_searches find download attacks admin_entries histogram jobs_list run_start run_output run_crashes

export PYTHON
BIN = .venv/bin

# Who can reach the server may also run programs, if the installation allows it and the user is a Runner.
# A server for this machine alone allows it; one that others can reach does so only when told to.
ifneq ($(filter $(HOST),127.0.0.1 localhost ::1),)
QUAERO_PROGRAMS ?= python,shell
endif

.PHONY: help setup run test test-django soak lint bench dist constraints screenshots

help:
	@echo 'make run [HOST=$(HOST)] [PORT=$(PORT)] [DATA=$(DATA)]   set up and serve; Ctrl-C stops it'
	@echo 'make test [ARGS="..."]   set up and run all checks; ARGS go to pytest'
	@echo 'make test-django [VERSIONS="$(VERSIONS)"]   the quick tests on each of these versions of Django'
	@echo 'make soak                the bad days of tests/faults, longer'
	@echo 'make lint                lint, format, types, templates, scripts and styles'
	@echo 'make bench [BENCHMARKS=...]   measure: $(BENCHMARKS)'
	@echo 'make screenshots         take the pictures of README and docs anew'
	@echo 'make dist                build the package for PyPI in dist/'
	@echo 'make setup               only make the virtual environment'
	@echo 'make constraints         renew constraints.txt'

setup: .venv/.ready
	@echo 'Quaero is set up in .venv; "make run" starts it.'

.venv/.ready: pyproject.toml constraints.txt
	@scripts/setup '.[all]'

.venv/.ready-dev: pyproject.toml constraints.txt
	@scripts/setup '.[dev]'
	@touch .venv/.ready .venv/.ready-dev

run: export QUAERO_PROGRAMS := $(QUAERO_PROGRAMS)
run: export QUAERO_DATA_DIR := $(DATA)
run: .venv/.ready
	@exec $(BIN)/python manage.py serve --host '$(HOST)' --port '$(PORT)'

test: .venv/.ready-dev
	@scripts/test $(ARGS)

test-django:
	@scripts/test-django $(VERSIONS)

soak: .venv/.ready-dev
	@SOAK=1 $(BIN)/python -m pytest -q tests/faults

lint: .venv/.ready-dev
	@scripts/lint

bench: .venv/.ready-dev
	@missed=0; for name in $(BENCHMARKS); do \
	    echo "== $$name"; $(BIN)/python benchmarks/$$name.py || missed=1; done; exit $$missed

screenshots: .venv/.ready-dev
	@$(BIN)/python docs/screenshots/make.py

dist: .venv/.ready-dev
	@rm -rf dist && $(BIN)/python -m build --no-isolation .

constraints:
	@scripts/renew-constraints
