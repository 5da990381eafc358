#!/usr/bin/env bash
# Fuzzes the server at AICHAT_URL by its own OpenAPI document: run.sh ST_PROGRAM JUNIT_REPORT
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export HYPOTHESIS_STORAGE_DIRECTORY="${2%/*}/hypothesis" # nothing is left in the checkout
exec "$1" --no-color --config-file schemathesis.toml run "$AICHAT_URL/api/openapi.json" \
    --report junit --report-junit-path "$2"
