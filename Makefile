# Everything that a newcomer needs is here: `make run` starts a server with a demo shop, `make test` runs the suite.
# Nothing is installed outside of .venv; inside an activated virtual environment, that one is used.

SHELL := bash
PYTHON ?= python3
VENV ?= $(if $(VIRTUAL_ENV),$(VIRTUAL_ENV),.venv)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header pyproject.toml --group build
RUNTIME := $(VENV)/.patron-runtime
DEVELOPMENT := $(VENV)/.patron-development
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.DEFAULT_GOAL := help
.PHONY: help run test faults lint types layers openapi openapi-is-current lock check-python clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(RUNTIME) ## install, migrate, make a demo shop, print how to call it, and serve it
	$(BIN)/patron demo

test: $(DEVELOPMENT) ## run every test, on SQLite and on a PostgreSQL of its own
	$(BIN)/python -m pytest -n $(WORKERS) --no-loadscope-reorder $(ARGS)

faults: $(DEVELOPMENT) ## try every fault twenty times, and write down what was tried
	rm -f docs/reliability-log.txt
	$(BIN)/python -m pytest tests/faults --rounds 20 --fault-log docs/reliability-log.txt

lint: $(DEVELOPMENT) ## look for mistakes, and at the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOPMENT) ## check the types
	$(BIN)/mypy

layers: $(DEVELOPMENT) ## check who imports whom
	$(BIN)/lint-imports --no-logo

openapi: $(DEVELOPMENT) ## write openapi.json anew from the routes
	$(BIN)/patron openapi > openapi.json.new
	mv openapi.json.new openapi.json

openapi-is-current: $(DEVELOPMENT)
	@$(BIN)/patron openapi | cmp -s - openapi.json \
	    || { echo "openapi.json is not what the routes say: run 'make openapi' and commit it." >&2; exit 1; }

lock: $(DEVELOPMENT) ## choose the newest versions that pyproject.toml allows, and pin them by hash
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --upgrade --group dev --output-file requirements-dev.lock

clean: ## remove the virtual environment and what tools left
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(RUNTIME): requirements.lock pyproject.toml | check-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock pyproject.toml | check-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(RUNTIME)

check-python:
	@command -v $(PYTHON) > /dev/null || { echo \
	    "Patron needs Python 3.11 or newer. Debian, Ubuntu: apt install python3 python3-venv. Fedora: dnf install python3." \
	    "Elsewhere, or for another Python: make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	    "Patron needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version)." \
	    "Debian 12, Ubuntu 24.04 and Fedora bring one as python3; RHEL 9: dnf install python3.12." \
	    "Then: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo \
	    "This Python has no venv. Debian, Ubuntu: apt install python3-venv. Fedora: it is part of python3-libs." >&2; exit 1; }
