// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/axiswise.hpp>
#include <hillock/core/slope_walk.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// prelu(x) = x > 0 ? x : slope x
///
/// A leaky relu that learns its slopes: one for all elements (whole, the default), or one for each
/// row (per_row) or column (per_column).
///
/// Use         In place of relu where units die and data are plenty: it learns how leaky to be.
///             Leave its slopes out of weight decay.
/// Weights     slopes, a public vector of real<T>, initially 0.25; any numbers, NaN too.
/// Shapes      x: any for whole; for per_row (per_column) of one row (column) per slope.
/// Derivative  slope for x <= 0, else 1, as in PyTorch. By the slope: the sum of dy x over x <= 0.
/// Edges       NaN gives NaN. Signs of zeros, underflow: bit for bit as leaky_relu with that slope.
/// Evaluation  A slope costs a division: in contiguous arrays as fast as leaky_relu where each
///             serves 64 elements across memory, or some hundreds along it.
/// Error       1 ulp, f' none. A gradient of slopes is a plain sum, where a slice lies in one piece
///             one of blocks, which keeps the digits of long ones; of half and bfloat16 in float.
/// Errors      std::invalid_argument where x has not one row (column) per slope, dy differs in
///             shape, or a destination cannot take its result; then nothing is written.
/// Source      He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", ICCV 2015.
/// Elsewhere   Keras learns one slope for each element of an observation unless told what to share.
///
/// forward and backward are expressions, which refer to the slopes: with one slope such as
/// leaky_relu's, with several such as softmax's.
template <typename T, typename Axis = whole>
class prelu : public axiswise<prelu<T, Axis>> {
  using base = axiswise<prelu<T, Axis>>;
  using R = real<T>;
  static constexpr bool has_one_slope = std::is_same_v<Axis, whole>;

 public:
  using slope_vector = Eigen::Matrix<R, has_one_slope ? 1 : Eigen::Dynamic, 1>;
  static constexpr std::string_view name = "prelu";
  static constexpr R initial_slope = R(0.25);

  slope_vector slopes;

  /// One slope.
  template <typename A = Axis, std::enable_if_t<std::is_same_v<A, whole>, int> = 0>
  explicit prelu(R slope = initial_slope) : slopes(slope) {}

  /// One slope for each row or column.
  template <typename A = Axis, std::enable_if_t<!std::is_same_v<A, whole>, int> = 0>
  explicit prelu(Eigen::Index channels, R slope = initial_slope)
      : slopes(slope_vector::Constant(checked(channels), slope)) {}
  template <typename S, typename A = Axis,
            std::enable_if_t<!std::is_same_v<A, whole> && detail::is_dense<S>, int> = 0>
  explicit prelu(const S& initial_slopes) : slopes(initial_slopes) {
    static_assert(S::IsVectorAtCompileTime, "hillock: the slopes of prelu must be a vector");
  }

  R& slope() {
    static_assert(has_one_slope, "hillock: this prelu has several slopes: read .slopes");
    return slopes.coeffRef(0);
  }
  R slope() const {
    static_assert(has_one_slope, "hillock: this prelu has several slopes: read .slopes");
    return slopes.coeff(0);
  }
  Eigen::Index parameter_count() const { return slopes.size(); }

  template <typename X>
  auto forward(X&& x) const {
    if constexpr (is_argument<X>()) {
      check_count("forward", x);
      if constexpr (!has_one_slope)
        return base::expression(op(), std::forward<X>(x));
      else
        return settled<X>(x.derived().unaryExpr(functor()));
    }
  }
  template <typename X, std::enable_if_t<detail::is_dense<X>, int> = 0>
  auto operator()(X&& x) const {
    return forward(std::forward<X>(x));
  }
  /// Of one number.
  T operator()(const T& x) const {
    static_assert(has_one_slope, "hillock: this prelu has several slopes; take prelu<T>");
    return functor()(x);
  }

  /// dx = dy f'(x).
  template <typename X, typename G>
  auto backward(X&& x, G&& dy) const {
    if constexpr (is_argument<X>() && is_argument<G>()) {
      check("backward", x, dy);
      if constexpr (has_one_slope) {
        using kernel = detail::sloped_backward_kernel<T>;
        const auto& gradient = dy.derived();
        return settled<X, G>(x.derived().binaryExpr(
            detail::as_kind_of<std::decay_t<decltype(x.derived())>>(gradient),
            detail::functor<kernel>{{slope()}}));
      } else {
        return base::expression(op(), std::forward<X>(x), std::forward<G>(dy));
      }
    }
  }

