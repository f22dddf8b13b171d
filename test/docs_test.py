#!/usr/bin/env python3
"""Every C++ block of docs/tables is, line for line, in an example that the tests build and run; every
relative link of the documents leads somewhere; and the recipes agree on the version."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.S | re.M)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def plain(text):
    """Without the white space that formatting changes."""
    return " ".join(text.split())


class documents(unittest.TestCase):
    def test_code_is_built(self):
        examples = plain("\n".join(path.read_text() for path in sorted(ROOT.glob("examples/*.cpp"))))
        blocks = 0
        for page in sorted((ROOT / "docs" / "tables").glob("*.md")):
            for block in BLOCK.findall(page.read_text()):
                blocks += 1
                self.assertTrue(plain(block) in examples, f"{page.name}: in no example:\n{block}")
        self.assertGreater(blocks, 8)

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in LINK.findall(page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: no {target}")

    def test_recipes_have_the_version_of_the_project(self):
        version = re.search(r"VERSION (\d+\.\d+\.\d+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        for recipe in ("packaging/vcpkg/crosstie/vcpkg.json", "packaging/conan/conanfile.py"):
            self.assertIn(f'"{version}"', (ROOT / recipe).read_text(), recipe)


if __name__ == "__main__":
    unittest.main()
