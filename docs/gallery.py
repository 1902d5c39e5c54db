#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/gallery.md, its pictures and the tables of README.md.

usage: gallery.py FACTS [--check]

FACTS is what the program of gallery.cpp prints. The rest comes from the doc comments of the
headers and from the tables of bench/README.md. Pictures are drawn by gnuplot, each only when what
is drawn has changed: its file keeps a checksum of that. With --check nothing is written or drawn;
what is stale is an error.
"""
import hashlib
import json
import re
import subprocess
import sys

from bench_table import BASELINE, NATIVE, Times
from doc_comments import comments
from page import ROOT, Pages, escaped

# Headers in groups; one in no group stands among the last.
GROUPS = {
    "Along an axis": ["softmax", "log_softmax", "softmin", "sparsemax", "hardmax", "log_sum_exp",
                      "softmax_state"],
    "Gates": ["gated", "crelu"],
    "Losses": ["softmax_cross_entropy", "sigmoid_cross_entropy"],
}
LAST_GROUP = "With weights or chance"

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"]
REMEDY = "run ./dev gallery"

# Pictures ----------------------------------------------------------------------------------------


def thinned(stroke, tolerance):
    """Without points that lie on the line between others."""
    if len(stroke) < 3:
        return stroke
    (x0, y0), (x1, y1) = stroke[0], stroke[-1]
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0
    errors = [abs(y - y0 - slope * (x - x0)) for x, y in stroke]
    worst = max(range(len(stroke)), key=errors.__getitem__)
    if errors[worst] <= tolerance:
        return [stroke[0], stroke[-1]]
    return thinned(stroke[:worst + 1], tolerance)[:-1] + thinned(stroke[worst:], tolerance)


def bounds(panel, reach):
    """What to show of the y axis, where the x axis goes as far as reach."""
    curves = panel["curves"]
    ys = [y for c in curves for s in c.get("strokes", []) for _, y in s]
    ys += [y for c in curves for y in c.get("bars", [])] + [0]
    low, high = min(ys), max(ys)
    if "strokes" in curves[0]:
        low, high = max(low, -0.6 * reach), min(high, 0.8 * reach)
    margin = 0.07 * (high - low)
    return low - margin, high + margin


class Script:
    """A gnuplot script that draws panels in a grid."""

    def __init__(self, width, height):
        self.data, self.plots = [], []
        self.head = [f"set terminal svg size {width},{height} font 'sans-serif,12' "
                     "background rgb 'white'",
                     "set border 0", "set grid lc rgb '#e4e4e4' lt 1 lw 0.7",
                     "set xzeroaxis lt 1 lw 1 lc rgb '#909090'",
                     "set yzeroaxis lt 1 lw 1 lc rgb '#909090'",
                     "set style fill solid 0.85 noborder", "set clip two", "set tics scale 0",
                     "set key below center horizontal Left reverse noenhanced samplen 1.6 "
                     "font ',11'"]

    def block(self, lines):
        name = f"$d{len(self.data)}"
        self.data.append("\n".join([f"{name} << END", *lines, "END"]))
        return name

    def curve(self, curve, style, reach, tolerance):
        lines = []
        for stroke in curve["strokes"]:
            points = [p for p in stroke if abs(p[0]) <= reach]
            lines += [*(f"{x:g} {y:g}" for x, y in thinned(points, tolerance)), ""]
        return f"{self.block(lines)} with lines {style}"

    def text(self):
        return "\n".join([*self.head, *self.data, *self.plots, ""])


def quoted(text):
    return f'"{text}"'


def draw_panel(script, panel):
    curves = panel["curves"]
    reach = max((x for c in curves for s in c.get("strokes", []) for x, _ in s), default=0)
    low, high = bounds(panel, reach)
    script.plots += [f"set title {quoted(panel['title'])} font ',13' noenhanced offset 0,-0.6",
                     f"set yrange [{low:g}:{high:g}]"]
    parts = []
    if "bars" in curves[0]:
        count = len(curves[0]["bars"])
        width = 0.8 / len(curves)
        script.plots += [f"set xrange [0.4:{count + 0.6}]", "set xtics 1"]
        for i, c in enumerate(curves):
            name = script.block(f"{j + 1 + (i - (len(curves) - 1) / 2) * width:g} {y:g}"
                                for j, y in enumerate(c["bars"]))
            parts.append(f"{name} with boxes lc rgb '{COLOURS[i]}' title {quoted(c['label'])}")
        script.plots += [f"set boxwidth {0.9 * width:g}"]
    else:
        script.plots += [f"set xrange [-{reach:g}:{reach:g}]", "set xtics 2"]
        for i, c in enumerate(curves):
            dashes = " dt (6,4)" if c["label"] == "f''" else ""
            parts.append(script.curve(c, f"lw {2.4 if i == 0 else 1.8}{dashes} lc rgb '{COLOURS[i]}' "
                                         f"title {quoted(c['label'])}", reach, (high - low) / 1000))
        if panel["dots"]:
            name = script.block(f"{x:g} {y:g}" for x, y in panel["dots"])
            parts.append(f"{name} with points pt 7 ps 0.45 lc rgb '{COLOURS[1]}' notitle")
    script.plots += ["plot " + ", \\\n  ".join(parts)]


def picture(panels):
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    width = {1: 480, 2: 720, 3: 900}[columns]
    script = Script(width, 290 * rows)
    script.plots.append(f"set multiplot layout {rows},{columns}")
    for panel in panels:
        draw_panel(script, panel)
    return script.text()


def overview(activations):
    columns = 7
    rows = -(-len(activations) // columns)
    reach = 4
    script = Script(980, 128 * rows)
    script.plots += [f"set multiplot layout {rows},{columns} margins 0.01,0.99,0.01,0.96 "
                     "spacing 0.012,0.045",
                     "unset key", "set format x ''", "set format y ''", "set xtics 2", "set ytics 1",
                     f"set xrange [-{reach}:{reach}]", "set yrange [-1.6:3.2]"]
    for a in activations:
        f, prime = a["panels"][0]["curves"][:2]
        script.plots += [f"set title {quoted(a['name'])} font ',13' noenhanced offset 0,-0.9",
                         "plot " + script.curve(prime, f"lw 1.4 lc rgb '{COLOURS[1]}'", reach, 0.005)
                         + ", \\\n  " + script.curve(f, f"lw 2.2 lc rgb '{COLOURS[0]}'", reach, 0.005)]
    return script.text()


def draw(pages, path, script):
    """The SVG at the path, drawn anew if it was not drawn by this script."""
    mark = f"<!-- drawn from {hashlib.sha256(script.encode()).hexdigest()[:16]} -->\n"
    if mark in pages.read(path):
        return
    if "--check" in sys.argv:
        pages.write(path, mark)
        return
    (ROOT / path).parent.mkdir(exist_ok=True)
    run = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True, check=False)
    if run.returncode != 0 or not run.stdout.rstrip().endswith("</svg>"):
        sys.exit(f"{path}: gnuplot did not draw it: {run.stderr}")
    head, body = run.stdout.split("\n", 1)
    body = re.sub(r"<g [^>]*>\n</g>\n", "", body)  # groups of nothing are half of it
    pages.write(path, f"{head}\n{mark}{body}")


# Text --------------------------------------------------------------------------------------------


def nice(number):
    return number.replace("-inf", "-∞").replace("inf", "∞")


def table(head, rows, right=()):
    rule = ["---:" if i in right else "---" for i in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


def facts(a):
    """The table of an activation's facts."""
    kinks = "; ".join(f"{nice(f)} at {nice(x)}" for x, f in a["kinks"])
    rows = [["at -∞"] + [nice(l) for l, _ in a["limits"]],
            ["at ∞"] + [nice(r) for _, r in a["limits"]],
            ["at kinks", "", kinks or "no kinks", ""],
            ["error, ulp"] + [f"≤ {e}" if e else "0" for e in a["errors"]]]
    return table(["", "f", "f'", "f''"], rows)


