#!/usr/bin/env python3
"""Compare crosstie with the real kube-scheduler on fresh random scenarios.

usage: oracle_fuzz.py --oracle ORACLE [--crosstie BINARY] [--shared DIR] [--kinds a,b,c]
                      [--seeds FIRST:COUNT] [--size small|medium|large] [--sequence] [--keep DIR]
                      [--log FILE]

Generates scenarios (shared tools/scenarios.py), has the oracle answer them, and judges crosstie's
answers by the shared tools/compare.py. A scenario that differs is asked about once more in the API
server's spelling of its quantities: an odd one, such as 0.125Gi, can make the real scheduler add to
the pod it reads, so that its answer depends on how often it was asked (docs/upstream-quirks.md). What
still differs is kept, and beside it a smaller scenario that differs too. The log gets a JSON line a
kind: seeds, facts compared and different by class. Exit code 1 where any differs.
For hours of idle time, not for CI.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from reference import load_compare, load_module, print_plugins

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 50  # scenarios in one call of the oracle


class Judge:
    """Asks both sides about scenarios and compares what they say."""

    def __init__(self, oracle, crosstie, compare):
        self.oracle, self.crosstie, self.compare = oracle, crosstie, compare

    def answer(self, scenarios):
        """The scenarios with the oracle's `expected`, in order."""
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f"{folder}/answers")
            paths = [f"{folder}/{s['name']}.json" for s in scenarios]
            for path, scenario in zip(paths, scenarios):
                with open(path, "w") as file:
                    json.dump(scenario, file)
            command = [self.oracle, "-o", f"{folder}/answers", *paths]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{self.oracle}: exit {done.returncode}: {done.stderr}")
            return [self.compare.load(f"{folder}/answers/{s['name']}.json.gz")[0] for s in scenarios]

    def compare_one(self, answered):
        return self.compare.one(self.crosstie, answered)

    def differs(self, scenario):
        try:
            answered = self.answer([scenario])[0]
        except RuntimeError:  # what is left makes no scenario for the oracle
            return False
        expected = answered["expected"]
        return bool(expected.get("pods") or expected.get("placements")) and bool(
            self.compare_one(answered).bad)


def shrink(judge, scenario):
    """Leaves out objects of the cluster, halves first, for as long as some answer differs."""
    items = scenario["cluster"]["items"]
    step = max(1, len(items) // 2)
    while True:
        start, smaller = 0, False
        while start < len(items):
            fewer = items[:start] + items[start + step:]
            trial = {**scenario, "cluster": {**scenario["cluster"], "items": fewer}}
            if fewer and judge.differs(trial):
                items, smaller = fewer, True
            else:
                start += step
        if step == 1 and not smaller:
            return {**scenario, "cluster": {**scenario["cluster"], "items": items}}
        step = max(1, step // 2)


def keep(judge, scenario, folder):
    path = f"{folder}/{scenario['name']}.json"
    small = f"{folder}/{scenario['name']}.shrunk.json"
    for where, what in ((path, scenario), (small, None)):
        with open(where, "w") as file:
            json.dump(what or judge.answer([shrink(judge, scenario)])[0], file, indent=1)
    print(f"  differs: {path}, shrunk: {small}", flush=True)


def print_differences(total):
    """The first of each class."""
    for what, examples in sorted(total.diffs.items()):
        where, want, got = examples[0]
        print(f"  {what}: {where}\n    want {want}\n    got  {got}", flush=True)


def fuzz_kind(options, judge, generate, kind, first, count):
    """Returns the log's entry of the kind."""
    total, differ, respelled = judge.compare.Tally(), [], []
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        scenarios = [generate(kind, seed, options.size) for seed in seeds]
        if options.sequence:
            scenarios = [{**scenario, "mode": "sequence"} for scenario in scenarios]
        for scenario, answered in zip(scenarios, judge.answer(scenarios)):
            tally = judge.compare_one(answered)
            if tally.bad:
                scenario = {key: answered[key] for key in answered if key != "expected"}
                tally = judge.compare_one(judge.answer([scenario])[0])
                if not tally.bad:
                    respelled.append(scenario["name"])
            total.merge(tally)
            if tally.bad:
                differ.append(scenario["name"])
                keep(judge, scenario, options.keep)
        print(f"\r{kind:16} {seeds[-1] + 1 - first:6} of {count} seeds, {len(differ)} differ",
              end="", file=sys.stderr, flush=True)
    facts, wrong = sum(total.n.values()), sum(total.bad.values())
    print(f"\r{kind:16} {count} seeds, {facts - wrong} of {facts} facts equal", flush=True)
    print_plugins(total.by_plugin)
    print_differences(total)
    return {"kind": kind, "size": options.size, "sequence": options.sequence, "first": first, "seeds": count, "facts": facts,
            "different": wrong, "scenarios": differ, "respelled": respelled,
            "by_class": dict(sorted(total.n.items())),
            "by_plugin": dict(sorted(total.by_plugin.items()))}


def add_options(parser):
    """What every comparison with the oracle is told."""
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--crosstie", default=f"{HERE}/../build/release/crosstie")
    parser.add_argument("--shared", default=os.environ.get("CROSSTIE_SHARED", f"{HERE}/../../shared"))
    parser.add_argument("--kinds", default="")
    parser.add_argument("--sequence", action="store_true")
    parser.add_argument("--keep", default="oracle-differences")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_options(parser)
    parser.add_argument("--seeds", default="100000:20", metavar="FIRST:COUNT")
    parser.add_argument("--size", default="small", choices=["small", "medium", "large"])
    parser.add_argument("--log", default="", help="file to append a JSON line a kind to")
    options = parser.parse_args()
    tools = f"{options.shared}/tools"
    scenarios = load_module(f"{tools}/scenarios.py")
    judge = Judge(options.oracle, options.crosstie, load_compare(tools))
    first, count = map(int, options.seeds.split(":"))
    os.makedirs(options.keep, exist_ok=True)
    different = 0
    for kind in options.kinds.split(",") if options.kinds else scenarios.KINDS:
        entry = fuzz_kind(options, judge, scenarios.generate, kind, first, count)
        different += entry["different"]
        if options.log:
            with open(options.log, "a") as log:
                log.write(json.dumps(entry) + "\n")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
