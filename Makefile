# Atelier. Everything is run from here; `make help` lists it. Wanted beforehand: Go (the version in go.mod) and Node 20 or
# newer; `make setup` installs the rest through apt.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory --warn-undefined-variables

WEB    := client/web
ARGS   ?=
PKG    ?= ./...
PAGE   := $(WEB)/dist/index.html
MODULES := $(WEB)/node_modules/.package-lock.json
LINTER := bin/golangci-lint
RUNNER := bin/gotestsum
STORE  := bin/versitygw

# What the page is made of: it is built again only when one of these is newer.
PAGE_SOURCES = $(shell find $(WEB)/src $(WEB)/public $(WEB)/index.html $(WEB)/*.config.ts $(WEB)/tsconfig*.json \
                 -type f ! -name '*.test.ts*' 2>/dev/null)

export ATELIER_BIN := $(CURDIR)/bin/atelier

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- running

run: build ## Build what is stale and start a server with data in ./data; ARGS="--listen …" for flags of `atelier serve`
	@exec bin/atelier serve $(ARGS)

build: $(PAGE) ## Build the page and the one binary, bin/atelier
	go build -trimpath -o bin/atelier ./cmd/atelier

web: $(PAGE) ## Build the page alone

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	rm -rf $(WEB)/dist/assets # what an older build left would be embedded too
	cd $(WEB) && npm run build

$(MODULES): $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

generate: ## Write generated files anew: the protocol's constants for TypeScript, docs/configuration.md
	go generate ./protocol ./internal/config

gallery: ## Make docs/gallery.md and its pictures anew with the built-in provider (wants ffmpeg)
	go run ./generation/providers/sketch/internal/gallery -docs docs

# ---- checking

setup: ## Install what the tests need and this machine lacks, through apt and the Go module proxy
	@.ci/setup
	@$(MAKE) $(STORE)

test: setup test-lint test-go test-web test-e2e ## Everything that must hold: vet, lint, Go tests with -race, page tests, browser tests
	@echo "make test: everything holds"

lint: test-lint ## golangci-lint, Biome and tsc over the whole tree

test-lint: $(LINTER) $(PAGE)
	go vet ./...
	$(LINTER) run --allow-parallel-runners ./...
	cd $(WEB) && npm run lint && npm run typecheck

test-go: $(RUNNER) $(STORE) build ## The Go tests with -race; PKG=./rooms/... for some of them
	@.ci/gotest -race -timeout 15m $(PKG)

test-web: $(MODULES) ## The page's unit tests
	cd $(WEB) && ../../.ci/noskip npm test

test-e2e: build ## The browser tests: real pages against the real binary
	cd $(WEB) && ../../.ci/noskip npm run e2e

soak: $(RUNNER) $(STORE) build ## The Go tests in their long forms (build tag soak), up to two hours; PKG=… for some of them
	@.ci/gotest -tags soak -timeout 120m $(PKG)

bench: $(PAGE) ## Go benchmarks with allocations
	go test -run '^$$' -bench . -benchmem $(PKG)

# ---- tools, built once from the versions in tools.mod

$(LINTER): tools.mod tools.sum
	go build -modfile=tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(RUNNER): tools.mod tools.sum
	go build -modfile=tools.mod -o $@ gotest.tools/gotestsum

$(STORE): tools.mod tools.sum
	go build -modfile=tools.mod -o $@ github.com/versity/versitygw/cmd/versitygw

clean: ## Remove what was built (not ./data)
	rm -rf bin $(WEB)/dist/*

.PHONY: help run web build generate gallery setup test lint test-lint test-go test-web test-e2e soak bench clean
