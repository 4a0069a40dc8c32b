# make run · make test · make bench · make lint · make fetch       (PORT, HOST, PYTHON and VENV can be set)
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
VENV ?= .venv
PORT ?= 8501
HOST ?= 127.0.0.1
export PORT HOST PYTHON
BIN = $(VENV)/bin
STACK = $(VENV)/.stack-$(shell cat requirements.txt requirements-assets.txt | sha256sum | cut -c1-16)
TESTS = $(VENV)/.tests-$(shell cat requirements*.txt | sha256sum | cut -c1-16)

.PHONY: run test bench lint fetch models

run: $(STACK)
	@exec $(BIN)/python -m core serve

$(STACK): requirements.txt requirements-assets.txt packages.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Panorama needs Python 3.11 or newer: install it, or name it with PYTHON=…" >&2; exit 1; }
	@sh scripts/system_packages.sh packages.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Panorama's parts into $(VENV) (several minutes the first time)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-assets.txt
	@touch $@

$(TESTS): $(STACK) requirements-test.txt packages-test.txt
	@sh scripts/system_packages.sh packages-test.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

test: $(TESTS)
	@sh scripts/system_packages.sh packages-test.txt
	$(BIN)/python -m pytest

lint: $(TESTS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy core models

bench: $(STACK)
	$(BIN)/python -m benchmarks

fetch: $(STACK)
	$(BIN)/python -m core fetch

# Trains the shipped models again, from the samples, with the dashboard's own code (about an hour on two cores).
models: $(STACK)
	$(BIN)/python scripts/train_sentiment.py
	$(BIN)/python scripts/train_translation.py
	$(BIN)/python scripts/train_vision.py
