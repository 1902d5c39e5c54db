// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/dispatch.hpp>
#include <hillock/math/log1p.hpp>

#include <cstdint>

// Random numbers from the caller's generator, any uniform random bit generator such as
// std::mt19937. The same generator gives the same numbers with every standard library, which
// std::uniform_real_distribution and std::normal_distribution do not.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename Generator>
using is_generator =
    std::bool_constant<std::is_unsigned_v<decltype(std::declval<Generator&>()())> &&
                       ((Generator::min)() < (Generator::max)())>;
template <typename Generator, typename = void>
inline constexpr bool generates = false;
template <typename Generator>
inline constexpr bool generates<
    Generator, std::void_t<decltype(std::declval<Generator&>()()), decltype((Generator::min)())>> =
    is_generator<Generator>::value;

template <typename Generator>
constexpr bool expect_generator() {
  static_assert(generates<Generator>,
                "hillock: the generator must be a uniform random bit generator, e.g. std::mt19937");
  return generates<Generator>;
}

/// How many whole bits a draw that is at most `most` has.
constexpr int whole_bits(std::uint64_t most) {
  int bits = 0;
  while (bits < 64 && (most >> bits) != 0) ++bits;  // most < 2^bits
  return bits < 64 && most == (std::uint64_t{1} << bits) - 1 ? bits
         : bits == 64 && most == ~std::uint64_t{0}           ? 64
                                                             : bits - 1;
}

/// A random number below 2^Bits: the highest bits of as many draws as are needed, the first draw's
/// foremost. What a draw has beyond a power of 2 values is left out: such a draw is made again.
template <int Bits, typename Generator>
std::uint64_t random_bits(Generator& generator) {
  static_assert(0 < Bits && Bits < 64);
  constexpr std::uint64_t least = (Generator::min)(), most = (Generator::max)() - least;
  constexpr int each = whole_bits(most);
  constexpr std::uint64_t largest = ~std::uint64_t{0} >> (64 - each);
  std::uint64_t bits = 0;
  for (int missing = Bits; missing > 0;) {
    std::uint64_t draw = generator() - least;
    while (draw > largest) draw = generator() - least;
    const int taken = each < missing ? each : missing;
    bits = (bits << taken) | (draw >> (each - taken));
    missing -= taken;
  }
  return bits;
}

/// A random number in [0, 1): a multiple of 2^-24 for float, else of 2^-53.
template <typename R, typename Generator>
R uniform(Generator& generator) {
  constexpr int bits = std::numeric_limits<R>::digits < 53 ? std::numeric_limits<R>::digits : 53;
  return static_cast<R>(random_bits<bits>(generator)) / static_cast<R>(std::uint64_t{1} << bits);
}

/// In [lower, upper].
template <typename R, typename Generator>
R uniform(R lower, R upper, Generator& generator) {
  const R u = uniform<R>(generator), x = lower * (1 - u) + upper * u;  // upper - lower may overflow
  return x < lower ? lower : x > upper ? upper : x;
}

/// x^2 + y^2
struct squared_norm_kernel {
  using scalar = double;
  static constexpr bool is_cheap = false;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& y) const {
    return fma(x, x, y * y);
  }
};
/// sqrt(-2 log(s) / s)
struct polar_radius_kernel {
  using scalar = double;
  static constexpr bool is_cheap = false;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& s) const {
    return sqrt(-2 * math::log1p(s - 1) / s);
  }
};

/// Random numbers of the normal distribution of mean 0 and variance 1, by the polar method of
/// G. Marsaglia and T. A. Bray, "A Convenient Method for Generating Normal Variables", SIAM Review
/// 6, 1964: from two uniform numbers u, v of 53 bits, in this order, one of 2u - 1 and one, kept
/// for the next call, of 2v - 1; or from the next two, if these lie outside the circle. On
/// processors without fma their last bits may differ.
class normal_numbers {
 public:
  template <typename Generator>
  double operator()(Generator& generator) {
    has_spare_ = !has_spare_;
    if (!has_spare_) return spare_;
    for (;;) {
      const double x = 2 * uniform<double>(generator) - 1, y = 2 * uniform<double>(generator) - 1;
      const double s = evaluate(squared_norm_kernel{}, x, y);
      if (s >= 1 || s == 0) continue;
      const double radius = evaluate(polar_radius_kernel{}, s);
      spare_ = y * radius;
      return x * radius;
    }
  }

 private:
  bool has_spare_ = false;
  double spare_ = 0;
};

/// Each element becomes draw(), column by column whatever the storage order.
template <typename X, typename Draw>
void fill(X& x, Draw draw) {
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      x.coeffRef(i, j) = static_cast<typename X::Scalar>(draw());
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
