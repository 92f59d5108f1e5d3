PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test models bench clean

run: .venv/installed
	$(BIN)/reviewer serve --data data

test: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal

bench: .venv/installed-dev
	$(BIN)/python benchmarks/accuracy.py
	$(BIN)/python benchmarks/speed.py

# Retrains the shipped models from a folder of contracts, one folder per source family; those of TEST are only tested on:
# make models CORPUS=合同目录 TEST=测试合同目录
models: .venv/installed-dev
	@test -n "$(CORPUS)" || { echo '请给出合同目录，例如：make models CORPUS=合同目录'; exit 2; }
	$(BIN)/python models/train_clause_kinds.py "$(CORPUS)" $(if $(TEST),--test "$(TEST)")

word-slips: .venv/installed-dev
	@test -n "$(CORPUS)" || { echo '请给出文本目录，例如：make word-slips CORPUS=文本目录'; exit 2; }
	$(BIN)/python models/train_word_slips.py $(CORPUS)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本")'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/installed-dev: requirements-dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv build dist out

# Rewrites the pins with uv (pip install uv); commit what it writes.
PINS := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links
.PHONY: pins
pins:
	printf 'hatchling\neditables\n' > .build-tools.in
	$(PINS) --all-extras pyproject.toml .build-tools.in -o requirements-dev.txt
	$(PINS) -c requirements-dev.txt pyproject.toml .build-tools.in -o requirements.txt
	rm .build-tools.in
