"""Prints `passed failed skipped` summed over JUnit files, the one report format all external runners write.

Owns nothing but the counting; refuses to know which runner wrote the file. A file that is absent counts nothing, and neither does one that
was cut off with its runner: the exit code says that it failed.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def tally(path: pathlib.Path) -> tuple[int, int, int]:
    """Counts the test cases of one JUnit file as (passed, failed, skipped)."""
    passed = failed = skipped = 0
    try:
        cases = list(xml.parse(path).iter("testcase"))
    except xml.ParseError:
        return 0, 0, 0
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    counts = [tally(path) for path in map(pathlib.Path, sys.argv[1:]) if path.exists()]
    print(*(sum(column) for column in zip((0, 0, 0), *counts)))
