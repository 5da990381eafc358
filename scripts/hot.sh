#!/usr/bin/env bash
# Writes crates/aichat/hot.ld anew (docs/adr/0017): watches the release binary at work under valgrind and lists the functions that were entered.
# Some eight minutes on two CPUs, after the build. Needs valgrind (Debian's package), and what bench/run.sh needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v valgrind >/dev/null || { echo "hot.sh: valgrind is not here (apt-get install valgrind)" >&2; exit 3; }
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
cargo build --locked --release -p aichat -p bench
(cd bench/peers && npm ci --no-audit --no-fund --loglevel=error)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/watched" <<EOF
#!/bin/sh
exec valgrind --quiet --tool=callgrind --demangle=no "--callgrind-out-file=$work/profile.%p" "$target/release/aichat" "\$@"
EOF
chmod +x "$work/watched"
ulimit -n "$(ulimit -Hn)"
for measure in gateway "rivals --no-target" sends fanout; do
    # shellcheck disable=SC2086 # a measure and its flags
    "$target/release/bench" $measure --quick --bin "$work/watched" --out "$work/out" --data "$work/data"
done
# Who had to be killed wrote nothing.
if find "$work" -name 'profile.*' -empty | grep -q .; then echo "hot.sh: a profile is empty" >&2; exit 1; fi
python3 scripts/hot.py "$target/release/aichat" "$work"/profile.*
