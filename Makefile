# Everything a clone needs: `make demo` to see it, `make test` to trust it. Both set up what is missing.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
EDITOR_SERVER := yaml-language-server@1.19.2

.PHONY: demo demo-ad demo-ldap test check fmt bench mutants torture shots setup setup-dev system clean help

help:            ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.run        ## serve a desk with a sample company (PORT=… HOST=…)
	@$(BIN)/deskhand demo demo-desk --host $(HOST) --port $(PORT)

demo-ad: system $(VENV)/.dev ## the same on a real Active Directory (Samba; as root), started for the demo and removed after it
	@$(BIN)/python -m tools.demo_desk active_directory --host $(HOST) --port $(PORT)

demo-ldap: system $(VENV)/.dev ## the same on a real OpenLDAP
	@$(BIN)/python -m tools.demo_desk openldap --host $(HOST) --port $(PORT)

test: system $(VENV)/.dev $(VENV)/node/$(EDITOR_SERVER) ## check style and types, run every test (installs what they need)
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -n 3 --dist loadfile

check: $(VENV)/.dev       ## ruff, ruff format --check, mypy --strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

fmt: $(VENV)/.dev         ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev       ## measure, as ratios in one run
	$(BIN)/python -m bench

mutants: $(VENV)/.dev     ## change the code of runner/access line by line, see which changes no test notices (ONLY=file)
	@bash tools/mutants $(BIN) $(ONLY)

torture: system $(VENV)/.dev ## the long campaigns: kills, races, fuzz
	$(BIN)/python -m pytest -q tests -m torture
	$(BIN)/python -m bench.import_bench

shots: system $(VENV)/.dev ## pictures of every page at 1280 and 390 pixels, into shots/
	$(BIN)/python tests/browser/shots.py

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev $(VENV)/node/$(EDITOR_SERVER)

system:
	@bash tools/system-packages

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Deskhand needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.run

$(VENV)/node/$(EDITOR_SERVER): $(VENV)/bin/python
	@command -v npm >/dev/null || { echo "The tests of editors need npm, which is missing. Debian: apt-get install nodejs npm"; exit 1; }
	npm install --prefix $(VENV)/node --silent --no-audit --no-fund --ignore-scripts $(EDITOR_SERVER)
	@touch $@

clean:           ## remove what make made; the demo's folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache shots
