#!/usr/bin/env python3
"""Runs ./dev where every tool it calls is a stand-in that writes down how it was called."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
REAL_TOOLS = ("bash", "env", "awk", "cat", "dirname", "nproc", "xargs", "sed", "grep")

# Each appends its name and arguments to the file $CALLS; FAILING and MISSING are lists of words.
STAND_IN = """#!/bin/bash
echo "${0##*/} $*" >>"$CALLS"
[[ " $FAILING " != *" ${0##*/} "* ]]
"""
DPKG_QUERY = """#!/bin/bash
[[ " $MISSING " != *" ${!#} "* ]] && printf installed
"""
GIT = """#!/bin/bash
echo dev
"""
SUDO = """#!/bin/bash
echo "sudo $*" >>"$CALLS"
exec "$@"
"""
NOBODY = 65534


class dev_script(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        for name in ("dev", "packages.txt"):
            shutil.copy(ROOT / name, self.folder)
        for name in REAL_TOOLS:
            (self.tools / name).symlink_to(shutil.which(name))
        for name in ("cmake", "ctest", "apt-get", "clang-format-19", "shellcheck"):
            self.add_tool(name, STAND_IN)
        self.add_tool("dpkg-query", DPKG_QUERY)
        self.add_tool("git", GIT)
        (self.folder / "build/release").mkdir(parents=True)
        self.calls_file = self.folder / "calls"
        self.calls_file.touch()
        self.calls_file.chmod(0o666)
        self.folder.chmod(0o755)

    def add_tool(self, name, text):
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def dev(self, *arguments, missing="", failing="", as_root=False):
        user = {} if as_root or os.geteuid() != 0 else {"user": NOBODY}
        return subprocess.run(
            [self.folder / "dev", *arguments], capture_output=True, text=True, cwd="/",
            env={"PATH": str(self.tools), "CALLS": str(self.calls_file), "MISSING": missing,
                 "FAILING": failing}, **user)

    def calls(self, tool):
        lines = self.calls_file.read_text().splitlines()
        return [line for line in lines if line.split()[0] == tool]

    def test_help_names_every_command(self):
        done = self.dev("help")
        self.assertEqual(done.returncode, 0, done.stderr)
        for command in ("build", "demo", "test", "bench", "check", "help"):
            self.assertRegex(done.stdout, rf"(?m)^  {command}\b")

    def test_unknown_command_step_and_preset_are_usage_errors(self):
        for arguments in (["nope"], ["check", "nope"], ["build", "nope"]):
            with self.subTest(arguments=arguments):
                done = self.dev(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn("'nope'", done.stderr)
                self.assertEqual(self.calls("cmake"), [])

    def test_installs_nothing_where_nothing_is_missing(self):
        done = self.dev("test")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.calls("apt-get"), [])
        self.assertEqual(len(self.calls("ctest")), 1)

    def test_installs_what_is_missing_by_sudo_and_updates_once(self):
        self.add_tool("sudo", SUDO)
        done = self.dev("build", missing="cmake libfmt-dev clang-19")
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = self.calls("apt-get")
        self.assertTrue(update.startswith("apt-get update"))
        self.assertTrue(install.endswith(" cmake libfmt-dev"), install)
        self.assertEqual(len(self.calls("sudo")), 2)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_installs_without_sudo_as_root(self):
        done = self.dev("build", missing="cmake", as_root=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.calls("apt-get")), 2)

    def test_check_asks_for_the_packages_of_check_too(self):
        self.add_tool("sudo", SUDO)
        self.dev("check", "format", missing="clang-19 chromium")
        self.assertTrue(self.calls("apt-get")[-1].endswith(" chromium clang-19"))

    def test_says_what_is_missing_where_it_cannot_install(self):
        done = self.dev("build", missing="libfmt-dev")
        self.assertEqual(done.returncode, 1)
        self.assertIn("libfmt-dev", done.stderr)
        self.assertIn("sudo", done.stderr)
        self.assertEqual(self.calls("cmake"), [])

    def test_says_so_where_there_is_no_apt_get(self):
        self.add_tool("sudo", SUDO)
        (self.tools / "apt-get").unlink()
        done = self.dev("build", missing="libfmt-dev")
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get", done.stderr)
        self.assertEqual(self.calls("cmake"), [])

    def test_says_so_on_another_system(self):
        (self.tools / "dpkg-query").unlink()
        done = self.dev("build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("packages.txt", done.stderr)

    def test_failed_install_stops(self):
        self.add_tool("sudo", SUDO)
        done = self.dev("build", missing="libfmt-dev", failing="apt-get")
        self.assertEqual(done.returncode, 1)
        self.assertIn("libfmt-dev", done.stderr)
        self.assertEqual(self.calls("cmake"), [])

    def test_failed_build_or_test_fails(self):
        for tool in ("cmake", "ctest"):
            with self.subTest(tool=tool):
                self.assertNotEqual(self.dev("test", failing=tool).returncode, 0)

    def test_failed_step_is_named_last_and_the_next_still_runs(self):
        done = self.dev("check", "format", "shell", failing="clang-format-19")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[-1], "dev: failed: format")
        self.assertEqual(len(self.calls("shellcheck")), 1)
        self.assertRegex(done.stdout, r"(?m)^format +FAILED +\d+ s$")
        self.assertRegex(done.stdout, r"(?m)^shell +ok +\d+ s$")

    def test_a_step_ends_at_its_first_failure(self):
        done = self.dev("check", "sanitize", failing="cmake")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(self.calls("cmake")), 1)
        self.assertEqual(self.calls("ctest"), [])


if __name__ == "__main__":
    unittest.main()