PASSES = {"forward": "forward", "backward": "backward", "from_output": "backward from the output"}


def times(name, baseline, native):
    rows = []
    for key, what in PASSES.items():
        row = f"{name} {key}"
        if baseline.ns(row):
            rows.append(f"{what} {baseline.ns(row)} ({native.ns(row)})")
    return f"**ns per element** {', '.join(rows)}." if rows else ""


def properties(a):
    low, high = map(nice, a["range"])
    words = [f"values in [{low}, {high}]", a["smooth"]]
    words += ["monotone"] if a["monotone"] else []
    words += ["odd"] if a["odd"] else []
    return "**Shape** " + "; ".join(words) + "."


def parameters(a):
    if not a["parameters"]:
        return ""
    return "**Parameters** " + "; ".join(f"{n} = {nice(d)}, {domain}" for n, d, domain
                                         in a["parameters"]) + "."


def from_output(a, comment):
    """Can f' be had from the output? Where that hangs on parameters the doc comment says when."""
    if not a["from_output"]:
        return "no"
    held = re.search(r"From the output only if (.+?)\.", comment.paragraphs.get("Derivative", ""))
    return "if " + held[1] if held else "yes"


SHOWN = ["Domain", "Shapes", "Parameters", "Derivative", "Backward", "Training", "Verbs", "Options",
         "Edges", "Errors", "Elsewhere", "Source"]


