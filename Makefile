# Treaty. `make help` lists the targets.
GO            ?= go
export CGO_ENABLED ?= 0
export PACT_DO_NOT_TRACK ?= true

# The public suites and recorded answers live beside the checkout; where they
# are missing the tests that read them skip and say so.
SHARED        ?= $(abspath ../shared)
ifneq ($(wildcard $(SHARED)/conformance),)
export TREATY_CONFORMANCE_DIR ?= $(SHARED)/conformance
endif
ifneq ($(wildcard $(SHARED)/golden/replay.py),)
export TREATY_GOLDEN_DIR ?= $(SHARED)/golden
endif
ifneq ($(wildcard $(SHARED)/faults/run),)
export TREATY_FAULTS_DIR ?= $(SHARED)/faults
endif

# The repository holds several modules, joined by go.work: the library in its
# root, broker, cmd and conformance. "./..." is the library alone, and the
# pattern "work" all of them. So that nothing falls away unseen, fewer packages
# than these are a failure; more are not.
PACKAGES      := 120

VERSION       ?= $(shell git describe --tags --match 'v*' --always --dirty 2>/dev/null || echo dev)
LDFLAGS       := -s -w -X main.version=$(VERSION)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'

.PHONY: build
build: ## build the one static binary, bin/treaty
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/treaty ./cmd/treaty

.PHONY: run
run: build ## start a broker on http://127.0.0.1:9292 with treaty.db in this folder
	bin/treaty serve

.PHONY: demo
demo: build ## watch the whole loop: consumer test, broker, verification, can-i-deploy
	bin/treaty demo

# Much of the time that a cold build of a hundred test binaries takes is the linker
# writing what only a debugger reads; traces of panics do not need it. What go vet
# looks for, make lint does.
TESTLINK      := -ldflags=-w -vet=off

.PHONY: test
test: packages ## run all tests, and those of the library once more as its users get it
	$(GO) test $(TESTLINK) $(TESTFLAGS) work
	GOWORK=off $(GO) test $(TESTLINK) ./...

.PHONY: packages
packages: # fail if Go does not see every package
	@seen=$$($(GO) list work | wc -l); [ "$$seen" -ge $(PACKAGES) ] || \
	{ echo "Go sees $$seen packages of $(PACKAGES): is go.work not in use, or has a module or a package gone? If it is meant, change PACKAGES in the Makefile." >&2; exit 1; }

# SQLite as translated from C is some ten times slower when each of its memory
# accesses is watched, and no code of ours is in it: the detector watches all else.
UNWATCHED     := -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false

.PHONY: race
race: packages ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test $(TESTLINK) -race $(UNWATCHED) $$($(GO) list work | grep -v /conformance/) ./conformance/provider

.PHONY: deadcode
deadcode: ## functions of the broker and the command that nothing reaches (the library's are for its users)
	GOWORK=off $(GO) -C internal/tools build -o $(CURDIR)/bin/deadcode golang.org/x/tools/cmd/deadcode
	sh conformance/deadcode.sh

.PHONY: lint
lint: packages deadcode ## vet and golangci-lint, pinned in internal/tools, and whether every go.mod is tidy
	$(GO) vet -tags pages,screenshots work
	sh conformance/tidy.sh -check
	GOWORK=off $(GO) -C internal/tools build -o $(CURDIR)/bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	bin/golangci-lint run $(addsuffix /...,. ./broker ./cmd ./conformance)

.PHONY: tidy
tidy: ## run go mod tidy in every module (go mod tidy alone would try to fetch the others)
	sh conformance/tidy.sh

.PHONY: golden
golden: ## rewrite the snapshot files of tests, and the answers in scenarios
	@pkgs=$$($(GO) list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if or (eq . "github.com/treatyhq/treaty/internal/golden") (eq . "github.com/treatyhq/treaty/broker/internal/scenario")}}{{$$p}}{{"\n"}}{{end}}{{end}}{{range .XTestImports}}{{if or (eq . "github.com/treatyhq/treaty/internal/golden") (eq . "github.com/treatyhq/treaty/broker/internal/scenario")}}{{$$p}}{{"\n"}}{{end}}{{end}}' work | sort -u); \
	[ -z "$$pkgs" ] || $(GO) test $$pkgs -update

.PHONY: golden-check
golden-check: build ## replay the recorded answers of a Pact Broker against Treaty
	sh conformance/golden-check.sh

.PHONY: golden-identity
golden-identity: build ## replay them with --identity, each request with an administrator's token
	TREATY_GOLDEN_IDENTITY=1 sh conformance/golden-check.sh

.PHONY: faults
faults: build ## run the reproductions of faults from the field (with PostgreSQL at TREATY_TEST_POSTGRES_URL)
	sh conformance/faults.sh

.PHONY: history-check
history-check: build ## play one rich history to Treaty and compare its answers with a Pact Broker's
	sh conformance/history-check.sh

.PHONY: conformance
conformance: ## run the Pact specification's cases and the compatibility suite
	sh conformance/run.sh

.PHONY: upgrade-check
upgrade-check: build ## run the release before beside this one on one PostgreSQL under load (UPGRADE='-from REVISION')
	$(GO) run ./conformance/upgrade $(UPGRADE) bin/treaty

.PHONY: interop
interop: build ## drive Treaty with the official command line (needs npm)
	sh conformance/interop.sh

.PHONY: pages
pages: ## open every page of the dashboard in Chromium, with axe-core (needs npm)
	sh conformance/pages.sh

