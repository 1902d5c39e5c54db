#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The second witness: what every activation is, from textbook formulas and 60 digits.

Writes, beside itself,
  NAME.csv    parameters, x, f(x), f'(x), f''(x) to 40 digits, for every entry of ACTIVATIONS
  oracle.hpp  the same formulas as C++ templates over a type wider than the one under test

It shares no code with include/hillock. A formula is text that Python and C++ both read:

  + - * /  and unary -          never an integer by an integer
  abs sqrt exp expm1 log1p erfc tanh fma(a, b, c)
  where(condition, a, b)        both branches are evaluated; `and`, `or`, `not` join conditions
  exp_product(a, b)             e^(a b), the product not rounded
  normal(x), density(x)         the standard normal distribution and its density
  x_minus_tanh(x)               x - tanh(x), without cancellation
  exp_gelu_tanh(x)              e^(-2 sqrt(2/pi) (|x| + 0.044715 |x|^3))
  1.702                         the exact decimal, not the double next to it
  pi, inf

and is checked before it is used: f against its definition, f' against differences of f, f''
against differences of f', all at 1500 bits, at every point of the table. So definition and f
alone are to be believed.

The C++ side evaluates the same text in double or long double. Prefer forms that are good to a few
units of the last place over the whole line: no difference of nearly equal terms, no overflow
inside. tests/oracle.cpp compares both sides.

  generate.py                  write the files
  generate.py --check          exit 1 if a file is not what this program would write
  generate.py --dense DIR [N]  tables of N (100000) doubles per function, which are not kept here
