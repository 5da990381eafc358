#!/usr/bin/env python3
"""Writes crates/aichat/hot.ld: which functions the linker lays side by side, since work passes through them.

    hot.py BINARY CALLGRIND...     reads what the binary, with its symbols, was seen to do under `valgrind --tool=callgrind --demangle=no`

scripts/hot.sh runs both. Owns the reading of profiles and the form of the list. Names are written without what changes from build to build (hashes
of types, numbers of copies), so the list outlives changes of the code; a name that is gone matches nothing and does no harm.
"""

import collections
import pathlib
import re
import subprocess
import sys

LIST = pathlib.Path(__file__).resolve().parents[1] / "crates/aichat/hot.ld"
# A function that was entered so often in one profile belongs to requests, or to loops of a start; the others to starts and rare work.
OFTEN = 200
HEAD = """\
/* Written by scripts/hot.sh, not by hand: functions that work was seen to pass through lie side by side, those that are entered often first. */
SECTIONS
{
  .text.hot :
  {
"""
FOOT = """\
  }
}
INSERT BEFORE .text;
"""


def symbols(binary: str) -> set[str]:
    """Returns the names of the functions that the binary holds."""
    listed = subprocess.run(["nm", "--defined-only", binary], check=True, capture_output=True, text=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return {row[2] for row in rows if len(row) == 3 and row[1] in "tTwW"}


def entered(profile: str) -> collections.Counter[str]:
    """Counts how often each function of a profile was entered; one that was never seen to be called ran all the same, and is listed."""
    names: dict[str, str] = {}
    counts: collections.Counter[str] = collections.Counter()

    def name(text: str) -> str:
        number, _, given = text.partition(" ")
        if given:
            names[number] = given
        return re.sub(r"'\d+$", "", names[number])

    called = ""
    with open(profile, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("fn="):
                counts[name(line[3:].rstrip())] += 0
            elif line.startswith("cfn="):
                called = name(line[4:].rstrip())
            elif line.startswith("calls="):
                counts[called] += int(line[6:].split()[0])
    return counts


def pattern(symbol: str) -> str:
    """Writes a symbol as a pattern without hashes and numbers."""
    symbol = re.sub(r"17h[0-9a-f]{16}E", "17h*E", symbol)
    if symbol.startswith("_R"):
        symbol = re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", symbol)
    return re.sub(r"\.(llvm\.)?\d+$", "*", symbol)


def rows(entered: list[str], held: set[str]) -> list[str]:
    """Returns the patterns of functions, in their order. Where others than these would match too, as with one function for many types, names stand
    as they are, and are found again only as long as nothing about the types has changed."""
    copies = collections.Counter(pattern(symbol) for symbol in held)
    wanted = collections.Counter(pattern(symbol) for symbol in entered)
    exact = (symbol if copies[pattern(symbol)] > wanted[pattern(symbol)] else pattern(symbol) for symbol in entered)
    return list(dict.fromkeys(exact))


def main(binary: str, *profiles: str) -> None:
    held = symbols(binary)
    most: collections.Counter[str] = collections.Counter()
    for profile in profiles:
        for symbol, count in entered(profile).items():
            if symbol in held:
                most[symbol] = max(most[symbol], count)
    often = [symbol for symbol, count in most.most_common() if count >= OFTEN]
    seldom = sorted(symbol for symbol, count in most.items() if count < OFTEN)
    listed = rows([*often, *seldom], held)
    LIST.write_text(HEAD + "".join(f"    *(.text.{row})\n" for row in listed) + FOOT)
    print(f"{len(often)} functions that are entered often, {len(seldom)} others, {LIST.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
