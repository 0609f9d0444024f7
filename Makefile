# Python 3.11 or later and make are enough. Everything else comes from the lock file.
#
#   make demo      see the gateway work, then see the recording of it (KEEP=1 leaves it running)
#   make check     format, lint, types, floors, budgets, docs: seconds
#   make test      everything; ARGS="tests/core -x" narrows it
#   make cover     every branch of model, core and operations is taken by a test
#   make bench     measure
#   make instructions   count user-space instructions per call, beside the count that is kept
#   make extras    add what a second look at recordings needs (200 MB), so that its tests run
#   make fix       format, repair what lint can repair, write the page of promises anew
#   make install   build .venv with firedoor in .venv/bin

PYTHON ?= python3
ARGS ?=
KEEP ?=
# Workers for the tests: as many as there are cores, and never fewer than two (order must not matter).
WORKERS ?= auto

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV_PIN := .ci/uv.txt

# The environment is ours: a virtual environment that happens to be active, or the settings of somebody's uv,
# must not move it; an index from the machine's settings must not join the one in the lock.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
export UV_LINK_MODE := copy
# As pip does: behind a proxy with a certificate of its own, the machine knows whom to trust, and uv's list does not.
export UV_SYSTEM_CERTS := 1
# Whoever runs the program may not be who installed it: what is not compiled here is compiled at each command.
export UV_COMPILE_BYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# A user without a home (a container's) has nowhere to keep a cache.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export UV_NO_CACHE := 1
export PIP_NO_CACHE_DIR := 1
endif

.DEFAULT_GOAL := help
.PHONY: help install extras demo test check check-lint check-floors check-types check-shape cover bench instructions fix moved

help:
	@sed -n 's/^#   //p' Makefile

install: $(STAMP)
	@:

# Scripts in a virtual environment carry its absolute path: one that was moved or copied is built again.
ifneq ($(shell cat $(VENV)/.place 2>/dev/null),$(CURDIR))
$(STAMP): moved
endif

$(STAMP): pyproject.toml uv.lock $(UV_PIN)
	@test "$$(cat $(VENV)/.place 2>/dev/null)" = "$(CURDIR)" || rm -rf $(VENV)
	@test -x $(BIN)/python || { \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }; \
	  $(PYTHON) -m venv $(VENV) \
	    || { rm -rf $(VENV); echo "python -m venv failed (on Debian: apt install python3-venv)" >&2; exit 1; }; }
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r $(UV_PIN)
	@$(BIN)/uv sync --frozen --quiet --python $(BIN)/python
	@$(BIN)/python -m compileall -q src/firedoor
	@printf '%s' "$(CURDIR)" > $(VENV)/.place
	@touch $@

extras: $(STAMP)
	@$(BIN)/uv sync --frozen --quiet --extra ner --extra secrets --python $(BIN)/python

demo: $(STAMP)
	@$(BIN)/firedoor demo $(if $(KEEP),--keep)

test: $(STAMP)
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

# Beside each other: the types take as long as all the others together.
check: $(STAMP)
	@$(MAKE) --no-print-directory -j4 --output-sync=target check-lint check-floors check-types check-shape

check-lint:
	$(BIN)/ruff format --check
	$(BIN)/ruff check

check-floors:
	$(BIN)/lint-imports

check-types:
	$(BIN)/pyright

# Pages whose commands are run, or figures measured again, are for `make test`.
check-shape:
	$(BIN)/pytest -q -m 'not takes_seconds' tests/architecture tests/docs

cover: $(STAMP)
	$(BIN)/python .ci/coverage.py

bench: $(STAMP)
	$(BIN)/python benchmarks/deciding.py
	$(BIN)/python benchmarks/masking.py
	$(BIN)/python -m benchmarks.record_log
	$(BIN)/python -m benchmarks.long_answer
	$(BIN)/python benchmarks/locks.py
	$(BIN)/python benchmarks/run.py $(ARGS)

instructions: $(STAMP)
	@$(BIN)/python benchmarks/instructions.py --check --only prototype firedoor

fix: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python -m tests.helpers.promises_page
	$(BIN)/python -m tests.helpers.masking_page
	$(BIN)/python -m tests.helpers.api_page
