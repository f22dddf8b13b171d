#!/usr/bin/env python3
"""Compare crosstie with the real kube-scheduler on fresh random scenarios.

usage: oracle_fuzz.py --oracle ORACLE [--crosstie BINARY] [--shared DIR] [--kinds a,b,c]
                      [--seeds FIRST:COUNT] [--size small|medium|large] [--keep DIR]

Generates scenarios (shared tools/scenarios.py), has the oracle answer them, and judges crosstie's
answers by the shared tools/compare.py. Scenarios that differ are kept. Exit code 1 where any does.
For hours of idle time, not for CI.
"""
import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 20  # scenarios in one call of the oracle


def load_module(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    source = open(path).read()
    # The shared script runs main() when loaded; only its functions are wanted here.
    body = source[:source.rstrip().rfind("\nmain()")] if source.rstrip().endswith("\nmain()") else source
    exec(compile(body, path, "exec"), module.__dict__)
    return module


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def list_kinds(tools):
    lines = run([sys.executable, f"{tools}/scenarios.py", "--list"]).splitlines()
    return [line.split()[0] for line in lines if line.strip()]


def answer_batch(options, tools, kind, seeds, folder):
    questions = []
    for seed in seeds:
        path = f"{folder}/{kind}-{seed}.json"
        run([sys.executable, f"{tools}/scenarios.py", "--kind", kind, "--seed", str(seed),
             "--size", options.size, "-o", path])
        questions.append(path)
    run([options.oracle, "-o", f"{folder}/answers", *questions])
    return [f"{folder}/answers/{kind}-{seed}.json.gz" for seed in seeds]


def judge(options, compare, paths, total):
    """Adds the files' facts to `total`; returns those that differ."""
    differ = []
    for path in paths:
        for scenario in compare.load(path):
            tally = compare.one(options.crosstie, scenario)
            if tally.bad:
                differ.append(path)
            total.merge(tally)
    return differ


def fuzz_kind(options, tools, compare, kind, first, count):
    total, differ = compare.Tally(), []
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f"{folder}/answers")
            for path in judge(options, compare, answer_batch(options, tools, kind, seeds, folder), total):
                kept = shutil.copy(path, options.keep)
                differ.append(kept)
                print(f"  differs: {kept}", flush=True)
    facts, wrong = sum(total.n.values()), sum(total.bad.values())
    print(f"{kind:16} {count} seeds, {facts - wrong} of {facts} facts equal", flush=True)
    for what, examples in sorted(total.diffs.items()):
        where, want, got = examples[0]
        print(f"  {what}: {where}\n    want {want}\n    got  {got}")
    return differ


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--crosstie", default=f"{HERE}/../build/release/crosstie")
    parser.add_argument("--shared", default=os.environ.get("CROSSTIE_SHARED", f"{HERE}/../../shared"))
    parser.add_argument("--kinds", default="")
    parser.add_argument("--seeds", default="100000:20", metavar="FIRST:COUNT")
    parser.add_argument("--size", default="small", choices=["small", "medium", "large"])
    parser.add_argument("--keep", default="oracle-differences")
    options = parser.parse_args()
    tools = f"{options.shared}/tools"
    compare = load_module(f"{tools}/compare.py")
    first, count = map(int, options.seeds.split(":"))
    os.makedirs(options.keep, exist_ok=True)
    differ = []
    for kind in options.kinds.split(",") if options.kinds else list_kinds(tools):
        differ += fuzz_kind(options, tools, compare, kind, first, count)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
