#!/usr/bin/env bash
# Runs the whole product on loopback as one process per service, on MongoDB, Redis, Kafka and NATS.
#
#   scripts/cluster.sh run               starts everything, prints the URL, stops everything at Ctrl-C or SIGTERM
#   scripts/cluster.sh down              stops the one that runs on this data folder
#   scripts/cluster.sh status            says which processes run, where, and where they log
#   scripts/cluster.sh kill NAME...      ends processes as a power cut would (SIGKILL)
#   scripts/cluster.sh stop NAME...      ends processes gently (SIGTERM), and waits for them
#   scripts/cluster.sh start NAME...     starts them again on the same ports, and waits until they are ready
#   scripts/cluster.sh restart NAME...   one after the other: stops it gently, starts it, waits until it is ready
#   scripts/cluster.sh names             prints the names of all processes, one a line
#
# From the outside `run` is used like `aichat run`, so that the same tests run on both: AICHAT_LISTEN is the public door
# (127.0.0.1:8080), AICHAT_DATA_DIR the folder of everything (data/cluster), AICHAT_DEMO_DATA=true loads the demo people.
# AICHAT_BIN_EACH is the binary that each process runs (target/release/aichat); a line `NAME PATH` in the data folder's file
# `binaries` has that process run another one from its next start on, such as that of another release. AICHAT_REPLICAS="chat=3 realtime-gateway=1" has
# `run` start so many of these instead of what the table below says. Servers are those named by
# AICHAT_{MONGODB,REDIS,KAFKA,NATS}_URL or run by `make services-up`; what is missing is started for as long as `run` runs.
#
# Ports are free ones, kept in the data folder's file `addresses`, one line a process: NAME HOST:PORT [HOST:PORT]. Whoever writes
# that file before the first start chooses them; a second address is the one under which the others find the process, such as a
# proxy in front of it.
set -uo pipefail
umask 077 # logs and data are the owner's

# Which processes there are: target, replicas, and the turn in which it ends. They start all at once, the door last. At the
# end those of one turn go together: the door's first, those on whom all others stand last.
PROCESSES="
    auth              1 4
    user              1 4
    friendship        1 4
    media             1 3
    chat              2 3
    ai-gateway        1 2
    ai-chat-host      2 2
    ai-model-cards    1 2
    orders            1 2
    expiration        1 2
    payments          1 2
    post              1 2
    feed              1 2
    notification      1 2
    realtime-gateway  2 1
    api-gateway       1 1
"
readonly TURNS="1 2 3 4"
readonly DOOR=api-gateway-1
readonly UNASKED=expiration # hears events and is asked nothing: there is no link to it
readonly READY_SECONDS=120
readonly STOP_SECONDS=15 # from SIGTERM to SIGKILL
readonly GUARD_SECONDS=5 # for what a killed script has left to be gone
readonly POLL=0.05
# The variables by which processes are configured, beside the file that all of them read.
readonly CONFIGURES='^(AICHAT_|OPENAI_|ANTHROPIC_|GEMINI_|OLLAMA_|STRIPE_)'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary="${AICHAT_BIN_EACH:-${CARGO_TARGET_DIR:-$here/../target}/release/aichat}"
dir="${AICHAT_DATA_DIR:-$here/../data/cluster}"
door="${AICHAT_LISTEN:-127.0.0.1:8080}"
demo="${AICHAT_DEMO_DATA:-false}"
replicas="${AICHAT_REPLICAS:-}"
unset AICHAT_REPLICAS # no key of the configuration
# Cards of the demo need a moderator, who is one of the demo people.
if [[ $demo == true ]]; then export AICHAT_AUTH__ADMINS='["margaret@demo.aichat.local"]' AICHAT_AUTH__PROVEN_DOMAINS='["demo.aichat.local"]' AICHAT_PAYMENTS__TEST__ENABLED=true; fi

# --- the table --------------------------------------------------------------------------------------------------

# Prints all processes, one a line: NAME TARGET TURN.
processes() {
    local target replicas turn n
    while read -r target replicas turn; do
        for ((n = 1; n <= ${replicas:-0}; n++)); do echo "$target-$n $target $turn"; done
    done <<<"$PROCESSES"
}

