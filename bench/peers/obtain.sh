#!/usr/bin/env bash
# Obtains a peer that is no part of this repository and prints where its program is; or says why it cannot be had.
#
#   bench/peers/obtain.sh litellm   LiteLLM's proxy, hash-checked, in a virtual environment of its own
#   bench/peers/obtain.sh nginx     the nginx of this machine, else Debian's package, unpacked beside and not installed
#
# Kept in ~/.cache/aichat/bench (XDG_CACHE_HOME counts); nothing is written into the clone, no service is installed or started.
set -euo pipefail
umask 077

readonly OBTAIN_SECONDS=600 # upper bound of one download with its unpacking
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/aichat/bench"

die() { echo "obtain.sh: $1" >&2; exit 1; }

# Runs a command that fills a folder, once on this machine, also when several want it at the same time.
once() { # FOLDER COMMAND...
    local folder=$1
    shift
    [[ -e $folder/ready ]] && return
    mkdir -p "$cache"
    (
        flock 8
        [[ -e $folder/ready ]] && exit
        rm -rf "$folder" && mkdir -p "$folder" && "$@" "$folder" >&2 && touch "$folder/ready"
    ) 8>"$folder.lock"
}

install_litellm() { # FOLDER
    python3 -m venv "$1" &&
        timeout "$OBTAIN_SECONDS" "$1/bin/pip" install --quiet --require-hashes -r "$here/litellm/requirements.txt"
}

# Debian's package without installing it: its scripts would start a server on port 80.
unpack_nginx() { # FOLDER
    local apt=(timeout "$OBTAIN_SECONDS" apt-get)
    cd "$1"
    "${apt[@]}" download -q nginx || { "${apt[@]}" update -q && "${apt[@]}" download -q nginx; }
    dpkg-deb -x nginx_*.deb . && usr/sbin/nginx -v
}

case "${1:-}" in
    litellm)
        command -v python3 >/dev/null || die "there is no python3"
        digest=$({ cat "$here/litellm/requirements.txt" && python3 --version; } | sha256sum)
        once "$cache/litellm-${digest:0:12}" install_litellm || die "LiteLLM's packages cannot be installed here"
        echo "$cache/litellm-${digest:0:12}/bin/litellm"
        ;;
    nginx)
        command -v nginx && exit
        [[ -x /usr/sbin/nginx ]] && echo /usr/sbin/nginx && exit
        command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "nginx is not installed, and this is no Debian"
        once "$cache/nginx" unpack_nginx || die "Debian's nginx cannot be downloaded, or lacks a library (apt-get install nginx-light)"
        echo "$cache/nginx/usr/sbin/nginx"
        ;;
    *)
        sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
