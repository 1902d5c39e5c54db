# SPDX-License-Identifier: MIT
"""Reads the doc comments of the headers: headline, introduction, and paragraphs by name."""
import re
from dataclasses import dataclass, field

from page import ROOT

HEADERS = ROOT / "include" / "hillock"
PARAGRAPH = re.compile(r"([A-Z][a-z]+)  +(\S.*)")


@dataclass
class Comment:
    name: str  # of the header, which is that of what it declares
    headline: str
    introduction: str = ""
    paragraphs: dict = field(default_factory=dict)

    @property
    def formula(self):
        """What stands right of f(x) = in the headline; else the headline up to a colon."""
        called = re.match(re.escape(self.name) + r"(<\w+>)?\([^)]*\)(_i)?(: | = )", self.headline)
        return self.headline[called.end():] if called else self.headline.split(":")[0]


def blocks(text):
    """The comments of a header, a list of lines each."""
    block = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("///"):
            block.append(line[3:].removeprefix(" ").rstrip())
        elif block:
            yield block
            block = []


def parse(name, block):
    comment = Comment(name, block[0])
    paragraphs, current = comment.paragraphs, None
    introduction = []
    for line in block[1:]:
        opening = PARAGRAPH.match(line)
        if opening:
            current = opening[1]
            paragraphs[current] = opening[2]
        elif not line:
            current = None
        elif current:
            paragraphs[current] += " " + line.strip()
        elif not paragraphs:
            introduction.append(line)
    comment.introduction = " ".join(introduction)
    return comment


def comment_of(header):
    """The comment that describes what the header is for, or None: the one whose headline calls it,
    or else that says when to use it."""
    for block in blocks(header.read_text()):
        comment = parse(header.stem, block)
        if re.match(comment.name + r"[(<]", comment.headline) or "Use" in comment.paragraphs:
            return comment
    return None


def comments():
    """By name, of all headers that have one."""
    found = (comment_of(header) for header in sorted(HEADERS.glob("*.hpp")))
    return {c.name: c for c in found if c}
