#!/usr/bin/env python3
"""Puts the figures of `crosstie bench placement -o json` into docs/placement.md and its plots.

usage: placement_page.py RESULTS.json... [--docs DIR]

Several files (the workloads, the sweep) are put together. Between the marks of the page
"<!-- figures -->" and "<!-- end of figures -->" everything is written anew, the rest stays;
placement-nodes.svg and placement-bound.svg, the plots of the sweep, lie beside it.
"""
import argparse
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from figures import figure, read, replace_figures, table, with_interval  # noqa: E402

# What the project set out to reach, pods/s on one core, looking at all nodes.
GOALS = {
    "SchedulingBasic/5000Nodes_10000Pods": 120000,
    "TopologySpreading/5000Nodes_5000Pods": 50000,
    "PreferredTopologySpreading/5000Nodes_5000Pods": 50000,
    "SchedulingPodAntiAffinity/5000Nodes_2000Pods": 50000,
    "SchedulingPodAffinity/5000Nodes_5000Pods": 20000,
    "SchedulingPreferredPodAffinity/5000Nodes_5000Pods": 30000,
    "Unschedulable/5kNodes/100Init/10kPods": 60000,
    "PreemptionBasic/5000Nodes": 5000,
    "Mixed/5000Nodes": 20000,
    "Scale/100000Nodes": 20000,
}
BY_NODES = re.compile(r"(?P<case>SchedulingBasic|Scale)/(?P<x>\d+)Nodes_(20000Bound|10000Pods)$")
BY_BOUND = re.compile(r"(?P<case>Scale)/20000Nodes_(?P<x>\d+)Bound$")


def index(results):
    """{workload: {metric: result}}."""
    found = {}
    for one in results:
        if one["bench"] == "placement":
            found.setdefault(one["case"]["workload"], {})[one["metric"]] = one
    return found


def cell(metrics, name, scale=1.0):
    return figure(metrics[name]["value"] * scale) if name in metrics else "-"


def times_as_fast(metrics):
    if "kube-scheduler" not in metrics:
        return "-"
    return figure(metrics["rate"]["value"] / metrics["kube-scheduler"]["value"])


def goal_rows(found):
    for name, goal in GOALS.items():
        if name in found:
            reached = found[name]["rate"]["value"]
            verdict = "reached" if reached >= goal else f"**missed**: {figure(reached / goal)} of it"
            yield [name, f"{goal:,}", with_interval(found[name]["rate"]), verdict]


def workload_rows(found):
    for name, metrics in sorted(found.items()):
        if BY_NODES.match(name) or BY_BOUND.match(name):
            if name not in GOALS:
                continue
        yield [name, with_interval(metrics["rate"]), cell(metrics, "p50"), cell(metrics, "p99"),
               cell(metrics, "kube-scheduler"), times_as_fast(metrics),
               cell(metrics, "kube-scheduler, all nodes"),
               cell(metrics, "late allocations"), cell(metrics, "allocated"),
               cell(metrics, "plain", 100) + " %", cell(metrics, "unplaced")]


def state_rows(found):
    for name in (*GOALS, ):
        if name in found:
            metrics = found[name]
            yield [name, cell(metrics, "state", 1 / 2**20), cell(metrics, "state per node"),
                   cell(metrics, "state per pod"), cell(metrics, "rss", 1 / 2**20)]


def figures(found, run):
    facts = ", ".join(f"{key} {value}" for key, value in run.items())
    lines = ["", f"Measured with: {facts}.", ""]
    lines += table(["workload", "goal, pods/s", "pods/s (interval)", "verdict"], goal_rows(found))
    lines += ["", "### All workloads", ""]
    lines += table(["workload", "pods/s (interval)", "p50 us", "p99 us", "kube-scheduler pods/s",
                    "times as fast", "kube-scheduler, all nodes", "late allocations a pod",
                    "bytes allocated a pod", "plain evaluation", "unplaced"],
                   workload_rows(found))
    lines += ["", "### State", ""]
    lines += table(["workload", "MiB", "bytes a node", "bytes a pod", "resident MiB"],
                   state_rows(found))
    return lines + [""]


