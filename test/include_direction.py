#!/usr/bin/env python3
"""Finds breaches of the tree's rules; prints each as file:line: what is wrong, and exits 1.

  - Includes point down the spine only (ROOMS), and name the room: "cluster/state.hpp".
  - Folder = namespace: a file of src/cluster opens crosstie::cluster and no other room.
  - src/schedule is pure: no clock, thread, socket, file or log.
  - A header opens with a comment on what it promises, and is guarded by #pragma once.
  - File names are snake_case and say what is inside: no utils, manager, helper.

usage: include_direction.py [ROOT]
"""
import pathlib
import re
import sys

# Room -> the rooms its files may include, itself aside. "crosstie" is include/crosstie; a new
# folder of src/ gets its line here with its first file.
ROOMS = {
    "crosstie": set(),
    "cluster": {"crosstie"},
    "schedule": {"crosstie", "cluster"},
    "simulate": {"crosstie", "cluster", "schedule"},
    "kube": {"crosstie", "cluster"},
    "cli": {"crosstie", "cluster", "schedule", "simulate", "kube"},
}

PURE = {"schedule"}
IMPURE_HEADERS = re.compile(
    r"""<( chrono | ctime | time\.h | sys/.* | thread | stop_token | mutex | shared_mutex
         | condition_variable | future | semaphore | barrier | latch | netinet/.* | arpa/.*
         | netdb\.h | unistd\.h | fcntl\.h | poll\.h | fstream | iostream | cstdio | stdio\.h
         | filesystem | syncstream | fmt/chrono\.h | fmt/os\.h | spdlog/.* )>""", re.X)
IMPURE_NAMES = re.compile(
    r"""\bstd::(chrono | this_thread | jthread | thread | async | mutex | filesystem
        | cout | cerr | clog | cin | [io]?fstream | random_device )\b
        | \bfmt::print\b | \b(printf|fopen|getenv|clock_gettime)\s*\(""", re.X)

VAGUE_WORDS = {"util", "utils", "utility", "utilities", "manager", "managers",
               "helper", "helpers", "common", "misc"}
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9]+)*")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
NAMESPACE = re.compile(r"^\s*(?:inline\s+)?namespace\s+([a-z_][\w:]*)\s*\{")
# Comments and literals, so that what they merely mention is not taken for code.
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]*)\(.*?\)\1"'
                      r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)


def blank(match):
    """The same number of lines, so that line numbers stay true."""
    return "\n" * match.group(0).count("\n")


def sources(root):
    """Yields (room or None, path) of every C++ file; None stands for tests, fuzzers, benchmarks."""
    places = [("crosstie", root / "include" / "crosstie")]
    places += [(d.name, d) for d in sorted((root / "src").glob("*")) if d.is_dir()]
    places += [(None, root / name) for name in ("test", "fuzz", "bench", "examples")]
    for room, folder in places:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield room, path


def breaches_of_includes(room, text):
    allowed = ROOMS[room] | {room}
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        target_room = target.split("/")[0] if "/" in target else None
        if quote == '"' and target_room not in ROOMS:
            yield number, f'"{target}" does not name a room: "room/file.hpp"'
        elif quote == '"' and target_room == "crosstie":
            yield number, f"the library is included as <{target}>"
        elif quote == "<" and target_room in ROOMS and target_room != "crosstie":
            yield number, f'a room is included as "{target}"'
        elif target_room in ROOMS and target_room not in allowed:
            yield number, f"{room} must not include {target_room} ({target})"
        elif room in PURE and IMPURE_HEADERS.fullmatch(f"<{target}>"):
            yield number, f"{room} is pure and must not include <{target}>"


def breaches_of_namespace(room, is_header, code):
    own = "crosstie" if room == "crosstie" else f"crosstie::{room}"
    opened = False
    for number, line in enumerate(code.splitlines(), 1):
        match = NAMESPACE.match(line)
        if not match or match.group(1).split("::")[0] != "crosstie":
            continue
        name = match.group(1)
        parts = name.split("::")
        foreign = room == "crosstie" and len(parts) > 1 and parts[1] in ROOMS
        if foreign or not (name == own or name.startswith(own + "::")):
            yield number, f"opens namespace {name}; this folder is {own}"
        opened = True
    declares = any(line.strip() and not line.lstrip().startswith("#")
                   for line in code.splitlines())
    if is_header and declares and not opened:
        yield 1, f"opens no namespace; this folder is {own}"


def breaches_of_purity(room, code):
    for number, line in enumerate(code.splitlines(), 1):
        match = IMPURE_NAMES.search(line)
        if match:
            yield number, f"{room} is pure and must not use {match.group(0).rstrip('( ')}"


def breaches_of_header(text):
    if not re.match(r"(//|/\*)", text):
        yield 1, "a header opens with a comment: promise, cost, invariants, thread safety"
    if not re.search(r"^#pragma once$", text, re.M):
        yield 1, "a header has #pragma once"


def breaches_of_name(path):
    if not NAME.fullmatch(path.name):
        yield 1, "a file name is snake_case"
    vague = VAGUE_WORDS.intersection(re.split(r"[_.]", path.name.lower()))
    if vague:
        yield 1, f"the name says nothing about what is inside: {', '.join(sorted(vague))}"


def breaches(root):
    """Yields (path relative to root, line, message)."""
    for room, path in sources(root):
        text = path.read_text(encoding="utf-8")
        code = NOT_CODE.sub(blank, text)
        is_header = path.suffix == ".hpp"
        found = list(breaches_of_name(path))
        if is_header:
            found += breaches_of_header(text)
        if room is not None and room not in ROOMS:
            found.append((1, f"src/{room} is not on the spine: give it a line in ROOMS"))
        elif room is not None:
            found += breaches_of_includes(room, text)
            found += breaches_of_namespace(room, is_header, code)
            if room in PURE:
                found += breaches_of_purity(room, code)
        for line, message in sorted(found):
            yield path.relative_to(root), line, message


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parent.parent
    files = sum(1 for _ in sources(root))
    if files == 0:
        print(f"{root}: no sources found", file=sys.stderr)
        return 2
    found = list(breaches(root))
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    print(f"{files} files, {len(found)} breaches of the tree's rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
