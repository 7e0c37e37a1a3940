# Everything from a clean clone with Python (3.11 or newer), pip and make. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
PINS := pyproject.toml constraints.txt

KILLS ?= 50

.PHONY: help demo test cases kills format docs clean
.DELETE_ON_ERROR:

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.weights ## train a tagger on the bundled icons, report in demo/ (QUICK=1: short form)
	$(BIN)/labelsphere demo --output demo/ --overwrite $(if $(QUICK),--quick)

test: $(VENV)/.dev ## lint, types, import floors, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

cases: $(VENV)/.dev ## run every case of real tables, folders and terminals
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.cases.running --output case-outcomes.md

kills: $(VENV)/.dev ## kill a tagging run at 50 random moments (KILLS=N) and compare what it ends with
	OMP_NUM_THREADS=1 LABELSPHERE_KILLS=$(KILLS) $(BIN)/python -m pytest -q -s \
	  tests/archive/test_tagging.py -k killed_at_any_moment

format: $(VENV)/.dev ## put the source into the house's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.docs ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean: ## remove what was set up and built
	rm -rf $(VENV) demo site

$(BIN)/python:
	@command -v '$(PYTHON)' >/dev/null || \
	  { echo "make: no '$(PYTHON)' found; expected Python 3.11 or newer: name one with make PYTHON=..." >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; v = sys.version_info; \
	  v >= (3, 11) or sys.exit("make: $(PYTHON) is Python %d.%d; expected 3.11 or newer: " \
	  "name one with make PYTHON=..." % v[:2])'
	'$(PYTHON)' -m venv $(VENV)

$(VENV)/.base: $(PINS) | $(BIN)/python
	$(INSTALL) -e .
	@touch $@

$(VENV)/.weights: $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[weights]'
	@touch $@ $(VENV)/.base

$(VENV)/.dev: $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.base $(VENV)/.weights

$(VENV)/.docs: $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[docs]'
	@touch $@ $(VENV)/.base
