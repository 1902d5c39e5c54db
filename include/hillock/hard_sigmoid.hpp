// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// hard_sigmoid(x) = clip(slope x + offset, 0, 1)
///
/// The sigmoid drawn with a ruler.
///
/// Domain      every real x; slope > 0, by default 0.2 (ONNX, Keras 2); offset finite, by default
///             0.5. PyTorch, JAX and Keras 3 take a slope of exactly 1/6: hard_sigmoid::pytorch().
/// Derivative  slope between the kinks, else 0; at the kinks, where the exact slope x + offset is 0
///             or 1: 0.
/// Evaluation  One fma, whose result keeps its digits where slope x and offset cancel. No float is
///             1/6, so pytorch() is clip(x + 3, 0, 6) / 6.
/// Error       2 ulp, f' 1 ulp.
/// Source      Courbariaux, Bengio and David, "BinaryConnect", NIPS 2015; Howard et al.,
///             "Searching for MobileNetV3", ICCV 2019 (1/6).
template <typename T>
struct hard_sigmoid : elementwise<hard_sigmoid<T>, 2> {
  using elementwise<hard_sigmoid<T>, 2>::elementwise;

  constexpr real<T> slope() const { return this->template get<0>(); }
  constexpr real<T> offset() const { return this->template get<1>(); }
  hard_sigmoid with_slope(real<T> slope) const { return hard_sigmoid(slope, offset()); }
  hard_sigmoid with_offset(real<T> offset) const { return hard_sigmoid(slope(), offset); }

  /// clip(x + 3, 0, 6) / 6: a slope of exactly 1/6.
  static hard_sigmoid pytorch() {
    hard_sigmoid sixth(real<T>(1) / 6, real<T>(0.5));
    sixth.in_sixths_ = true;
    return sixth;
  }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return in_sixths_ ? clip(x + 3, V(6)) / 6 : clip(fma(V(slope()), normal(x), V(offset())), V(1));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return propagate_nan(x, select(rise(x) > 0, V(slope()), V(0)));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return propagate_nan(y, select(minimum(y, 1 - y) > 0, V(slope()), V(0)));
  }

  static constexpr std::string_view name = "hard_sigmoid";
  static constexpr std::array parameters{parameter{"slope", 0.2, domain::positive},
                                         parameter{"offset", 0.5, domain::finite}};
  static constexpr ulps value_error{2}, derivative_error{1}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  constexpr limits value_limits() const { return {0, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr limits second_derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, 1}; }
  constexpr kink_list kinks() const {
    if (in_sixths_) return {{-3, 0}, {3, 0}};
    const double a = static_cast<double>(slope()), b = static_cast<double>(offset());
    return {{-b / a, 0}, {(1 - b) / a, 0}};
  }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return false; }

 private:
  template <typename V>
  static HILLOCK_INLINE V clip(V u, V most) {
    return select(u <= 0, V(0), minimum(most, u));
  }

  /// Positive exactly where 0 < slope x + offset < 1: an fma has the sign of the exact sum, and
  /// 1 - offset is taken to its last bit.
  template <typename V>
  HILLOCK_INLINE V rise(V x) const {
    if (in_sixths_) return minimum(x + 3, 3 - x);
    const V rest = 1 - V(offset()), lost = (1 - rest) - V(offset()), u = normal(x);
    return minimum(fma(V(slope()), u, V(offset())), lost - fma(V(slope()), u, -rest));
  }

  /// x plus a number that makes no difference but that the sum is not denormal, which is slow to
  /// compute with; unless a kink lies so near 0 that it does.
  template <typename V>
  HILLOCK_INLINE V normal(V x) const {
    using bits = std::numeric_limits<typename V::scalar>;
    const auto from_0 = std::abs(offset()), from_1 = std::abs(1 - offset());
    const bool is_far = slope() < (from_0 < from_1 ? from_0 : from_1) / bits::epsilon();
    const auto epsilon_squared = bits::epsilon() * bits::epsilon();
    return x + (is_far ? epsilon_squared * epsilon_squared : 0);
  }

  bool in_sixths_ = false;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
