#!/usr/bin/env bash
# Runs everything that can be tested on this machine and ends with one line: `N passed, N failed, N skipped`.
#
#   scripts/test.sh                 all suites
#   scripts/test.sh cargo browser   only these (names: the list SUITES; commerce_cluster and upgrade, of many minutes, are run by their names alone)
#   AICHAT_BIN=... scripts/test.sh  with that server instead of building target/debug/aichat
#
# What cannot be had here (a server, a client, a browser) is skipped by name and counted, never passed. Downloads are kept in
# ${XDG_CACHE_HOME:-~/.cache}/aichat; logs, reports and the browser's pictures go to $AICHAT_TEST_LOGS, else a new temporary folder.
# MongoDB's wire, Redis, Kafka and NATS are those of AICHAT_TEST_{MONGODB,REDIS,KAFKA,NATS}_URL, else started by scripts/services.sh.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly SUITES=(cargo adapters blackbox cluster faults commerce s3 openai_python openai_js anthropic_python anthropic_js tus_python tus_js api_fuzz browser infra nginx nginx_cluster image app app_journey)
readonly SERVERLESS=(cargo adapters s3 app infra) # those that need no server of ours
readonly EXTERNAL=tests/external
readonly EXTERNAL_SECONDS=900 # upper bound of one external suite
# What speaks to real servers: the features, and the words in the names of their tests.
readonly FEATURES=store/mongodb,bus/kafka,bus/jetstream,ephemeral/redis
readonly ADAPTERS=(mongodb kafka jetstream redis)

cache="${XDG_CACHE_HOME:-$HOME/.cache}/aichat"
logs="${AICHAT_TEST_LOGS:-$(mktemp -d "${TMPDIR:-/tmp}/aichat-tests-XXXXXX")}"
prebuilt="${AICHAT_BIN:-}"
AICHAT_BIN=$(realpath -m "${AICHAT_BIN:-${CARGO_TARGET_DIR:-target}/debug/aichat}")
export AICHAT_BIN
mkdir -p "$cache" "$logs"
# Where the operator's own product lives is nothing for tests.
unset AICHAT_{MONGODB,REDIS,KAFKA,NATS}_URL

passed=0 failed=0 skipped=0
notes=() # one line for each failure and skip, repeated at the end

# --- counting ---------------------------------------------------------------------------------------------------

title() { printf '\n=== %s ===\n' "$1"; }
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

note() {
    echo "$1"
    notes+=("$1")
}

skip() { # SUITE REASON
    note "SKIP $1: $2"
    count 0 0 1
}

# Adds what a suite counted. One that failed without a failed test (it did not compile, it hung), or ran no test, is one failure.
settle() { # SUITE EXIT_CODE PASSED FAILED SKIPPED
    count "$3" "$4" "$5"
    if (($2 != 0 || $4 > 0)); then
        note "FAIL $1: exit $2, $4 failed tests (log: $logs/$1.log)"
        (($4 > 0)) || count 0 1 0
    elif (($3 + $5 == 0)); then
        note "FAIL $1: it ran no test"
        count 0 1 0
    fi
}

# Sums the `test result:` lines of a cargo test log: passed, failed, skipped. A Rust test cannot say that it skipped but by
# printing `SKIP name: reason`; cargo counts it as passed, so it is moved from there.
cargo_tally() {
    awk '/^test result:/ { p += $4; f += $6; s += $8 }
         /(^|\.\.\. )SKIP [^ ]+: / { p--; s++ }
         END { print p + 0, f + 0, s + 0 }' "$1"
}

# Names what skipped in a log: a line for each reason, with the first three tests.
skips() { # LOG
    grep -oE 'SKIP [^ ]+: .*' "$1" | awk '{
        name = substr($2, 1, length($2) - 1); reason = substr($0, length($2) + 7)
        if (!(reason in count)) order[++reasons] = reason
        if (++count[reason] <= 3) names[reason] = names[reason] (names[reason] ? ", " : "") name
    } END { for (i = 1; i <= reasons; i++) {
        more = count[order[i]] - 3
        print "SKIP " names[order[i]] (more > 0 ? " and " more " more" : "") ": " order[i]
    } }'
}

