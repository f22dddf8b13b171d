#!/usr/bin/env python3
"""Runs crosstie-bench tiny: every experiment with its answers checked, the forms of its results,
recommendations for five files of keys, and diff. usage: lab_test.py CROSSTIE_BENCH"""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

BENCH = sys.argv.pop()
FIGURES = {"bench", "case", "metric", "unit", "value", "low", "high", "samples", "checked"}


def run(*arguments, status=0):
    done = subprocess.run([BENCH, *map(str, arguments)], capture_output=True, text=True, timeout=240,
                          check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done


def document(*arguments):
    return json.loads(run(*arguments, "-o", "json").stdout)


class lab(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def write(self, name, lines):
        path = self.path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def test_every_experiment_is_checked_and_judged(self):
        page = self.path / "lab.html"
        found = document("lab", "--quick", "--html", page)
        for one in found["results"]:
            self.assertEqual(set(one), FIGURES)
            self.assertTrue(one["checked"], one)
            self.assertLessEqual(one["low"], one["value"], one)
            self.assertLessEqual(one["value"], one["high"], one)
        benches = {one["bench"] for one in found["results"]}
        self.assertLessEqual({"layouts", "key-cost", "cache", "growth", "long-keys", "matrix",
                              "before-after"}, benches)
        keys = [(one["bench"], json.dumps(one["case"], sort_keys=True), one["metric"])
                for one in found["results"]]
        self.assertEqual(len(keys), len(set(keys)), "a case twice")
        self.assertLessEqual({"commit", "machine", "cores", "compiler", "flags", "date", "core"},
                             set(found["run"]))
        text = page.read_text(encoding="utf-8")
        for code in [f"<td>R{n}</td>" for n in (*range(1, 20), 22, 23)]:
            self.assertIn(code, text)
        self.assertNotIn("http", text.replace("http://www.w3.org", ""))

    def test_every_experiment_runs_alone_and_draws_its_page(self):
        for name in ("layouts", "key-cost", "cache", "growth", "long-keys", "matrix",
                     "before-after"):
            with self.subTest(name):
                page = self.path / "page.html"
                done = run(name, "--quick", "-o", "csv", "--html", page)
                self.assertTrue(all(one["checked"] == "true"
                                    for one in csv.DictReader(io.StringIO(done.stdout))))
                self.assertIn("<svg", page.read_text(encoding="utf-8"))

    def test_before_and_after_are_told_in_the_shape_of_the_report(self):
        done = run("before-after", "--quick")
        self.assertIn("All schedulers placed the same pods on the same nodes", done.stdout)
        self.assertRegex(done.stdout, "Time in the table by (perf's software clock|instrumented)")
        self.assertRegex(done.stdout, r"R4: pods a second, flat out +the report +1,180 +1,671")
        self.assertIn("ids: nested map -> struct key", done.stdout)

    def test_batches_and_packed_keys_are_among_the_layouts(self):
        found = document("layouts", "--quick", "--rounds", 1, "--select",
                         "library=crosstie,operation=hit|batched hit")["results"]
        batched = {one["case"]["layout"] for one in found
                   if one["case"].get("operation") == "batched hit"}
        self.assertLessEqual({"struct key", "table", "relation by row", "assignment",
                              "uuid assignment"}, batched)
        cures = {one["case"]["cure"] for one in document("long-keys", "--quick")["results"]
                 if "cure" in one["case"]}
        self.assertIn("packing", cures)

    def test_recommendations_are_judged_for_five_kinds_of_keys(self):
        done = run("recommendations", "--quick", "-o", "json")
        found = json.loads(done.stdout)["results"]
        kinds = {one["case"]["keys"] for one in found if one["metric"] == "beyond the fastest"}
        self.assertEqual(len(kinds), 5)
        told = run("recommendations", "--quick").stdout
        self.assertIn("of 5 recommended layouts are within 10 %", told)

    def test_the_three_forms_tell_the_same(self):
        chosen = ("layouts", "--rounds", 1, "--select",
                  "keys=u32 pair,entries=200,layout=struct key,operation=hit")
        found = document(*chosen)["results"]
        rows = list(csv.DictReader(io.StringIO(run(*chosen, "-o", "csv").stdout)))
        self.assertEqual([(r["metric"], r["library"]) for r in rows],
                         [(r["metric"], r["case"]["library"]) for r in found])
        table = run(*chosen).stdout
        for library in ("std", "boost", "absl", "crosstie"):
            self.assertIn(library, table)

    def test_recommends_for_keys_of_five_kinds(self):
        files = {
            "one row a column": [f"{i * 7919 % 97} {i}" for i in range(2000)],
            "many to many": [f"{i % 50}\t{i // 50 * 3 % 200 + i % 7}" for i in range(4000)],
            "sparse numbers": [f"{i * 2654435761 % 4294967291},{i * 40503 % 4000000007}"
                               for i in range(1500)],
            "node x uid": [f"ip-10-0-{i % 60}.eu-west-1.compute.internal {uuid.UUID(int=i * 977)}"
                           for i in range(1500)],
            "long names": [f"cluster-a/region-b/rack-{i % 40}/{'x' * 60}{i % 40} "
                           f"namespace-{i % 9}/{'y' * 70}{i}" for i in range(1200)],
        }
        for kind, lines in files.items():
            with self.subTest(kind):
                path = self.write("keys", lines)
                arguments = ("layouts", "--keys", path, "--recommend", "--rounds", 4)
                found = document(*arguments)["results"]
                beyond = [one for one in found if one["metric"] == "beyond the fastest"]
                self.assertEqual(len(beyond), 1)
                chosen = beyond[0]["case"]
                judged = {json.dumps(one["case"]): one["value"] for one in found
                          if one["metric"] == "to judge"}
                self.assertAlmostEqual(judged[json.dumps(chosen)] / min(judged.values()) - 1,
                                       beyond[0]["value"], delta=1e-3)
                if kind in ("sparse numbers", "many to many"):
                    self.assertNotIn("assignment", chosen["layout"])
        advice = run(*arguments).stdout
        for word in ("keys: ", "recommended: ", "because ", "measured again"):
            self.assertIn(word, advice)
        mixed = run("layouts", "--keys", path, "--recommend", "--mix", "row scan=90,insert=10",
                    "--rounds", 1).stdout
        self.assertNotIn("recommended: 16-byte digest", mixed)

    def test_bad_input_is_refused(self):
        empty = self.write("empty", [])
        short = self.write("short", ["a b", "c"])
        for arguments, word in (
                (("layouts", "--select", "colour=red"), "colour=red"),
                (("layouts", "--select", "layout=none"), "no layout"),
                (("layouts", "--select", "keys=text 8,entries=1e6"), "262144"),
                (("layouts", "--keys", empty), "no key"),
                (("layouts", "--keys", short), "short:2"),
                (("layouts", "--recommend"), "--keys"),
                (("diff", empty, empty), "empty"),
                (("diff", self.path / "none", empty), "none")):
            with self.subTest(arguments):
                done = run(*arguments, status=2)
                self.assertEqual(done.stdout, "")
                self.assertIn(word, done.stderr)

    def test_diff_finds_what_got_worse(self):
        def result(layout, value, spread, unit="ns"):
            return {"bench": "layouts", "case": {"layout": layout}, "metric": "time", "unit": unit,
                    "value": value, "low": value - spread, "high": value + spread, "samples": 7,
                    "checked": True}

        def save(name, *results):
            return self.write(name, [json.dumps({"run": {}, "results": results})])

        before = save("a", result("worse", 10, 0.1), result("noisy", 10, 5), result("same", 10, 0),
                      result("rate", 100, 1, "pods/s"))
        after = save("b", result("worse", 12, 0.1), result("noisy", 12, 5), result("same", 10, 0),
                     result("rate", 120, 1, "pods/s"))
        done = run("diff", before, after, "-o", "json", status=1)
        ratios = {one["case"]["layout"]: one for one in json.loads(done.stdout)["results"]}
        self.assertAlmostEqual(ratios["worse"]["value"], 1.2, delta=1e-3)
        self.assertAlmostEqual(ratios["worse"]["low"], 11.9 / 10.1, delta=1e-3)
        self.assertLess(ratios["rate"]["high"], 1)
        self.assertIn("layout=worse", done.stderr)
        self.assertNotIn("layout=noisy", done.stderr)
        run("diff", before, after, "--threshold", 25)
        run("diff", before, before)
        run("diff", after, before, status=1)  # the rate fell
        self.write("page", [])
        run("diff", before, before, "--html", self.path / "page")
        self.assertIn("<svg", (self.path / "page").read_text(encoding="utf-8"))

    def test_two_profiles_become_a_heat_map(self):
        crosstie = pathlib.Path(BENCH).parent / "crosstie"
        if not crosstie.exists():
            self.skipTest(f"{crosstie} is not built")
        profiles = [self.path / "a.json", self.path / "b.json"]
        for profile, tie in zip(profiles, ("name", "seed=1")):
            subprocess.run([crosstie, "simulate", "--generate", "nodes=20,pods=60", "--tie-break",
                            tie, "--profile", profile], check=True, capture_output=True)
        found = json.loads(profiles[0].read_text(encoding="utf-8"))["results"]
        calls = {(one["case"]["table"], one["case"]["operation"]): one["value"] for one in found
                 if one["metric"] == "calls"}
        self.assertGreaterEqual(calls["score rows", "find"], 60)
        self.assertGreaterEqual(calls["bindings", "add"], 1)
        self.assertGreaterEqual(calls["queue", "pop"], 60)
        page = self.path / "heat.html"
        run("diff", *profiles, "--threshold", 1000, "--html", page)
        text = page.read_text(encoding="utf-8")
        self.assertIn("heat map", text)
        self.assertIn("score rows", text)


if __name__ == "__main__":
    unittest.main()
