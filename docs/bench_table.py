# SPDX-License-Identifier: MIT
"""Reads the tables of bench/README.md."""
import re

from page import ROOT


def cells(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def tables():
    """Every table by the heading it stands under: lists of rows, each a list of cells."""
    found, heading, inside = {}, "", False
    for line in (ROOT / "bench" / "README.md").read_text().splitlines():
        if line.startswith("## "):
            heading = line[3:]
        if line.startswith("| "):
            if not inside:
                found.setdefault(heading, []).append([])
            found[heading][-1].append(cells(line))
        inside = line.startswith("| ")
    return {h: [[t[0], *t[2:]] for t in ts] for h, ts in found.items()}


NATIVE, BASELINE = "Built for the processor it runs on", "Built for any x86-64 processor"


class Times:
    """Rows by what was measured, of one build."""

    def __init__(self, heading):
        found = tables()[heading]
        self.rows = {row[0]: row for table in found for row in table}
        self.what = found[0][0][0]  # "float, n = 4096"
        text = (ROOT / "bench" / "README.md").read_text().split(f"## {heading}\n")[1]
        self.run = text.strip().split("\n")[0]
        self.geometric_mean = re.search(r"Geometric mean of .*: ([\d.]+)\.", text)[1]

    def ns(self, what):
        """hillock's time, as printed, or None."""
        row = self.rows.get(what)
        return row[1].split()[0] if row else None
