#!/usr/bin/env python3
"""Writes the table library as one header, for projects that take it by copying a file.

    packaging/amalgamate.py [OUTPUT]        (default: build/single/crosstie.hpp)
    packaging/amalgamate.py --with serialise.hpp --with print.hpp OUTPUT

Every header that crosstie.hpp includes, each once and after what it needs itself; --with adds more.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r"^#include <(crosstie/[^>]+)>\s*$")


class amalgamation:
    def __init__(self):
        self.seen = set()
        self.lines = []

    def add(self, name):
        if name in self.seen:
            return
        self.seen.add(name)
        body = []
        for line in (ROOT / "include" / name).read_text(encoding="utf-8").splitlines():
            match = INCLUDE.match(line)
            if match:
                self.add(match.group(1))
            elif line != "#pragma once":
                body.append(line)
        self.lines += [f"// ==== {name} ====", *body, ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--with", dest="more", action="append", default=[], metavar="HEADER",
                        help="also this one of include/crosstie")
    parser.add_argument("output", nargs="?", type=pathlib.Path,
                        default=ROOT / "build" / "single" / "crosstie.hpp")
    options = parser.parse_args()
    whole = amalgamation()
    for name in ("crosstie.hpp", *options.more):
        if not (ROOT / "include" / "crosstie" / name).is_file():
            sys.exit(f"amalgamate: include/crosstie has no {name}")
        whole.add(f"crosstie/{name}")
    version = re.search(r"VERSION (\d+\.\d+\.\d+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text("\n".join([
        f"// Crosstie {version}: the table library as one header, made by packaging/amalgamate.py.",
        "// Apache License 2.0.", "#pragma once", "", *whole.lines]), encoding="utf-8")


if __name__ == "__main__":
    main()
