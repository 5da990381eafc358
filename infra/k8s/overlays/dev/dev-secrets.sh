#!/bin/sh
# Owns the secrets of a development installation: makes those that are missing, in the folder `secrets` beside it (or in $1).
# The same folder, the same installation: without it people must sign in anew and sealed keys cannot be opened.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
for name in cluster auth ai media notification; do
    # 32 bytes, as unpadded URL-safe base64.
    [ -s "$folder/$name" ] || head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' >"$folder/$name"
done
