"""What the scripts that put a bench's figures into a page of the docs have in common."""
import json
import math
import pathlib

MARKS = "<!-- figures -->", "<!-- end of figures -->"


def read(paths):
    """All results of the files, and the run of the first."""
    documents = [json.loads(pathlib.Path(path).read_text()) for path in paths]
    return [one for document in documents for one in document["results"]], documents[0]["run"]


def figure(value):
    """Three significant digits with thousands marked."""
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(0, digits)}f}"


def with_interval(one):
    return f"{figure(one['value'])} ({figure(one['low'])} to {figure(one['high'])})"


def table(titles, rows, left=1):
    """A Markdown table whose first `left` columns are texts."""
    marks = ["---"] * left + ["---:"] * (len(titles) - left)
    lines = ["| " + " | ".join(titles) + " |", "|" + "|".join(marks) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def replace_figures(page, lines):
    """Writes everything between the page's marks anew."""
    before, rest = page.read_text().split(MARKS[0])
    _, after = rest.split(MARKS[1])
    page.write_text(before + MARKS[0] + "\n".join(lines) + MARKS[1] + after)