def section(comment, a, has_picture, baseline, native):
    name = comment.name
    parts = [f"### {name}", f"`{comment.headline}`"]
    if comment.introduction:
        parts.append(escaped(comment.introduction))
    if "Use" in comment.paragraphs:
        parts.append(f"**Use** {escaped(comment.paragraphs['Use'])}")
    if has_picture:
        parts.append(f"![{name}](gallery/{name}.svg)")
    if a:
        parts += [facts(a), properties(a), parameters(a),
                  f"**f' from the output** {from_output(a, comment)}."]
    elif "Error" in comment.paragraphs:
        parts.append(f"**Error** {escaped(comment.paragraphs['Error'])}")
    parts.append(times(name, baseline, native))
    parts += [f"**{p}** {escaped(comment.paragraphs[p])}" for p in SHOWN if p in comment.paragraphs]
    return "\n\n".join(p for p in parts if p)


def gallery(groups, found, by_name, pictured, baseline, native):
    parts = []
    for group, names in groups.items():
        parts.append(f"## {group}")
        parts += [section(found[n], by_name.get(n), n in pictured, baseline, native) for n in names]
    return "\n\n".join(parts)


def index(groups, found, by_name):
    """Every function in a line."""
    rows = []
    for name in (n for names in groups.values() for n in names):
        a, comment = by_name.get(name), found[name]
        row = [f"[{name}](#{name})", escaped(comment.formula)]
        if a:
            row += [", ".join(f"{n} = {nice(d)}" for n, d, _ in a["parameters"]),
                    from_output(a, comment)]
        rows.append(row + [""] * (4 - len(row)))
    return table(["name", "f(x)", "parameters", "f' from output"], rows)


# The tables of README.md -------------------------------------------------------------------------


