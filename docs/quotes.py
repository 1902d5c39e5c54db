#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fills in what the pages quote from programs, and what these print.

usage: quotes.py [--check]

A page has a line `<!-- quoted from FILE -->` or `<!-- quoted from FILE [part] -->`, where the part
stands in FILE between lines `// [part]` and `// []`, or `<!-- printed by FILE -->`, which is the
comment at the end of FILE (a test runs the program and compares). What follows, up to
`<!-- end -->`, is written by this script. With --check nothing is written; what is stale is an error.
"""
import re
import sys
import textwrap

from page import ROOT, Pages, markdown_pages

MARK = re.compile(r"<!-- ((quoted from|printed by) (\S+)(?: \[(.+)\])?) -->")
LANGUAGES = {".cpp": "cpp", ".txt": "cmake"}


def quote(path, part):
    text = (ROOT / path).read_text().split("\n// prints\n")[0]
    if part:
        comment = "#" if path.endswith(".txt") else "//"
        begin, end = f"{comment} [{part}]\n", f"{comment} []"
        if begin not in text:
            sys.exit(f"{path} has no part [{part}]")
        after = text.split(begin)[1]
        text = textwrap.dedent(after[:after.index(end)].rstrip(" "))
    else:
        text = re.sub(r"\A(//.*\n)+", "", text)
    return text.strip("\n")


def output(path):
    parts = (ROOT / path).read_text().split("\n// prints\n")
    if len(parts) != 2:
        sys.exit(f"{path} does not say what it prints")
    return re.sub(r"^// ?", "", parts[1].strip("\n"), flags=re.M)


def main():
    pages = Pages()
    for page in markdown_pages():
        for mark, how, path, part in MARK.findall(pages.read(page)):
            if how == "quoted from":
                suffix = path[path.rindex("."):]
                text = f"```{LANGUAGES[suffix]}\n{quote(path, part)}\n```"
            else:
                text = f"```\n{output(path)}\n```"
            pages.fill(page, mark, text)
    pages.finish("--check" in sys.argv, "run ./dev gallery")


if __name__ == "__main__":
    main()