# --- Rust -------------------------------------------------------------------------------------------------------

run_cargo() { # SUITE ARGUMENTS...
    local suite=$1 code tally
    shift
    # What names our browser is no setting of the servers that are started.
    env -u AICHAT_CHROMIUM cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$logs/$suite.log"
    code=${PIPESTATUS[0]}
    read -ra tally < <(cargo_tally "$logs/$suite.log")
    mapfile -t -O "${#notes[@]}" notes < <(skips "$logs/$suite.log")
    settle "$suite" "$code" "${tally[@]}"
}

# Everything is built with the features of the whole workspace: `-p` alone would choose others, and compile most of it again.
readonly PACKAGES=(--workspace --exclude blackbox --features "$FEATURES")
readonly BLACKBOX=(--workspace --test product --features "$FEATURES")

suite_cargo() { run_cargo cargo "${PACKAGES[@]}" -- "${ADAPTERS[@]/#/--skip=}" --skip=s3_; }
suite_blackbox() { run_cargo blackbox "${BLACKBOX[@]}"; }

# Starts the servers that can be had, once. They end with this script, however it ends.
need_servers() {
    [[ -e $logs/servers ]] && return
    mkdir -p "$logs/servers"
    trap 'scripts/services.sh down --dir "$logs/servers" >/dev/null' EXIT
    scripts/services.sh up --dir "$logs/servers" --owner $$ --build | tee "$logs/servers.log"
    mapfile -t -O "${#notes[@]}" notes < <(grep 'NOT HERE' "$logs/servers.log")
}

# The conformance suites of the adapters, on the real servers. Without its server a test skips, by name.
suite_adapters() {
    need_servers
    eval "$(scripts/services.sh env --dir "$logs/servers" | grep AICHAT_TEST_ | sed 's/^export/local -x/')"
    # Some tests run a redis-server of their own; see get_redis in services.sh.
    local -x PATH="$PATH:$cache/tools/redis"
    run_cargo adapters "${PACKAGES[@]}" -- "${ADAPTERS[@]}"
}

# media's objects on an S3-compatible server of its own.
suite_s3() {
    local server
    need_python s3 || { skip s3 "its Python packages cannot be installed here"; return; }
    "$venv/bin/python" "$EXTERNAL/s3/serve.py" "$logs/s3.url" >"$logs/s3-server.log" 2>&1 &
    server=$!
    timeout 60 sh -c 'until [ -e "$1" ] || ! kill -0 "$2" 2>/dev/null; do sleep 0.1; done' wait "$logs/s3.url" "$server"
    if [[ -e $logs/s3.url ]]; then
        local -x AICHAT_TEST_S3_URL
        AICHAT_TEST_S3_URL=$(<"$logs/s3.url")
        run_cargo s3 --workspace --test it --features "$FEATURES" -- s3_
    else
        skip s3 "its server does not start (log: $logs/s3-server.log)"
    fi
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
}

# The black-box suite, unchanged, on one process per service: cluster.sh is used as if it were the binary.
suite_cluster() {
    need_servers
    eval "$(scripts/services.sh env --dir "$logs/servers" | grep -v AICHAT_TEST_ | sed 's/^export/local -x/')"
    if [[ -z ${AICHAT_MONGODB_URL:-} || -z ${AICHAT_REDIS_URL:-} || -z ${AICHAT_KAFKA_URL:-} || -z ${AICHAT_NATS_URL:-} ]]; then
        skip cluster "it needs all four servers"
        return
    fi
    local -x AICHAT_BIN_EACH="$AICHAT_BIN"
    local -x AICHAT_BIN="$PWD/scripts/cluster.sh"
    run_cargo cluster "${BLACKBOX[@]}"
}

