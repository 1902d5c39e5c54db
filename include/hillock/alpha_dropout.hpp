// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/eigen.hpp>
#include <hillock/core/random.hpp>
#include <hillock/selu.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename T>
struct dropout_scale_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  real<T> factor;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return factor * x;
  }
};

/// a x + b, rounded once.
template <typename T>
struct dropout_affine_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  real<T> a, b;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return fma(V(a), x, V(b));
  }
};

}  // namespace detail

/// alpha_dropout(x) = a (x kept ? x : -1.7580993408473766) + b
///
/// The dropout that goes with selu: what it drops becomes the value selu tends to at -infinity, and
/// a and b keep mean 0 and variance 1.
///
/// Use         With selu, in place of dropout, which would undo its mean and variance.
/// Parameters  rate, the probability to drop an element, in [0, 1), by default 0.05. With keep 1 -
///             rate and c = -1.7580993408473766, a = 1 / sqrt(keep (1 + c^2 rate)), b = -a c rate.
/// Training    forward(x, y, kept, generator) fills y and kept, an array of bool that backward(dy,
///             kept) needs; one draw per element, column by column, as core/random.hpp tells.
///             Without a generator nothing is dropped: forward(x) is x, backward(dy) is dy.
/// Shapes      x, y, kept and dy alike; outputs are resized where they can be. y may be x.
/// Derivative  a where kept, else 0, whatever dy is there.
/// Edges       NaN gives NaN where it is kept.
/// Errors      std::invalid_argument where rate is not in [0, 1), or an argument or output has not
///             the shape of x; then nothing is written, and nothing drawn.
/// Source      Klambauer, Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks",
///             NIPS 2017; 0.05 and 0.1 worked best there. PyTorch's default is 0.5.
template <typename T>
class alpha_dropout {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: alpha_dropout works over float, double, long double, Eigen::half or "
                "Eigen::bfloat16, e.g. hillock::alpha_dropout<float>");
  using R = real<T>;
  static constexpr R dropped = static_cast<R>(-selu<R>::scale_alpha);

 public:
  using scalar = T;
  static constexpr std::string_view name = "alpha_dropout";

  explicit alpha_dropout(R rate = R(0.05)) : rate_(rate) {
    if (!(rate >= 0 && rate < 1))
      detail::fail("alpha_dropout: rate must lie in [0, 1), but is " + detail::number_text(rate));
  }

  R rate() const { return rate_; }
  R keep() const { return 1 - rate_; }
  R a() const { return 1 / std::sqrt(keep() * (1 + dropped * dropped * rate_)); }
  R b() const { return -a() * dropped * rate_; }

  template <typename X, typename Y, typename M, typename Generator>
  void forward(const X& x, Y&& y, M&& kept, Generator& generator) const {
    if constexpr (is_argument<X>() && detail::is_output_of<T, Y>() &&
                  detail::is_output_of<bool, M>() && detail::expect_generator<Generator>()) {
      detail::expect_room(x, y, name, "forward", "y", "x");
      detail::expect_room(x, kept, name, "forward", "kept", "x");
      const auto& given = detail::in_memory(x.derived());
      detail::take_shape_of(given, kept);
      detail::take_shape_of(given, y);
      detail::fill(kept, [&] { return detail::uniform<R>(generator) >= rate_; });
      const detail::functor<detail::dropout_affine_kernel<T>> affine{{a(), b()}};
      const T instead = affine(static_cast<T>(dropped));
      for (Eigen::Index j = 0; j < given.cols(); ++j)
        for (Eigen::Index i = 0; i < given.rows(); ++i)
          y.coeffRef(i, j) = kept.coeff(i, j) ? affine(given.coeff(i, j)) : instead;
    }
  }

  /// y and what was kept as plain arrays: this one allocates.
  template <typename X, typename Generator, std::enable_if_t<!detail::is_dense<Generator>, int> = 0>
  auto forward(const X& x, Generator& generator) const {
    if constexpr (is_argument<X>()) {
      using plain = typename X::PlainObject;
      using mask = Eigen::Array<bool, int(X::RowsAtCompileTime), int(X::ColsAtCompileTime),
                                plain::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor>;
      std::pair<plain, mask> result;
      forward(x, result.first, result.second, generator);
      return result;
    }
  }

  /// dx = kept ? a dy : 0, a lazy expression.
  template <typename G, typename M>
  auto backward(G&& dy, M&& kept) const {
    if constexpr (is_argument<G>() && detail::is_mask_argument<M>()) {
      detail::expect_shape_of(dy, kept, name, "backward", "kept", "dy");
      using derived = std::decay_t<decltype(dy.derived())>;
      const auto& mask = kept.derived();
      const detail::functor<detail::dropout_scale_kernel<T>> scale{{a()}};
      auto dx = detail::as_kind_of<derived>(mask).select(dy.derived().unaryExpr(scale), T(0));
      if constexpr (detail::is_plain_temporary<G> || detail::is_plain_temporary<M>)
        return typename derived::PlainObject(dx);
      else
        return dx;
    }
  }

  // Without training.
  template <typename X>
  decltype(auto) forward(X&& x) const {
    if constexpr (is_argument<X>()) return identical(std::forward<X>(x));
  }
  template <typename G>
  decltype(auto) backward(G&& dy) const {
    if constexpr (is_argument<G>()) return identical(std::forward<G>(dy));
  }

 private:
  /// x itself; of a temporary a value, which outlives it.
  template <typename X>
  static const X& identical(const X& x) {
    return x;
  }
  template <typename X, std::enable_if_t<!std::is_reference_v<X>, int> = 0>
  static std::remove_const_t<X> identical(X&& x) {
    return std::forward<X>(x);
  }

  template <typename X>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, X>();
  }

  R rate_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
