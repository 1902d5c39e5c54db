#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a header as Doxygen should read it: usage: doxygen_filter.py FILE

In doc comments, paragraphs that begin with a name get that as their title, indented lines are code,
and formulas may hold <, > and |. The namespace that keeps builds apart is no user's concern.
"""
import re
import sys

LINE = re.compile(r"(\s*)///( ?)(.*)")
TITLE = re.compile(r"([A-Z][a-z]+)  +(\S.*)")


def comment(lines):
    """The lines of one doc comment, without ///."""
    in_paragraph = False
    for line in lines:
        text = re.sub(r"([\\@&$#<>%\"]|::)", r"\\\1", line)
        titled = TITLE.match(text)
        if titled:
            in_paragraph = True
            yield from ("", f"@par {titled[1]}", titled[2])
        elif not in_paragraph and line.startswith("    "):
            yield from ("@code{.cpp}", line, "@endcode")
        else:
            in_paragraph = in_paragraph and bool(line)
            yield text


def filtered(text):
    block, indent = [], ""
    for line in [*text.splitlines(), ""]:
        found = LINE.fullmatch(line)
        if found:
            indent = found[1]
            block.append(found[3])
            continue
        for out in comment(block):
            yield f"{indent}/// {out}".rstrip()
        block = []
        if "namespace HILLOCK_ABI" not in line:
            yield line


if __name__ == "__main__":
    path = sys.argv[1]
    source = open(path, encoding="utf-8").read()
    print(source if path.endswith(".dox") else "\n".join(filtered(source)))
