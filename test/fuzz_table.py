#!/usr/bin/env python3
"""Sums up logs of oracle_fuzz.py as a Markdown table: a line for each kind and way of asking.

usage: fuzz_table.py LOG...
"""

import json
import sys


def main():
    sums = {}
    for path in sys.argv[1:]:
        with open(path) as log:
            for entry in map(json.loads, log):
                key = (entry["kind"], entry.get("sequence", False))
                total = sums.setdefault(key, {"seeds": 0, "facts": 0, "different": 0, "respelled": 0})
                for name in ("seeds", "facts", "different"):
                    total[name] += entry[name]
                total["respelled"] += len(entry["respelled"])
    print("| kind | seeds | facts compared | different |")
    print("|---|---:|---:|---:|")
    for (kind, sequence), total in sorted(sums.items()):
        name = f"{kind}, placed in sequence" if sequence else kind
        print(f"| {name} | {total['seeds']:,} | {total['facts']:,} | {total['different']} |")
    facts = sum(total["facts"] for total in sums.values())
    seeds = sum(total["seeds"] for total in sums.values())
    different = sum(total["different"] for total in sums.values())
    print(f"| all | {seeds:,} | {facts:,} | {different} |")
    asked_again = sum(total["respelled"] for total in sums.values())
    print(f"\n{asked_again} scenarios were asked about again in the API server's spelling.")


if __name__ == "__main__":
    main()
