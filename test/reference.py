"""What the scripts that judge Crosstie by the real kube-scheduler have in common."""
import collections
import importlib.util
import os
import re

ALONE = re.compile(r" (\w+) alone( on |$)")


def load_module(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    source = open(path).read()
    # compare.py runs main() when loaded; only its functions are wanted here.
    body = source[:source.rstrip().rfind("\nmain()")] if source.rstrip().endswith("\nmain()") else source
    exec(compile(body, path, "exec"), module.__dict__)
    return module


def load_compare(tools):
    """The shared compare.py, whose tallies also count the facts of each plugin (`by_plugin`)."""
    compare = load_module(f"{tools}/compare.py")
    plain = compare.Tally

    class Tally(plain):
        def __init__(self):
            super().__init__()
            self.by_plugin = collections.Counter()

        def check(self, what, where, want, got):
            super().check(what, where, want, got)
            self.by_plugin[plugin_of(what, where, want)] += 1

        def merge(self, other):
            super().merge(other)
            self.by_plugin += other.by_plugin

    compare.Tally = Tally
    return compare


def plugin_of(what, where, want):
    """The plugin that a fact is about; "all" for what all of them say together."""
    if what.startswith("score "):
        return what[len("score "):]
    if alone := ALONE.search(where):
        return alone[1]
    if what.startswith("preemption "):
        return "DefaultPreemption"
    if what in ("gate", "prefilter", "verdict") and want:
        return want[0]
    return "all"


def print_plugins(counts):
    for plugin, facts in sorted(counts.items()):
        print(f"  {plugin:34} {facts:10} facts", flush=True)
