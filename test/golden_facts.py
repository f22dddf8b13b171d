#!/usr/bin/env python3
"""Compare crosstie with recorded answers of the real kube-scheduler.

usage: golden_facts.py CROSSTIE TOOLS FILE.json.gz...

Judges by compare.py of the folder TOOLS, without leaving anything out, and prints how many facts of
each plugin were compared. Exit code 1 where any differs.
"""
import sys

from reference import load_compare, print_plugins


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    crosstie, tools, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    compare = load_compare(tools)
    total = compare.Tally()
    for path in files:
        for scenario in compare.load(path):
            total.merge(compare.one(crosstie, scenario))
    print_plugins(total.by_plugin)
    for what, examples in sorted(total.diffs.items()):
        where, want, got = examples[0]
        print(f"{what}: {where}\n  want {want}\n  got  {got}")
    facts, wrong = sum(total.n.values()), sum(total.bad.values())
    print(f"{len(files)} files: {facts - wrong} of {facts} facts equal")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
