# `make` lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build test chaos soak fuzz openapi-check lint format bench deploy-test pictures clean
MAKEFLAGS += --no-print-directory

release := swift build -c release --product roost --static-swift-stdlib

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, then start API, worker and console in one process with demonstration handlers
	@printf '%s\n' '' \
	  'Roost starts on http://127.0.0.1:4000, its console on http://127.0.0.1:5984. Things to try from another terminal:' '' \
	  "  curl -XPOST -d '{\"data\":\"foo\"}' http://127.0.0.1:4000/api/v1/work" \
	  '  curl http://127.0.0.1:4000/api/v1/work/ACBD18DB4CC2F85CEDEF654FCCC4A4D8' \
	  "  curl -XPOST -d '{\"payload\":{\"task\":\"echo\",\"text\":\"hello\"}}' http://127.0.0.1:4000/jobs" \
	  '  curl http://127.0.0.1:4000/jobs' '' 'Ctrl-C stops it.' ''
	@exec .build/release/roost up --demo

build: ## the release executable, .build/release/roost
	@.ci/packages run
	$(release)

test: ## build and run the tests (FILTER=regex for some of them)
	@.ci/packages test
	@.ci/test

chaos: ## kill, freeze, starve and cut off real processes and hold the history against the promises (FULL=1: the published figures)
	@.ci/packages test
	@.ci/chaos

soak: ## a whole cluster at a steady load: nothing grows, nothing is left over (SOAK=3m)
	@.ci/packages test
	@.ci/soak

fuzz: ## random inputs for everything that parses (FUZZ_SECONDS=60 a target, SEED=1)
	@.ci/packages test
	@.ci/fuzz

openapi-check: build ## hold the served API against its /openapi.json, for longer than `make test` does
	@Tests/API/openapi-check.sh "$$($(release) --show-bin-path)/roost"

lint: ## check the format and the house rules
	@.ci/lint

format: ## put the format right
	swift format -i -r -p $(wildcard Sources Tests Benchmarks Examples Package.swift)

bench: ## the Redis client beside redis-benchmark, HTTP beside a bare route, mesh calls beside an echo, jobs beside PEERS (ROUNDS=5)
	@.ci/packages bench
	@$(release)
	@ROOST="$$($(release) --show-bin-path)/roost" Benchmarks/peers.py
	@Benchmarks/redis-pipeline.sh
	@Benchmarks/http.sh
	@swift run -c release --package-path Benchmarks mesh-calls $(or $(ROUNDS),5)

pictures: build ## the README's pictures, from a running cluster
	@.ci/packages pictures
	@Documentation/pictures/make.sh

deploy-test: ## bring docker-compose.yml up and check balancing, scaling and a Redis outage (needs a Docker engine)
	@.ci/packages deploy
	@deploy/test.sh

clean: ## remove everything that was built
	rm -rf .build