# A cluster on servers of its own, which the suite kills, cuts off and restarts. What was seen is what docs/operations.md tells.
suite_faults() {
    local faults=(--workspace --test faults --features "$FEATURES" -- --test-threads 1)
    local -x PATH="$PATH:$cache/tools/redis"
    # Two rounds: who signed in at the beginning of one is to be signed in at its end, a quarter of an hour later.
    local second=(rolling:: slow:: writer::)
    run_cargo faults "${faults[@]}" --skip between_the_services --skip upgrade:: "${second[@]/#/--skip=}"
    run_cargo faults_rolling "${faults[@]}" "${second[@]}"
    local -x AICHAT_TEST_LINKS=1
    run_cargo faults_links "${faults[@]}" between_the_services
    grep -ho 'SEEN | .*' "$logs/faults.log" "$logs/faults_rolling.log" "$logs/faults_links.log"
}

# What is bought and paid, in one process and in a cluster, while processes are killed and the payment provider misbehaves.
readonly COMMERCE=(--workspace --test commerce --features "$FEATURES" -- --test-threads 4)

suite_commerce() {
    run_cargo commerce "${COMMERCE[@]}" --skip in_a_cluster
    grep -ho 'COMMERCE | .*' "$logs/commerce.log"
}

# The cluster has servers of its own; fifteen processes, built to be debugged, and four servers share the machine with their load.
suite_commerce_cluster() {
    local -x PATH="$PATH:$cache/tools/redis"
    local -x AICHAT_COMMERCE_SECONDS=${AICHAT_COMMERCE_SECONDS:-40} AICHAT_COMMERCE_RATE=${AICHAT_COMMERCE_RATE:-5}
    run_cargo commerce_cluster "${COMMERCE[@]}" in_a_cluster
    grep -ho 'COMMERCE | .*' "$logs/commerce_cluster.log"
}

# Obtains the binary of the release before: the one named, else that of the newest tag before this commit, else of the commit in
# AICHAT_PREVIOUS. It is built once, as ours is, in a checkout and a target folder of its own, and kept. Sets AICHAT_PREVIOUS_BIN.
need_previous() {
    local commit checkout
    [[ -z ${AICHAT_PREVIOUS_BIN:-} ]] || return 0
    commit=$(git describe --tags --abbrev=0 HEAD^ 2>/dev/null || echo "${AICHAT_PREVIOUS:-none}")
    commit=$(git rev-parse --verify --quiet "$commit^{commit}") ||
        { skip upgrade "there is no release before: no tag, and no commit in AICHAT_PREVIOUS"; return 1; }
    export AICHAT_PREVIOUS_BIN="$cache/previous/$commit"
    [[ -e $AICHAT_PREVIOUS_BIN ]] && return
    checkout="$cache/previous/checkout-$commit"
    mkdir -p "$cache/previous" && { [[ -d $checkout ]] || git worktree add --force --detach "$checkout" "$commit"; } &&
        (cd "$checkout" && CARGO_TARGET_DIR="$checkout/target" cargo build --locked "${PACKAGES[@]}" --bin aichat) &&
        mv "$checkout/target/debug/aichat" "$AICHAT_PREVIOUS_BIN" && git worktree remove --force "$checkout" && return
    settle upgrade 1 0 0 0
    return 1
}

# A cluster that becomes this release, process by process, and goes back. What was seen is what docs/operations.md tells.
suite_upgrade() {
    local -x PATH="$PATH:$cache/tools/redis"
    need_previous > >(tee "$logs/upgrade-build.log") 2>&1 || return
    run_cargo upgrade --workspace --test faults --features "$FEATURES" -- --test-threads 1 upgrade::
    grep -ho 'SEEN | .*' "$logs/upgrade.log"
}

# The server the later suites talk to. Without it each of them would only repeat this one failure.
build_server() {
    [[ -n $prebuilt ]] && return
    title "build the server"
    cargo build --locked "${PACKAGES[@]}" --bin aichat && return
    note "FAIL build: cargo build --bin aichat"
    count 0 1 0
    return 1
}

# --- official clients, schema fuzzing, a browser ----------------------------------------------------------------