# Puts the numbers of AICHAT_REPLICAS into the table.
change_table() {
    local word target count
    for word in $replicas; do
        target=${word%%=*} count=${word#*=}
        targets | grep -qx "$target" || die "AICHAT_REPLICAS: no target '$target'; there are: $(targets | paste -s -d ' ')"
        [[ $count =~ ^[1-9][0-9]?$ && ($target != "${DOOR%-*}" || $count == 1) ]] || die "AICHAT_REPLICAS: $word"
        PROCESSES=$(awk -v target="$target" -v count="$count" '$1 == target { $2 = count } NF' <<<"$PROCESSES")
    done
}

names() { processes | cut -d ' ' -f 1; }
targets() { awk 'NF { print $1 }' <<<"$PROCESSES"; }

address_of() { # NAME
    if [[ $1 == "$DOOR" ]]; then echo "$door"; else awk -v name="$1" '$1 == name { print $2 }' "$dir/addresses"; fi
}

# Prints where the others find a process.
found_at() { # NAME
    awk -v name="$1" '$1 == name { print $NF }' "$dir/addresses"
}

# Prints the binary that a process is started with.
binary_of() { # NAME
    local other
    other=$(sed -n "s/^$1 //p" "$dir/binaries" 2>/dev/null)
    echo "${other:-$binary}"
}

# --- one process ------------------------------------------------------------------------------------------------

die() { echo "cluster.sh: $1" >&2; exit 1; }

# Without the lock and the guard's line, which are this script's alone (see guard).
loopback() { python3 -IS "$here/servers/loopback.py" "$@" 2>/dev/null 7>&- 8>&-; }

# Prints the pid of a process of ours: the recorded one, when its command line still names our folder.
runs() { # NAME
    local pid
    pid=$(cat "$dir/pids/$1" 2>/dev/null) && [[ -n $pid ]] || return 1 # the 1 counts: in a trap a bare return says what was before it
    [[ $(ps -ww -o args= -p "$pid" 2>/dev/null) == *"$dir/$1"* ]] && echo "$pid"
}

# Prints the pid of the `run` that owns our folder.
script_runs() {
    local pid
    pid=$(cat "$dir/pid" 2>/dev/null) && [[ -n $pid ]] || return 1
    [[ $(ps -ww -o args= -p "$pid" 2>/dev/null) == *"cluster.sh run"* ]] && echo "$pid"
}

launch() { # NAME
    local target=${1%-*} loads=false
    [[ $1 == "$DOOR" ]] && loads=$demo # the demo data comes in by the front door, once
    # A process group of its own: Ctrl-C in the terminal is for this script, which ends them in order.
    set -m
    AICHAT_CONFIG="$dir/cluster.toml" AICHAT_LISTEN=$(address_of "$1") AICHAT_DEMO_DATA=$loads \
        AICHAT_SHARE_PORT=$([[ $1 == "$DOOR" ]] && echo true || echo false) "$(binary_of "$1")" run --target "$target" --data-dir "$dir/$1" >>"$dir/logs/$1.log" 2>&1 </dev/null 7>&- 8>&- &
    set +m
    echo $! | tee "$dir/pids/$1" >"$dir/life"
}

await() { # NAME
    local reason
    reason=$(loopback wait http "http://$(address_of "$1")/readyz" "$READY_SECONDS" \
        "$(<"$dir/pids/$1")") && return
    echo "cluster.sh: $1 is not ready: $reason; the last of $dir/logs/$1.log:" >&2
    tail -n 5 "$dir/logs/$1.log" >&2
    return 1
}

start_all() { # NAME...
    local name
    for name in "$@"; do runs "$name" >/dev/null || launch "$name"; done
    for name in "$@"; do await "$name" || return; done
}

# Ends processes and waits for them; who does not end in time is killed.
end() { # SIGNAL NAME...
    local signal=$1 name pid waited
    shift
    for name in "$@"; do
        if pid=$(runs "$name"); then kill -"$signal" "$pid" 2>/dev/null; fi
    done
    for name in "$@"; do
        waited=0
        while pid=$(runs "$name"); do
            sleep "$POLL"
            ((++waited < STOP_SECONDS * 20)) || kill -KILL "$pid" 2>/dev/null
        done
        rm -f "$dir/pids/$name"
    done
}

# --- the whole --------------------------------------------------------------------------------------------------

# Sets the URL variables: the operator's, those of `make services-up`, else servers of our own.
need_servers() {
    eval "$("$here/services.sh" env)"
    [[ -n ${AICHAT_MONGODB_URL:-} && -n ${AICHAT_REDIS_URL:-} && -n ${AICHAT_KAFKA_URL:-} && -n ${AICHAT_NATS_URL:-} ]] && return
    own_servers=yes
    "$here/services.sh" up --dir "$dir/servers" 7>&- || die "a cluster needs all four servers; see above which cannot be had, or name your own by AICHAT_<SERVER>_URL"
    eval "$("$here/services.sh" env --dir "$dir/servers")"
}

# Writes what stays the same over a restart: addresses, secrets, and a name that keeps several products on one server apart.
write_table() {
    local ports name variables
    [[ -s $dir/namespace ]] || echo "c$(random_hex 4)" >"$dir/namespace"
    [[ -s $dir/cluster.secret ]] || (umask 077 && random_hex 32 >"$dir/cluster.secret")
    if [[ $(cut -d ' ' -f 1 "$dir/addresses" 2>/dev/null | sort) != "$(names | sort)" ]]; then
        mapfile -t ports < <(loopback ports "$(names | wc -l)")
        for name in $(names); do
            echo "$name 127.0.0.1:${ports[0]}"
            ports=("${ports[@]:1}")
        done >"$dir/addresses"
    fi
    # For the other commands, which have not ours: a process that they start must be configured as the others are.
    mapfile -t variables < <(compgen -e | grep -E "$CONFIGURES")
    declare -p PROCESSES binary door demo "${variables[@]}" >"$dir/environment"
    ln -sfn auth-1/mail "$dir/mail"
}

random_hex() { od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'; } # BYTES

# Prints the key of a target: ai-chat-host is aiChatHost.
key_of() { # TARGET
    local first rest
    IFS=- read -ra rest <<<"$1"
    first=${rest[0]}
    rest=("${rest[@]:1}")
    printf '%s' "$first" "${rest[@]^}"
}

# Writes the configuration that all processes read.
write_config() {
    local target name
    {
        echo "# Written by scripts/cluster.sh at each start."
        echo "namespace = \"$(<"$dir/namespace")\""
        echo "clusterSecretFile = \"$dir/cluster.secret\""
        echo "mongodbUrl = \"$AICHAT_MONGODB_URL\""
        echo "redisUrl = \"$AICHAT_REDIS_URL\""
        echo "kafkaUrl = \"$AICHAT_KAFKA_URL\""
        echo "natsUrl = \"$AICHAT_NATS_URL\""
        echo "[auth]"
        echo "secretFile = \"$dir/auth.secret\""
        echo "[ai]"
        echo "secretFile = \"$dir/ai.secret\""
        # One machine: several processes of media may share a folder, else they need a bucket.
        echo "[media]"
        echo "folder = \"$dir/media\""
        echo "secretFile = \"$dir/media.secret\""
        echo "[notification]"
        echo "secretFile = \"$dir/notification.secret\""
        echo "[links]"
        for target in $(targets | grep -vx -e "${DOOR%-*}" -e "$UNASKED"); do
            echo "$(key_of "$target") = [$(for name in $(names | grep -x "$target-[0-9]*"); do
                echo "\"http://$(found_at "$name")\""
            done | paste -s -d ,)]"
        done
    } >"$dir/cluster.toml"
}

