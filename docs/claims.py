#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares every number in the text of README.md, CHANGELOG.md, CONTRIBUTING.md, SECURITY.md and
docs/*.md with what it states, and follows the links.

usage: claims.py FACTS

FACTS is what the program of gallery.cpp prints. Numbers in what programs write or quote are not
looked at: other tests compare those; nor are versions before the newest in CHANGELOG.md. A number
that no claim below explains is an error.
"""
import json
import re
import sys

from page import ROOT, markdown_pages


def found(path, pattern):
    match = re.search(pattern, (ROOT / path).read_text())
    if not match:
        sys.exit(f"{path}: nothing like {pattern}")
    return match.groups()


def claims(facts):
    """Patterns of the text, whose groups must be the values beside them."""
    errors = [list(map(int, a["errors"])) for a in facts["activations"]]
    value, *derivatives = (str(max(column)) for column in zip(*errors))
    version = [found("include/hillock/version.hpp", rf"{part} (\d+)")[0]
               for part in ("MAJOR", "MINOR", "PATCH")]
    eigen = found("CMakeLists.txt", r"Eigen3_VERSION VERSION_LESS ([\d.]+)\)")
    newest = int(found("conanfile.py", r"eigen/\[>=[\d.]+ <(\d+)\]")[0]) - 1
    images = (ROOT / "examples/data/digits.csv").read_text().splitlines()
    return [
        (r"within (\d+) ulp(?:, first and second| and) derivatives\s+within (\d+) ulp",
         (value, max(derivatives))),
        (r"stay finite and within (\d+) ulp", found("tests/variants/check.cpp", r"ulps\{(\d+)\}")),
        (r"`gelu\(-6\)` is (-[\d.e+-]+\d)", (facts["gelu(-6)"],)),
        (r"C\+\+(\d+)", found("CMakeLists.txt", r"cxx_std_(\d+)")),
        (r"CMake (\d+\.\d+)", found("CMakeLists.txt", r"VERSION (\d+\.\d+)\.\.\.")),
        (r"Eigen (\d\.\d) to (\d)\.x", (*eigen, str(newest))),
        (r"Eigen (\d\.\d)", eigen),
        (r"major version is (\d+)", (version[0],)),
        (r"\n## (\d+\.\d+\.\d+)", (".".join(version),)),
        (r"on (\d+) handwritten digits", (str(len(images)),)),
        (r"elu with alpha > (\S+) \(double: (\S+)\) takes derivatives below (\S+) \((\S+)\)",
         found("include/hillock/elu.hpp", r"alpha > (\S+) \(double: (\S+)\)\s+///\s+"
                                          r"already below (\S+) \((\S+)\)")),
        (r"celu with alpha < (\S+) \(double: (\S+)\)",
         found("include/hillock/celu.hpp", r"slow for alpha < (\S+) \(double: (\S+)\)")),
        (r"good to (\S+) or so",
         found("tests/parameter_gradients.cpp", r"<= (\S+) \* std::abs\(want\)")),
    ]


# Names with digits that count nothing.
NAMES = re.compile(r"x86-64|SSE2|AVX2|AVX-512|x8[67]|32-bit|64-bit|AArch64|RV64GC|s390x|IEEE 754|"
                   r"bug 54412|MSYS2|binutils 2\.38|CC BY 4\.0|f' = 0|relu6|Catch2|^\d\. ", re.M)
WRITTEN = re.compile(r"<!-- (written|quoted|printed) .*?<!-- end -->", re.S)
CODE = re.compile(r"```.*?```|^    .*?$|`[^`\n]*`", re.S | re.M)
WITHOUT_CODE = re.compile(r"```.*?```", re.S)
LINK = re.compile(r"\]\([^)]*\)")


def check(page, wanted):
    text = WRITTEN.sub("", (ROOT / page).read_text())
    if page == "CHANGELOG.md":
        text = "\n## ".join(text.split("\n## ")[:2])
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
    problems = [p for page in markdown_pages() for p in check(page, wanted)]
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
