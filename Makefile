# Everything a person does here by name. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run app cluster cluster-down services-up services-down build image docs sbom test bench lint

AICHAT_LISTEN ?= 127.0.0.1:8080
AICHAT_DATA_DIR ?= ./data
# The web app, which the gateway serves; without Node.js it is not built, and everything else runs.
APP_DIR ?= $(CURDIR)/client/mobile-app/dist

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, then start everything with demo people; prints the URL and the sign-ins
	@scripts/app.sh || [ $$? -eq 3 ]
	AICHAT_DEMO_DATA=true AICHAT_GATEWAY__APP_DIR=$(APP_DIR) AICHAT_LISTEN=$(AICHAT_LISTEN) AICHAT_DATA_DIR=$(AICHAT_DATA_DIR) \
		"$${CARGO_TARGET_DIR:-target}/release/aichat" run

cluster: build ## the same as one process per service, two of some, on MongoDB's wire, Redis, Kafka and NATS; Ctrl-C stops all
	@scripts/app.sh || [ $$? -eq 3 ]
	AICHAT_DEMO_DATA=true AICHAT_GATEWAY__APP_DIR=$(APP_DIR) AICHAT_LISTEN=$(AICHAT_LISTEN) AICHAT_DATA_DIR=$(AICHAT_DATA_DIR)/cluster scripts/cluster.sh run

cluster-down: ## stop it from another terminal
	AICHAT_DATA_DIR=$(AICHAT_DATA_DIR)/cluster scripts/cluster.sh down

services-up: ## obtain and start the four servers on fixed loopback ports, for your own runs and tests; prints their URLs
	@scripts/services.sh up --fixed-ports --build; code=$$?; scripts/services.sh env; exit $$code

services-down: ## stop them
	scripts/services.sh down

app: ## build the web app alone (client/mobile-app/dist)
	scripts/app.sh

build: ## build the release binary (target/release/aichat)
	cargo build --locked --release -p aichat

image: ## build the container image (docker or podman; infra/image/Dockerfile)
	$$(command -v docker || command -v podman) build --file infra/image/Dockerfile --tag ghcr.io/aichatwar/aichat:dev .

docs: ## write the site of docs/ to target/docs, the reference anew from the code
	scripts/docs.sh

sbom: ## print what the product is made of, as CycloneDX
	@python3 scripts/parts.py sbom

test: ## run every test this machine can run; what it lacks is skipped by name
	scripts/test.sh

bench: ## measure against the rivals and write the results (bench/)
	bench/run.sh

lint: ## format, clippy, licences, cargo-deny (LINT_INSTALL=1 installs cargo-deny when it is absent)
	scripts/lint.sh