welcome() {
    echo
    echo "  AI Chat Distributed is ready, as $(names | wc -l) processes:  http://$door"
    echo "  API:   http://$door/api/docs"
    echo "  Logs:  $dir/logs"
    [[ $demo != true ]] || grep -h -A 1 -m 1 '^  Demo:' "$dir/logs/$DOOR.log"
    echo "  Ctrl-C stops everything."
}

# Kills what is left when this script was killed and could end nothing itself. It reads the pid of each process as it is
# launched; its input ends with the script. Until it is through it holds the lock, so that who starts the cluster again at
# once does not meet what it kills. Whoever killed the script may have removed the folder: then nothing can be read there any more.
guard() {
    local pid pids=() servers=()
    [[ -z $own_servers ]] || mapfile -t servers < <(cat "$dir"/servers/*/pid)
    while read -r pid; do pids+=("$pid"); done
    end_ours "${pids[@]}"
    [[ -n $own_servers ]] || return
    exec 7>&- # whoever starts it again at once takes the servers over
    sleep 1
    if [[ ! -d $dir/servers ]]; then
        end_ours "${servers[@]}"
    elif ! script_runs >/dev/null; then
        "$here/services.sh" down --dir "$dir/servers"
    fi
}

# Kills those of these processes whose command line names our folder.
end_ours() { # PID...
    local pid
    for pid in "$@"; do
        [[ $(ps -ww -o args= -p "$pid" 2>/dev/null) != *"$dir/"* ]] || kill -KILL "$pid" 2>/dev/null
    done
}

stop_all() {
    local turn some
    trap '' INT TERM
    for turn in $TURNS; do
        mapfile -t some < <(processes | awk -v turn="$turn" '$3 == turn { print $1 }')
        end TERM "${some[@]}"
    done
    [[ -z $own_servers ]] || "$here/services.sh" down --dir "$dir/servers"
    rm -f "$dir/pid" "$dir/life"
}

command_run() {
    local name all behind own_servers="" gone code
    [[ -x $binary ]] || die "no binary at $binary: make build, or set AICHAT_BIN_EACH"
    mkdir -p "$dir/logs" "$dir/pids" || exit
    dir=$(cd "$dir" && pwd)
    exec 7>"$dir/lock"
    flock --wait "$GUARD_SECONDS" 7 || die "a cluster runs already on $dir (scripts/cluster.sh down)"
    mapfile -t all < <(names)
    end KILL "${all[@]}" # what a killed script has left
    # The door shares its port with the one that replaces it, and with nobody else.
    if loopback taken "${door##*:}"; then die "another process listens on $door"; fi
    rm -f "$dir/life"
    echo $$ >"$dir/pid"
    trap stop_all EXIT
    trap 'exit 0' INT TERM
    need_servers
    write_table
    write_config
    mkfifo "$dir/life" || exit
    set -m
    guard >/dev/null 2>&1 <"$dir/life" &
    set +m
    exec 8>"$dir/life"
    # The door opens last: when it is ready, everything is.
    mapfile -t behind < <(names | grep -vx "$DOOR")
    start_all "${behind[@]}" && start_all "$DOOR" || exit
    welcome
    while :; do # the guard is a child too, and never ends: there is always somebody to wait for
        { wait -n -p gone; } 2>/dev/null # without bash telling of it in its own words
        code=$?
        name=$(grep -lx "$gone" "$dir"/pids/* 2>/dev/null) || continue
        name=${name##*/}
        echo "  $name ended with $code, see $dir/logs/$name.log (again: scripts/cluster.sh start $name)"
    done
}

