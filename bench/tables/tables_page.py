#!/usr/bin/env python3
"""Puts the figures of `crosstie bench tables -o json` into docs/tables-bench.md and its plots.

usage: tables_page.py RESULTS.json... [--docs DIR]

Several files (contests measured one by one) are put together; the first one's run is named. Between
the marks of the page "<!-- figures -->" and "<!-- end of figures -->" everything is written anew,
the rest stays; tables-bench-*.svg, a plot for each contest, lie beside it.
"""
import argparse
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from figures import figure, read, replace_figures, table, with_interval  # noqa: E402

# In the order of the page.
OPERATIONS = ("hit", "hit in batches", "miss", "insert", "insert again", "erase", "iterate",
              "scan a row", "fill and drain", "5 % writes", "50 % writes", "memory")
# Names of files, by keys and entries.
PLOTS = {
    "names": "node name (52) x pod UID (36)",
    "numbers": "{u32,u32}",
    "maps": "{u32,u32} -> u64",
    "shared": "{u32,u32} -> u64, 2 threads",
}


def index(results):
    """{(bench, case as a tuple, metric): result}."""
    return {(one["bench"], tuple(one["case"].items()), one["metric"]): one for one in results}


def goals(found):
    """[(case, {metric: value})] of the bench "goals", in their order."""
    cases = {}
    for (bench, case, metric), one in found.items():
        if bench == "goals":
            cases.setdefault(case, {})[metric] = one
    return [(dict(case), metrics) for case, metrics in cases.items()]


def with_unit(one):
    unit = {"bytes/entry": "B"}.get(one["unit"], one["unit"])
    return f"{figure(one['value'])} {unit}"


def verdict(metrics):
    return "reached" if metrics["reached"]["value"] else "**missed**"


def goal_rows(found):
    for case, metrics in goals(found):
        if case["entries"] <= 1000:
            continue
        bound = (f"<= {with_unit(metrics['at most'])}" if "at most" in metrics
                 else figure(metrics["wanted"]["value"]))
        yield [f"{case['keys']}, {case['entries']:,}", f"`{case['layout'].split(' ', 1)[1]}`",
               case["operation"], with_unit(metrics["ours"]), with_unit(metrics["best peer"]),
               figure(metrics["better"]["value"]), bound, verdict(metrics)]


def small_rows(found):
    """A line a type and operation, a column a size: times better than the best peer."""
    lines = {}
    for case, metrics in goals(found):
        if case["entries"] <= 1000:
            name = (case["keys"], case["layout"], case["operation"])
            better = figure(metrics["better"]["value"])
            lines.setdefault(name, {})[case["entries"]] = (
                better if metrics["reached"]["value"] else f"**{better}**")
    for (keys, layout, operation), sizes in lines.items():
        yield [keys, f"`{layout.split(' ', 1)[1]}`", operation,
               *(sizes.get(size, "") for size in (1, 10, 100, 1000))]


def longest_rows(found):
    for (bench, case, metric), one in found.items():
        if bench == "longest insert" and metric == "longest":
            of = dict(case)
            values = [found[bench, case, name]["value"] for name in ("longest", "99.99 %", "median")]
            yield [of["layout"], f"{of['entries']:,}", *map(figure, values)]


def probe_rows(found):
    for (bench, case, metric), one in found.items():
        if bench == "probes" and metric == "time":
            of = dict(case)
            yield [of["layout"], of["operation"], with_interval(one)]


def memory_rows(found):
    """A line a size: ns of a load that waits for the last one, and of one that does not."""
    sizes = {}
    for (bench, case, metric), one in found.items():
        if bench == "memory" and metric == "time":
            of = dict(case)
            sizes.setdefault(of["lines"], {})[of["operation"]] = with_interval(one)
    for lines, loads in sizes.items():
        yield [f"{lines * 64 / 2**20:.3g}", loads["load after the last one"], loads["load on its own"]]


def contests(found):
    """{(keys, entries): {operation: {layout: result}}}; "memory" and "resident" in bytes."""
    all_of = {}
    for (bench, case, metric), one in found.items():
        if bench != "tables" or metric not in ("time", "memory", "resident"):
            continue
        of = dict(case)
        operation = of["operation"] if metric == "time" else metric
        contest = all_of.setdefault((of["keys"], of["entries"]), {})
        contest.setdefault(operation, {})[of["layout"]] = one
    return all_of


def contest_rows(contest):
    operations = [name for name in (*OPERATIONS, "resident") if name in contest]
    layouts = list(dict.fromkeys(name for one in contest.values() for name in one))
    titles = ["layout", *({"memory": "B", "resident": "B resident"}.get(name, f"{name}, ns")
                          for name in operations)]
    return titles, [[layout, *(figure(contest[name][layout]["value"]) if layout in contest[name]
                               else "-" for name in operations)] for layout in layouts]


