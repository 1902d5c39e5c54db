// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/exp.hpp>
#include <hillock/math/log1p.hpp>

// log(1 + e^x) of softplus and log_sigmoid.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// Where |x| exceeds this, 1 + t for t = e^-|x| is 1, or log1p(t) is t, to the last digit.
inline constexpr int softplus_far = 40;

/// log(1 + t) = ln2 + (main + lost) for t = 2^n (1 + s) <= 1, but that t is no less than 2^-60,
/// lest products be denormal: ln2 is ln 2 where n >= -1, so that t > 0.353, and 0 below, where t is
/// small enough for main alone. The rounding of a small t is taken back only if it is to be Exact.
template <bool Exact, typename V>
struct softplus_logarithm {
  V scale, ln2, main, lost;

  HILLOCK_INLINE explicit softplus_logarithm(const exp_parts<typename V::register_type>& e)
      : softplus_logarithm(maximum(V(0x1p-60F), e.scale()), e.s) {}

 private:
  HILLOCK_INLINE softplus_logarithm(const V& scale_, const V& s)
      : scale(scale_), ln2(0), main(0), lost(0) {
    const mask<typename V::register_type> is_small = scale < 0.5;
    // f = t, or (t - 1) / 2.
    const V factor = select(is_small, scale, 0.5 * scale);
    const V offset = select(is_small, scale, factor - 0.5);
    const V f = fma(factor, s, offset), f_lost = fma(factor, s, offset - f);
    const V rest = log1p_rest(f, Exact ? f_lost * (1 - f) : select(is_small, V(0), f_lost));
    ln2 = select(is_small, V(0), V(exp_constants<typename V::scalar>::ln2));
    main = f + rest;
    lost = rest - (main - f);
  }
};

/// log(1 + e^x).
///
/// max(x, 0) + log(1 + e^-|x|). Where n = 0, x + main rises with x as it is, and a second summand
/// would only disturb that; where n < -1 it is too small to count. Error 2 ulp; monotone; 0 where
/// the value is below the smallest normal number.
template <typename R>
HILLOCK_INLINE lanes<R> softplus(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    const V size = minimum(V(-exp_constants<T>::least), abs(x) + detail::imperceptible<T>);
    const auto e = reduce_exp<true>(-size);
    const softplus_logarithm<false, V> l(e);
    const V central = l.ln2 + ((maximum(V(0), x) + l.main) + select(l.scale == 0.5, l.lost, V(0)));
    return select(x < exp_constants<T>::least, V(0),
                  select(x < -softplus_far, e.shift(1 + e.s), central));
  } else {
    return maximum(V(0), x) + log1p(exp(-abs(x)));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