  /// f'(x).
  template <typename X>
  auto derivative(X&& x) const {
    if constexpr (is_argument<X>()) {
      check_count("derivative", x);
      using derived = std::decay_t<decltype(x.derived())>;
      const auto each = slope_of_each(x).template cast<T>();
      return settled<X>(x.derived().binaryExpr(detail::as_kind_of<derived>(each),
                                               detail::functor<detail::sloped_prime_kernel<T>>{}));
    }
  }

  /// The gradient of the slopes.
  template <typename X, typename G>
  slope_vector slope_gradient(const X& x, const G& dy) const {
    slope_vector sums(slopes.size());
    if constexpr (is_argument<X>() && is_argument<G>()) {
      check("slope_gradient", x, dy);
      accumulate(detail::in_memory(x.derived()), detail::in_memory(dy.derived()), sums);
    }
    return sums;
  }

  /// Both in one pass into the caller's arrays, which are resized where they can be; dx may be x or
  /// dy. Nothing is allocated where all are in memory and of the right shape.
  template <typename X, typename G, typename DX, typename DS>
  void backward(const X& x, const G& dy, DX&& dx, DS&& dslopes) const {
    if constexpr (is_argument<X>() && is_argument<G>() && detail::is_output_of<T, DX>() &&
                  detail::is_output_of<R, DS>()) {
      check("backward", x, dy);
      detail::expect_room(x, dx, name, "backward", "dx", "x");
      detail::expect_room(slopes, dslopes, name, "backward", "dslopes", "slopes");
      const auto& given = detail::in_memory(x.derived());
      const auto& gradient = detail::in_memory(dy.derived());
      detail::take_shape_of(given, dx);
      detail::take_shape_of(slopes, dslopes);
      accumulate(given, gradient, dslopes, dx);
    }
  }

 private:
  template <typename X>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, X>();
  }

  static Eigen::Index checked(Eigen::Index channels) {
    if (channels < 0)
      detail::fail("prelu: channels must be >= 0, but is " + std::to_string(channels));
    return channels;
  }
  template <typename X>
  void check_count(std::string_view verb, const X& x) const {
    if constexpr (!has_one_slope)
      if (const Eigen::Index count = detail::slice_count<Axis>(x); count != slopes.size())
        fail_count(verb, {x.rows(), x.cols()}, count);
  }
  [[noreturn]] EIGEN_DONT_INLINE void fail_count(std::string_view verb, detail::shape x,
                                                 Eigen::Index count) const {
    detail::fail(detail::text(name, verb) + ": there are " + std::to_string(slopes.size()) +
                 " slopes, but x is " + detail::text(x) + ", which is " + std::to_string(count) +
                 (std::is_same_v<Axis, per_row> ? " rows" : " columns"));
  }
  template <typename X, typename G>
  void check(std::string_view verb, const X& x, const G& dy) const {
    check_count(verb, x);
    detail::expect_shape_of(x, dy, name, verb, "dy", "x");
  }

  /// The slopes, in the shape of x.
  template <typename X>
  auto slope_of_each(const X& x) const {
    if constexpr (has_one_slope)
      return slopes.replicate(x.rows(), x.cols());
    else if constexpr (std::is_same_v<Axis, per_row>)
      return slopes.replicate(1, x.cols());
    else
      return slopes.transpose().replicate(x.rows(), 1);
  }

  auto functor() const { return detail::functor<detail::sloped_kernel<T>>{{slope()}}; }
  auto op() const { return detail::sloped_op<T, Axis>{{}, slopes.data()}; }

  /// The expression, or its value where an argument is about to vanish.
  template <typename... Arguments, typename E>
  static auto settled(const E& e) {
    if constexpr ((detail::is_plain_temporary<Arguments> || ...))
      return typename E::PlainObject(e);
    else
      return e;
  }

  /// With one slope, slice by slice as x lies in memory.
  template <typename X, typename G, typename DS, typename... DX>
  void accumulate(const X& x, const G& dy, DS& sums, DX&... dx) const {
    if (detail::walk_for_gradients<Axis>(slopes.data(), x, dy, sums, dx...)) return;
    using by_memory = std::conditional_t<X::IsRowMajor, per_row, per_column>;
    using slice = std::conditional_t<has_one_slope, by_memory, Axis>;
    using kernel = detail::slope_gradients<R, has_one_slope>;
    using out = std::conditional_t<sizeof...(DX) == 0, detail::untargeted, detail::slices<T>>;
    detail::running_sum<math::lanes<R>> all;
    const detail::per_slice<R> to{has_one_slope ? nullptr : sums.data(),
                                  detail::slices_of<whole, R>(sums).step,
                                  has_one_slope ? &all : nullptr};
    detail::walk_slices<slice, T>(kernel{slopes.data(), to},
                                  out{detail::slices_of<slice, T>(dx)...}, detail::update::set,
                                  detail::unmasked{}, x, dy);
    if constexpr (has_one_slope) sums.coeffRef(0) = all.total().bits();
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
