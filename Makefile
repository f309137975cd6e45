# Everything one does here, by name. `make` alone lists it. Needs Python 3.11+, make and git; nothing else.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTHON ?=
# What to hand to pytest: make test ARGS="-k rename"
ARGS ?=
# As many processes as there are processors, four at most: each starts servers and editors of its own.
PARALLEL := -n auto --maxprocesses 4 --dist loadgroup
NEWEST := .venv-newest
UV := $(or $(shell command -v uv),$(BIN)/uv)

# Pyright would ask the network whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-newest lock histories check fix specs docs fuzz bench bench-similar bench-duplicates clean \
	check-format check-lint check-mypy check-pyright check-layers check-spelling check-docs

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make the environment in .venv (PYTHON=... chooses the interpreter)
	@echo "setup: .venv is ready, with $$($(BIN)/python --version)"

$(READY): pyproject.toml constraints.txt tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh
	@touch $@

demo: $(READY) ## Open the example garden in Neovim with the server attached
	@$(BIN)/python tools/demo.py

test: $(READY) ## Run all tests, with real editors where they are installed
	@$(BIN)/python -m pytest -rs $(PARALLEL) $(ARGS)

test-newest: ## Run all tests with the newest of everything that pyproject.toml allows, in .venv-newest
	@VENV=$(NEWEST) NEWEST=yes PYTHON="$(PYTHON)" sh tools/setup.sh
	@$(NEWEST)/bin/python -m pytest -rs $(PARALLEL) $(ARGS)

lock: $(READY) ## Write the newest versions into constraints.txt, for Python 3.11 and newer on any platform
	@command -v $(UV) >/dev/null || $(BIN)/python -m pip install --quiet uv
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file constraints.txt pyproject.toml

histories: $(READY) ## Run random histories, and say where servers differ from fresh ones: ARGS="--count 10000 --servers 2"
	@PYTHONPATH=tests $(BIN)/python -m histories.driver $(ARGS)

check: check-format check-lint check-mypy check-pyright check-layers check-spelling check-docs ## Check all but the tests

check-format: $(READY)
	$(BIN)/ruff format --check

check-lint: $(READY)
	$(BIN)/ruff check

check-mypy: $(READY)
	$(BIN)/mypy

check-pyright: $(READY)
	$(BIN)/pyright

check-layers: $(READY)
	$(BIN)/lint-imports --no-logo

check-spelling: $(READY)
	$(BIN)/codespell

check-docs: $(READY)
	@set -e; for tool in tools/*_docs.py; do echo "$(BIN)/python $$tool --check"; $(BIN)/python $$tool --check; done

fix: $(READY) ## Format, and repair what ruff can repair
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

specs: $(READY) ## Rewrite the expected answers in tests/specs; read the diff before you commit it
	$(BIN)/python -m pytest --rewrite-specs tests/test_specs.py $(ARGS)

docs: $(READY) ## Rewrite the generated parts of docs/
	@set -e; for tool in tools/*_docs.py; do $(BIN)/python $$tool; done

fuzz: $(READY) ## Talk at random to the server: ARGS="--requests 100000 --seed 1"
	@PYTHONPATH=tests $(BIN)/python -m fuzz $(ARGS)

bench: $(READY) ## Measure: generated vaults, cold and warm, edit, complete, rename
	@$(BIN)/python tools/bench.py $(ARGS)

bench-similar: $(READY) ## Measure similar notes on hidden links of a vault, beside TF-IDF and others: VAULT=PATH
	@$(BIN)/python -c "import sklearn" 2>/dev/null || $(BIN)/python -m pip install --quiet -e ".[bench]"
	@$(BIN)/python tools/bench_similar.py "$(VAULT)" $(ARGS)

bench-duplicates: $(READY) ## Measure near-duplicates on rewrites of a vault's notes: VAULT=PATH
	@$(BIN)/python tools/bench_duplicates.py "$(VAULT)" $(ARGS)

clean: ## Remove what the other targets made, but for .venv
	rm -rf $(NEWEST) .demo build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
