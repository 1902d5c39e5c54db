// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/slices.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/log1p.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// A number and what rounding it lost.
template <typename V>
struct two_parts {
  V high, low;
};

/// (x - most) / temperature.
template <typename V>
HILLOCK_INLINE two_parts<V> difference(const V& x, const V& most, const V& temperature,
                                       bool is_scaled) {
  V high = x - most;
  const V rest = high - x;
  V low = (x - (high - rest)) - (most + rest);
  if (is_scaled) {
    const V quotient = high / temperature;
    low = (fma(-quotient, temperature, high) + low) / temperature;
    high = quotient;
  }
  return {high, low};
}

/// e^((x - most) / temperature), to the last digit even where x lies far below most: what rounding
/// the difference and the quotient loses goes into the exponential, too. For single numbers: of a
/// slice, exp_below_most costs less.
template <typename V>
HILLOCK_INLINE V exp_below(const V& x, const V& most, const V& temperature, bool is_scaled) {
  const two_parts<V> d = difference(x, most, temperature, is_scaled);
  if constexpr (math::is_native<V>)
    return select(d.high < math::exp_constants<typename V::scalar>::least, V(0),
                  math::reduce_exp(d.high, d.low).times(V(1)));
  else
    return math::exp(d.high + d.low);
}

/// e^((x - most) / temperature) for the x of a slice, where `most` is the largest, to the last
/// digit even where x lies far below it; 1 at the largest.
///
/// x - most alone would lose digits. But x and most can each be reduced to their rest of a multiple
/// of ln 2 with all digits, and only the rests are subtracted, while the rounded difference tells
/// which multiple of ln 2 leaves a small rest. Where most is so large that its multiple would be,
/// x - most is exact wherever the exponential is a normal number.
template <typename V>
class exp_below_most {
  using T = typename V::scalar;
  using R = typename V::register_type;
  using rounded = math::detail::rounded_exponent<R>;

 public:
  HILLOCK_INLINE exp_below_most(const V& most, T temperature) : by_(temperature), most_(most) {
    if constexpr (math::is_native<V>) {
      constexpr T twice_window = T(1.4 * std::numeric_limits<T>::max_exponent);  // ln 2, and more
      origin_ = select(abs(most) < twice_window * by_.divisor, V(0), most);
      const V near = most - origin_;
      const V n = rounded(near, T(0), by_.rate).n;
      rest_ = by_.rest(near, n);
      shift_ = rounded::shift(0) - n;
    }
  }

  HILLOCK_INLINE V of(const V& x) const {
    if constexpr (math::is_native<V>) {
      const V below = x - most_;
      const V shifted = rounded(below, T(0), by_.rate).shifted;
      const V r = by_.rest(x - origin_, shifted - shift_) - rest_;
      const math::exp_parts<R> parts{shifted, math::reduced_exp_minus_1(r * by_.inverse)};
      return select(below < by_.least, V(0), parts.times(V(1)));
    } else {
      return math::exp((x - most_) / by_.divisor);
    }
  }

 private:
  math::exp_divisor<T> by_;
  V most_, origin_ = 0;
  V rest_ = 0;   // of most, beside a multiple of ln 2
  V shift_ = 0;  // what `shifted` exceeds the n of x by
};

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

/// What softmax and its like begin with: the maximum of a row, and the exponentials below it.
template <bool Along, typename X>
struct softmax_row {
  using V = typename X::lanes_type;
  using R = typename V::scalar;
  static constexpr R minus_infinity = -std::numeric_limits<R>::infinity();
  X x;
  R temperature;
  V most = minus_infinity;

  HILLOCK_INLINE softmax_row(const place& at, const X& x_, R t) : x(x_), temperature(t) {
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { most = maximum(get(j), most); });
    if constexpr (Along) most = math::reduce(most, math::maximum_of{});
    most = select(most == minus_infinity, V(0), most);  // all of it -inf: e^-inf = 0 throughout
  }
  /// Of a row that has been looked at before.
  HILLOCK_INLINE softmax_row(const X& x_, R t, const V& its_most)
      : x(x_), temperature(t), most(its_most) {}
  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    return x.get(j, minus_infinity);
  }
  HILLOCK_INLINE exp_below_most<V> exponential() const { return {most, temperature}; }
  template <typename At>
  HILLOCK_INLINE two_parts<V> below_most(At j) const {
    return difference(get(j), most, V(temperature), temperature != 1);
  }
  /// The logarithm of a sum of these exponentials, the greatest of which is 1.
  static HILLOCK_INLINE V log(const running_sum<V>& sum) {
    return math::log1p((sum.sum - 1) + sum.lost);
  }
};

