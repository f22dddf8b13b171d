#!/usr/bin/env python3
"""Plants each bug of a catalogue in a copy of the sources and demands that its test fails.

    test/mutants.py [--quick] [--only WORDS] [--catalogue FILE]

Builds one test source at a time with $CXX (default g++) against the changed headers. A mutant that
does not compile, or whose test passes, is a failure of the catalogue or of the tests. The named
test must pass on the unchanged sources first. Exit code 1 where any mutant survives.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIELDS = ("file", "test", "from", "to")


def read_catalogue(path):
    """Yields one dict a block: name, quick, file, test, from, to."""
    blocks = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            quick = line.endswith("(quick)")
            blocks.append({"name": line.removesuffix("(quick)").strip(), "quick": quick})
            continue
        word, _, rest = line.strip().partition(" ")
        if word not in FIELDS or not blocks:
            sys.exit(f"{path}:{number}: expected one of {', '.join(FIELDS)}")
        blocks[-1][word] = rest.strip()
    for block in blocks:
        missing = [field for field in FIELDS if field not in block]
        if missing:
            sys.exit(f"{path}: {block['name']}: no {missing[0]}")
    return blocks


def build(source, include, output):
    compiler = os.environ.get("CXX", "g++").split()
    command = [*compiler, "-std=c++23", "-O0", "-w", f"-I{include}", f"-I{ROOT / 'test'}",
               str(source), "-o", str(output), "-lgtest_main", "-lgtest", "-lfmt", "-lpthread"]
    return subprocess.run(command, capture_output=True, text=True)


def run(binary, test_filter):
    """True where the tests pass; a test that hangs has noticed the bug as well."""
    try:
        done = subprocess.run([str(binary), f"--gtest_filter={test_filter}"], capture_output=True,
                              text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return False
    if "Running 0 tests" in done.stdout:
        sys.exit(f"no test fits {test_filter}")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only the mutants marked quick")
    parser.add_argument("--places", action="store_true",
                        help="only look whether the text of each occurs once; builds nothing")
    parser.add_argument("--only", default="", help="only mutants whose name holds these words")
    parser.add_argument("--catalogue", type=pathlib.Path,
                        default=ROOT / "test" / "crosstie" / "mutants.txt")
    options = parser.parse_args()
    folder = options.catalogue.resolve().parent
    mutants = [block for block in read_catalogue(options.catalogue)
               if options.only in block["name"] and (block["quick"] or not options.quick)]
    if options.places:
        return 1 if misplaced(mutants) or not mutants else 0
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="crosstie-mutants-") as temporary:
        work = pathlib.Path(temporary)
        healthy = {}
        for mutant in mutants:
            source, _, test_filter = (part.strip() for part in mutant["test"].partition(" : "))
            if source not in healthy:
                healthy[source] = work / f"{source}.healthy"
                built = build(folder / source, ROOT / "include", healthy[source])
                if built.returncode != 0:
                    sys.exit(f"{source} does not build:\n{built.stderr[:2000]}")
            verdict = judge(mutant, folder / source, test_filter, healthy[source], work)
            survivors += verdict != "killed"
            print(f"{verdict:10} {mutant['name']} ({test_filter})", flush=True)
    print(f"{len(mutants) - survivors} passed, {survivors} failed")
    return 1 if survivors or not mutants else 0


def misplaced(mutants):
    """How many have no place, or several; names each."""
    count = 0
    for mutant in mutants:
        places = (ROOT / mutant["file"]).read_text().count(mutant["from"])
        if places != 1:
            print(f"misplaced  {mutant['name']}: {places} times in {mutant['file']}")
            count += 1
    return count


def judge(mutant, source, test_filter, healthy, work):
    if not run(healthy, test_filter):
        return "unhealthy"
    include = work / "include"
    shutil.rmtree(include, ignore_errors=True)
    shutil.copytree(ROOT / "include", include)
    target = work / mutant["file"]
    text = target.read_text()
    if text.count(mutant["from"]) != 1:
        return "misplaced"
    target.write_text(text.replace(mutant["from"], mutant["to"]))
    binary = work / "mutant"
    if build(source, include, binary).returncode != 0:
        return "broken"
    return "survived" if run(binary, test_filter) else "killed"


if __name__ == "__main__":
    sys.exit(main())