# Runs a command that writes a JUnit report against a server of its own. REPORT in the arguments stands for the report's path;
# options of instance.py stand before the command.
run_external() { # SUITE [OPTION]... COMMAND...
    local suite=$1 code tally
    local report="$logs/$suite.xml"
    shift
    AICHAT_SERVER_LOG="$logs/$suite-server.log" AICHAT_TEST_LOGS="$logs" \
        timeout --kill-after=30 "$EXTERNAL_SECONDS" \
        python3 "$EXTERNAL/instance.py" "${@//REPORT/$report}" 2>&1 | tee "$logs/$suite.log"
    code=${PIPESTATUS[0]}
    read -ra tally < <(python3 "$EXTERNAL/tally.py" "$report")
    settle "$suite" "$code" "${tally[@]}"
}

# Names the cache folder of a suite's packages: it changes with what is wanted and with the runtime.
package_folder() { # SUITE FILE RUNTIME_VERSION
    local digest
    digest=$({ cat "$EXTERNAL/$1/$2" && echo "$3"; } | sha256sum)
    echo "$cache/$1-${digest:0:12}"
}

# Makes the suite's virtual environment, hash-checked where its file has hashes, once; sets $venv.
need_python() { # SUITE
    local hashes=(--require-hashes)
    grep -q -- --hash= "$EXTERNAL/$1/requirements.txt" || hashes=()
    venv=$(package_folder "$1" requirements.txt "$(python3 --version)")
    [[ -e $venv/ready ]] && return
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet "${hashes[@]}" -r "$EXTERNAL/$1/requirements.txt" &&
        touch "$venv/ready"
}

# Installs the suite's locked npm packages once and links them beside the test.
need_node() { # SUITE
    local folder
    command -v node >/dev/null && command -v npm >/dev/null || return
    folder=$(package_folder "$1" package-lock.json "$(node --version)")
    if [[ ! -e $folder/ready ]]; then
        rm -rf "$folder" && mkdir -p "$folder" &&
            cp "$EXTERNAL/$1"/package*.json "$folder" &&
            (cd "$folder" && npm ci --no-audit --no-fund) &&
            touch "$folder/ready" || return
    fi
    [[ -d $EXTERNAL/$1/node_modules && ! -L $EXTERNAL/$1/node_modules ]] ||
        ln -sfn "$folder/node_modules" "$EXTERNAL/$1/node_modules"
}

