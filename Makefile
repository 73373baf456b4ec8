# Everything a person or the CI does with this project. Needs Python 3.11 or newer and make, nothing else.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPS := $(VENV)/.develops
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := --quiet --require-hashes
PYTHON ?= $(shell command -v python3.11 || command -v python3)

# `check` looks at production settings without services: these values only have to be of the right form.
CHECK_ENV := DATABASE_URL=postgresql://desk@db.invalid/desk REDIS_URL=redis://redis.invalid/0 \
	DESK_SECRET_KEY=a-long-key-that-only-ever-serves-the-deployment-checks-0123456789 \
	DESK_CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
	DESK_HTTPS_ONLY=1 DESK_ALLOWED_HOSTS=desk.example.org DESK_DATA=/nonexistent
COMPILE := $(BIN)/uv pip compile --generate-hashes --no-header --quiet --upgrade
TESTS ?= tests
PROCESSES ?= 3
SLOWEST := --durations=40 --durations-min=4

# A desk is many processes, and its tests are more: what one has compiled, the others need not.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-long test-bluesky test-oracle test-x-contract bench check format lock clean browser
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start everything; Ctrl-C stops it. PORT=8001 moves the web
	@exec $(BIN)/python manage.py up

test: $(DEVELOPS) browser ## all tests
	@$(call tests,not long and not benchmark)

test-long: $(DEVELOPS) browser ## all tests, with the many repetitions, and properties tried with new examples
	@$(call tests,not benchmark,--hypothesis-profile=explore)

test-bluesky: $(DEVELOPS) ## Bluesky's own servers, in a network of their own; needs Node.js 20, npm and Linux
	@$(BIN)/python -m tests.bluesky_network

test-oracle: $(DEVELOPS) ## opening hours against the minute-by-minute oracle, 1,000,000 cases
	@$(BIN)/pytest $(TESTS)/policies/test_calendars_oracle.py -q -n auto

test-x-contract: $(DEVELOPS) ## what X is asked, against X's own description (needs npm, and X_OPENAPI or ../shared)
	@$(BIN)/pytest $(TESTS)/connectors/x_contract.py -q -s

bench: $(DEVELOPS) ## the benchmarks; each prints a table
	@$(BIN)/pytest $(TESTS)/benchmarks -m benchmark -s

check: $(DEVELOPS) ## format, lint, types, layers, migrations, translations, deployment settings
	@failed=; \
	$(call step,format,$(BIN)/ruff format --check --output-format concise .); \
	$(call step,lint,$(BIN)/ruff check --quiet .); \
	$(call step,types,$(CHECK_ENV) $(BIN)/mypy); \
	$(call step,layers,$(BIN)/lint-imports --no-cache); \
	$(call step,migrations,$(CHECK_ENV) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run); \
	$(call step,translations,$(CHECK_ENV) $(BIN)/python manage.py translations --check); \
	$(call step,deployment,$(CHECK_ENV) $(BIN)/python manage.py check --deploy --fail-level WARNING); \
	test -z "$$failed" || { echo "make check failed in:$$failed" >&2; exit 1; }

# $(call step,name,command): one line when it is well; otherwise what the command said, and the name for the end
define step
printf '%-14s' '$(1)'; if said=$$($(2) 2>&1); then echo ok; else echo FAILED; printf '%s\n\n' "$$said"; failed="$$failed $(1)"; fi
endef

# $(call tests,markers,options): side by side but for the browser's, which then have the machine for themselves. Whoever is
# done first takes over from the others; the slow ones are named at the end. Many wait for something, so there is one more
# than cores on the smallest machine. What failed is tried once more by itself, as CPython's own tests are, and says so:
# real processes that race on two cores may miss a moment, a fault fails twice.
# 5 is pytest's word for "none of these here", 1 for "some failed"; after anything else nothing is tried again.
define tests
worst=0; \
note() { test $$1 = 5 || test $$1 -le $$worst || worst=$$1; }; \
$(BIN)/pytest $(TESTS) -m "$(1) and not browser" -n $(PROCESSES) --dist worksteal $(SLOWEST) $(2) || note $$?; \
$(BIN)/pytest $(or $(wildcard $(TESTS)/browser),$(TESTS)) -m "$(1) and browser" $(SLOWEST) $(2) || note $$?; \
test $$worst = 1 || exit $$worst; \
echo "make test: what failed above is tried once more, by itself." >&2; \
$(BIN)/pytest $(TESTS) -m "$(1)" --last-failed --last-failed-no-failures none --maxfail 3 $(2) || exit 1; \
echo "make test: FAILURE, then success. Look at why before it is seen as luck." >&2
endef

format: $(DEVELOPS) ## put the code in its form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: $(DEVELOPS) ## write the lock files anew from pyproject.toml
	@$(COMPILE) pyproject.toml --universal -o requirements.lock
	@$(COMPILE) pyproject.toml --universal --group dev --constraint requirements.lock -o requirements-dev.lock
	@echo uv | $(COMPILE) - -o requirements-uv.lock

clean: ## remove the environment and the caches; the data in .desk stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than the locks when what they say is installed, so that nothing is installed twice. A desk that
# only runs has none of the tools of those who develop it.
$(INSTALLED): requirements.lock requirements-uv.lock
	@$(call install,$<)
	@touch $@

$(DEVELOPS): requirements-dev.lock requirements-uv.lock
	@$(call install,$<)
	@touch $(INSTALLED) $@

# $(call install,lock): what a lock names, in an environment of our own.
# uv is ten times as fast as pip; it is told of pip's index, and where that is not enough pip does it.
define install
set -e; \
test -n "$(PYTHON)" || { echo "Python is missing: install Python 3.11 or newer." >&2; exit 2; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is too old: install Python 3.11 or newer, or name it with PYTHON=..." >&2; exit 2; }; \
$(PIP) --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	echo "No environment could be made: install venv for $(PYTHON) (python3-venv on Debian)." >&2; exit 2; }; \
echo "Installing what $(1) names ..."; \
$(PIP) install $(LOCKED) -r requirements-uv.lock; \
index=$$($(BIN)/python -m pip config list | sed -n "s/^[^=]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1); \
if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
UV_HTTP_TIMEOUT=20 $(BIN)/uv pip install --python $(BIN)/python $(LOCKED) --no-deps -r $(1) 2> $(VENV)/uv.log \
	|| $(PIP) install $(LOCKED) --no-deps -r $(1)
endef

browser: # a Chromium for the browser tests: there, installed, or a line that says how
	@$(BIN)/python -m tests.chromium
