# Sereno.  `make` alone prints what there is; `make run` and `make test` do all the set-up themselves.
# Nothing here is fetched without a hash: Python from requirements*.txt, Node packages from package-lock.json.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip -qq --disable-pip-version-check --no-input install --no-compile --require-hashes --only-binary :all:
# What runs is compiled with every core, where pip takes one, and our own with it: servers leave no file behind.  What
# only tests need is compiled when it is first imported.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(PY) -m compileall -q -j 0
HOUSE := alerts intake keys look protocol sereno store verifier worker
# Node of the machine if it is 20 or later, else the one in the lock: both are reached through this folder.
NODE := $(VENV)/node
WITH_NODE := PATH="$(CURDIR)/$(NODE):$$PATH"
# Three on two cores: many tests wait for a process, a browser or a clock.  A file stays together, for what it started is
# shared by its tests; so do those that share a page (tests/together.py).
JOBS ?= 3
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder

# What does not wait for another is done side by side.
BESIDE := $(MAKE) --no-print-directory --jobs=4

.PHONY: help setup compiled run demo test tests read check bench soak shots lock build clean browsers checks style types scripts built words

help: ## print this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.run compiled ## make .venv with everything that `run` needs

run: setup ## start Sereno on this machine (intake, desk, alerts, worker, Redis, SQLite)
	@$(PY) -m sereno run

demo: setup ## walk one tip from a witness to a checked alert, and keep what was seen in demo/
	@$(PY) -m sereno demo --out demo

test: ## check, and the tests (about ten minutes)
	@$(BESIDE) $(VENV)/.test $(VENV)/.node_modules browsers
	@$(COMPILE) -x '/(test_[a-z_0-9]+|conftest)\.py$$' $(HOUSE) tests
	@$(BESIDE) --keep-going checks tests

# pytest compiles tests in its own way.  Done once here, or each of its processes would do all of it.
read: $(VENV)/.test
	@$(WITH_NODE) $(PY) -m pytest -qq --collect-only >/dev/null || true # What can't be read is said by the tests.

tests: read
	@$(WITH_NODE) $(PY) -m pytest $(SPREAD) -m "not soak" $(ARGS)

check: ## style, types, and that built files match their sources
	@$(BESIDE) checks

compiled: $(VENV)/.run
	@$(COMPILE) $(HOUSE)

checks: types built words scripts style

style: $(VENV)/.test
	@$(PY) -m ruff check .

types: $(VENV)/.test
	@$(PY) -m mypy

scripts: $(VENV)/.node_modules
	@$(WITH_NODE) npm run --silent types

built: $(VENV)/.node_modules
	@$(WITH_NODE) npm run --silent built

words: $(VENV)/.test
	@$(PY) -m look.generate --check

bench: $(VENV)/.test $(VENV)/.node_modules ## measure, as ratios taken side by side
	@$(WITH_NODE) $(PY) -m bench $(ARGS)

soak: $(VENV)/.test $(VENV)/.node_modules browsers ## the long campaigns, and every other language and look
	@$(WITH_NODE) $(PY) -m pytest $(SPREAD) -m soak $(ARGS)

shots: $(VENV)/.test $(VENV)/.node_modules browsers ## every page, width and language on one contact sheet, in shots/
	@$(WITH_NODE) $(PY) -m tests.browser.shots $(ARGS)

build: $(VENV)/.test $(VENV)/.node_modules ## build the form, the desk and the bundle again from their sources
	@$(PY) -m look.generate
	@$(PY) -m look.extract
	@$(WITH_NODE) npm run --silent build

lock: $(VENV)/.test ## write requirements*.txt again with hashes (ARGS=--upgrade: newer versions)
	@tools/lock $(PY) $(ARGS)

clean: ## remove what make made (never what `make run` keeps in run/)
	@rm -rf $(VENV) node_modules demo shots .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

browsers:
	@tools/browsers

# A .venv that belongs to another place, or whose Python has gone, is made again.
ifneq ($(CURDIR),$(shell [ -x $(PY) ] && cat $(VENV)/.made 2>/dev/null))
.PHONY: $(VENV)/.made
endif
$(VENV)/.made:
	@tools/venv $(VENV)
	@# The pip of the lock first: the one that a system brings may take twice as long for all the rest.
	@sed -n '/^pip==/,/[^\\]$$/p' requirements-test.txt > $(VENV)/pip.txt
	@$(INSTALL) -r $(VENV)/pip.txt
	@pwd > $@

$(VENV)/.run: $(VENV)/.made requirements.txt requirements-redis.txt
	@echo "Installing what Sereno needs (once) …"
	@$(INSTALL) -r requirements.txt
	@$(COMPILE) $(VENV)/lib || true # What does not compile is none of what we import.
	@tools/redis $(VENV)
	@touch $@

# After Node, for this may renew the pip that fetches it.
$(VENV)/.test: $(VENV)/.run requirements-test.txt | $(VENV)/.node
	@echo "Installing what the tests need (once) …"
	@$(INSTALL) -r requirements-test.txt
	@touch $@

$(VENV)/.node: $(VENV)/.made requirements-node.txt
	@tools/node $(VENV) $(NODE)
	@touch $@

$(VENV)/.node_modules: $(wildcard package-lock.json) | $(VENV)/.node
	@if [ -f package-lock.json ]; then echo "Installing what builds and checks JavaScript (once) …"; \
	  $(WITH_NODE) npm ci --silent --no-audit --no-fund --ignore-scripts; fi
	@touch $@
