# `make demo` and `make test` need only Python 3.11 or newer, git and make: they set up all else themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?=
FOLDS ?=
CUTS ?= 5

.PHONY: help demo test test-radio test-arm64 test-nodered check chaos fit-detector bench bench-radio bench-detector bench-fever bench-episodes bench-alarms bench-store screens messages bench-page deb lock test-hub bench-hub homeassistant-app fuzz test-homeassistant bench-cohort soak bench-scale clean servers machine
help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

$(VENV)/.installed: pyproject.toml tools/setup.sh
	@tools/setup.sh python $(PYTHON) $(VENV)
	@touch $@

demo: $(VENV)/.installed  ## a simulated night, as a caregiver's client sees it (about 90 s)
	$(BIN)/feverhub demo --once

servers:
	@tools/setup.sh servers

test: $(VENV)/.installed servers  ## all tests, with the real servers from apt
	DATA="$(DATA)" $(BIN)/python -m pytest -n 6

machine:
	@tools/setup.sh machine

fuzz: $(VENV)/.installed  ## what comes from outside, bent: RUNS=100000 inputs of each kind (an hour on 2 cores); KIND=NAME for one
	$(BIN)/python -m pip install --quiet --group fuzz || echo "no atheris for this Python: inputs are bent without it" >&2
	PYTHONWARNINGS=error $(BIN)/python -m tests.fuzz.run --runs $(or $(RUNS),100000) $(if $(KIND),--only $(KIND))

test-radio: $(VENV)/.installed machine  ## the radio against real BlueZ, in a virtual machine
	$(BIN)/python -m tests.radio.vm.run

test-hub: $(VENV)/.installed machine  ## the package on a fresh Debian with its own systemd, in a virtual machine (40 min, more on a busy machine); CUTS=50
	$(BIN)/python -m tests.installed.run --cuts $(CUTS)

test-arm64: $(VENV)/.installed  ## the package installed on arm64, by emulation, and the tests of the pure rooms there (30 min)
	@tools/setup.sh arm64
	$(BIN)/python -m tests.arm64.run

test-nodered: $(VENV)/.installed  ## the example flow in Node-RED itself (30 s, and 80 MB from npm once)
	@tools/setup.sh nodered
	$(BIN)/python -m pytest tests/deploy/nodered_flow.py

test-homeassistant: $(VENV)/.installed  ## Home Assistant Core itself, beside a hub: discovery, buttons, blueprints (3 min, and once 4 min for 1 GB from Debian and PyPI)
	@tools/setup.sh homeassistant
	$(BIN)/python -m pytest -n 3 tests/homeassistant/live_*.py

check: $(VENV)/.installed  ## style, types, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

deb: $(VENV)/.installed  ## dist/feverhub_VERSION_ARCH.deb for arm64 and amd64, with what is in it (1 min); DEBIAN=12 for bookworm
	$(BIN)/python tools/build_deb.py $(if $(filter 12,$(DEBIAN)),--python 3.11)

homeassistant-app: $(VENV)/.installed  ## dist/homeassistant-app: the App of Home Assistant, and what a container is built from
	rm -rf dist/homeassistant-app && mkdir -p dist
	cp -r deploy/homeassistant-app deploy/package/requirements.txt dist && mv dist/requirements.txt dist/homeassistant-app
	$(BIN)/uv build --quiet --wheel --no-create-gitignore -o dist/homeassistant-app .

lock: $(VENV)/.installed  ## the newest versions of what the program needs, with their sums, into deploy/package/requirements.txt
	$(BIN)/python tools/build_deb.py --lock

bench: $(VENV)/.installed servers  ## the figures: start-up, speed, latency, memory
	$(BIN)/python tests/bench/figures.py

chaos: $(VENV)/.installed servers  ## 200 kills through a night of alarms, then 12 min of kills, freezes and hostile servers
	PYTHONPATH=. $(BIN)/python -m tests.system.chaos.storm --kills 200
	PYTHONPATH=. $(BIN)/python -m tests.system.chaos.hostile --minutes 12

bench-radio: $(VENV)/.installed machine  ## five sensors at once for five minutes on real BlueZ: losses, time stamps
	$(BIN)/python tests/bench/radio.py

bench-detector: $(VENV)/.installed  ## the movement detector on the recordings in DATA and on simulated infants (a night on 2 cores; what is kept goes on, and --count takes a part)
	$(BIN)/python tests/bench/detector.py --data "$(DATA)" --keep build/bench --write docs/benchmark.md

fit-detector: $(VENV)/.installed  ## learn the movement detector from DATA and seeds (20 min on 2 cores); FOLDS=yes judges by what is left out too (40 min)
	$(BIN)/python -m pip install --quiet --group fit
	$(BIN)/python -m tests.bench.fit --data "$(DATA)" $(if $(FOLDS),--folds)

bench-fever: $(VENV)/.installed  ## fever on 4,000 simulated days and on the real curves in DATA (10 min on 2 cores)
	$(BIN)/python tests/bench/fever.py --data "$(DATA)" --write docs/benchmark-fever.md

bench-episodes: $(VENV)/.installed  ## the five-minute clock and the fever's part, on simulated children
	$(BIN)/python tests/bench/episodes.py --write docs/benchmark-episodes.md

bench-alarms: $(VENV)/.installed servers  ## the delivery of alarms: lost, late, shown, sounded, told at bedtime (10 min on 2 cores)
	$(BIN)/python tests/bench/alarms.py --write docs/benchmark-alarms.md

bench-hub: CUTS = 50
bench-hub: $(VENV)/.installed machine  ## the same as test-hub with 50 power cuts, and its figures (2 h); CUTS=15
	$(BIN)/python -m tests.installed.run --cuts $(CUTS) --write docs/benchmark-hub.md

bench-store: $(VENV)/.installed servers  ## the record: a night's cost, 100 kills, an outage of 48 h, exports and reports (3 min)
	$(BIN)/python tests/bench/store.py --write docs/benchmark-store.md

bench-scale: $(VENV)/.installed servers  ## a ward of 2,000 simulated hubs: alarms lost, how soon they show, kills and cuts (20 min on 2 cores)
	$(BIN)/python tests/bench/scale.py --write docs/scale.md

bench-page: $(VENV)/.installed servers  ## the page: how soon it shows, what it costs, that no alarm waits for it (3 min)
	$(BIN)/python tests/bench/page.py --write docs/benchmark-page.md

bench-cohort: $(VENV)/.installed  ## many nights: times real time, two workers, Dask, kills (15 min on 2 cores)
	$(BIN)/python tests/bench/cohort.py --write docs/scale-cohort.md

screens: $(VENV)/.installed servers  ## a picture of each state of the page, in docs/screens
	$(BIN)/python -m tests.web.screens docs/screens

messages: $(VENV)/.installed  ## take the texts of the program into the catalogues of edge/locale, for translators
	PYTHONPATH=. $(BIN)/python tools/messages.py

soak: $(VENV)/.installed servers  ## the whole hub for HOURS=24 at 60 times its speed (26 min), then MINUTES=0 at its own: what grows, what it costs
	$(BIN)/python tests/bench/soak.py --hours $(or $(HOURS),24) --minutes $(or $(MINUTES),0)

clean:  ## remove what was built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