# Finds a Chromium, or installs Debian's when allowed to; sets AICHAT_CHROMIUM.
need_chromium() {
    local name
    for name in "${AICHAT_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        AICHAT_CHROMIUM=$(command -v "$name") && export AICHAT_CHROMIUM && return
    done
    ((EUID == 0)) && command -v apt-get >/dev/null && {
        { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >"$logs/apt.log" 2>&1
        AICHAT_CHROMIUM=$(command -v chromium) && export AICHAT_CHROMIUM
    }
}

node_test() { # SUITE FILE...
    local suite=$1
    shift
    local setting settings=()
    for setting in ${with_settings:-}; do settings+=(--set "$setting"); done
    run_external "$suite" ${with_model:+--model} ${with_app:+--app "$with_app"} "${settings[@]}" node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=junit --test-reporter-destination=REPORT "${@/#/$EXTERNAL/${suite_folder:-$suite}/}"
}

python_client() { # SUITE
    need_python "$1" || { skip "$1" "its Python packages cannot be installed here"; return; }
    run_external "$1" ${with_model:+--model} "$venv/bin/python" -m pytest -p no:cacheprovider -v --junitxml=REPORT "$EXTERNAL/$1"
}

node_client() { # SUITE FILE...
    need_node "$1" || { skip "$1" "node or its packages cannot be had here"; return; }
    node_test "$@"
}

suite_openai_python() { with_model=yes python_client openai_python; }
suite_openai_js() { with_model=yes node_client openai_js client.test.mjs gateway.test.mjs; }
suite_anthropic_python() { python_client anthropic_python; }
suite_anthropic_js() { node_client anthropic_js client.test.mjs; }
suite_tus_python() { python_client tus_python; }
suite_tus_js() { node_client tus_js client.test.mjs; }

suite_api_fuzz() {
    need_python api_fuzz || { skip api_fuzz "its Python packages cannot be installed here"; return; }
    run_external api_fuzz "$EXTERNAL/api_fuzz/run.sh" "$venv/bin/st" REPORT
}

suite_browser() {
    need_node browser || { skip browser "node or its packages cannot be had here"; return; }
    need_chromium || { skip browser "no Chromium here"; return; }
    node_test browser pages.test.mjs
}

# --- what ships it ----------------------------------------------------------------------------------------------

# Unpacks a Debian package into the cache without installing it, so that no daemon starts; sets $unpacked.
unpack() { # PACKAGE
    unpacked="$cache/tools/unpacked-$1"
    [[ -e $unpacked/ready ]] && return
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return
    rm -rf "$unpacked" && mkdir -p "$unpacked" || return
    (
        cd "$unpacked" || exit
        apt-get download "$1" || { ((EUID == 0)) && apt-get update && apt-get download "$1"; } || exit
        dpkg-deb -x ./*.deb . && rm ./*.deb && touch ready
    ) >"$logs/$1-apt.log" 2>&1
}

# Runs Python tests that need no server.
run_pytest() { # SUITE COMMAND...
    local suite=$1 code tally
    shift
    timeout --kill-after=30 "$EXTERNAL_SECONDS" "$@" -p no:cacheprovider -q -rs --junitxml="$logs/$suite.xml" "$EXTERNAL/$suite" 2>&1 | tee "$logs/$suite.log"
    code=${PIPESTATUS[0]}
    read -ra tally < <(python3 "$EXTERNAL/tally.py" "$logs/$suite.xml")
    mapfile -t -O "${#notes[@]}" notes < <(sed -n 's/^SKIPPED \[[0-9]*\] /SKIP /p' "$logs/$suite.log")
    settle "$suite" "$code" "${tally[@]}"
}

# Manifests, workflows, alerts, pages: held against the code and each other, and given to other people's tools.
suite_infra() {
    local -x PATH="$PATH"
    need_python checkov && PATH="$PATH:$venv/bin" || note "SKIP checkov: its Python packages cannot be installed here"
    need_python infra || { skip infra "its Python packages cannot be installed here"; return; }
    unpack prometheus && PATH="$unpacked/usr/bin:$PATH" || note "SKIP promtool: Debian's package prometheus cannot be had here"
    run_pytest infra "$venv/bin/python" -m pytest
}

# Finds an NGINX and what asks it; sets $asks, the command that does.
need_nginx() { # SUITE
    need_python nginx || { skip "$1" "its Python packages cannot be installed here"; return 1; }
    asks=("$venv/bin/python" -m pytest -p no:cacheprovider -q --junitxml=REPORT "$EXTERNAL/nginx")
    command -v nginx >/dev/null && return
    unpack nginx || { skip "$1" "Debian's package nginx cannot be had here"; return 1; }
    export AICHAT_NGINX="$unpacked/usr/sbin/nginx"
}

# A real NGINX in front of one process.
suite_nginx() {
    local asks
    need_nginx nginx && run_external nginx "${asks[@]}"
}

# The same in front of a cluster of processes.
suite_nginx_cluster() {
    local asks url
    need_nginx nginx_cluster || return
    need_servers
    # instance.py keeps variables of ours from what it starts: the cluster's stand in a program of its own.
    {
        echo '#!/usr/bin/env bash'
        scripts/services.sh env --dir "$logs/servers" | grep -v AICHAT_TEST_
        echo "AICHAT_BIN_EACH='$AICHAT_BIN' exec '$PWD/scripts/cluster.sh' \"\$@\""
    } >"$logs/cluster"
    chmod +x "$logs/cluster"
    for url in MONGODB REDIS KAFKA NATS; do
        grep -q "AICHAT_${url}_URL=" "$logs/cluster" || { skip nginx_cluster "it needs all four servers"; return; }
    done
    AICHAT_BIN="$logs/cluster" run_external nginx_cluster "${asks[@]}"
}

# The image, made of the binary that is there, run by podman in a network of its own.
suite_image() {
    local program packages=(buildah podman runc netavark aardvark-dns iptables catatonit containernetworking-plugins)
    ((EUID == 0)) && unshare --net --mount true 2>/dev/null || { skip image "no networks of one's own may be made here"; return; }
    for program in buildah podman runc; do
        command -v "$program" >/dev/null || { apt-get update && apt-get install -y --no-install-recommends "${packages[@]}"; } >"$logs/apt.log" 2>&1
        command -v "$program" >/dev/null || { skip image "$program cannot be had here"; return; }
    done
    need_python nginx || { skip image "its Python packages cannot be installed here"; return; }
    run_pytest image "$EXTERNAL/image/run.sh" "$AICHAT_BIN" "$logs/containers" "$venv/bin/python" -m pytest
    # What containers have written is of users that are not ours.
    rm -rf "$logs/containers"
}

# --- the app ----------------------------------------------------------------------------------------------------

# Installs the app's packages, or builds it; when that cannot be, the suite is skipped with the reason.
need_app() { # SUITE [packages]
    local code=0
    scripts/app.sh "${@:2}" > >(tee "$logs/$1-build.log") 2>&1 || code=$?
    ((code != 0)) || return 0
    ((code == 3)) && skip "$1" "$(tail -1 "$logs/$1-build.log")" && return 1
    settle "$1" "$code" 0 0 0
    return 1
}

# Sums what jest and Node's runner say at their end: passed, failed, skipped.
app_tally() {
    awk '$1 == "Tests:" { for (i = 3; i <= NF; i += 1) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1)
                                                         if ($i ~ /^(skipped|todo)/) s += $(i - 1) } }
         ($1 == "ℹ" || $1 == "#") && NF == 3 { if ($2 == "pass") p += $3; if ($2 == "fail") f += $3; if ($2 == "skipped") s += $3 }
         END { print p + 0, f + 0, s + 0 }' "$1"
}

# The gate that each change of the app must pass: types of the API, lint, types, tests, the export for the web and for Android.
suite_app() {
    local code tally
    need_app app packages || return
    timeout --kill-after=30 "$EXTERNAL_SECONDS" npm run --silent --prefix client/mobile-app check 2>&1 | tee "$logs/app.log"
    code=${PIPESTATUS[0]}
    read -ra tally < <(app_tally "$logs/app.log")
    settle app "$code" "${tally[@]}"
}

# People in real browsers go through the app, as the server itself serves it. An order that nobody pays is waited for, so it ends soon.
readonly APP_PAY_WITHIN_MS=75000

suite_app_journey() {
    need_app app_journey || return
    need_node app || { skip app_journey "node or its packages cannot be had here"; return; }
    need_chromium || { skip app_journey "no Chromium here"; return; }
    suite_folder=app with_app=client/mobile-app/dist with_settings="AICHAT_DEMO_DATA=true AICHAT_ORDERS__PAY_WITHIN_MS=$APP_PAY_WITHIN_MS" \
        node_test app_journey market.test.mjs journey.test.mjs social.test.mjs debate.test.mjs screens.test.mjs
}

# --- the whole run ----------------------------------------------------------------------------------------------

asks_our_server() { [[ " ${SERVERLESS[*]} " != *" $1 "* ]]; }

main() {
    local suite built="" took="" began
    for suite in "$@"; do
        declare -F "suite_$suite" >/dev/null || { echo "no suite '$suite'; there are: ${SUITES[*]}"; exit 2; }
        if asks_our_server "$suite" && [[ -z $built ]]; then build_server && built=yes || built=no; fi
        title "$suite"
        began=$SECONDS
        if asks_our_server "$suite" && [[ $built == no ]]; then skip "$suite" "the server does not build"; else "suite_$suite"; fi
        took+=" $suite $((SECONDS - began)) s;"
    done

    printf '\nlogs: %s\ntook:%s %s s in all\n' "$logs" "$took" "$SECONDS"
    ((${#notes[@]} == 0)) || printf '%s\n' "${notes[@]}"
    echo "$passed passed, $failed failed, $skipped skipped"
    ((failed == 0))
}

export PYTHONDONTWRITEBYTECODE=1
(($# > 0)) || set -- "${SUITES[@]}"
main "$@"
