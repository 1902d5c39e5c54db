// SPDX-License-Identifier: MIT
// The words that the formulas of generate.py use, over a type W wider than the one under test:
// double or long double for float, long double for double.
#pragma once
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

namespace oracle {

using std::abs;
using std::erfc;
using std::expm1;
using std::log1p;
using std::sqrt;
using std::tanh;

/// a b + c, the product not rounded.
inline double fma(double a, double b, double c) {
  return std::fma(a, b, c);
}
/// The same of long double, rounded once or twice, after T. J. Dekker, "A Floating-Point Technique
/// for Extending the Available Precision", 1971: the library's takes twenty times as long where
/// there is no instruction for it.
inline long double fma(long double a, long double b, long double c) {
  const auto high_half = [](long double x) {
    const long double shifted = (0x1p32L + 1) * x;
    return shifted - (shifted - x);
  };
  const long double a_high = high_half(a), a_low = a - a_high;
  const long double b_high = high_half(b), b_low = b - b_high;
  const long double product = a * b;
  const long double product_lost =
      a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
  const long double sum = product + c, rest = sum - product;
  const long double sum_lost = (product - (sum - rest)) + (c - rest);
  const long double result = sum + (sum_lost + product_lost);
  constexpr bool halves_are_exact = std::numeric_limits<long double>::digits == 64;
  return halves_are_exact && std::isfinite(result) ? result : std::fma(a, b, c);
}

/// Where e^x vanishes the library's takes ten times as long.
template <typename W>
W exp(W x) {
  constexpr W end =
      W(std::numeric_limits<W>::min_exponent10 - std::numeric_limits<W>::digits10 - 2);
  return x < end * W(2.302585093L) ? W(0) : std::exp(x);
}

/// What every activation's formulas are.
template <typename W>
struct formulas {
  static constexpr W pi = W(3.14159265358979323846264338327950288419716939937510L);
  static constexpr W inf = std::numeric_limits<W>::infinity();
  static W where(bool condition, W a, W b) { return condition ? a : b; }

  virtual ~formulas() = default;
  /// f, f' and f'' together, for what they share.
  virtual std::array<W, 3> all(W x) const = 0;
  virtual W value(W x) const = 0;
  virtual W derivative(W x) const = 0;
  virtual W second_derivative(W x) const = 0;
  /// Where f' or f'' jumps.
  virtual std::vector<W> kinks() const { return {}; }
  /// Zeros of f' or f'' (order 1 or 2) at which the terms of a sum cancel, times beta; 0 where
  /// there are none.
  virtual W beta_of_terms() const { return 0; }
  virtual std::vector<W> zeros(int /*order*/) const { return {}; }
};

/// Whether the product of two values under test is exact in W: double holds that of two floats.
template <typename W>
inline constexpr bool holds_products = std::numeric_limits<W>::digits <= 53;

/// e^(a b), the product not rounded: its low part would matter at |a b| of some hundred.
template <typename W>
W exp_product(W a, W b) {
  const W high = a * b;
  const W e = exp(high);
  if constexpr (holds_products<W>) return e;
  if (!(e > 0) || !(e < std::numeric_limits<W>::infinity())) return e;
  return e + e * fma(a, b, -high);
}

template <typename W>
W density(W x) {
  return exp_product(-x / 2, x) / sqrt(2 * formulas<W>::pi);
}

/// The standard normal distribution, erfc(-x/√2)/2. At the far end of the tail erfc multiplies the
/// rounding of its argument z by 2z²: so long double, which has but 11 bits more than double, takes
/// the low part of z into account.
template <typename W>
W normal(W x) {
  const W root = sqrt(W(0.5L));
  const W z = -x * root;
  if constexpr (holds_products<W>) return erfc(z) / 2;
  const W root_low = fma(-root, root, W(0.5L)) / (2 * root);
  const W z_low = fma(-x, root, -z) - x * root_low;
  return erfc(z) / 2 - z_low * exp_product(-z, z) / sqrt(formulas<W>::pi);
}

/// x - tanh(x): its continued fraction near 0, of positive terms.
template <typename W>
W x_minus_tanh(W x) {
  if (abs(x) > 1) return x - tanh(x);
  const W square = x * x;
  W fraction = 0;
  for (int n = 31; n >= 3; n -= 2) fraction = square / (n + fraction);
  return x * fraction / (1 + fraction);
}

/// e^-(c |x| + c 0.044715 |x|^3) for c = 2 sqrt(2/pi). Of both coefficients nearly all is split
/// off, and of x^2 its last bits, so that products are exact: what is rounded counts a thousandfold
/// at the far end.
template <typename W>
W exp_gelu_tanh(W x) {
  constexpr W linear = W(1.59375L), linear_rest = W(0.002019121605730711759784239737527473903L);
  constexpr W cubic = W(73) / 1024, cubic_rest = W(0.000065753772600248776338752279863540996L);
  const W size = abs(x), square = x * x, shifted = 257 * square;
  const W high = shifted - (shifted - square), low = fma(x, x, -square) + (square - high);
  return exp_product(-linear, size) * exp_product(-cubic * high, size) *
         exp(-size * (linear_rest + cubic_rest * square + cubic * low));
}

/// Ends the test, also where exceptions are disabled.
[[noreturn]] inline void no_entry(std::string_view name) {
  std::fprintf(stderr, "generate.py has no entry for %.*s\n", static_cast<int>(name.size()),
               name.data());
  std::abort();
}

/// The size of the terms whose error counts at x, for the order-th derivative: 0, or within 1/2 of
/// a zero of f' or f'' (in units of 1/beta) an eighth of what they are in units of beta.
template <typename W>
W floor_at(const formulas<W>& f, W x, int order) {
  const W beta = f.beta_of_terms();
  if (beta == 0 || order == 0) return 0;
  for (const W zero : f.zeros(order))
    if (abs(beta * x - zero) < W(0.5L)) return (order == 1 ? W(1) : abs(beta)) / 8;
  return 0;
}

}  // namespace oracle
