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

/// a + b.
template <typename V>
HILLOCK_INLINE two_parts<V> sum_in_parts(const V& a, const V& b) {
  const V high = a + b, rest = high - a;
  return {high, (a - (high - rest)) + (b - rest)};
}

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
  /// What is to be known of a slice's largest entry.
  struct most {
    V entry, origin = 0;
    V rest = 0;   // of it / temperature, beside a multiple of ln 2
    V shift = 0;  // what `shifted` exceeds the n of x by
  };

  HILLOCK_INLINE explicit exp_below_most(T temperature) : by_(temperature) {}

  HILLOCK_INLINE most below(const V& entry) const {
    most m{entry};
    if constexpr (math::is_native<V>) {
      constexpr T twice_window = T(1.4 * std::numeric_limits<T>::max_exponent);  // ln 2, and more
      m.origin = select(abs(entry) < twice_window * by_.divisor, V(0), entry);
      const V from_origin = entry - m.origin;
      const V n = rounded(from_origin, T(0), by_.rate).n;
      m.rest = by_.rest(from_origin, n) * by_.inverse;
      m.shift = rounded::shift(0) - n;
    }
    return m;
  }

  HILLOCK_INLINE V operator()(const V& x, const most& m) const {
    if constexpr (math::is_native<V>) {
      const V below = x - m.entry;
      const V shifted = rounded(below, T(0), by_.rate).shifted;
      const V r = multiply_add(by_.rest(x - m.origin, shifted - m.shift), V(by_.inverse), -m.rest);
      const math::exp_parts<R> parts{shifted, math::reduced_exp_minus_1(r)};
      return select(below < by_.least, V(0), parts.times(V(1)));
    } else {
      return math::exp((x - m.entry) / by_.divisor);
    }
  }

 private:
  math::exp_divisor<T> by_;
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

/// Vector j of a row of logits: lanes not in use change neither maximum nor sum.
template <typename X, typename At>
HILLOCK_INLINE auto logit(const X& x, At j) {
  using R = typename X::lanes_type::scalar;
  return x.get(j, -std::numeric_limits<R>::infinity());
}

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
    slice_maximum<Along, V> lanes;
    at.add_up_side_by_side(lanes, [&](auto& to, auto j) HILLOCK_INLINE_LAMBDA { to.add(get(j)); });
    most = or_zero(lanes.total(at.vectors));
  }
  /// Of a row that has been looked at before.
  HILLOCK_INLINE softmax_row(const X& x_, R t, const V& its_most)
      : x(x_), temperature(t), most(its_most) {}
  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    return logit(x, j);
  }
  /// Where all of a row is -inf, e^-inf = 0 throughout.
  static HILLOCK_INLINE V or_zero(const V& maximum) {
    return select(maximum == minus_infinity, V(0), maximum);
  }
  template <typename At>
  HILLOCK_INLINE two_parts<V> below_most(At j) const {
    return difference(get(j), most, V(temperature), temperature != 1);
  }
};

/// The exponentials of a row. A first pass may keep them in the target, for a second one.
template <bool Along, typename X>
class exponentials {
  using V = typename X::lanes_type;

 public:
  HILLOCK_INLINE explicit exponentials(const softmax_row<Along, X>& row)
      : row_(row), exp_(row.temperature), most_(exp_.below(row.most)) {}

  HILLOCK_INLINE V of(const V& x) const { return exp_(x, most_); }

  /// Their sum.
  template <typename To>
  HILLOCK_INLINE running_sum<V> keep(const place& at, const To& to) const {
    slice_sum<Along, V, terms::positive> sum;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V e = of(row_.get(j));
      to.keep(j, e);
      sum.add(j.j, e);
    });
    return sum.total(at.vectors);
  }
  template <typename At, typename To>
  HILLOCK_INLINE V get(At j, const To& to) const {
    return to.holds ? to.get(j, 0) : of(row_.get(j));
  }

 private:
  const softmax_row<Along, X>& row_;
  exp_below_most<V> exp_;
  typename exp_below_most<V>::most most_;
};

/// Targets where nothing is kept.
struct nowhere {
  template <typename At, typename V>
  HILLOCK_INLINE void keep(At, const V&) const {}
  HILLOCK_INLINE const nowhere& operator()(int) const { return *this; }
};

/// The sum of the exponentials alone.
template <bool Along, typename X>
HILLOCK_INLINE auto sum_of_exponentials(const place& at, const softmax_row<Along, X>& row) {
  return exponentials<Along, X>(row).keep(at, nowhere{});
}

/// The logarithm of a sum of exponentials, the greatest of which is 1.
template <typename V>
HILLOCK_INLINE V log_of_exponentials(const running_sum<V>& sum) {
  return math::log1p((sum.sum - 1) + sum.lost);
}

/// Is the number positive in any lane?
template <typename V>
HILLOCK_INLINE bool any_positive(const V& v) {
  typename V::scalar lane[V::width];
  store(math::reduce(select(v > 0, V(1), V(0)), math::maximum_of{}), lane);
  return lane[0] > 0;
}

