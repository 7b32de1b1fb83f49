# Two commands do everything: `make demo` and `make test`. Both work in a virtual environment of their own.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
N      ?= 3

.PHONY: demo test check types lint docs lab bench oracle lock new-cause clean

demo: $(VENV)/lab.done
	@$(BIN)/ws101 lab run plain-to-tls-nginx || test $$? -eq 1

test: $(VENV)/dev.done
	$(BIN)/python -m pytest -n $(N)

check: lint types docs-check

lint: $(VENV)/dev.done
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/dev.done
	$(BIN)/mypy

docs docs-check: $(VENV)/dev.done
	$(BIN)/python tools/docs.py $(if $(findstring check,$@),--check)

lab: $(VENV)/lab.done
	$(BIN)/ws101 lab run --all

bench: $(VENV)/dev.done
	$(BIN)/python bench/rtt.py
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/timers.py
	$(BIN)/python bench/nginx.py
	$(BIN)/python bench/logs.py

oracle: N = 100000
oracle: $(VENV)/dev.done
	WS101_ORACLE_CASES=$(N) WS101_ORACLE_SEED=$(or $(SEED),-1) $(BIN)/python -m pytest -s tests/nginx/test_against_nginx.py

new-cause: $(VENV)/dev.done
	$(BIN)/python tools/new_cause.py "$(NAME)" "$(HOP)"

lock: $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --python-version 3.11 --extra lab --extra logs --extra timers --group dev pyproject.toml -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "ws101 needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/lab.done: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[lab]'
	@touch $@

$(VENV)/dev.done: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/lab.done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
