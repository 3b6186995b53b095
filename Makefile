# Needs Python 3.11 or newer with pip and venv. Everything is installed into .venv, nothing elsewhere.
# ARGS goes to pytest or JupyterLab: `make test ARGS="-k drawdown"`, `make lab ARGS=--no-browser`.

PYTHON ?= python3
VENV = .venv
ARGS =
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LAB_STAMP := $(VENV)/.installed-lab
# Jupyter and matplotlib write into the home folder; tests get one of their own. What pytest makes of the
# tests is kept, whatever the shell has set: a quarter of a minute for each run after the first.
PYTEST := HOME="$$PWD/build/home" PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q
# The tests of a file stay together, so that a wheel or a workspace that they share is made once.
PARALLEL := -n auto --maxprocesses 8 --dist loadfile
# `make test coverage MEASURE=1` measures coverage, which takes half as long again.
MEASURE =
COVERAGE = $(if $(MEASURE),--cov --cov-report= --cov-fail-under=0)
NOTEBOOKS := notebooks/daily.ipynb notebooks/weekly.ipynb notebooks/monthly.ipynb notebooks/explore.ipynb
PIP_INSTALL := LC_ALL=C.UTF-8 $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Python 3.11 reads .pth files in the encoding of the locale: under LC_ALL=C a checkout whose path is
# not ASCII could not be imported. A path relative to the .pth file is ASCII, and survives a move.
RELATIVE_PTH = LC_ALL=C.UTF-8 $(BIN)/python -c 'import os, pathlib, sysconfig; \
  at = sysconfig.get_path("purelib"); pth = pathlib.Path(at, "_editable_impl_perfkit.pth"); \
  pth.write_text(os.path.relpath(pth.read_text("utf-8").strip(), at) + "\n", "utf-8")'
SITE_PACKAGES = $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv install report test test-quick test-slow coverage campaign lint docs bench bench-scaling lab constraints clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

venv: $(BIN)/python  ## create .venv (PYTHON=python3.12 chooses another Python, VENV=... another folder)

install: $(STAMP)  ## install perfkit, editable, with what reports and tests need

report: install  ## render the daily, weekly and monthly report of the logs into reports/
	@set -e; for kind in daily weekly monthly; do $(BIN)/python -m perfkit report $$kind --root .; done

test: test-quick lint  ## the quick tests and lint: a few minutes, run it before every commit

test-quick: install
	@$(PYTEST) $(PARALLEL) $(COVERAGE) -m "not slow$(if $(MEASURE), or measured)" $(ARGS)

test-slow: install  ## the other tests: kernels, kills, whole processes, the wheel, the notebooks
	@$(PYTEST) $(PARALLEL) -m slow $(ARGS)
	@$(PYTEST) --nbval-lax --nbval-current-env $(NOTEBOOKS)

coverage: install  ## fails where `make test MEASURE=1` ran less than 95 % of the code
	@$(BIN)/python -m coverage report

campaign: install  ## the properties on 5,000 generated logs each, more kills and crashes (hours)
	@HYPOTHESIS_PROFILE=campaign PERFKIT_CAMPAIGN=1 $(PYTEST) -n auto --maxprocesses 8 $(ARGS)

lint: install  ## ruff, mypy, the import contracts, and notebooks without outputs
	@$(BIN)/python -m ruff check --quiet
	@$(BIN)/python -m ruff format --check --quiet
	@$(BIN)/python -m mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	@$(BIN)/python -m nbstripout --verify $(NOTEBOOKS)

docs: install  ## write docs/metrics.md and perfkit/schemas/*.json from the code
	@$(BIN)/python -c 'from pathlib import Path; from perfkit.metrics.reference import metrics_page; \
	  Path("docs/metrics.md").write_text(metrics_page(), encoding="utf-8")'
	@$(BIN)/python -m perfkit.schemas.make >/dev/null

bench: install  ## measure speed and memory as ratios, and write docs/performance.md (minutes)
	@$(PIP_INSTALL) -c constraints.txt -e '.[bench]'
	@$(RELATIVE_PTH)
	@$(BIN)/python -m tests.bench

bench-scaling: install  ## measure first readings by a cluster, and 1,000 sources (minutes, 4 GB)
	@$(PIP_INSTALL) -c constraints.txt -e '.[bench,cluster]'
	@$(RELATIVE_PTH)
	@$(BIN)/python -m tests.bench.scaling

lab: $(LAB_STAMP)  ## open the notebooks in JupyterLab
	@cd notebooks && exec "$(abspath $(BIN))/python" -m jupyterlab $(ARGS)

constraints:  ## write constraints.txt from the newest versions (see CONTRIBUTING.md)
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip install --quiet --upgrade pip
	@build/constraints/bin/python -m pip install --quiet -e '.[reports,lab,dev]'
	@(head -n 1 constraints.txt; build/constraints/bin/python -m pip freeze --all --exclude-editable \
	  --exclude setuptools --exclude wheel) > build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/constraints

clean:  ## remove .venv, caches and builds; logs and reports stay
	@rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .*_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "perfkit needs Python 3.11 or newer; $(PYTHON) is not. Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Start scripts that pip from 25.2 on writes load a third less than those of older ones, and pip comes first.
# Compiling ahead keeps the first start of each program from paying for it; pip does not always.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) (about a minute, once) ..."
	@$(PIP_INSTALL) -c constraints.txt --upgrade pip
	@$(PIP_INSTALL) -c constraints.txt -e '.[reports,dev]'
	@$(RELATIVE_PTH)
	@$(BIN)/python -m compileall -q perfkit "$(SITE_PACKAGES)"
	@touch $@

$(LAB_STAMP): $(STAMP)
	@$(PIP_INSTALL) -c constraints.txt -e '.[lab]'
	@$(RELATIVE_PTH)
	@touch $@
