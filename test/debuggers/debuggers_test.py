#!/usr/bin/env python3
"""Stops a program under gdb and lldb and compares how the scripts show its tables.

    CXX=g++ test/debuggers/debuggers_test.py BUILD_DIRECTORY
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCRIPTS = ROOT / "packaging" / "debuggers"
WORK = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "/tmp")
PROGRAM = WORK / "debugged_tables"
LLDB = shutil.which("lldb") or shutil.which("lldb-19")


def output_of(*command):
    environment = os.environ | {"DEBUGINFOD_URLS": "", "LD_PRELOAD": ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    return done.stdout + done.stderr


def setUpModule():
    compiler = os.environ.get("CXX", "g++").split()
    subprocess.run([*compiler, "-std=c++23", "-g", "-O0", f"-I{ROOT / 'include'}",
                    str(HERE / "tables.cpp"), "-o", str(PROGRAM)], check=True)


class debuggers(unittest.TestCase):
    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed: ITS SCRIPT IS NOT TESTED")
    def test_gdb_shows_entries(self):
        names = ("map", "set", "nothing", "bound", "pairs", "long_rows", "values", "many_values",
                 "names", "cells", "recent", "rows", "steady", "shared", "digests", "nodes_of",
                 "other_keys", "digest")
        commands = [f"source {SCRIPTS / 'crosstie_gdb.py'}", "set print repeats unlimited",
                    "set print elements unlimited",
                    "break stop_here", "run", "up", *(f"print {name}" for name in names)]
        text = output_of("gdb", "-q", "-nx", "-batch",
                         *(part for line in commands for part in ("-ex", line)), str(PROGRAM))
        shown = dict(zip(names, re.findall(r"^\$\d+ = (.*)$", text, re.M)))
        # In an order that depends on hashes.
        for name, head, entries in (
                ("many_values", "crosstie::table of 20", [f"[0, {i}] = {i}" for i in range(20)]),
                ("steady", "crosstie::steady_map of 500", [f"[{i}] = {-i}" for i in range(500)])):
            found = shown.pop(name, "")
            self.assertTrue(found.startswith(head + " = {"), text)
            listed = re.split(r", (?=\[)", found.removeprefix(head + " = {").removesuffix("}"))
            self.assertEqual(sorted(listed), sorted(entries))
        self.assertEqual(shown, {
            "map": 'crosstie::flat_map of 1 = {[{node = "node-1", number = 7}] = 42}',
            "set": "crosstie::flat_set of 1 = {5}",
            "nothing": "crosstie::flat_set of 0",
            "bound": "crosstie::assignment of 1 = {[2] = 9}",
            "pairs": "crosstie::relation of 1 pairs, 1 rows = {[3] = {1}}",
            "long_rows": "crosstie::relation of 340 pairs, 2 rows = {"
                         + ", ".join(f"[{row}] = {{" + ", ".join(map(str, range(columns))) + "}"
                                     for row, columns in ((1, 40), (2, 300))) + "}",
            "values": "crosstie::table of 2 = {[0, 7] = 2.5, [2, 5] = 1.5}",
            "names": f'crosstie::interner of 2 = {{"worker", "{"x" * 130}"}}',
            "cells": "crosstie::matrix of 2 x 3 = {{8, 8, 8}, {8, 8, 8}}",
            "recent": "crosstie::lru_map of 2 (at most 4) = {[2] = 20, [1] = 10}",
            "rows": "crosstie::lru_rows of 1 rows (at most 2 each) = "
                    "{[{first = 1, second = 2}] = 3}",
            "shared": "crosstie::concurrent_map of 1 in 8 shards = {[1] = 11}",
            "digests": "crosstie::digest_map of 1 = {[a3817f04ba25a8e66df67214c7550293] = 4}",
            "nodes_of": "crosstie::uuid_assignment of 1 = "
                        '{[123e4567-e89b-42d3-a456-426614174000] = "node-1"}',
            "other_keys": 'crosstie::uuid_assignment of 1 = {["no-uuid"] = "node-2"}',
            "digest": "000102030405060708090a0b0c0d0e0f",
        }, text)

    @unittest.skipUnless(LLDB, "lldb is not installed: ITS SCRIPT IS NOT TESTED")
    def test_lldb_shows_entries(self):
        commands = [f"command script import {SCRIPTS / 'crosstie_lldb.py'}",
                    "breakpoint set -n stop_here", "run", "frame select 1",
                    "frame variable map set", "frame variable -D 0 bound pairs names cells recent "
                    "values rows steady shared digests nodes_of",
                    "kill"]
        text = output_of(LLDB, "-x", "-b", "-Q",
                         *(part for line in commands for part in ("-o", line)), str(PROGRAM))
        for line in ("map = 1 entries", 'node = "node-1"', "second = 42", "set = 1 entries",
                     "[0] = 5", "recent = 2 entries (at most 4)", "bound = 1 entries",
                     "pairs = 1 entries", "names = 2 names", "cells = 2 x 3",
                     "values = 2 entries", "rows = 1 entries", "steady = 500 entries",
                     "shared = 8 shards", "digests = 1 entries", "nodes_of = 1 entries"):
            self.assertIn(line, text)

    def test_natvis_names_real_members(self):
        tree = xml.etree.ElementTree.parse(SCRIPTS / "crosstie.natvis")
        headers = "".join(path.read_text() for path in (ROOT / "include").rglob("*.hpp"))
        text = " ".join(node.text or "" for node in tree.iter())
        members = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*_\b", text)) | {"slots", "groups", "tags"}
        self.assertIn("storage_", members)
        for member in members:
            self.assertTrue(re.search(rf"\b{member}\b", headers), member)


if __name__ == "__main__":
    unittest.main()
