SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo run test test-kernels check bench coverage hold clean

# Starts what a command needs of the host (tracefs, dockerd) and stops what it started.
HOST := deploy/with-host.sh
SOURCES := $(shell find src -name '*.ts') tsconfig.json tsconfig.build.json

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: dist/main.js ## install what is missing (as root also Debian packages) and build
	@deploy/install-packages.sh runtime

setup-test: setup
	@deploy/install-packages.sh test

demo: setup ## play an intrusion on this host, for real, and clean up (as root)
	@$(HOST) node dist/main.js demo $(ARGS)

run: setup ## the daemon in the foreground (as root); ARGS="--sensor=inotify" and the like
	@$(HOST) node dist/main.js --log-format=pretty $(ARGS)

test: setup-test ## every test that this machine can run
	@$(HOST) node_modules/.bin/vitest run $(ARGS)

test-kernels: node_modules/.package-lock.json ## the sensor on Debian's kernels, emulated (as root, takes long); ARGS=KERNEL-PACKAGE
	node_modules/.bin/tsx test/kernels/main.ts $(ARGS)

check: node_modules/.package-lock.json ## types, lint, boundaries
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/biome check --error-on-warnings .
	node_modules/.bin/depcruise src --config .dependency-cruiser.cjs

bench: setup ## measure, and write docs/benchmarks.md (as root)
	@deploy/install-packages.sh bench
	@$(HOST) node_modules/.bin/tsx test/bench/main.ts $(ARGS)

coverage: setup-test ## take every route to a trap under every sensor, and write docs/coverage.md (as root); ARGS=--column=fanotify
	@$(HOST) node_modules/.bin/tsx test/coverage/main.ts $(ARGS)

hold: setup-test ## 10,000 attempts of each kind to get a byte past each containment, and write docs/containment.md (as root, takes hours); ARGS=--attempts=200
	@$(HOST) node_modules/.bin/tsx test/hold/main.ts $(ARGS)

clean: ## remove what was built
	rm -rf dist coverage

dist/main.js: node_modules/.package-lock.json $(SOURCES)
	@rm -rf dist
	@npm run --silent build

node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --no-fund --no-audit
	@touch $@
