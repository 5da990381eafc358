#!/usr/bin/env bash
# Checks style and supply chain: rustfmt, clippy, the list of licences, secrets in the checkout, the list of parts (SBOM), manifests,
# workflows, scripts, cargo-deny. Ends non-zero at the first complaint.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly DENY_VERSION=0.20.2
readonly tools="${XDG_CACHE_HOME:-$HOME/.cache}/aichat/tools"
export PATH="$tools/bin:$PATH"

# Finds cargo-deny, or installs it when LINT_INSTALL=1 (several minutes).
have_deny() {
    command -v cargo-deny >/dev/null && return
    [[ ${LINT_INSTALL:-} == 1 ]] && cargo install --locked --root "$tools" --version "$DENY_VERSION" cargo-deny
}

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- -D warnings

python3 scripts/parts.py licences --check
python3 scripts/reference.py --check
# All that is not Rust, by other people's tools: secrets, the list of parts, manifests, workflows, scripts.
scripts/test.sh infra

if ! have_deny; then
    echo "SKIP cargo-deny: not installed (LINT_INSTALL=1 make lint installs it)"
    exit 0
fi
cargo deny --locked check --hide-inclusion-graph bans licenses sources
# The advisories come from a git repository, which not every machine reaches.
if cargo deny --locked fetch db 2>/dev/null; then
    cargo deny --locked check --hide-inclusion-graph advisories
else
    echo "SKIP cargo-deny advisories: the advisory database cannot be fetched from here"
fi
