#!/usr/bin/env bash
# Writes the site of the pages in docs/ to target/docs (or the folder named), with the reference written anew from the code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/aichat"
digest=$({ cat scripts/docs.txt && python3 --version; } | sha256sum)
venv="$cache/docs-${digest:0:12}"
if [[ ! -e $venv/ready ]]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --only-binary :all: --require-hashes -r scripts/docs.txt
    touch "$venv/ready"
fi
python3 scripts/reference.py
"$venv/bin/mkdocs" build --quiet --strict --site-dir "$(realpath -m "${1:-target/docs}")"
