// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/slices.hpp>
#include <hillock/math/exp.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// e^((x - most) / temperature), to the last digit even where x lies far below most: what rounding
/// the difference and the quotient loses goes into the exponential, too.
template <typename V>
HILLOCK_INLINE V exp_below(const V& x, const V& most, const V& temperature, bool is_scaled) {
  V high = x - most;
  const V rest = high - x;
  V low = (x - (high - rest)) - (most + rest);
  if (is_scaled) {
    const V difference = high;
    high = difference / temperature;
    low = (fma(-high, temperature, difference) + low) / temperature;
  }
  if constexpr (math::is_native<V>)
    return select(high < math::exp_constants<typename V::scalar>::least, V(0),
                  math::reduce_exp(high, low).times(V(1)));
  else
    return math::exp(high + low);
}

/// 1 / (sum + lost), as a quotient and its relative error.
template <typename V>
class reciprocal {
 public:
  HILLOCK_INLINE explicit reciprocal(const running_sum<V>& s)
      : divisor_(or_one(s.sum + s.lost)),
        quotient_(1 / divisor_),
        correction_(fma(-quotient_, divisor_, V(1)) - quotient_ * ((s.sum - divisor_) + s.lost)) {}

  HILLOCK_INLINE V times(const V& e) const {
    const V product = e * quotient_;
    return fma(product, correction_, product);
  }

  /// A sum that is 0 has no entry to divide.
  static HILLOCK_INLINE V or_one(const V& sum) { return select(sum == 0, V(1), sum); }

 private:
  V divisor_, quotient_, correction_;
};

/// What softmax does to one row of vectors: the maximum, the exponentials and their sum, the
/// quotients. Along says that the row is one slice, so that its lanes must be combined.
template <bool Along, typename V, typename T>
struct softmax_row {
  using R = typename V::scalar;
  static constexpr R minus_infinity = -std::numeric_limits<R>::infinity();
  row<V, const T> x;
  V temperature;
  bool is_scaled;  // temperature is not 1
  V most = minus_infinity;

  HILLOCK_INLINE void find_maximum() {
    for (std::ptrdiff_t j = 0; j < x.vectors; ++j) most = maximum(x.get(j, minus_infinity), most);
    if constexpr (Along) most = math::reduce(most, math::maximum_of{});
    most = select(most == minus_infinity, V(0), most);  // all of it -inf: e^-inf = 0 throughout
  }
  HILLOCK_INLINE V exponential(std::ptrdiff_t j) const {
    return exp_below(x.get(j, minus_infinity), most, temperature, is_scaled);
  }
  static HILLOCK_INLINE running_sum<V> total(const running_sum<V>& s) {
    return Along ? s.across_lanes() : s;
  }
  static HILLOCK_INLINE V total(const V& v) { return Along ? math::reduce(v, math::sum_of{}) : v; }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
