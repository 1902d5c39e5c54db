#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the tables of bench/README.md.

usage: table.py [--csv FILE] BASELINE.json NATIVE.json

The files are what hillock_bench writes with --benchmark_out=FILE in a baseline build and in one for
the processor that runs it. With --csv, README.md is left as it is, its tables are printed, and every
row goes to FILE, with its ratios to the fastest contender and to the fastest within 3 ulp.
"""
import argparse
import csv
import json
import math
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

ACCURATE = 3  # ulp
README = pathlib.Path(__file__).with_name("README.md")
BEGIN, END = "<!-- written by table.py -->", "<!-- end -->"
PASSES = ["forward", "backward", "from_output"]


@dataclass
class Row:
    label: str
    ns: float
    ulp: float | None

    @property
    def who(self):
        return self.label.split(":")[0]

    def cell(self):
        return f"{self.ns:.3f}" + ("" if self.ulp is None else f" ({ulps(self.ulp)})")


def ulps(error):
    return "∞" if math.isinf(error) else f"{error:.1f}" if error < 100 else f"{error:.0e}"


def load(path):
    """The heading of a run, and its rows by (function, pass, scalar, size)."""
    run = json.loads(pathlib.Path(path).read_text())
    runs = [r for r in run["benchmarks"]
            if r.get("aggregate_name") == "median" or r.get("repetitions", 1) == 1]
    groups = {}
    for r in sorted(runs, key=lambda r: r["family_index"]):
        *key, label = r["run_name"].split("/", 4)
        groups.setdefault(tuple(key), []).append(
            Row(label, r["ns_per_element"], r.get("core_ulp")))
    return run["context"], groups


def fastest(rows, wanted=lambda row: True):
    return min((r for r in rows if r.who != "hillock" and wanted(r)), key=lambda r: r.ns, default=None)


def is_accurate(row):
    return row.ulp is not None and row.ulp <= ACCURATE


def against(peer, own):
    """The cells of a peer and of how many times its time exceeds hillock's."""
    return [f"{peer.who} {peer.cell()}", f"{peer.ns / own.ns:.2f}"] if peer else ["none", ""]


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def elementwise(groups, native=None):
    """A line for each function and pass; native, if given, is the other build, to compare with."""
    lines, of_eigen = [], []
    for key in (k for p in PASSES for k in groups if k[1:] == (p, "float", "4096")):
        own, *others = groups[key]
        line = [f"{key[0]} {key[1]}", own.cell()]
        line += against(fastest(others, is_accurate), own) + against(fastest(others), own)
        eigen = fastest(others, lambda r: r.who == "eigen")
        of_eigen += [eigen.ns / own.ns] if eigen else []
        if native:
            line += [f"{eigen.ns / own.ns:.2f}" if eigen else ""]
            line += [f"{native[key][0].ns / own.ns:.2f}" if key in native else ""]
        lines.append(line)
    head = ["float, n = 4096", "hillock", f"best other within {ACCURATE} ulp", "ratio",
            "fastest other", "ratio"]
    head += ["ratio to plain Eigen", "native time / this"] if native else []
    mean = f"\n\nGeometric mean of fastest plain Eigen / hillock: {geometric_mean(of_eigen):.1f}." if of_eigen else ""
    return table(head, lines) + mean


def in_double(groups):
    """The functions that have a loop over std functions: a block for README.md, empty if none ran."""
    lines = []
    for key in (k for p in PASSES for k in groups if k[1:] == (p, "double", "4096")):
        own, *others = groups[key]
        loop = fastest(others, lambda r: r.who == "std")
        if loop:
            lines.append([f"{key[0]} {key[1]} in double", own.cell(), *against(loop, own),
                          *against(fastest(others, is_accurate), own)])
    head = ["double, n = 4096", "hillock", "fastest std loop", "ratio", f"best other within {ACCURATE} ulp", "ratio"]
    return [table(head, lines)] if lines else []


SLICED = ("softmax", "log_softmax", "softmax_per_row", "log_softmax_per_row", "log_sum_exp", "sparsemax",
          "softmax_cross_entropy")


def sliced(groups):
    lines = []
    for key in (k for f in SLICED for p in PASSES for k in groups if k[:3] == (f, p, "float")):
        own, *others = groups[key]
        line = [f"{key[0]} {key[1]}, slices of {key[3]}", own.cell()]
        line += against(fastest(others, lambda r: r.who == "minidnn"), own)
        lines.append(line + against(fastest(others), own))
    return table(["float, per column or as named", "hillock", "MiniDNN's form", "ratio", "fastest other",
                  "ratio"], lines)


