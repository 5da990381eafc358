#!/usr/bin/env bash
# Measures how many pictures media's worker makes ready in a second on one core, beside sharp (npm) in the same run, in pairs
# A-B-B-A. Both are given the same 12-megapixel JPEG and make 1600, 800 and 320 of it; media also strips the original and hashes.
#
#   bench/media.sh [SECONDS] [PAIRS]     10 seconds a run, 6 pairs by default
#
# Prints each run and the medians. CORE names the core (default 0). The program is built in release.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-10} pairs=${2:-6} core=${CORE:-0}
target=${CARGO_TARGET_DIR:-target}
peer=bench/peers/sharp

cargo build --locked --release -p media --example pipeline
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$peer"/package*.json "$peer"/pipeline.mjs "$work"
(cd "$work" && npm ci --no-audit --no-fund >/dev/null) || { echo "SKIP media: sharp cannot be had here"; exit 0; }
(cd "$work" && node pipeline.mjs make photo.jpg)

ours() { taskset -c "$core" "$target/release/examples/pipeline" "$work/photo.jpg" image/jpeg "$seconds"; }
theirs() { (cd "$work" && taskset -c "$core" node pipeline.mjs photo.jpg "$seconds"); }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
run() { # NAME
    local line
    line=$("$1")
    echo "$1 $line"
    echo "$line" >>"$work/$1"
}

grep -m 1 'model name' /proc/cpuinfo
echo "load average $(cut -d ' ' -f 1-3 /proc/loadavg); photo.jpg $(stat -c %s "$work/photo.jpg") bytes; pictures a second, bytes out:"
for ((pair = 0; pair < pairs; pair++)); do
    if ((pair % 2 == 0)); then run ours && run theirs; else run theirs && run ours; fi
done
a=$(median "$work/ours") b=$(median "$work/theirs")
echo "medians: media $a, sharp $b pictures a second on one core; media / sharp = $(awk "BEGIN { printf \"%.2f\", $a / $b }")"
echo "load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