/// The sum of the exponentials, but 1 in place of NaN where the maximum is +infinity and no entry
/// NaN.
template <bool Along, typename X, typename V>
HILLOCK_INLINE running_sum<V> up_to_infinity(const place& at, const softmax_row<Along, X>& row,
                                             const running_sum<V>& sum) {
  const auto is_infinite = row.most == -row.minus_infinity;
  if (!any_positive(select(is_infinite, V(1), V(0)))) return sum;
  V bad = 0;
  at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
    const V entry = row.get(j);
    bad = select(entry == entry, bad, entry);
  });
  if constexpr (Along) bad = math::reduce(bad, math::sum_of{});
  return {select(is_infinite, 1 + bad, sum.sum), select(is_infinite, V(0), sum.lost)};
}

/// The maxima of the rows of a group.
template <typename Group, typename X>
class row_maxima {
  static constexpr bool along = Group::sums_are_registers;
  using row = softmax_row<along, decltype(std::declval<const X&>()(0))>;
  using V = typename row::V;

 public:
  HILLOCK_INLINE row_maxima(const Group& at, const X& x) {
    using lanes = slice_maximum<along, V>;
    at.template walk<lanes>(
        knows_nothing{},
        [&](nothing, lanes& most, int i, auto j)
            HILLOCK_INLINE_LAMBDA { most.add(logit(x(i), j)); },
        [&](lanes& most, int i)
            HILLOCK_INLINE_LAMBDA { most_.put(i, row::or_zero(at.total(most))); });
  }
  HILLOCK_INLINE V operator[](int i) const { return most_[i]; }

 private:
  typename Group::template values<V> most_;
};

/// softmax of the rows of a group, in two passes, since the sums must be known before the
/// quotients. A kernel takes every step for all rows before the next one: a step begins with the
/// end of the one before, and would wait for it.
///
/// Probabilities are shares of their sum. The logarithm of that needs all its digits, and so does
/// what it exceeds its largest term by.
///
/// (A `const` one would cost up to a seventh of the time: GCC keeps objects that are declared const
/// in memory, and reads them anew after every store.)
template <typename Group, typename X, terms Terms>
class logit_passes {
 public:
  using V = typename decltype(std::declval<const X&>()(0))::lanes_type;
  using R = typename V::scalar;

  /// What is known of each row. (Apart, so that compilers keep the rest in registers.)
  struct knowledge {
    row_maxima<Group, X> most;
    typename Group::template values<running_sum<V>> sum;

    HILLOCK_INLINE knowledge(const Group& at, const X& x) : most(at, x) {}
  };

  HILLOCK_INLINE logit_passes(knowledge& of, const X& x, R temperature)
      : of_(of), x_(x), exp_(temperature) {}

  /// What the first pass over a row sums up, and what it needs.
  using sums = slice_sum<Group::sums_are_registers, V, Terms>;
  using largest = typename exp_below_most<V>::most;

  HILLOCK_INLINE largest first_pass(int i) const { return exp_.below(of_.most[i]); }
  /// A multiple of the probability, kept in the target where that may hold it.
  template <typename At, typename To>
  HILLOCK_INLINE V multiple(const largest& most, sums& sum, int i, At j, const To& to) const {
    const V e = exp_(logit(x_(i), j), most);
    to.keep(j, e);
    sum.add(j.j, e);
    return e;
  }
  HILLOCK_INLINE void finish(const Group& at, sums& sum, int i) const {
    of_.sum.put(i, at.total(sum));
  }
  /// A first pass that does no more; to(i) is the target of row i.
  template <typename To>
  HILLOCK_INLINE void sum_up(const Group& at, const To& to) const {
    at.template walk<sums>([&](int i) HILLOCK_INLINE_LAMBDA { return first_pass(i); },
                           [&](const largest& most, sums& sum, int i, auto j)
                               HILLOCK_INLINE_LAMBDA { multiple(most, sum, i, j, to(i)); },
                           [&](sums& sum, int i) HILLOCK_INLINE_LAMBDA { finish(at, sum, i); });
  }

  /// What the second pass over a row needs.
  struct dividing {
    largest most;
    reciprocal<V> inverse;

    /// What was summed over multiples of the probabilities, over these themselves.
    HILLOCK_INLINE V scaled(const V& sum) const { return inverse.times(sum); }
  };
  HILLOCK_INLINE dividing second_pass(int i) const {
    return {exp_.below(of_.most[i]), reciprocal<V>(of_.sum[i])};
  }
  HILLOCK_INLINE V exponential(const dividing& pass, const V& x) const {
    return exp_(x, pass.most);
  }
  template <typename At, typename To>
  HILLOCK_INLINE V probability(const dividing& pass, int i, At j, const To& to) const {
    return pass.inverse.times(to.holds ? to.get(j, 0) : exp_(logit(x_(i), j), pass.most));
  }

 private:
  knowledge& of_;
  const X& x_;
  exp_below_most<V> exp_;
};

/// What a first pass sums up for probabilities, and More beside it.
template <typename Probabilities, typename More>
struct sums_with {
  using lanes_type = typename More::lanes_type;
  using own = typename Probabilities::sums;
  static constexpr int parts = More::parts, registers = own::registers + More::registers;
  own p;
  More more;

  HILLOCK_INLINE sums_with() {}  // lest all of it be set to 0

  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act& act) {
    p.for_each_register(act);
    more.for_each_register(act);
  }
  HILLOCK_INLINE void add(const sums_with& other) {
    p.add(other.p);
    more.add(other.more);
  }
};

template <typename Group, typename X>
using from_logits = logit_passes<Group, X, terms::shares>;
template <typename Group, typename X>
using exactly_from_logits = logit_passes<Group, X, terms::positive>;

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
