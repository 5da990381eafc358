#!/usr/bin/env bash
# Builds everything in release, runs all measures and writes bench/results. Loopback only.
#
#   bench/run.sh            all measures (half an hour after the build)
#   bench/run.sh --quick    a smoke run (some four minutes after the build) into target/bench-quick; its numbers mean nothing
#   bench/run.sh fanout     some measures only: sends, fanout, idle, start, gateway, rivals, cluster
#   --bin PATH              another binary of the product; it is not built then
#   --bench PATH            another rig binary; it is not built then
# `cluster` needs the four servers of scripts/services.sh; where they cannot be had it is skipped, and says why. `rivals` takes
# LiteLLM from PyPI and nginx from Debian (bench/peers/obtain.sh); who cannot be had is skipped by name, in the results too.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
readonly ALL=(sends fanout idle start gateway rivals cluster)
readonly SECONDS_MAX=300 LONG_SECONDS_MAX=900 # the long ones: rivals, cluster
quick="" bin="" rig="" measures=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=1 ;;
    --bin) bin=${2:?--bin needs a path}; shift ;;
    --bench) rig=${2:?--bench needs a path}; shift ;;
    sends | fanout | idle | start | gateway | rivals | cluster) measures+=("$1") ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done
[ ${#measures[@]} -gt 0 ] || measures=("${ALL[@]}")
for measure in "${ALL[@]}"; do
  [[ " ${measures[*]} " == *" $measure "* ]] || echo "SKIP $measure: not asked for"
done

packages=() targets=()
[ -n "$bin" ] || packages+=(-p aichat)
[ -n "$rig" ] || packages+=(-p bench)
if [ -z "$bin" ] && [[ " ${measures[*]} " == *" cluster "* ]]; then
  packages+=(-p bus) targets=(--bins --example throughput) # the bus alone is a part of `cluster`
fi
if [ ${#packages[@]} -gt 0 ]; then cargo build --release --locked "${packages[@]}" "${targets[@]}"; fi
bin=${bin:-$target/release/aichat}
rig=${rig:-$target/release/bench}

(cd bench/peers && npm ci --no-audit --no-fund --loglevel=error)
if [[ " ${measures[*]} " == *" rivals "* ]]; then # before the clock runs
  for peer in nginx litellm; do bench/peers/obtain.sh "$peer" >/dev/null || true; done
fi
ulimit -n "$(ulimit -Hn)"

# Flags that only repeat a default are left out: the command stands in the results.
out=bench/results flags=()
if [ -n "$quick" ]; then out=$target/bench-quick flags=(--quick --out "$out"); fi
[ "$bin" = target/release/aichat ] || flags+=(--bin "$bin")
[ "$target" = target ] || flags+=(--data "$target/bench-data")
failed=()
for measure in "${measures[@]}"; do
  limit=$SECONDS_MAX
  if [[ $measure == rivals || $measure == cluster ]]; then limit=$LONG_SECONDS_MAX; fi
  timeout --kill-after=20 "$limit" "$rig" "$measure" "${flags[@]}" || failed+=("$measure")
done
"$rig" report --out "$out"
echo "results: $out/README.md"
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}; the servers' logs are in $target/bench-data" >&2
  exit 1
fi
rm -rf "$target/bench-data"
