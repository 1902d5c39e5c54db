# SPDX-License-Identifier: MIT
"""Parts of Markdown pages that are written by programs, between two comments that say so."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Pages:
    """Files as they should be; `finish` writes those that differ, or with check names them."""

    def __init__(self):
        self.texts = {}

    def read(self, path):
        if path not in self.texts:
            file = ROOT / path
            self.texts[path] = file.read_text() if file.exists() else ""
        return self.texts[path]

    def write(self, path, text):
        self.texts[path] = text

    def fill(self, path, part, text):
        """Puts the text between `<!-- PART -->` and `<!-- end -->`."""
        page = self.read(path)
        begin = f"<!-- {part} -->\n"
        if page.count(begin) != 1:
            sys.exit(f"{path}: there should be one line <!-- {part} -->")
        start = page.index(begin) + len(begin)
        self.texts[path] = page[:start] + text.strip() + "\n" + page[page.index("<!-- end -->", start):]

    def finish(self, check, remedy):
        stale = [p for p, text in self.texts.items()
                 if not (ROOT / p).exists() or (ROOT / p).read_text() != text]
        if check and stale:
            sys.exit(f"stale: {', '.join(stale)}; {remedy}")
        for path in stale:
            (ROOT / path).write_text(self.texts[path])
            print("written:", path)


def markdown_pages():
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
            *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md"))]


def escaped(text):
    """Plain text as Markdown."""
    return re.sub(r"([*_|<\[\]])", r"\\\1", text)