"""
import math
import pathlib
import random
import re
import struct
import sys

from mpmath import mp, mpf

HERE = pathlib.Path(__file__).resolve().parent
DIGITS = 40  # written; evaluated with 60
ORDERS = ("value", "derivative", "second_derivative")

# What a parameter may be.
FINITE, POSITIVE, NOT_NEGATIVE = "finite", "finite and > 0", "finite and >= 0"
ABOVE_0 = "> 0"  # or infinite


def entry(value, derivative, second_derivative, **more):
    """One activation.

    definition   f as papers write it, where value is another form of it
    parameters   their names, in the order of the constructor, and what they may be
    settings     the values to tabulate (rounded to float, so that one table serves every type)
    kinks        where f' or f'' jumps; the formulas hold there, differences do not
    limits       of f, f', f'' at -inf and +inf
    points       more to look at closely: saturation, overflow, seams
    signed_zeros whether f, where it is 0, has the sign of x everywhere; else it is +0, but f(-0) is
                 -0 if f is not constant below
    beta         for x g(beta x) with a g that saturates: f' and f'' cross zero away from 0, where
                 an error can only be measured against the size of the terms
    """
    known = {"definition": value, "parameters": {}, "settings": ((),), "kinks": (), "points": (),
             "limits": None, "signed_zeros": False, "beta": None}
    assert not set(more) - set(known), f"unknown field in {set(more) - set(known)}"
    return {"value": value, "derivative": derivative, "second_derivative": second_derivative,
            **known, **more}


EXP_RANGE = ("-103.28", "-87.34", "88.72", "-708.4", "-745.13", "709.78")  # of float, of double

ACTIVATIONS = {
    "exponential": entry(
        "exp(x)", "exp(x)", "exp(x)",
        limits=(("0", "inf"),) * 3,
        points=EXP_RANGE + ("88.7228355", "709.782712893384"),
    ),
    "celu": entry(
        "where(x > 0, x, alpha*expm1(x/alpha))",
        "where(x > 0, 1, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha))",
        "where(x > 0, 0, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha)/alpha)",
        parameters={"alpha": POSITIVE}, settings=((1,), (2,), (0.3,), (1.7,), (20,)),
        kinks=("0",),
        limits=(("-alpha", "inf"), ("0", "1"), ("0", "0")),
        points=tuple(f"{p}*alpha" for p in EXP_RANGE + ("-17.33", "-37.43")),
    ),
    "selu": entry(
        "where(x > 0, 1.0507009873554804934*x,"
        " 1.0507009873554804934*1.6732632423543772848*expm1(x))",
        "where(x > 0, 1.0507009873554804934,"
        " 1.0507009873554804934*1.6732632423543772848*exp(x))",
        "where(x > 0, 0, 1.0507009873554804934*1.6732632423543772848*exp(x))",
        kinks=("0",),
        limits=(("-1.0507009873554804934*1.6732632423543772848", "inf"),
                ("0", "1.0507009873554804934"), ("0", "0")),
        points=EXP_RANGE + ("-17.33", "-37.43", "2**128/1.0507009873554804934",
                            "2**1024/1.0507009873554804934"),
    ),
    "squareplus": entry(
        "where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x))",
        "where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x))/sqrt(x*x + b)",
        "b/2/(x*x + b)/sqrt(x*x + b)",
        definition="(x + sqrt(x*x + b))/2",
        parameters={"b": POSITIVE}, settings=((4,), (1,), (0.1,), (1000,)),
        limits=(("0", "inf"), ("0", "1"), ("0", "0")),
        points=("4096*sqrt(b)", "-4096*sqrt(b)", "9000000000000000000*sqrt(b)", "-9000000000000000000*sqrt(b)"),
    ),
    "gaussian": entry(
        "exp_product(x, -x)",
        "-2*x*exp_product(x, -x)",
        "fma(2*x, 2*x, -2)*exp_product(x, -x)",
        limits=(("0", "0"), ("0", "0"), ("0", "0")),
        points=("0.70710678118654752", "-0.70710678118654752", "9.345", "-9.345", "9.65", "26.6",
                "-26.6", "26.7", "26.8"),
    ),
    "tanh_shrink": entry(
        "x_minus_tanh(x)",
        "tanh(x)*tanh(x)",
        "8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)))",
        definition="x - tanh(x)",
        limits=(("-inf", "inf"), ("1", "1"), ("0", "0")),
        points=("1.25", "-1.25", "9.01", "19.06", "44.36", "354.9"),
    ),
    "identity": entry(
        "x", "1", "0",
        limits=(("-inf", "inf"), ("1", "1"), ("0", "0")),
    ),
    "relu": entry(
        "where(x > 0, where(x < max, x, max), 0)",
        "where((x > 0) and (x < max), 1, 0)",
        "0",
        parameters={"max": ABOVE_0}, settings=((math.inf,), (6,), (0.5,)),
        kinks=("0", "max"),
        limits=(("0", "max"), ("0", "where(max < inf, 0, 1)"), ("0", "0")),
    ),
    "relu6": entry(
        "where(x > 0, where(x < 6, x, 6), 0)",
        "where((x > 0) and (x < 6), 1, 0)",
        "0",
        kinks=("0", "6"),
        limits=(("0", "6"), ("0", "0"), ("0", "0")),
    ),
    "leaky_relu": entry(
        "where(x > 0, where(x < max, x, max), slope*x)",
        "where(x > 0, where(x < max, 1, 0), slope)",
        "0",
        parameters={"slope": FINITE, "max": ABOVE_0},
        settings=((0.01, math.inf), (0.3, 6), (0, math.inf), (2, math.inf), (-0.5, 1),
                  (-3, math.inf), (1, math.inf)),
        kinks=("0", "max"), signed_zeros=True,
        limits=(("where(slope > 0, -inf, where(slope < 0, inf, 0))", "max"),
                ("slope", "where(max < inf, 0, 1)"), ("0", "0")),
    ),
    "leaky_relu6": entry(
        "where(x > 0, where(x < 6, x, 6), slope*x)",
        "where(x > 0, where(x < 6, 1, 0), slope)",
        "0",
        parameters={"slope": FINITE}, settings=((0.01,), (0,), (2.5,), (-0.25,)),
        kinks=("0", "6"), signed_zeros=True,
        limits=(("where(slope > 0, -inf, where(slope < 0, inf, 0))", "6"), ("slope", "0"), ("0", "0")),
    ),
    "threshold": entry(
        "where(x > theta, x, value)",
        "where(x > theta, 1, 0)",
        "0",
        parameters={"theta": FINITE, "value": FINITE}, settings=((1, 0), (0.1, 20), (-2, -2), (-1, -3)),
        kinks=("theta",),
        limits=(("value", "inf"), ("0", "1"), ("0", "0")),
    ),
    "hard_tanh": entry(
        "where(x > lo, where(x < hi, x, hi), lo)",
        "where((x > lo) and (x < hi), 1, 0)",
        "0",
        parameters={"lo": FINITE, "hi": FINITE}, settings=((-1, 1), (-2, 0.5), (0, 3), (2, 7.1)),
        kinks=("lo", "hi"),
        limits=(("lo", "hi"), ("0", "0"), ("0", "0")),
    ),
    "leaky_hard_tanh": entry(
        "where(x < lo, fma(lo_slope, x - lo, lo), where(x > hi, fma(hi_slope, x - hi, hi), x))",
        "where(x < lo, lo_slope, where(x > hi, hi_slope, 1))",
        "0",
        parameters={"lo": FINITE, "hi": FINITE, "lo_slope": FINITE, "hi_slope": FINITE},
        settings=((-1, 1, 0.01, 0.01), (-0.7, 2.1, 0.3, 0.001), (-1, 1, 0, 0.2), (0.3, 0.9, 1.7, -0.1),
                  (-2, 3, -0.25, 5), (-6, -2, 1, 0.1)),
        kinks=("lo", "hi"),
        limits=(("where(lo_slope > 0, -inf, where(lo_slope < 0, inf, lo))",
                 "where(hi_slope > 0, inf, where(hi_slope < 0, -inf, hi))"),
                ("lo_slope", "hi_slope"), ("0", "0")),
    ),
    "hard_sigmoid": entry(
        "where(fma(slope, x, offset) > 0,"
        " where(fma(slope, x, offset - 1) < 0, fma(slope, x, offset), 1), 0)",
        "where((fma(slope, x, offset) > 0) and (fma(slope, x, offset - 1) < 0), slope, 0)",
        "0",
        parameters={"slope": POSITIVE, "offset": FINITE}, settings=((0.2, 0.5), (0.16666667, 0.5), (1, 0)),
        kinks=("-offset/slope", "(1 - offset)/slope"),
        limits=(("0", "1"), ("0", "0"), ("0", "0")),
    ),
    "hard_swish": entry(
        "where(x > -3, where(x < 3, x*(x + 3)/6, x), 0)",
        "where(x > -3, where(x < 3, (2*x + 3)/6, 1), 0)",
        "where(abs(x) < 3, 1, 0)/3",
        kinks=("-3", "3"), points=("-1.5",), signed_zeros=True,
        limits=(("-0", "inf"), ("0", "1"), ("0", "0")),
    ),
    "squared_relu": entry(
        "where(x > 0, x*x, 0)",
        "where(x > 0, 2*x, 0)",
        "where(x > 0, 2, 0)",
        kinks=("0",),
        limits=(("0", "inf"), ("0", "inf"), ("0", "2")),
        points=("1.0842021724855044e-19", "1.8446743e19", "1.4916681462400413e-154"),
    ),
    "hard_shrink": entry(
        "where(abs(x) > lambda, x, 0)",
        "where(abs(x) > lambda, 1, 0)",
        "0",
        parameters={"lambda": NOT_NEGATIVE}, settings=((0.5,), (0,), (1.3,), (100,)),
        kinks=("-lambda", "lambda"), signed_zeros=True,
        limits=(("-inf", "inf"), ("1", "1"), ("0", "0")),
    ),
    "soft_shrink": entry(
        "where(x > lambda, x - lambda, where(x < -lambda, x + lambda, 0))",
        "where(abs(x) > lambda, 1, 0)",
        "0",
        parameters={"lambda": NOT_NEGATIVE}, settings=((0.5,), (0,), (1.3,), (100,)),
        kinks=("-lambda", "lambda"), signed_zeros=True,
        limits=(("-inf", "inf"), ("1", "1"), ("0", "0")),
    ),
    "sparse_sigmoid": entry(
        "where(x > -1, where(x < 1, (x + 1)/2, 1), 0)",
        "where(abs(x) < 1, 1, 0)/2",
        "0",
        kinks=("-1", "1"),
        limits=(("0", "1"), ("0", "0"), ("0", "0")),
    ),
    "sparse_plus": entry(
        "where(x > -1, where(x < 1, (x + 1)*(x + 1)/4, x), 0)",
        "where(x > -1, where(x < 1, (x + 1)/2, 1), 0)",
        "where(abs(x) < 1, 1, 0)/2",
        kinks=("-1", "1"),
        limits=(("0", "inf"), ("0", "1"), ("0", "0")),
    ),
    "softsign": entry(
        "x/(1 + abs(x))",
        "1/(1 + abs(x))/(1 + abs(x))",
        "where(x > 0, -2, where(x < 0, 2, 0))/(1 + abs(x))/(1 + abs(x))/(1 + abs(x))",
        kinks=("0",),
        limits=(("-1", "1"), ("0", "0"), ("0", "0")),
    ),
    "sigmoid": entry(
        "1/(1 + exp(-x))",
        "exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)))",
        "-tanh(x/2)*exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)))",
        limits=(("0", "1"), ("0", "0"), ("0", "0")),
        points=EXP_RANGE + ("17.33", "37.43"),
    ),
    "tanh": entry(
        "tanh(x)",
        "4*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)))",
        "-8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)))",
        limits=(("-1", "1"), ("0", "0"), ("0", "0")),
        points=("9.01", "19.06", "44.36", "52", "354.9", "372.9"),
    ),
    "softplus": entry(
        "where(x > 0, x, 0) + log1p(exp_product(beta, -abs(x)))/beta",
        "where(x > 0, 1, exp_product(beta, -abs(x)))/(1 + exp_product(beta, -abs(x)))",
        "beta*exp_product(beta, -abs(x))"
        "/(1 + exp_product(beta, -abs(x)))/(1 + exp_product(beta, -abs(x)))",
        definition="log(1 + exp(beta*x))/beta",
        parameters={"beta": POSITIVE}, settings=((1,), (5,), (0.1,), (0.0037,), (300,), (1.02,)),
        limits=(("0", "inf"), ("0", "1"), ("0", "0")),
        points=tuple(f"{p}/beta" for p in EXP_RANGE + ("17.33", "37.43", "0.5", "0.56")),
    ),
    "log_sigmoid": entry(
        "-(where(x > 0, 0, -x) + log1p(exp(-abs(x))))",
        "where(x > 0, exp(-abs(x)), 1)/(1 + exp(-abs(x)))",
        "-exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)))",
        definition="-log(1 + exp(-x))",
        limits=(("-inf", "-0"), ("1", "0"), ("0", "0")),
        points=EXP_RANGE + ("17.33", "37.43", "87.34", "103.28", "708.4", "745.13"),
    ),
    "elu": entry(
        "where(x > 0, x, alpha*expm1(x))",
        "where(x > 0, 1, alpha*exp(x))",
        "where(x > 0, 0, alpha*exp(x))",
        parameters={"alpha": POSITIVE}, settings=((1,), (0.5,), (1.6732632,), (20,)),
        kinks=("0",),
        limits=(("-alpha", "inf"), ("0", "1"), ("0", "0")),
        points=EXP_RANGE + ("-17.33", "-37.43"),
    ),
    "gelu": entry(
        "x*normal(x)",
        "normal(x) + x*density(x)",
        "density(x)*(2 - x*x)",
        definition="x/2*erfc(-x/sqrt(W(2)))",
        limits=(("-0", "inf"), ("0", "1"), ("0", "0")),
        points=("-13.2", "-14.4", "5.42", "-5.42", "14.4", "-37.6", "-38.6", "8.3", "-8.3", "38.6"),
        beta="1",
    ),
}

GATE_POINTS = ("-91.85", "-103.9", "-60", "88.7", "-714.9", "-745.2", "17.3", "37.4")
GATE_LIMITS = (("-0", "inf"), ("0", "1"), ("0", "0"))


def gate(rate, **more):
    """x/(1 + e^(-rate x)) in terms of e, which is at most 1."""
    e, z = more.pop("e", f"exp_product(-abs({rate}), abs(x))"), f"{rate}*x"
    return entry(
        f"x*where({z} > 0, 1, {e})/(1 + {e})",
        f"where({z} > 0, 1 + {e} + {z}*{e}, {e}*(1 + {e} + {z}))/(1 + {e})/(1 + {e})",
        f"{rate}*{e}*(2*(1 + {e}) - abs({z})*(1 - {e}))/(1 + {e})/(1 + {e})/(1 + {e})",
        definition=f"x/(1 + exp(-({z})))", beta=rate, signed_zeros=True, **more,
    )


ACTIVATIONS |= {
    "silu": gate("W(1)", limits=GATE_LIMITS, points=GATE_POINTS),
    "swish": gate(
        "beta", parameters={"beta": FINITE}, settings=((1,), (1.5,), (-0.7,), (0.1,), (30,), (0,)),
        limits=(("where(beta > 0, 0, -inf)", "where(beta < 0, 0, inf)"),
                ("where(beta > 0, 0, where(beta < 0, 1, 1/W(2)))",
                 "where(beta > 0, 1, where(beta < 0, 0, 1/W(2)))"), ("0", "0")),
        points=tuple(f"{p}/where(beta < 0, beta, where(beta > 0, beta, 1))" for p in GATE_POINTS),
    ),
    # 1.702 = 1.75 - 0.048: rounding the small one costs less where e is small.
    "gelu_quick": gate("1.702", limits=GATE_LIMITS,
                       e="where(abs(x) < 9999, exp_product(-1.75, abs(x))*exp_product(0.048, abs(x)), 0)",
                       points=tuple(f"{p}/1.702" for p in GATE_POINTS)),
}

# With e = e^-|x|; tanh(softplus x) = w (w + 2) / (2 + 2 w + w^2) for w = e^x.
MISH_DIVISOR = "(where(x > 0, 1, 2) + 2*{e} + where(x > 0, 2, 1)*{e}*{e})"


def mish():
    e = "exp(-abs(x))"
    d = MISH_DIVISOR.format(e=e)
    return entry(
        f"x*where(x > 0, 1 + 2*{e}, {e}*(2 + {e}))/{d}",
        f"where(x > 0, 1 + {e}*(4 + {e}*(6 + 4*x + {e}*(4 + 4*x))),"
        f" {e}*(4 + 4*x + {e}*(6 + 4*x + {e}*(4 + {e}))))/{d}/{d}",
        f"4*{e}*where(x > 0, {e}*(2 - 2*x + {e}*(6 - 3*x + {e}*(8 + 2*x + {e}*(4 + 2*x)))),"
        f" 4 + 2*x + {e}*(8 + 2*x + {e}*(6 - 3*x + {e}*(2 - 2*x))))/{d}/{d}/{d}",
        definition="x*tanh(log(1 + exp(x)))",
        limits=GATE_LIMITS, points=GATE_POINTS + ("46.4", "366.9"), signed_zeros=True, beta="W(1)",
    )


def gelu_tanh():
    """x/(1 + e^-2u), u = sqrt(2/pi) (x + 0.044715 x^3), in terms of e = e^-|2u|."""
    e, root = "exp_gelu_tanh(x)", "sqrt(2/pi)"
    slope, curve = f"(2*{root}*(1 + 0.134145*x*x))", f"(4*{root}*(1 + 0.26829*x*x))"
    return entry(
        f"x*where(x > 0, 1, {e})/(1 + {e})",
        f"where(x > 0, 1 + {e} + x*{slope}*{e}, {e}*(1 + {e} + x*{slope}))/(1 + {e})/(1 + {e})",
        f"{e}*({curve}*(1 + {e}) - abs(x)*{slope}*{slope}*(1 - {e}))/(1 + {e})/(1 + {e})/(1 + {e})",
        definition="x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x*x*x)))",
        limits=GATE_LIMITS, signed_zeros=True, beta="W(1)",
        points=("-10.1006374", "-10.2350002", "-10.3678032", "10.3678032", "-21.1768802517852",
                "-21.223777387906", "-21.270549912258", "21.270549912258", "7.6", "-7.6", "-8.5"),
    )


ACTIVATIONS |= {"mish": mish(), "gelu_tanh": gelu_tanh()}

# ---- Evaluating -------------------------------------------------------------------------------


def where(condition, a, b):
    return mpf(a if condition else b)


def erfc(x):
    if abs(x) < 2**200:
        return mp.erfc(x)
    return mp.exp(-x * x) / (x * mp.sqrt(mp.pi)) if x > 0 else mpf(2)  # mpmath overflows there


def x_minus_tanh(x):
    with mp.workprec(mp.prec + 2 * max(0, -mp.frexp(x)[1])):
        return x - mp.tanh(x)


VOCABULARY = {
    "abs": abs, "sqrt": mp.sqrt, "exp": mp.exp, "expm1": mp.expm1, "log": mp.log,
    "log1p": mp.log1p, "erfc": erfc, "tanh": mp.tanh, "where": where, "W": mpf, "inf": mp.inf, "pi": mp.pi,
    "x_minus_tanh": x_minus_tanh,
    "fma": lambda a, b, c: a * b + c,
    "exp_product": lambda a, b: mp.exp(a * b),
    "exp_gelu_tanh": lambda x: mp.exp(-2 * mp.sqrt(2 / mp.pi) * (abs(x) + mpf("0.044715") * abs(x)**3)),
    "normal": lambda x: erfc(-x / mp.sqrt(2)) / 2,
    "density": lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
}
DECIMAL = re.compile(r"\b\d+\.\d+\b")
# A keyword of Python, and what the C++ side calls f.
TAKEN = re.compile(r"\b(lambda|value)\b")


def spelled(text):
    """The formula, its parameters under names that either language can have."""
    return TAKEN.sub(r"the_\1", text)


def compiled(text, names):
    """The formula as a function of names, each decimal in it exact at the precision of the call."""
    names = [spelled(name) for name in names]
    text = DECIMAL.sub(lambda number: f'W("{number.group()}")', spelled(text))
    code = compile(text, text, "eval")

    def call(*arguments):
        return mpf(eval(code, VOCABULARY, dict(zip(names, arguments))))

    return call


def float32(x):
    """x rounded to a float."""
    return struct.unpack("f", struct.pack("f", x))[0]


def beside(x, steps, kind="f"):
    """The float (or double, "d") so many steps above x."""
    if x == 0:
        unit = 2.0**-149 if kind == "f" else 5e-324
        return steps * unit
    integer = {"f": "i", "d": "q"}[kind]
    bits = struct.unpack(integer, struct.pack(kind, x))[0]
    return struct.unpack(kind, struct.pack(integer, bits + (steps if x > 0 else -steps)))[0]


def finite_float(x):
    return abs(x) <= 3.4028234663852886e38


def sign_changes(f, span):
    """Where f crosses zero away from 0, within (-span, span)."""
    edges = [span * mpf(k) / 64 for k in range(-64, 64) if k not in (-1, 0)]
    steps = [(a, a + span / 64) for a in edges]
    return [mp.findroot(f, step, solver="anderson") for step in steps if f(step[0]) * f(step[1]) < 0]


class Setting:
    """One activation with its parameters."""

    def __init__(self, name, parameters):
        self.name, self.entry = name, ACTIVATIONS[name]
        self.parameters = [mpf(float32(p)) for p in parameters]
        self.f = [self.over_x(self.entry[order]) for order in ORDERS]
        self.kinks = [k for k in map(self.constant, self.entry["kinks"]) if mp.isfinite(k)]
        self.zeros = []
        if self.entry["beta"]:
            beta = self.constant(self.entry["beta"])
            self.zeros = [sign_changes(f, 8 / abs(beta)) if beta else [] for f in self.f[1:]]

    def over_x(self, text):
        call = compiled(text, ("x", *self.entry["parameters"]))
        return lambda x: call(x, *self.parameters)

    def constant(self, text):
        return compiled(text, self.entry["parameters"])(*self.parameters)

    def points(self):
        """Floats over all exponents, denser where something happens, and some doubles."""
        chance = random.Random(self.name)  # the same for every setting, and on every machine
        found = {0.0, 1.0, -1.0, 3.4028234663852886e38, -3.4028234663852886e38}
        for exponent in range(-149, 128):
            active = -14 <= exponent < 10
            for _ in range(8 if active else 2 if -30 <= exponent < 14 else 1):
                for sign in (-1, 1):
                    if active or exponent % 2 or exponent < -124:
                        found.add(sign * float32(math.ldexp(1 + chance.random(), exponent)))
        special = [0.0, 2.0**-126, -(2.0**-126)]
        special += [float(z) for z in self.kinks]
        special += [float(z) for zeros in self.zeros for z in zeros]
        special += [float(self.constant(p)) for p in self.entry["points"]]
        for center in special:
            if finite_float(center):
                found |= {beside(float32(center), k) for k in (-2, -1, 0, 1, 2)}
            found |= {beside(center, k, "d") for k in (-1, 0, 1)}
        for _ in range(60):  # doubles that no float is
            found.add(chance.choice((-1, 1)) * math.ldexp(1 + chance.random(), chance.randrange(-30, 10)))
        return sorted(x for x in found if math.isfinite(x))

    def dense_points(self, count):
        chance = random.Random(self.name)
        special = [float(z) for z in self.kinks] + [float(self.constant(p)) for p in self.entry["points"]]
        for _ in range(count):
            kind = chance.random()
            if kind < 0.3:
                exponent = chance.randrange(-1074, 1024)
            elif kind < 0.9 or not special:
                exponent = chance.randrange(-12, 10)
            else:
                yield chance.choice(special) * (1 + chance.gauss(0, 1) * 2.0 ** chance.randrange(-50, -5))
                continue
            yield chance.choice((-1, 1)) * math.ldexp(1 + chance.random(), exponent)

    def check(self, xs):
        """f against its definition, f' and f'' against differences: at 1500 bits."""
        with mp.workprec(1500):
            definition = self.over_x(self.entry["definition"])
            for x in map(mpf, xs):
                value = self.f[0](x)
                assert abs(value - definition(x)) <= abs(value) * mpf(2)**-250 + abs(x) * mpf(2)**-1300, \
                    f"{self.name}: value at {mp.nstr(x, 20)} is not the definition's"
                if any(x == kink for kink in self.kinks):
                    continue
                h = min([max(abs(x), mpf(2)**-300) * mpf(2)**-500] + [abs(x - k) / 4 for k in self.kinks])
                for f, df in zip(self.f, self.f[1:]):
                    want = df(x)
                    got = (f(x + h) - f(x - h)) / (2 * h)
                    noise = (abs(f(x)) + abs(x)) * mpf(2)**-1480 / h + mpf(2)**-1500
                    assert abs(got - want) <= abs(want) * mpf(2)**-200 + noise, \
                        f"{self.name}: a derivative at {mp.nstr(x, 20)} is {mp.nstr(got, 20)}, " \
                        f"the formula gives {mp.nstr(want, 20)}"
            for f, limits in zip(self.f, self.entry["limits"]):
                for x, limit in zip((-mpf(2)**127, mpf(2)**127), map(self.constant, limits)):
                    near = abs(f(x)) > mpf(2)**100 if mp.isinf(limit) else abs(f(x) - limit) < mpf(2)**-100
                    assert near and mp.sign(f(x)) in (mp.sign(limit), 0) or limit == 0 and near, \
                        f"{self.name}: {mp.nstr(limit, 9)} is no limit"

    def row(self, x):
        # Where e^(x x) may come in, 60 digits of it take twice as many bits more as x has.
        with mp.workprec(260 + 2 * max(0, math.frexp(x)[1])):
            values = [self.text(f(mpf(x))) for f in self.f]
        return self.line(x.hex(), [self.zero_left_of_0(values[0]) if x < 0 else values[0], *values[1:]])

    def zero_left_of_0(self, value):
        return "-0.0" if value == "0.0" and self.entry["signed_zeros"] else value

    def line(self, x, values):
        return ",".join([float(p).hex() for p in self.parameters] + [x, *values])

    @staticmethod
    def text(value):
        if value != 0 and abs(value) < mpf("1e-9999"):
            return "-1e-9999" if value < 0 else "1e-9999"  # below every type, but not without a sign
        if abs(value) > mpf("1e9999") and not mp.isinf(value):
            return "-1e9999" if value < 0 else "1e9999"
        return mp.nstr(value, DIGITS)

    def rows(self):
        xs = self.points()
        self.check(xs)
        ends = [[side if side == "-0" else self.text(self.constant(side)) for side in pair]
                for pair in self.entry["limits"]]
        left = [pair[0] for pair in ends]
        yield self.line("-inf", [self.zero_left_of_0(left[0]), *left[1:]])
        for x in xs:
            if x == 0:  # f(-0) is -0 where f(0) is 0 and f is not constant below
                at_zero = [self.text(f(mpf(0))) for f in self.f]
                negative = self.f[0](mpf(0)) == 0 and (
                    self.entry["signed_zeros"] or self.f[0](mpf(-2)**-149) != 0)
                yield self.line("-0x0.0p+0", (["-0.0"] if negative else at_zero[:1]) + at_zero[1:])
            yield self.row(x)
        yield self.line("inf", [pair[1] for pair in ends])


