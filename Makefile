# Works on a machine that has only python3, pip, git and make: uv is installed into .tools, everything else into .venv.
PY      ?= python3
UV_VER  := 0.13.9
UV      := .tools/bin/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
export UV_SYSTEM_CERTS := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
BIN     := .venv/bin
# Tests start hundreds of processes; without compiled files each spends seconds on compiling the same modules.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: setup demo test check bench alert-year chaos fuzz helpdesk mail-support slack-types mutate lock clean

$(UV):
	$(PY) -m pip install --quiet --upgrade --disable-pip-version-check --no-warn-script-location --target .tools uv==$(UV_VER)

.venv/.run: $(UV) requirements.lock
	$(UV) venv --quiet --clear --python $(PY) .venv
	$(UV) pip install --quiet --require-hashes -r requirements.lock
	touch $@

.venv/.dev: .venv/.run requirements-dev.lock pyproject.toml
	$(UV) pip sync --quiet --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

setup: .venv/.dev

demo: .venv/.run
	$(BIN)/python -m plugin.cli demo $(ARGS)

test: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m plugin.cli manifest check
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

bench: .venv/.dev
	$(BIN)/python -m tests.bench $(ARGS)

# A year of a made-up centre with planted incidents, and what the default rules say of it.
alert-year: .venv/.dev
	$(BIN)/python -m tests.alert_year $(ARGS)

chaos: .venv/.dev
	$(BIN)/python -m tests.chaos $(ARGS)

# A real django-helpdesk, in an environment of its own.
.tools/helpdesk/.done: $(UV) requirements-helpdesk.lock
	$(UV) venv --quiet --clear --python $(PY) .tools/helpdesk
	VIRTUAL_ENV=$(CURDIR)/.tools/helpdesk $(UV) pip sync --quiet --require-hashes requirements-helpdesk.lock
	touch $@

helpdesk: .venv/.dev .tools/helpdesk/.done
	$(BIN)/python -m pytest tests/adapters/test_django_helpdesk_running.py $(ARGS)

# What mail programs support, from npm: needs Node 20.
.tools/mail-support/.done: tests/mail_support/package.json tests/mail_support/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	npm ci --prefix $(@D) --no-audit --no-fund
	touch $@

mail-support: .venv/.dev .tools/mail-support/.done
	$(BIN)/python -m pytest -s tests/notify/test_mail_support.py $(ARGS)

# Slack's own types of Block Kit, from npm: needs Node 20.
.tools/slack-types/.done: tests/slack_types/package.json tests/slack_types/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	npm ci --prefix $(@D) --no-audit --no-fund
	touch $@

slack-types: .venv/.dev .tools/slack-types/.done
	$(BIN)/python -m pytest -s tests/notify/test_slack_types.py $(ARGS)

fuzz: .venv/.dev
	$(BIN)/python -m tests.fuzz $(ARGS)

mutate: .venv/.dev
	$(BIN)/mutmut run --max-children 1 $(ARGS)
	$(BIN)/mutmut results
	$(BIN)/python -m tests.mutation $(CHAPTERS)

LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: $(UV)
	$(LOCK) --all-extras --group dev pyproject.toml -o requirements-dev.lock
	$(LOCK) --extra postgres -c requirements-dev.lock pyproject.toml -o requirements.lock
	$(LOCK) --group helpdesk -o requirements-helpdesk.lock

clean:
	rm -rf .venv .tools
