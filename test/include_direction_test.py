#!/usr/bin/env python3
"""Plants each breach in a small sound tree and expects include_direction.py to find just that."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("include_direction.py")

SOUND = {
    "include/crosstie/hash.hpp":
        "// Hashes.\n#pragma once\n#include <cstdint>\nnamespace crosstie {}\n",
    "include/crosstie/flat_map.hpp":
        "// Tables.\n#pragma once\n#include <crosstie/hash.hpp>\nnamespace crosstie::detail {}\n",
    "include/crosstie/crosstie.hpp":
        "// Everything.\n#pragma once\n#include <crosstie/flat_map.hpp>\n",
    "src/cluster/state.hpp":
        "// Columns.\n#pragma once\n#include <chrono>\n#include <crosstie/flat_map.hpp>\n"
        "namespace crosstie::cluster {}\n",
    "src/schedule/filter.hpp":
        "// Filters.\n#pragma once\n#include <vector>\n#include \"cluster/state.hpp\"\n"
        "namespace crosstie::schedule {\n"
        "// std::chrono is mentioned, not used\n"
        "inline auto text() { return \"printf(\"; }\n}\n",
    "src/simulate/run.cpp":
        "#include <thread>\n#include \"schedule/filter.hpp\"\nnamespace crosstie::simulate {}\n",
    "src/kube/watch.cpp": "#include \"cluster/state.hpp\"\nnamespace crosstie::kube {}\n",
    "src/cli/main.cpp":
        "#include <iostream>\n#include \"kube/watch.hpp\"\n#include \"simulate/run.hpp\"\n"
        "int main() {}\n",
    "test/cluster/state_test.cpp": "#include \"cluster/state.hpp\"\n",
}


class planted_breach(unittest.TestCase):
    def judge(self, planted):
        """Runs the script on the sound tree with the planted files over it."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**SOUND, **planted}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)
        return done.returncode, done.stdout.splitlines()

    def expect_one(self, name, text, place, words):
        code, lines = self.judge({name: text})
        self.assertEqual(code, 1, lines)
        self.assertEqual(len(lines), 2, lines)  # the breach and the count
        self.assertTrue(lines[0].startswith(place + ": "), lines)
        self.assertIn(words, lines[0])

    def expect_in_source(self, room, line, words):
        """Plants one line under the namespace line of a new source file of the room."""
        space = "crosstie" if room == "crosstie" else f"crosstie::{room}"
        folder = "include/crosstie" if room == "crosstie" else f"src/{room}"
        self.expect_one(f"{folder}/planted.cpp", f"namespace {space} {{}}\n{line}\n",
                        f"{folder}/planted.cpp:2", words)

    def test_sound_tree_passes(self):
        code, lines = self.judge({})
        self.assertEqual((code, lines), (0, ["9 files, 0 breaches of the tree's rules"]))

    def test_every_include_up_or_across_the_spine(self):
        spine = ["crosstie", "cluster", "schedule", "simulate", "cli"]
        upward = [(low, high) for at, low in enumerate(spine) for high in spine[at + 1:]]
        across = [("crosstie", "kube"), ("cluster", "kube"), ("schedule", "kube"),
                  ("simulate", "kube"), ("kube", "schedule"), ("kube", "simulate"),
                  ("kube", "cli")]
        for low, high in upward + across:
            with self.subTest(low=low, high=high):
                self.expect_in_source(low, f'#include "{high}/x.hpp"',
                                      f"{low} must not include {high}")

    def test_include_without_its_room(self):
        self.expect_in_source("cluster", '#include "state.hpp"', "does not name a room")
        self.expect_in_source("cluster", '#include "../crosstie/hash.hpp"', "does not name a room")

    def test_wrong_quotes(self):
        self.expect_in_source("cluster", '#include "crosstie/hash.hpp"', "<crosstie/hash.hpp>")
        self.expect_in_source("schedule", "#include <cluster/state.hpp>", '"cluster/state.hpp"')

    def test_impure_header_in_schedule(self):
        for header in ("chrono", "thread", "sys/socket.h", "fstream", "iostream", "mutex",
                       "spdlog/spdlog.h"):
            with self.subTest(header=header):
                self.expect_in_source("schedule", f"#include <{header}>", "is pure")

    def test_impure_name_in_schedule(self):
        for line in ("auto now = std::chrono::steady_clock::now();", "std::thread worker;",
                     'std::cout << "placed";', 'printf("placed");', "std::random_device seed;"):
            with self.subTest(line=line):
                self.expect_in_source("schedule", line, "is pure")

    def test_foreign_namespace(self):
        self.expect_in_source("schedule", "namespace crosstie::cluster {}", "opens namespace")
        self.expect_in_source("cluster", "namespace crosstie {}", "opens namespace")
        self.expect_in_source("crosstie", "namespace crosstie::cluster {}", "opens namespace")

    def test_header_without_namespace(self):
        self.expect_one("src/cluster/x.hpp", "// Text.\n#pragma once\nstruct x {};\n",
                        "src/cluster/x.hpp:1", "opens no namespace")

    def test_header_without_comment_or_guard(self):
        space = "namespace crosstie::cluster {}\n"
        self.expect_one("src/cluster/x.hpp", "#pragma once\n" + space, "src/cluster/x.hpp:1",
                        "opens with a comment")
        self.expect_one("src/cluster/x.hpp", "// Text.\n" + space, "src/cluster/x.hpp:1",
                        "#pragma once")

    def test_vague_or_misshapen_name(self):
        for name in ("string_utils.cpp", "pod_manager.cpp", "helper.cpp"):
            with self.subTest(name=name):
                self.expect_one(f"test/cluster/{name}", "", f"test/cluster/{name}:1",
                                "says nothing")
        self.expect_one("fuzz/cluster/ReadJson.cpp", "", "fuzz/cluster/ReadJson.cpp:1",
                        "snake_case")

    def test_folder_off_the_spine(self):
        self.expect_one("src/attic/x.cpp", "", "src/attic/x.cpp:1", "not on the spine")

    def test_empty_tree_is_no_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
