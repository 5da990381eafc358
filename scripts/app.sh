#!/usr/bin/env bash
# Builds the web app into client/mobile-app/dist, where the gateway serves it from (AICHAT_GATEWAY__APP_DIR).
#
#   scripts/app.sh            build it unless nothing has changed; exit 3 and a line that says why when it cannot be built here
#   scripts/app.sh packages   only its npm packages
#
# Packages are installed again when the lock file or Node changes. Nothing is asked of the network but npm's registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly APP=client/mobile-app
# The last that a build writes.
readonly BUILT=$APP/dist/index.html.br
readonly SOURCES=("$APP"/{src,public,assets,scripts,app.json,package.json} packages/shared/{src,package.json} package-lock.json)
readonly NODE_OLDEST="20.19.4"

cannot() {
    echo "the app was not built: $1" >&2
    exit 3
}

packages() {
    local digest
    digest=$({ cat package-lock.json && node --version; } | sha256sum)
    [[ -e node_modules/.installed && $(<node_modules/.installed) == "$digest" ]] && return
    echo "installing the app's packages"
    npm ci --no-audit --no-fund || cannot "its npm packages cannot be had here"
    echo "$digest" >node_modules/.installed
}

build() {
    [[ -e $BUILT && -z $(find "${SOURCES[@]}" -newer "$BUILT" -print -quit) ]] && return
    echo "building the app"
    EXPO_OFFLINE=1 EXPO_NO_TELEMETRY=1 CI=1 npm run --silent --prefix "$APP" export:web || cannot "the export failed"
}

command -v node >/dev/null && command -v npm >/dev/null || cannot "there is no Node.js with npm (https://nodejs.org, $NODE_OLDEST or later)"
node -e "const [a, b] = ['$NODE_OLDEST', process.versions.node].map((v) => v.split('.').reduce((n, p) => n * 1000 + +p, 0)); process.exit(b < a ? 1 : 0)" ||
    cannot "Node.js is $(node --version), it takes $NODE_OLDEST or later"
packages
[[ ${1:-} == packages ]] || build