def figures(found, run, plots):
    facts = ", ".join(f"{key} {value}" for key, value in run.items())
    lines = ["", f"Measured with: {facts}.", "",
             *table(["keys, entries", "type", "operation", "ours", "best peer", "times better",
                     "wanted", ""], goal_rows(found), 3),
             "", "### Small tables", "",
             "Times better than the best of all peers, by entries; bold where the table loses by more "
             "than a tenth.", "",
             *table(["keys", "type", "operation", "1", "10", "100", "1,000"], small_rows(found), 3)]
    longest = list(longest_rows(found))
    if longest:
        lines += ["", "### The longest insertion", "",
                  "us, the least of all rounds of each insertion.", "",
                  *table(["layout", "entries", "longest", "99.99 %", "median"], longest)]
    probes = list(probe_rows(found))
    if probes:
        lines += ["", "### Probes that nobody watches", "", "ns an operation (interval).", "",
                  *table(["layout", "operation", "time"], probes, 2)]
    memory = list(memory_rows(found))
    if memory:
        lines += ["", "### What memory takes", "",
                  "ns (interval) to load one line of 64 bytes in random order.", "",
                  *table(["MiB", "load after the last one", "load on its own"], memory, 0)]
    for (keys, entries), contest in contests(found).items():
        if entries <= 1000:
            continue
        titles, rows = contest_rows(contest)
        lines += ["", f"### {keys}, {entries:,}", ""]
        lines += [f"![time and bytes of every layout]({name})"
                  for name in [plots.get((keys, entries))] if name]
        lines += ["", *table(titles, rows)]
    return lines + [""]


# ---- plots ---------------------------------------------------------------------------------------

STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 } .ours { fill: #2563c9 } .theirs { fill: #9aa7b5 }
.name { font-weight: 600 } .back { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .back { fill: #16181d } .ours { fill: #6ea3ff } .theirs { fill: #5c6a78 }
}
</style>"""
WIDTH, NAMES, BAR, STEP, GAP = 920, 220, 560, 17, 34


def bars(title, unit, values, top):
    """One panel: a bar a layout, the shortest first, lengths by logarithm where they differ much."""
    ordered = sorted(values.items(), key=lambda one: one[1]["value"])
    least, most = ordered[0][1]["value"], ordered[-1][1]["value"]
    logarithmic = least > 0 and most > 30 * least

    def length(value):
        if most <= 0:
            return 1
        if logarithmic:
            return BAR * math.log(2 * value / least) / math.log(2 * most / least)
        return BAR * value / most

    out = [f'<text class="name" x="10" y="{top + 12}">{title}, {unit}'
           f'{" (logarithmic)" if logarithmic else ""}</text>']
    for number, (layout, one) in enumerate(ordered):
        y = top + 20 + number * STEP
        kind = "ours" if layout.startswith("crosstie") else "theirs"
        out += [f'<text x="{NAMES - 8}" y="{y + 11}" text-anchor="end">{layout}</text>',
                f'<rect class="{kind}" x="{NAMES}" y="{y}" height="13" rx="2" '
                f'width="{max(1.0, length(one["value"])):.1f}"><title>{layout}: '
                f'{figure(one["value"])} {unit}</title></rect>',
                f'<text x="{NAMES + max(1.0, length(one["value"])) + 6:.1f}" y="{y + 11}">'
                f'{figure(one["value"])}</text>']
    return out, top + 20 + len(ordered) * STEP + GAP - 20


def plot(title, contest):
    out, top = [], 44
    for operation in ("hit", "hit in batches", "miss", "insert", "erase", "iterate", "5 % writes",
                      "50 % writes", "memory"):
        if operation in contest:
            unit = "bytes an entry" if operation == "memory" else "ns"
            panel, top = bars("memory" if operation == "memory" else operation, unit,
                              contest[operation], top)
            out += panel
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'viewBox="0 0 {WIDTH} {top}" role="img" aria-label="{title}">', STYLE,
        f'<rect class="back" width="{WIDTH}" height="{top}"/>',
        f'<text class="title" x="10" y="24">{title}</text>', *out, "</svg>", ""])


def write_plots(found, docs):
    names = {}
    for (keys, entries), contest in contests(found).items():
        word = next((word for word, of in PLOTS.items() if of == keys), None)
        if word is None or entries <= 1000:
            continue
        name = f"tables-bench-{word}-{entries}.svg"
        title = re.sub("&", "&amp;", f"{keys}, {entries:,} entries").replace("->", "-&gt;")
        (docs / name).write_text(plot(title, contest))
        names[keys, entries] = name
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+")
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--docs", type=pathlib.Path, default=root / "docs")
    given = parser.parse_args()
    results, run = read(given.results)
    found = index(results)
    plots = write_plots(found, given.docs)
    page = given.docs / "tables-bench.md"
    replace_figures(page, figures(found, run, plots))


if __name__ == "__main__":
    main()
