#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares every number in the text of README.md, SECURITY.md and docs/*.md with what it states,
and follows the links.

usage: claims.py FACTS

FACTS is what the program of gallery.cpp prints. Numbers in what programs write or quote are not
looked at: other tests compare those. A number that no claim below explains is an error.
"""
import json
import re
import sys

from page import ROOT, markdown_pages


def found(path, pattern):
    match = re.search(pattern, (ROOT / path).read_text())
    if not match:
        sys.exit(f"{path}: nothing like {pattern}")
    return match[1]


def claims(facts):
    """Patterns of the text, whose groups must be the values beside them."""
    errors = [list(map(int, a["errors"])) for a in facts["activations"]]
    value, *derivatives = (str(max(column)) for column in zip(*errors))
    standard = found("CMakeLists.txt", r"cxx_std_(\d+)")
    eigen = found("CMakeLists.txt", r"Eigen3_VERSION VERSION_LESS ([\d.]+)\)")
    newest = str(int(found("conanfile.py", r"eigen/\[>=[\d.]+ <(\d+)\]")) - 1)
    return [
        (r"within (\d+) ulp, first and second derivatives\s+within (\d+) ulp",
         (value, max(derivatives))),
        (r"stay finite and within (\d+) ulp", (found("tests/variants/check.cpp", r"ulps\{(\d+)\}"),)),
        (r"`gelu\(-6\)` is (-[\d.e+-]+\d)", (facts["gelu(-6)"],)),
        (r"C\+\+(\d+)", (standard,)),
        (r"CMake (\d+\.\d+)", (found("CMakeLists.txt", r"VERSION (\d+\.\d+)\.\.\."),)),
        (r"Eigen (\d\.\d) to (\d)\.x", (eigen, newest)),
        (r"Eigen (\d\.\d)", (eigen,)),
        (r"major version is (\d+)", (found("include/hillock/version.hpp", r"MAJOR (\d+)"),)),
    ]


# Names with digits that count nothing.
NAMES = re.compile(r"x86-64|AVX2|AVX-512|CC BY 4\.0|f' = 0|relu6|Catch2")
WRITTEN = re.compile(r"<!-- (written|quoted|printed) .*?<!-- end -->", re.S)
CODE = re.compile(r"```.*?```|^    .*?$|`[^`\n]*`", re.S | re.M)
WITHOUT_CODE = re.compile(r"```.*?```", re.S)
LINK = re.compile(r"\]\([^)]*\)")


def check(page, wanted):
    text = WRITTEN.sub("", (ROOT / page).read_text())
    problems = []

    def compare(match, values):
        if match.groups() != values:
            problems.append(f"{page}: \"{match[0]}\" should say {', '.join(values)}")
        return ""

    for pattern, values in wanted:
        text = re.sub(pattern, lambda m, v=values: compare(m, v), text)
    text = LINK.sub("]", NAMES.sub("", CODE.sub("", text)))
    problems += [f"{page}: nothing compares the number in \"{line.strip()}\""
                 for line in text.splitlines() if re.search(r"\d", line)]
    return problems


def broken_links(page):
    """Links to files that do not exist, or to headings that a page does not have."""
    for link in re.findall(r"\]\(([^)]*)\)", WITHOUT_CODE.sub("", (ROOT / page).read_text())):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists():
            yield f"{page}: there is no {link}"
        elif anchor and f"\n### {anchor}\n" not in target.read_text():
            yield f"{page}: there is no heading for {link}"


def main(path):
    wanted = claims(json.loads(open(path, encoding="utf-8").read()))
    problems = [p for page in markdown_pages() if page not in ("CHANGELOG.md", "CONTRIBUTING.md")
                for p in check(page, wanted)]
    problems += [p for page in markdown_pages() for p in broken_links(page)]
    readme = (ROOT / "README.md").read_text().splitlines()
    if len(readme) > 150:
        problems.append(f"README.md has {len(readme)} lines, more than 150")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
