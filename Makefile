# make audit [TARGET=path]   sets everything up and audits the example application, or any project
# make test                  sets everything up and runs the tests
#
# Needs Python 3.11 or newer, git and make. Everything lives in .venv; once that is up to date no
# target spends time on it.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV ?= .venv
TARGET ?= examples/order-service
ARGS ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := -m pip --disable-pip-version-check --quiet

.PHONY: audit test lint format bench bench-large docs docs-check new-rule corpus precision real-imports knowledge clean help

help:
	@sed -n 's/^\(make .*\)/\1/p; s/^# \(make .*\)/\1/p' Makefile
	@grep -oE '^[a-z-]+:.*## .*' Makefile | sed 's/:.*## /: /'

$(READY): requirements-dev.txt pyproject.toml plugins/preaudit/__init__.py
	@test -n "$(PYTHON)" || { echo "preaudit needs Python 3.11 or newer (make PYTHON=/path/to/python)" >&2; exit 2; }
	@echo "setting up $(VENV) ..."
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python $(PIP) install -r requirements-dev.txt
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

audit: $(READY)  ## audit TARGET (findings are no failure here; `preaudit check` in CI exits 1 on them)
	@cd "$(TARGET)" && "$(abspath $(BIN))/preaudit" check $(ARGS) . || test $$? -eq 1

test: $(READY)  ## run the tests; ARGS="tests/core -k name" for some of them
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY)  ## ruff on the code, preaudit on itself
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/preaudit check plugins hooks tools benchmarks

format: $(READY)  ## what lint asks for
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY)  ## write all that is generated: rule index, pages, schema, pre-commit manifest
	@$(BIN)/python -m tools.generate

docs-check: $(READY)  ## fail where a generated page is stale
	@$(BIN)/python -m tools.generate --check

new-rule: $(READY)  ## CODE=AUD4xx NAME=some-name [AREA=] [SCOPE=]: rule file and fixture folder
	@$(BIN)/python -m tools.new_rule "CODE=$(CODE)" "NAME=$(NAME)" "AREA=$(AREA)" "SCOPE=$(SCOPE)"

corpus: $(READY)  ## fetch pinned real applications into corpus/ (not part of the repository)
	@$(BIN)/python benchmarks/corpus.py

precision: $(READY) corpus  ## all findings on the corpus per code, and a sample to judge
	@$(BIN)/python benchmarks/precision.py $(ARGS)

real-imports: $(READY) corpus  ## AUD106 against Python itself: installs and imports the applications of the corpus
	@$(BIN)/python benchmarks/real_imports.py $(ARGS)

$(VENV)-bench/.ready: requirements-bench.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "preaudit needs Python 3.11 or newer (make PYTHON=/path/to/python)" >&2; exit 2; }
	@echo "setting up $(VENV)-bench ..."
	@$(VENV)-bench/bin/python -c '' 2>/dev/null || { rm -rf $(VENV)-bench && $(PYTHON) -m venv $(VENV)-bench; }
	@$(VENV)-bench/bin/python $(PIP) install -r requirements-bench.txt
	@touch $@

bench: $(READY) $(VENV)-bench/.ready corpus  ## whole-process ratios against flake8 core, ruff and bandit
	@$(BIN)/python benchmarks/bench.py --peers $(VENV)-bench/bin $(ARGS)

bench-large: $(READY) $(VENV)-bench/.ready  ## linearity and memory up to 1,000,000 lines
	@$(BIN)/python benchmarks/bench.py --peers $(VENV)-bench/bin --large $(ARGS)

$(VENV)-knowledge/.ready: tests/knowledge/requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "preaudit needs Python 3.11 or newer (make PYTHON=/path/to/python)" >&2; exit 2; }
	@echo "setting up $(VENV)-knowledge (the libraries that the tables describe) ..."
	@$(VENV)-knowledge/bin/python -c '' 2>/dev/null || { rm -rf $(VENV)-knowledge && $(PYTHON) -m venv $(VENV)-knowledge; }
	@$(VENV)-knowledge/bin/python $(PIP) install $$(grep '^pytest=' requirements-dev.txt)
	@$(VENV)-knowledge/bin/python $(PIP) install --no-compile --no-deps -r tests/knowledge/requirements.txt
	@touch $@

knowledge: $(VENV)-knowledge/.ready  ## compare tables and claims with the libraries themselves, in their own environment
	@PREAUDIT_REQUIRE_PACKAGES=1 PYTHONPATH=plugins:hooks $(VENV)-knowledge/bin/python -m pytest tests/knowledge tests/oracles $(ARGS)

clean:  ## remove what make and the tools wrote
	rm -rf $(VENV) $(VENV)-bench $(VENV)-knowledge .bench build dist .pytest_cache .ruff_cache .preaudit_cache