# ---- plots ---------------------------------------------------------------------------------------

STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 } .axis { stroke: #888 } .grid { stroke: #ddd }
.a { stroke: #2563c9; fill: #2563c9 } .b { stroke: #b7791f; fill: #b7791f }
.line { fill: none; stroke-width: 2 } .back { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #444 } .back { fill: #16181d }
  .a { stroke: #6ea3ff; fill: #6ea3ff } .b { stroke: #e0a84e; fill: #e0a84e } .line { fill: none }
}
</style>"""
LEFT, RIGHT, TOP, BOTTOM = 70, 700, 50, 340


def decades(values):
    return 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))


def short(value):
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"


def plot(title, x_title, lines):
    """Time a pod against one size, both logarithmic: {name: [(x, us)]}."""
    points = [point for line in lines.values() for point in line]
    x_low, x_high = decades([x for x, _ in points])
    y_low, y_high = decades([y for _, y in points])
    y_high = max(y_high, 10 * y_low)

    def at(value, low, high, begin, end):
        share = math.log10(value / low) / math.log10(high / low)
        return begin + share * (end - begin)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="880" height="400" '
           f'viewBox="0 0 880 400" role="img" aria-label="{title}">', STYLE,
           '<rect class="back" width="880" height="400"/>',
           f'<text class="title" x="{LEFT}" y="24">{title}</text>',
           f'<text x="{(LEFT + RIGHT) / 2}" y="385" text-anchor="middle">{x_title}</text>',
           f'<text x="{LEFT - 55}" y="42">us a pod</text>']
    for exponent in range(round(math.log10(x_low)), round(math.log10(x_high)) + 1):
        x = at(10.0 ** exponent, x_low, x_high, LEFT, RIGHT)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}"/>')
        out.append(f'<text x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">'
                   f'{short(10.0 ** exponent)}</text>')
    for exponent in range(round(math.log10(y_low)), round(math.log10(y_high)) + 1):
        y = at(10.0 ** exponent, y_low, y_high, BOTTOM, TOP)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{10.0 ** exponent:g}</text>')
    ends = []
    for colour, (name, line) in zip("ab", sorted(lines.items())):
        placed = [(at(x, x_low, x_high, LEFT, RIGHT), at(y, y_low, y_high, BOTTOM, TOP), x, y)
                  for x, y in sorted(line)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in placed)
        out.append(f'<polyline class="{colour} line" points="{path}"/>')
        for x, y, size, us in placed:
            out.append(f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5">'
                       f'<title>{name}: {short(size)}: {figure(us)} us</title></circle>')
            begin = x < LEFT + 30  # where the axis has its own figures
            out.append(f'<text x="{x + (5 if begin else 0):.1f}" y="{y - 9:.1f}" '
                       f'text-anchor="{"start" if begin else "middle"}">{figure(us)}</text>')
        y = placed[-1][1] + 4
        if any(abs(y - other) < 14 for other in ends):
            y += 16
        ends.append(y)
        out.append(f'<text x="{placed[-1][0] + 22:.1f}" y="{y:.1f}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


def sweep(found, pattern):
    lines = {}
    for name, metrics in found.items():
        match = pattern.match(name)
        if match:
            us = 1e6 / metrics["rate"]["value"]
            lines.setdefault(match["case"], []).append((int(match["x"]), us))
    return {name: line for name, line in lines.items() if len(line) > 1}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+")
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--docs", type=pathlib.Path, default=root / "docs")
    given = parser.parse_args()
    results, run = read(given.results)
    found = index(results)

    page = given.docs / "placement.md"
    replace_figures(page, figures(found, run))
    for name, pattern, title, x_title in (
            ("placement-nodes.svg", BY_NODES,
             "Time a pod against nodes (Scale: 20,000 bound pods)", "nodes"),
            ("placement-bound.svg", BY_BOUND,
             "Time a pod against bound pods (20,000 nodes)", "bound pods")):
        lines = sweep(found, pattern)
        if lines:
            (given.docs / name).write_text(plot(title, x_title, lines))


if __name__ == "__main__":
    main()
