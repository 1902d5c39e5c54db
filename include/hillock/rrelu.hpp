// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/random.hpp>
#include <hillock/core/slopes.hpp>
#include <hillock/leaky_relu.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// x > 0 ? x : slope x
template <typename T>
struct sloped_by_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& slope) const {
    return sloped<true>(slope, vanishing_of(slope), x);
  }
};

template <typename T>
struct rrelu_product_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a * b;
  }
};

}  // namespace detail

/// rrelu(x) = x > 0 ? x : slope x, with a random slope for each element
///
/// In training the slopes are drawn anew in every call, from the uniform distribution between lower
/// and upper; otherwise the slope is their mean, and rrelu that leaky_relu.
///
/// Use         In place of leaky_relu on small data sets: the chance slopes keep a network from
///             learning them by heart.
/// Domain      every real x; lower <= upper, finite, by default 1/8 and 1/3.
/// Training    forward(x, y, slopes, generator) fills y and the slopes, which backward(x, slopes,
///             dy) needs; one draw per element, column by column, as core/random.hpp tells.
/// Shapes      x, y, slopes and dy alike; outputs are resized where they can be. y may be x.
/// Derivative  slope for x <= 0, else 1.
/// Edges       NaN gives NaN. Signs of zeros, underflow: as leaky_relu with that slope.
/// Error       1 ulp, f' none.
/// Errors      std::invalid_argument where an argument or output has not the shape of x; then
///             nothing is written, and nothing drawn.
/// Source      Xu, Wang, Chen and Li, "Empirical Evaluation of Rectified Activations in Convolution
///             Network", 2015, with 1 / U(3, 8); the defaults are PyTorch's.
template <typename T>
class rrelu {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: rrelu works over float, double, long double, Eigen::half or "
                "Eigen::bfloat16, e.g. hillock::rrelu<float>");
  using R = real<T>;

 public:
  using scalar = T;
  static constexpr std::string_view name = "rrelu";
  static constexpr std::array parameters{parameter{"lower", 1. / 8, domain::finite},
                                         parameter{"upper", 1. / 3, domain::finite}};

  explicit rrelu(R lower = R(1) / 8, R upper = R(1) / 3)
      : lower_(detail::checked(name, parameters[0], lower)),
        upper_(detail::checked(name, parameters[1], upper)) {
    if (lower > upper)
      detail::fail("rrelu: lower must not exceed upper, but lower is " +
                   detail::number_text(lower) + " and upper is " + detail::number_text(upper));
  }

  R lower() const { return lower_; }
  R upper() const { return upper_; }
  rrelu with_lower(R lower) const { return rrelu(lower, upper_); }
  rrelu with_upper(R upper) const { return rrelu(lower_, upper); }

  // ---- Training -------------------------------------------------------------------------------

  template <typename X, typename Y, typename S, typename Generator>
  void forward(const X& x, Y&& y, S&& slopes, Generator& generator) const {
    if constexpr (is_argument<X>() && detail::is_output_of<T, Y>() &&
                  detail::is_output_of<T, S>() && detail::expect_generator<Generator>()) {
      detail::expect_room(x, y, name, "forward", "y", "x");
      detail::expect_room(x, slopes, name, "forward", "slopes", "x");
      const auto& given = detail::in_memory(x.derived());
      detail::take_shape_of(given, slopes);
      detail::take_shape_of(given, y);
      detail::fill(slopes, [&] { return detail::uniform<R>(lower_, upper_, generator); });
      using kernel = detail::sloped_by_kernel<T>;
      y = detail::as_kind_of<std::decay_t<Y>>(given.binaryExpr(
          detail::as_kind_of<std::decay_t<decltype(given)>>(slopes), detail::functor<kernel>{}));
    }
  }

  /// y and the slopes as plain arrays: this one allocates.
  template <typename X, typename Generator, std::enable_if_t<!detail::is_dense<Generator>, int> = 0>
  auto forward(const X& x, Generator& generator) const {
    if constexpr (is_argument<X>()) {
      using plain = typename X::PlainObject;
      std::pair<plain, plain> result;
      forward(x, result.first, result.second, generator);
      return result;
    }
  }

  /// dx = dy f'(x), a lazy expression.
  template <typename X, typename S, typename G>
  auto backward(X&& x, S&& slopes, G&& dy) const {
    if constexpr (is_argument<X>() && is_argument<S>() && is_argument<G>()) {
      detail::expect_shape_of(x, slopes, name, "backward", "slopes", "x");
      detail::expect_shape_of(x, dy, name, "backward", "dy", "x");
      using derived = std::decay_t<decltype(x.derived())>;
      using kernel = detail::sloped_prime_kernel<T>;
      const auto& given = slopes.derived();
      const auto& gradient = dy.derived();
      auto dx = x.derived()
                    .binaryExpr(detail::as_kind_of<derived>(given), detail::functor<kernel>{})
                    .binaryExpr(detail::as_kind_of<derived>(gradient),
                                detail::functor<detail::rrelu_product_kernel<T>>{});
      if constexpr (detail::is_plain_temporary<X> || detail::is_plain_temporary<S> ||
                    detail::is_plain_temporary<G>)
        return typename derived::PlainObject(dx);
      else
        return dx;
    }
  }

  // ---- Otherwise ------------------------------------------------------------------------------

  /// The leaky_relu that rrelu is when it does not train.
  leaky_relu<T> mean() const { return leaky_relu<T>(lower_ / 2 + upper_ / 2); }

  template <typename X>
  auto forward(X&& x) const {
    return mean().forward(std::forward<X>(x));
  }
  template <typename X>
  auto operator()(X&& x) const {
    return mean()(std::forward<X>(x));
  }
  template <typename X, typename G>
  auto backward(X&& x, G&& dy) const {
    if constexpr (is_argument<X>() && is_argument<G>()) {
      detail::expect_shape_of(x, dy, name, "backward", "dy", "x");
      return mean().backward(std::forward<X>(x), std::forward<G>(dy));
    }
  }

 private:
  template <typename X>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, X>();
  }

  R lower_, upper_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