command_down() {
    local pid
    pid=$(script_runs) || die "no cluster runs on $dir"
    kill -TERM "$pid"
    while script_runs >/dev/null; do sleep "$POLL"; done
    echo "stopped"
}

command_status() {
    local name pid
    for name in $(names); do
        pid=$(runs "$name") && printf '  %-20s http://%s  (pid %s)\n' "$name" "$(address_of "$name")" "$pid" || printf '  %-20s does not run\n' "$name"
    done
    echo "  logs: $dir/logs"
}

command_kill() { end KILL "$@"; }
command_stop() { end TERM "$@"; }

# What is started is known to the guard of the cluster that runs, or it is not started.
must_run() { script_runs >/dev/null && [[ -p $dir/life ]] || die "no cluster runs on $dir, or it is still starting"; }

command_start() {
    must_run
    start_all "$@"
}

# The door's port is shared: the next one listens before the old one stops, and nobody finds it closed.
replace_door() {
    local old next log="$dir/logs/$DOOR.log" before waited=0
    old=$(runs "$DOOR") || { start_all "$DOOR"; return; }
    before=$(grep -c 'is ready:' "$log")
    launch "$DOOR"
    next=$(<"$dir/pids/$DOOR")
    until (($(grep -c 'is ready:' "$log") > before)); do
        if ! runs "$DOOR" >/dev/null || ((++waited > READY_SECONDS * 20)); then
            kill -KILL "$next" 2>/dev/null
            echo "$old" >"$dir/pids/$DOOR"
            die "the next $DOOR does not start, and the old one goes on; see $log"
        fi
        sleep "$POLL"
    done
    kill -TERM "$old" 2>/dev/null
    for ((waited = 0; waited < STOP_SECONDS * 20; waited++)); do
        [[ $(ps -o stat= -p "$old" 2>/dev/null) == [!Z]* ]] || return 0
        sleep "$POLL"
    done
    kill -KILL "$old" 2>/dev/null
}

command_restart() {
    local name
    must_run
    for name in "$@"; do
        case $name in
            "$DOOR") replace_door || return ;;
            *) end TERM "$name" && command_start "$name" || return ;;
        esac
    done
}

main() {
    local command=${1:-} name
    shift
    case $command in
        run) change_table; command_run ;;
        names) change_table; names ;;
        down | status | kill | stop | start | restart)
            dir=$(cd "$dir" 2>/dev/null && pwd) || die "there is no $dir"
            while read -r name; do unset "$name"; done < <(compgen -e | grep -E "$CONFIGURES")
            # shellcheck source=/dev/null
            if [[ -s $dir/environment ]]; then . "$dir/environment"; fi
            for name in "$@"; do names | grep -qx "$name" || die "no process '$name'; there are: $(names | paste -s -d ' ')"; done
            "command_$command" "$@" ;;
        *) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
}

main "$@"
