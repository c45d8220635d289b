# The targets that developers and CI call; "make" lists them. The commands are in scripts/.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Test targets that need no server, for "make check".
FAST_TESTS := ReportModelTests|LocalFilesTests|HTTPClientTests|SupersetAssetsTests|ReportEngineTests.WithoutServer|ReportDefinitionsTests|ContentDigestTests|ProcessRunnerTests|ReportSettingsTests|RunFollowUpTests|SetupErrorTests|TestNameTests

# Each test target runs in its own process (scripts/test-suites).
TESTS := $(filter %Tests,$(notdir $(wildcard Tests/*)))

# They begin first, since two targets run at a time.
LONG_TESTS := CommandTests ReportEngineTests SupersetTests DocsTests

.PHONY: help
help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-19s %s\n", $$1, $$2 }'

.PHONY: deps
deps: ## Install what is missing: libraries and PostgreSQL's programs (apt-get, with sudo when not root).
	@scripts/deps

.PHONY: browser
browser: ## Install what BrowserTests needs: deps and Chromium.
	@scripts/deps --browser

.PHONY: pictures
pictures: build browser ## Make the pictures of pages in docs/images again, of the store's sample data.
	@scripts/pictures

.PHONY: superset-deps
superset-deps: browser ## Install what SupersetTests needs: Chromium with its driver, Python.
	@scripts/deps --superset

.PHONY: build
build: deps ## Build bin/reportgen, optimized, with Swift's own libraries inside.
	@scripts/build

.PHONY: deb
deb: ## Build the Debian package, and the one with its debug symbols, in packages/.
	@scripts/deps --package
	@scripts/deb

.PHONY: deb-test
deb-test: ## Install, use, upgrade and purge the package in new systems of Debian 12 and 13; as root, takes minutes.
	@scripts/deps --package
	@scripts/deb-test

.PHONY: tarball
tarball: build ## Build an archive with an installer, for systems without Debian's packages, in packages/.
	@scripts/tarball

.PHONY: release-check
release-check: ## Check whether this commit can be released, and build what is: packages, archive; as root, takes minutes.
	@scripts/release-check --quick
	@scripts/deps --package
	@scripts/release-check

.PHONY: demo
demo: build ## Start the sandbox, load the store, run sales-daily, show its table and files.
	@scripts/demo

.PHONY: store
store: build ## Recreate the sandbox with more sales: make store PURCHASES=10000000 takes about a minute.
	STORE_PURCHASES=$(or $(PURCHASES),1000000) bin/reportgen sandbox reset

.PHONY: superset-up
superset-up: build ## Start a Superset with the store's dashboards on the sandbox; the first start takes minutes.
	@scripts/superset-up

.PHONY: superset-down
superset-down: ## Stop that Superset; its data stays.
	@scripts/superset down .reportgen/superset

.PHONY: superset-test
superset-test: ## Test the dashboards with a real Superset and a real browser; installs both, takes minutes.
	@scripts/deps --superset
	@scripts/superset prepare >/dev/null
	swift build --build-tests
	CI=true swift test --skip-build --no-parallel --filter '^SupersetTests\.'

.PHONY: messages-test
messages-test: deps ## Run the engine's tests against servers whose messages are in Russian.
	swift build --build-tests
	scripts/test-messages

.PHONY: versions-test
versions-test: deps ## Run a part of the tests on PostgreSQL 16, 17 and 18, which it fetches.
	swift build --build-tests
	scripts/postgres-versions

# With CI set nothing is skipped: what tests need besides PostgreSQL is installed, too. All is installed before the first
# test, because apt-get can upgrade PostgreSQL.
.PHONY: test
test: ## Run every test; tests start the servers that they need.
	@scripts/deps $(if $(CI),--tests --package --superset --locales) $$([ "$$(id -u)" -ne 0 ] || echo --lab)
	swift build --build-tests
	@scripts/test-suites $(LONG_TESTS) messages versions $(filter-out $(LONG_TESTS),$(TESTS))
	@cluster/check
	@echo lab; REPORTGEN=$$(swift build --show-bin-path)/reportgen scripts/lab test --if-possible

.PHONY: faults
faults: deps ## Inject faults into runs at random moments and compare the results: make faults ROUNDS=300 SEED=1
	swift build --build-tests
	FAULTS_ROUNDS=$(or $(ROUNDS),300) FAULTS_SEED=$(or $(SEED),$$(date +%s)) swift test --skip-build --filter '^CommandTests\.(LockFaultTests|RandomFaultTests)'

.PHONY: fuzz
fuzz: build ## Read definitions that are made at random; no crash, no hang, bounded memory: make fuzz SECONDS=3600 SEED=1
	swift build --build-tests
	FUZZ_COMMAND=$(CURDIR)/bin/reportgen FUZZ_SECONDS=$(or $(SECONDS),60) FUZZ_SEED=$(SEED) \
	  swift test --skip-build --no-parallel --filter '^DefinitionFuzzTests\.'

.PHONY: fuzz-bytes
fuzz-bytes: deps ## Give bytes that libFuzzer makes to the decoders of COPY, manifests and answers: make fuzz-bytes SECONDS=600
	@scripts/fuzz-bytes $(or $(SECONDS),600)

.PHONY: check
check: deps ## Format, floors, declared imports, warnings as errors, and the tests that need no server.
	@scripts/deps --check
	swift format lint --strict --recursive Sources Tests Package.swift
	scripts/floors
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build --filter '$(FAST_TESTS)'

.PHONY: format
format: ## Format the Swift code in place.
	swift format --in-place --recursive Sources Tests Package.swift

.PHONY: lab-deps
lab-deps:
	@scripts/deps --lab

.PHONY: lab-up
lab-up: lab-deps ## Start the cluster on this machine, with the store's data: three hosts in namespaces. Needs root.
	@scripts/lab up

.PHONY: lab-down
lab-down: ## Stop the cluster and remove its data.
	@scripts/lab down

.PHONY: lab-status
lab-status: ## Show the cluster's members, virtual address, etcd and timelines.
	@scripts/lab status

.PHONY: lab
lab: build lab-up ## Inject a fault into the cluster during a run: make lab SCENARIO=leader-killed; without it, all scenarios.
	@scripts/lab scenario $(SCENARIO)

.PHONY: lab-test
lab-test: build lab-deps ## Run every scenario on new labs; takes minutes. Needs root.
	@scripts/lab test

.PHONY: bench
bench: build ## Measure speed and memory and compare them with psql; takes minutes and some gigabytes of disk.
	@scripts/bench

.PHONY: clean
clean: ## Remove the build; the sandbox and out/ stay ("bin/reportgen sandbox down" stops the servers).
	rm -rf .build bin