.PHONY: screenshots
screenshots: ## make a picture of every page of the dashboard, wide and narrow, light and dark, of a crowded and of an empty broker, in build/screenshots or SCREENSHOTS (needs npm and Chromium)
	sh conformance/pages.sh $(or $(SCREENSHOTS),build/screenshots)

.PHONY: pictures
pictures: ## make the pictures of README and docs again, in docs/pictures (needs npm and Chromium)
	mkdir -p docs/pictures
	sh conformance/pages.sh pictures docs/pictures

.PHONY: footprint
footprint: build ## measure binary size, start-up time and memory at rest
	$(GO) run ./conformance/footprint bin/treaty

.PHONY: bench
bench: bench-load ## run the benchmarks of every package, and the broker under load
	$(GO) test -run '^$$' -bench . -benchmem work

.PHONY: bench-scale
bench-scale: ## measure the hot requests over HTTP as the history grows to 20 million results; on PostgreSQL at TREATY_SCALE_POSTGRES_URL (half an hour, 10 GB; TREATY_SCALE_* tune it)
	TREATY_SCALE_SQLITE=$${TREATY_SCALE_SQLITE-2000000,10000000} TREATY_SCALE_POSTGRES=$${TREATY_SCALE_POSTGRES-$${TREATY_SCALE_POSTGRES_URL:+2000000,10000000,20000000,deep:2000000}} TREATY_SCALE_REPORT=$(CURDIR)/docs/performance.md $(GO) test -count=1 -run MeasureOverHTTP -v -timeout 3h ./broker/internal/store/scale

.PHONY: bench-pages
bench-pages: ## measure every page of the dashboard with 1,000 applications and a million results; on PostgreSQL too at TREATY_SCALE_POSTGRES_URL
	TREATY_SCALE_SECONDS=$${TREATY_SCALE_SECONDS-1} TREATY_SCALE_SQLITE=$${TREATY_SCALE_SQLITE-1000000} TREATY_SCALE_POSTGRES=$${TREATY_SCALE_POSTGRES-$${TREATY_SCALE_POSTGRES_URL:+1000000}} TREATY_PAGES_REPORT=$(CURDIR)/docs/performance.md $(GO) test -count=1 -run MeasurePages -v -timeout 1h ./broker/internal/store/scale

.PHONY: bench-load
bench-load: build ## measure the broker under load; on PostgreSQL too at TREATY_TEST_POSTGRES_URL
	$(GO) run ./conformance/load bin/treaty

.PHONY: bench-large
bench-large: build ## measure the memory of the broker for six large pacts at once
	sh conformance/large-pacts.sh bin/treaty

.PHONY: bench-peers
bench-peers: build ## measure verifier, stub server and consumer tests beside their peers (TREATY_PACT_CLI, npm, wrk)
	$(GO) run ./conformance/benchverify -treaty bin/treaty -page docs/performance.md
	$(GO) run ./conformance/benchconsumer

.PHONY: differential
differential: ## compare pact files and verdicts with those of pact-go and its native library (needs npm and gcc)
	bash conformance/pactffi/run.sh

.PHONY: test-postgres
test-postgres: ## run the store and gate suites on PostgreSQL at TREATY_TEST_POSTGRES_URL
	@[ -n "$$TREATY_TEST_POSTGRES_URL" ] || { echo "set TREATY_TEST_POSTGRES_URL, for example postgres://postgres:postgres@127.0.0.1:5432/postgres" >&2; exit 2; }
	$(GO) test -count=1 ./broker/...

.PHONY: coverage
coverage: ## fail if the own tests of a package of the broker reach less than 85 % of it (needs TREATY_TEST_POSTGRES_URL)
	$(GO) run ./conformance/covered ./broker/...

.PHONY: cover
cover: ## coverage by function, and coverage.html
	$(GO) test -coverprofile=coverage.out work
	$(GO) tool cover -func=coverage.out | tail -1
	$(GO) tool cover -html=coverage.out -o coverage.html

.PHONY: mutations
mutations: ## break what is documented, one thing at a time: a package's own tests have to notice (MUTATIONS='-run lock')
	$(GO) run ./conformance/mutations $(MUTATIONS)

.PHONY: failover
failover: build ## play the faults of the database with three replicas, a primary and a standby of its own (FAILOVER='-only frozen -rounds 3')
	$(GO) run ./conformance/failover $(FAILOVER) bin/treaty

.PHONY: soak
soak: build ## play at full length what is random, the fuzz targets and all faults; before an issue is called resolved (SOAK='-seed 1 -only fuzz')
	$(GO) run ./conformance/soak $(SOAK)

.PHONY: release-check
release-check: ## build and install every module as its users will, from a proxy in a folder
	$(GO) run ./conformance/release check

.PHONY: notice
notice: ## write NOTICE again: what others made that is in the binary, and their licences
	$(GO) run ./conformance/release notice

.PHONY: sbom
sbom: build ## write what is in the binary as bin/treaty.cdx.json (CycloneDX), for a release
	$(GO) run ./conformance/release sbom bin/treaty > bin/treaty.cdx.json

.PHONY: version
version: ## name the version of the next release in every module: make version VERSION=v0.2.0
	$(GO) run ./conformance/release version $(VERSION)

.PHONY: tag
tag: ## tag what is checked out, once for each module: make tag VERSION=v0.2.0
	$(GO) run ./conformance/release tag $(VERSION)
