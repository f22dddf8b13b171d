#!/usr/bin/env python3
"""Measures what including each public header costs, and prints the table of docs/tables/headers.md.

    packaging/include_cost.py [--compiler g++] [--rounds 7]

The CPU time is the least of the rounds, of one that parses the header alone (-fsyntax-only), beside that
of <string> and <unordered_map>. Lines are those left after preprocessing, without blank ones.
"""
import argparse
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def command(options, *more):
    return [options.compiler, "-std=c++23", f"-I{ROOT / 'include'}", *more]


def lines_of(options, source):
    text = subprocess.run(command(options, "-E", "-P", str(source)), capture_output=True, text=True,
                          check=True).stdout
    return sum(1 for line in text.splitlines() if line.strip())


def seconds_of(options, source):
    begin = cpu_seconds()
    subprocess.run(command(options, "-fsyntax-only", str(source)), check=True)
    return cpu_seconds() - begin


def cpu_seconds():
    """Of the processor, so that other programs count little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    public = sorted(path.name for path in (ROOT / "include" / "crosstie").glob("*.hpp"))
    headers = ["string", "unordered_map"] + [f"crosstie/{name}" for name in public]
    with tempfile.TemporaryDirectory() as folder:
        sources = {}
        for header in headers:
            sources[header] = pathlib.Path(folder) / f"{header.replace('/', '_')}.cpp"
            sources[header].write_text(f"#include <{header}>\n")
        least = {header: float("inf") for header in headers}
        for _ in range(options.rounds):  # interleaved, so that a slow moment hits all alike
            for header, source in sources.items():
                least[header] = min(least[header], seconds_of(options, source))
        print("| header | ms | lines |\n|---|---|---|")
        for header, source in sources.items():
            print(f"| `<{header}>` | {least[header] * 1000:.0f} | {lines_of(options, source):,} |")


if __name__ == "__main__":
    main()
