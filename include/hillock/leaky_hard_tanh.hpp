// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

#include <tuple>
#include <utility>

namespace hillock {
inline namespace HILLOCK_ABI {

/// leaky_hard_tanh(x) = lo + lo_slope (x - lo) below lo, hi + hi_slope (x - hi) above hi, else x
///
/// A hard_tanh that still learns beyond its edges.
///
/// Use         In place of hard_tanh where units beyond the kinks must go on learning; models of
///             amplifiers that were trained with it.
/// Domain      every real x; lo < hi, by default -1 and 1; lo_slope and hi_slope, by default 0.01;
///             all finite.
/// Derivative  lo_slope below lo, hi_slope above hi, else 1, also at the kinks x = lo and x = hi.
///             From the output only if both slopes are > 0.
/// Evaluation  One fma per side. Where its terms may cancel, lo_slope x + lo (1 - lo_slope), the
///             constant exact, in three parts; likewise above hi.
/// Error       2 ulp, f' none; as long as no x - lo or x - hi overflows.
/// Source      Neural Amp Modeler.
template <typename T>
struct leaky_hard_tanh : elementwise<leaky_hard_tanh<T>, 4> {
  using elementwise<leaky_hard_tanh<T>, 4>::elementwise;

  constexpr real<T> lo() const { return this->template get<0>(); }
  constexpr real<T> hi() const { return this->template get<1>(); }
  constexpr real<T> lo_slope() const { return this->template get<2>(); }
  constexpr real<T> hi_slope() const { return this->template get<3>(); }
  leaky_hard_tanh with_lo(real<T> lo) const { return this->template with<0>(lo); }
  leaky_hard_tanh with_hi(real<T> hi) const { return this->template with<1>(hi); }
  leaky_hard_tanh with_lo_slope(real<T> slope) const { return this->template with<2>(slope); }
  leaky_hard_tanh with_hi_slope(real<T> slope) const { return this->template with<3>(slope); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if (is_plain_) {
      const V bounded = minimum(V(hi()), maximum(V(lo()), x));
      return fma(V(-lo_slope()), bounded - x, bounded);  // within the bounds -0 is added
    }
    if (has_simple_lines_) {
      const V below = fma(V(lo_slope()), x - lo(), V(lo()));
      const V above = fma(V(hi_slope()), x - hi(), V(hi()));
      return select(x < lo(), below, select(x > hi(), above, x));
    }
    // Flat lines stay so at infinity, and rounding carries none across its edge.
    const V low = low_.at(maximum(V(lo_slope() == 0 ? lo() : -limits_of::infinity()), x));
    const V high = high_.at(minimum(V(hi_slope() == 0 ? hi() : limits_of::infinity()), x));
    const V below = lo_slope() < 0 ? maximum(V(lo()), low) : minimum(V(lo()), low);
    const V above = hi_slope() < 0 ? minimum(V(hi()), high) : maximum(V(hi()), high);
    return select(x < lo(), below, select(x > hi(), above, x));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V rising = select(x > hi(), V(hi_slope()), V(1));
    return propagate_nan(x, select(x < lo(), V(lo_slope()), rising));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return prime(y);
  }

  constexpr bool output_form_holds() const { return lo_slope() > 0 && hi_slope() > 0; }

  bool is_plain() const { return is_plain_; }

  static constexpr std::string_view name = "leaky_hard_tanh";
  static constexpr std::array parameters{
      parameter{"lo", -1, domain::finite}, parameter{"hi", 1, domain::finite},
      parameter{"lo_slope", 0.01, domain::finite}, parameter{"hi_slope", 0.01, domain::finite}};
  static constexpr std::array constraints{constraint{0, 1}};
  static constexpr ulps value_error{2}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  constexpr limits value_limits() const {
    return {limit(-infinity, lo(), lo_slope()), limit(infinity, hi(), hi_slope())};
  }
  constexpr limits derivative_limits() const {
    return {static_cast<double>(lo_slope()), static_cast<double>(hi_slope())};
  }
  constexpr interval range() const {
    const limits ends = value_limits();
    const double low = static_cast<double>(lo()), high = static_cast<double>(hi());
    return {(std::min)({low, ends.left, ends.right}), (std::max)({high, ends.left, ends.right})};
  }
  constexpr kink_list kinks() const {
    const kink low{static_cast<double>(lo()), 1}, high{static_cast<double>(hi()), 1};
    if (lo_slope() == 1) return hi_slope() == 1 ? kink_list{} : kink_list{high};
    return hi_slope() == 1 ? kink_list{low} : kink_list{low, high};
  }
  constexpr bool monotone() const { return lo_slope() >= 0 && hi_slope() >= 0; }
  constexpr bool odd() const { return lo() == -hi() && lo_slope() == hi_slope(); }

 private:
  using limits_of = std::numeric_limits<real<T>>;

  /// edge + slope (x - edge) as slope x + constant + rest + last, whose constants lose nothing:
  /// where that nears 0, all but the last sum is exact. If slope edge overflows, as it stands:
  /// where it nears 0 then, x is near the edge, and x - edge exact.
  struct line {
    real<T> edge, slope, constant = 0, rest = 0, last = 0;
    bool is_steep;

    line(real<T> edge_, real<T> slope_) : edge(edge_), slope(slope_) {
      const real<T> product = rounded(slope * edge);
      is_steep = !detail::is_finite(product);
      if (is_steep) return;
      const auto [difference, lost] = sum(edge, -product);
      const auto [correction, correction_lost] = sum(lost, -std::fma(slope, edge, -product));
      const auto [whole, whole_lost] = sum(difference, correction);
      constant = whole;
      std::tie(rest, last) = sum(whole_lost, correction_lost);
    }

    template <typename V>
    HILLOCK_INLINE V at(V x) const {
      if (is_steep) return fma(V(slope), x - edge, V(edge));
      return (fma(V(slope), x, V(constant)) + rest) + last;
    }

   private:
    /// a + b, and what is lost of it (O. Moller, 1965).
    static std::pair<real<T>, real<T>> sum(real<T> a, real<T> b) {
      const real<T> both = rounded(a + b), part = rounded(both - a), kept = rounded(both - part);
      return {both, rounded(a - kept) + rounded(b - part)};
    }
    /// Neither joined with what follows nor, by -ffast-math, cancelled against it.
    static real<T> rounded(real<T> x) {
      if constexpr (math::is_native<math::lanes<real<T>>>) math::seal(x);
      return x;
    }
  };

  static constexpr double limit(double end, real<T> edge, real<T> slope) {
    return slope > 0 ? end : slope < 0 ? -end : static_cast<double>(edge);
  }

  line low_{lo(), lo_slope()}, high_{hi(), hi_slope()};
  // The two terms of either sum have one sign, and no slope is 0.
  bool has_simple_lines_ = lo_slope() != 0 && hi_slope() != 0 && !(lo() > 0 && lo_slope() > 0) &&
                           !(lo() < 0 && lo_slope() < 0) && !(hi() < 0 && hi_slope() > 0) &&
                           !(hi() > 0 && hi_slope() < 0);
  bool is_plain_ = has_simple_lines_ && lo_slope() == hi_slope();  // and so > 0
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