/// The rows of a group, of which all maxima are known. A kernel takes every step for all rows
/// before the next one, since a step begins with the end of the one before, and would wait for it.
template <bool Along, typename Rows>
class softmax_group {
 public:
  using row = softmax_row<Along, decltype(std::declval<const Rows&>()(0))>;
  using V = typename row::V;
  using R = typename row::R;
  static constexpr int most_rows = Along ? group_size : 1;

  HILLOCK_INLINE softmax_group(const place& at, const Rows& x, R t)
      : x_(x), temperature_(t), size_(at.rows) {
    for (int i = 0; i < size(); ++i) most_[i].of_row = row(at, x(i), t).most;
  }
  HILLOCK_INLINE int size() const { return Along ? size_ : 1; }
  HILLOCK_INLINE row operator[](int i) const { return row(x_(i), temperature_, most_[i].of_row); }

 private:
  struct maximum {
    V of_row = 0;
  };
  const Rows& x_;
  R temperature_;
  int size_;
  maximum most_[most_rows];
};

/// The sum of the exponentials alone.
template <bool Along, typename X>
HILLOCK_INLINE auto sum_of_exponentials(const place& at, const softmax_row<Along, X>& row) {
  slice_sum<Along, typename X::lanes_type> sum;
  const auto exp = row.exponential();
  at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { sum.add(j.j, exp.of(row.get(j))); });
  return sum.total(at.vectors);
}

/// Is the number positive in any lane?
template <typename V>
HILLOCK_INLINE bool any_positive(const V& v) {
  typename V::scalar lane[V::width];
  store(math::reduce(select(v > 0, V(1), V(0)), math::maximum_of{}), lane);
  return lane[0] > 0;
}

/// The same, but 1 in place of NaN where the maximum is +infinity and no entry NaN.
template <bool Along, typename X>
HILLOCK_INLINE auto sum_up_to_infinity(const place& at, const softmax_row<Along, X>& row) {
  using V = typename X::lanes_type;
  running_sum<V> sum = sum_of_exponentials(at, row);
  const auto is_infinite = row.most == -row.minus_infinity;
  if (any_positive(select(is_infinite, V(1), V(0)))) {
    V bad = 0;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V entry = row.get(j);
      bad = select(entry == entry, bad, entry);
    });
    if constexpr (Along) bad = math::reduce(bad, math::sum_of{});
    sum = {select(is_infinite, 1 + bad, sum.sum), select(is_infinite, V(0), sum.lost)};
  }
  return sum;
}

/// The exponentials of a row, kept in the target where that may hold them, and their sum.
template <bool Along, typename X, typename To>
class exponentials {
  using V = typename X::lanes_type;

 public:
  HILLOCK_INLINE exponentials(const place& at, const softmax_row<Along, X>& row, const To& to)
      : exponentials(at, row, to, [](auto, const V&) HILLOCK_INLINE_LAMBDA {}) {}
  /// Also calls each(j, e) of every vector.
  template <typename Each>
  HILLOCK_INLINE exponentials(const place& at, const softmax_row<Along, X>& row, const To& to,
                              Each each)
      : exponentials(row, to) {
    slice_sum<Along, V> sum;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V e = of(row_.get(j));
      to_.keep(j, e);
      sum.add(j.j, e);
      each(j, e);
    });
    total_ = sum.total(to.vectors);
  }
  /// Those that another object has kept.
  HILLOCK_INLINE exponentials(const softmax_row<Along, X>& row, const To& to)
      : row_(row), to_(to), exp_(row.exponential()) {}

  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    return to_.holds ? to_.get(j, 0) : of(row_.get(j));
  }
  HILLOCK_INLINE V of(const V& x) const { return exp_.of(x); }
  HILLOCK_INLINE const running_sum<V>& total() const { return total_; }

 private:
  const softmax_row<Along, X>& row_;
  const To& to_;
  const exp_below_most<V> exp_;
  running_sum<V> total_;
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
