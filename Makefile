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

VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
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

.PHONY: test
test: ## run all tests
	$(GO) test ./...

.PHONY: race
race: ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race $$($(GO) list ./... | grep -v /conformance/)

.PHONY: lint
lint: ## vet and golangci-lint, pinned in internal/tools
	$(GO) vet ./...
	$(GO) -C internal/tools build -o $(CURDIR)/bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	bin/golangci-lint run ./...

.PHONY: golden
golden: ## rewrite the snapshot files of tests, and the answers in scenarios
	@pkgs=$$($(GO) list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if or (eq . "github.com/treatyhq/treaty/internal/golden") (eq . "github.com/treatyhq/treaty/broker/internal/scenario")}}{{$$p}}{{"\n"}}{{end}}{{end}}{{range .XTestImports}}{{if or (eq . "github.com/treatyhq/treaty/internal/golden") (eq . "github.com/treatyhq/treaty/broker/internal/scenario")}}{{$$p}}{{"\n"}}{{end}}{{end}}' ./... | sort -u); \
	[ -z "$$pkgs" ] || $(GO) test $$pkgs -update

.PHONY: golden-check
golden-check: build ## replay the recorded answers of a Pact Broker against Treaty
	sh conformance/golden-check.sh

.PHONY: faults
faults: build ## run the reproductions of faults from the field (with PostgreSQL at TREATY_TEST_POSTGRES_URL)
	sh conformance/faults.sh

.PHONY: history-check
history-check: build ## play one rich history to Treaty and compare its answers with a Pact Broker's
	sh conformance/history-check.sh

.PHONY: conformance
conformance: ## run the Pact specification's cases and the compatibility suite
	sh conformance/run.sh

.PHONY: interop
interop: build ## drive Treaty with the official command line (needs npm)
	sh conformance/interop.sh

.PHONY: footprint
footprint: build ## measure binary size, start-up time and memory at rest
	$(GO) run ./conformance/footprint bin/treaty

.PHONY: bench
bench: bench-load ## run the benchmarks of every package, and the broker under load
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-scale
bench-scale: ## measure the hot requests over HTTP as the history grows to 10 million results (some minutes; TREATY_SCALE_* tune it)
	TREATY_SCALE_RESULTS=$${TREATY_SCALE_RESULTS:-10000,100000,1000000,10000000} TREATY_SCALE_REPORT=$(CURDIR)/docs/performance.md $(GO) test -count=1 -run MeasureOverHTTP -v -timeout 3h ./broker/store/scale

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
differential: ## compare pact files of the same tests through dsl and pact-go (needs npm and gcc)
	bash conformance/pactffi/run.sh

.PHONY: test-postgres
test-postgres: ## run the store and gate suites on PostgreSQL at TREATY_TEST_POSTGRES_URL
	@[ -n "$$TREATY_TEST_POSTGRES_URL" ] || { echo "set TREATY_TEST_POSTGRES_URL, for example postgres://postgres:postgres@127.0.0.1:5432/postgres" >&2; exit 2; }
	$(GO) test -count=1 ./broker/...

.PHONY: cover
cover: ## coverage by function, and coverage.html
	$(GO) test -coverprofile=coverage.out ./...
	$(GO) tool cover -func=coverage.out | tail -1
	$(GO) tool cover -html=coverage.out -o coverage.html