def function_table(groups, found):
    """Names and formulas, two functions to a row."""
    entries = [[f"[`{n}`](docs/gallery.md#{n})", escaped(found[n].formula)]
               for names in groups.values() for n in names]
    half = -(-len(entries) // 2)
    entries += [["", ""]] * (2 * half - len(entries))
    return table(["name", "f(x)"] * 2, [left + right for left, right
                                       in zip(entries[:half], entries[half:])])


def accuracy_table(activations):
    """Functions by the bounds that they state."""
    classes = {}
    for a in activations:
        classes.setdefault(tuple(a["errors"]), []).append(a["name"])
    rows = [[str(e) for e in errors] + [", ".join(f"`{n}`" for n in classes[errors])]
            for errors in sorted(classes)]
    return table(["f", "f'", "f''", "of"], rows)


SHORT = ["relu forward", "relu backward", "gelu forward", "gelu backward", "silu forward",
         "tanh forward", "sigmoid forward", "softplus forward",
         "softmax forward, slices of 1000"]


def speed_table(baseline, native):
    rows = []
    for what in SHORT:
        row = [what]
        for times_ in (baseline, native):
            measured = times_.rows[what]
            row += [measured[1], measured[4], measured[5]]
        rows.append(row)
    head = ["ns per float (error in ulp)", "any x86-64: hillock", "fastest other", "ratio",
            "-march=native: hillock", "fastest other", "ratio"]
    text = table(head, rows, range(1, 7))
    compiler = native.run.split(",")[0]
    machine = re.search(r"loop: \S+\. (.*?), \d+ cores", native.run)[1]
    return (f"{text}\n\n{compiler} on {machine}, {native.what}; a ratio above 1: hillock is faster. "
            f"Geometric mean of the ratio to the fastest plain Eigen, over all functions: "
            f"{baseline.geometric_mean} (any x86-64), {native.geometric_mean} (-march=native).")


# The table of docs/presets.md ---------------------------------------------------------------------


FRAMEWORKS = {
    "": "",
    "pytorch": "torch.nn",
    "jax": "jax.nn",
    "keras3": "keras.activations, keras.layers (Keras 3)",
    "keras2": "tf.keras (Keras 2)",
    "onnx": "ONNX operators",
}


def presets():
    """Names, their meanings, and where these are defined."""
    text = (ROOT / "include/hillock/presets.hpp").read_text()
    named = dict(re.findall(r'string_view (\w+) = "(.*)";', text))
    entry = r'\{("[^"]*"|\w+), ("[^"]*"|\w+)\},'
    rows = []
    for pair in re.findall(entry, text[text.index("presets[]"):]):
        name, meaning = (p.strip('"') if p[0] == '"' else named[p] for p in pair)
        if name == meaning:  # said by no parameters
            meaning = "hard_sigmoid::pytorch(), slope 1/6"
        elif meaning in named.values():
            meaning = f"{meaning}, slope 1/6"
        source = FRAMEWORKS[name.partition(":")[0] if ":" in name else ""]
        rows.append([f"`{name}`", escaped(meaning), source])
    return table(["name", "meaning", "after"], rows)


# -------------------------------------------------------------------------------------------------


def main(path):
    data = json.loads(open(path).read())
    activations, found = data["activations"], comments()
    by_name = {a["name"]: a for a in activations}
    for name in [*by_name, *data["others"]]:
        if "Use" not in found[name].paragraphs:
            sys.exit(f"include/hillock/{name}.hpp does not say when to use it (a paragraph Use)")
    groups = {"Elementwise": list(by_name)}
    groups |= {g: [n for n in names if n in found] for g, names in GROUPS.items()}
    grouped = {n for names in groups.values() for n in names}
    rest = [n for n in found if n not in grouped]
    if rest:
        groups[LAST_GROUP] = rest
    baseline, native = Times(BASELINE), Times(NATIVE)

    pages = Pages()
    for name, panels in [*((a["name"], a["panels"]) for a in activations), *data["others"].items()]:
        draw(pages, f"docs/gallery/{name}.svg", picture(panels))
    draw(pages, "docs/gallery/overview.svg", overview(activations))
    pictured = {*by_name, *data["others"]}
    pages.fill("docs/gallery.md", "written by gallery.py: index", index(groups, found, by_name))
    pages.fill("docs/gallery.md", "written by gallery.py: sections",
               gallery(groups, found, by_name, pictured, baseline, native))
    pages.fill("docs/gallery.md", "written by gallery.py: run", baseline.run + "\n\n" + native.run)
    pages.fill("docs/presets.md", "written by gallery.py: presets", presets())
    pages.fill("README.md", "written by gallery.py: functions", function_table(groups, found))
    pages.fill("README.md", "written by gallery.py: accuracy", accuracy_table(activations))
    pages.fill("README.md", "written by gallery.py: speed", speed_table(baseline, native))
    pages.finish("--check" in sys.argv, REMEDY)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1])
