#!/usr/bin/env python3
"""Each probe of the table library is one site of a program, with a semaphore and four arguments."""
import re
import shutil
import subprocess
import sys


def main():
    if shutil.which("readelf") is None:
        sys.exit("no readelf")
    notes = subprocess.run(["readelf", "-n", "-W", sys.argv[1]], capture_output=True, text=True,
                           check=True).stdout
    sites = re.findall(r"Provider: (\S+)\s+Name: (\S+)\s+Location: (\S+), Base: \S+ "
                       r"Semaphore: (\S+)\s+Arguments: (.*)", notes)
    ours = [site for site in sites if site[0] == "crosstie"]
    names = sorted(site[1] for site in ours)
    if names != ["erase", "growth", "insert"]:
        sys.exit(f"expected one site each of erase, growth and insert, found {names}\n{notes}")
    for _, name, _, semaphore, arguments in ours:
        if int(semaphore, 16) == 0:
            sys.exit(f"{name} has no semaphore")
        if len(arguments.split()) != 4 or not all(a.startswith("8@") for a in arguments.split()):
            sys.exit(f"{name} has the arguments {arguments}")


if __name__ == "__main__":
    main()