def header(name):
    parameters = [f"{p}: {domain}" for p, domain in ACTIVATIONS[name]["parameters"].items()]
    return ",".join((*parameters, "x", *ORDERS))


def table(name):
    lines = [header(name)]
    for parameters in ACTIVATIONS[name]["settings"]:
        lines += Setting(name, parameters).rows()
    return "\n".join(lines) + "\n"


# ---- The oracle -------------------------------------------------------------------------------


def wrapped(text, indent, width=100):
    """The text broken at spaces, so that no line is longer than width."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(indent) + len(lines[-1]) + 1 + len(word) > width - 1:
            lines.append("    " + word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return ("\n" + indent).join(lines)


def cpp(text):
    return DECIMAL.sub(lambda number: f"W({number.group()}L)", spelled(text))


def oracle_struct(name):
    fields = ACTIVATIONS[name]
    out = ["template <typename W>", f"struct {name}_formulas final : formulas<W> {{"]
    out += ["  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;"]
    parameters = [spelled(p) for p in fields["parameters"]]
    out += [f"  W {p};" for p in parameters]
    if parameters:
        arguments = ", ".join(f"W {p}_" for p in parameters)
        initial = ", ".join(f"{p}{{{p}_}}" for p in parameters)
        out += [f"  explicit {name}_formulas({arguments}) : {initial} {{}}"]
    out += [f"  std::array<W, {len(ORDERS)}> all(W x) const override {{",
            f"    return {{{', '.join(f'{order}(x)' for order in ORDERS)}}};", "  }"]
    for order in ORDERS:
        used = "x" if re.search(r"\bx\b", fields[order]) else "/*x*/"
        out += [f"  W {order}(W {used}) const override {{",
                f"    return {wrapped(cpp(fields[order]), '    ')};", "  }"]
    if fields["kinks"]:
        listed = ", ".join(f"W({cpp(k)})" for k in fields["kinks"])
        out += [f"  std::vector<W> kinks() const override {{ return {{{listed}}}; }}"]
    if fields["beta"]:
        setting = Setting(name, fields["settings"][0])
        beta = setting.constant(fields["beta"])
        assert all(setting.zeros), f"{name}: no zero found within 8/beta"
        units = [", ".join(f"W({mp.nstr(z * beta, 21)}L)" for z in zeros) for zeros in setting.zeros]
        out += [f"  W beta_of_terms() const override {{ return W({cpp(fields['beta'])}); }}",
                "  std::vector<W> zeros(int order) const override {",
                f"    if (order == 1) return {{{units[0]}}};",
                f"    return {{{units[1]}}};", "  }"]
    out += ["};", ""]
    return out


def oracle():
    out = ["// SPDX-License-Identifier: MIT",
           "// Written by generate.py; edit the formulas there.",
           "// clang-format off",
           "#pragma once",
           "#include \"wide.hpp\"", "",
           "#include <array>", "#include <memory>", "#include <string_view>", "#include <vector>", "",
           "namespace oracle {", ""]
    for name in ACTIVATIONS:
        out += oracle_struct(name)
    out += ["/// The formulas of that name and parameters, over W.",
            "template <typename W>",
            "std::unique_ptr<formulas<W>> find(std::string_view name, const std::vector<W>& p) {"]
    for name, fields in ACTIVATIONS.items():
        arguments = ", ".join(f"p.at({k})" for k in range(len(fields["parameters"])))
        out += [f'  if (name == "{name}") return std::make_unique<{name}_formulas<W>>({arguments});']
    out += ["  no_entry(name);",
            "}", "", "}  // namespace oracle"]
    return "\n".join(out) + "\n"


def dense(directory, count):
    directory.mkdir(parents=True, exist_ok=True)
    for name, fields in ACTIVATIONS.items():
        with open(directory / f"{name}.csv", "w") as out:
            print(header(name), file=out)
            for parameters in fields["settings"]:
                setting = Setting(name, parameters)
                for x in setting.dense_points(count // len(fields["settings"]) + 1):
                    print(setting.row(x), file=out)
        print(f"{directory}/{name}.csv")


def main(arguments):
    mp.dps = 65
    if arguments[:1] == ["--dense"]:
        return dense(pathlib.Path(arguments[1]), int(arguments[2]) if arguments[2:] else 100000)
    files = {HERE / "oracle.hpp": oracle()}
    files.update({HERE / f"{name}.csv": table(name) for name in ACTIVATIONS})
    if arguments == ["--check"]:
        stale = [path.name for path, text in files.items()
                 if not path.exists() or path.read_text() != text]
        stale += [path.name for path in HERE.glob("*.csv") if path not in files]
        print("stale: " + ", ".join(stale) if stale else "the reference is up to date")
        return 1 if stale else 0
    if arguments:
        print(__doc__)
        return 2
    for path, text in files.items():
        path.write_text(text)
        print(f"{path.name}: {len(text)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
