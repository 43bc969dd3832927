# Everything runs in .venv, made here from the lock file; nothing has to be installed by hand but Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LINTERS := $(VENV)/container/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test test-servers lint types audit bench lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(READY) ## Make .venv and install mailhook into it, from the lock file

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mailhook needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: install ## Show the main job on a sample mailbox
	@$(BIN)/mailhook demo

test: install ## Run every test, lint and types included
	@sh tests/servers/install.sh
	@$(MAKE) --no-print-directory lint types
	$(BIN)/python -m pytest -n 2

test-servers: install ## Run the long suites against every mail server that can be had here
	@sh tests/servers/install.sh --all
	@$(BIN)/python -m tests.servers.unavailable
	$(BIN)/python -m pytest -n 2 -m servers

lint: install ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@test -x $(LINTERS)/hadolint || { $(PYTHON) -m venv $(VENV)/container && \
		$(LINTERS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-container.lock; } || true
	@if test -x $(LINTERS)/hadolint; then \
		$(LINTERS)/hadolint Dockerfile && $(LINTERS)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml; \
	else echo "Dockerfile and compose.yaml were not looked at: what lints them cannot be installed here"; fi

types: install ## Check types
	$(BIN)/mypy
	$(BIN)/mypy tests

audit: install ## Look for known vulnerabilities in the locked packages (needs the network; MUST=1: fail without it)
	@test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
		$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock; } || true
	@$(BIN)/python .ci/audit.py $(VENV)/audit/bin/pip-audit $(if $(MUST),--must) requirements.lock requirements-audit.lock requirements-container.lock

bench: install ## Measure: ratios, side by side, in one run
	$(BIN)/python -m benchmarks

learn: install ## Learn the tables of words anew from the letters
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BIN)/python -m tests.corpus.learn

soak: install ## Run the service through two hours' worth of mail and trouble, in minutes
	@sh tests/servers/install.sh
	$(BIN)/python -m benchmarks.soak

quality: install ## Compare the judge's quality and speed with what a user would pick instead
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BIN)/python -m benchmarks.quality

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
		--group pyproject.toml:bench -c requirements.lock -o requirements-bench.lock
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
		--group pyproject.toml:dev pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
		pyproject.toml -c requirements.lock -o requirements-run.lock
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
		--group pyproject.toml:audit -o requirements-audit.lock
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
		--group pyproject.toml:container -o requirements-container.lock

clean: ## Remove what was made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