def every_form(baseline, native):
    lines = []
    for key, rows in native.items():
        if key[2] != "float" or (key[0] not in SLICED and key[3] != "4096"):
            continue
        before = {r.label: r for r in baseline.get(key, [])}
        for r in rows:
            name = " ".join([*key[:2], key[3]]) if key[0] in SLICED else " ".join(key[:2])
            code = r.label.replace("|", "\\|")
            lines.append([name, f"`{code}`", r.cell(), before[r.label].cell() if r.label in before else ""])
    return table(["function", "form", "native", "baseline"], lines)


def plot(path, groups):
    """An SVG by gnuplot: how many times hillock's time the others take, forward and backward."""
    passes = ("forward", "backward")
    blocks = []
    for a_pass in passes:
        blocks.append(f"${a_pass} << end")
        for key in (k for k in groups if k[1:] == (a_pass, "float", "4096")):
            own, *others = groups[key]
            accurate, any_ = fastest(others, is_accurate), fastest(others)
            if any_:
                blocks.append(f'"{key[0]}" {accurate.ns / own.ns if accurate else "NaN"} {any_.ns / own.ns}')
        blocks.append("end")
    plots = [f"""set title "{p}"
plot ${p} using 2:xtic(1) title "best other within {ACCURATE} ulp", \\
  ${p} using 3 title "fastest other, however inexact", 1 with lines linecolor "#444444" notitle"""
             for p in passes]
    script = [f'set terminal svg size 1000,680 font "sans,11" noenhanced\nset output "{path}"', *blocks,
              f"""set style data histograms
set style fill solid 0.8 noborder
set logscale y 2
set yrange [0.25:8]
set grid y
set xtics rotate by -40
set linetype 1 linecolor "#0072b2"
set linetype 2 linecolor "#d55e00"
set multiplot layout 2,1 title "time of others / time of hillock, float, n = 4096, for this processor"
""",
              *plots, "unset multiplot", ""]
    subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=True)


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown processor"
    fields = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    return (f"{fields.get('model name', 'unknown processor')} (family {fields.get('cpu family')}, "
            f"model {fields.get('model')})")


def heading(context):
    caches = ", ".join(f"L{c['level']}{c['type'][0].lower() if c['level'] == 1 else ''} {c['size'] >> 10} KiB"
                       for c in context["caches"])
    return (f"{context.get('compiler', 'unknown compiler')}, `{context.get('flags', 'unknown flags')}`; Eigen's packets: "
            f"{context['eigen_instructions'].split(',')[0]}, hillock's loop: {context['hillock_instructions']}. "
            f"{processor()}, {context['num_cpus']} cores, {caches}; {context['date'][:10]}.")


def ratio(peer, row):
    return f"{row.ns / peer.ns:.3f}" if peer else ""


def write_csv(path, builds):
    """A line for each row of each build: how many times the time of the best others it takes."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["build", "function", "pass", "scalar", "size", "who", "form", "ns_per_element",
                      "core_ulp", "times_fastest_other", f"times_best_other_within_{ACCURATE}_ulp"])
        for build, groups in builds.items():
            for key, rows in groups.items():
                best = fastest(rows), fastest(rows, is_accurate)
                for r in rows:
                    form = r.label.partition(": ")[2]
                    out.writerow([build, *key, r.who, form, f"{r.ns:.4f}", "" if r.ulp is None else r.ulp,
                                  *(ratio(b, r) for b in best)])


def tables(base_run, native_run):
    (base_context, base), (native_context, native) = base_run, native_run
    return "\n\n".join([
        BEGIN,
        "## Built for the processor it runs on", heading(native_context),
        "![Bars: the time of other code over hillock's, for each function](speed.svg)",
        elementwise(native), *in_double(native), sliced(native),
        "## Built for any x86-64 processor", heading(base_context), elementwise(base, native), *in_double(base), sliced(base),
        "## Every form", "<details><summary>ns per element (error in ulp)</summary>",
        every_form(base, native), "</details>",
        END])


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--csv")
    arguments.add_argument("baseline")
    arguments.add_argument("native")
    given = arguments.parse_args()
    base_run, native_run = load(given.baseline), load(given.native)
    text = tables(base_run, native_run)
    if given.csv:
        write_csv(given.csv, {"baseline": base_run[1], "native": native_run[1]})
        print(text)
        return
    page = README.read_text()
    before, after = page[:page.index(BEGIN)], page[page.index(END) + len(END):]
    README.write_text(before + text + after)
    if shutil.which("gnuplot"):
        plot(README.with_name("speed.svg"), native_run[1])


if __name__ == "__main__":
    main()
