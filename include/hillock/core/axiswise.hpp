// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/parameters.hpp>
#include <hillock/core/slices.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// A mask in memory as slices along Axis; a vector serves all slices of x.
template <typename Axis, typename M, typename X>
slices<const bool> mask_slices(const M& mask, const X& x) {
  if (mask.rows() == x.rows() && mask.cols() == x.cols()) return slices_of<Axis, const bool>(mask);
  slices<const bool> one = slices_of<whole, const bool>(mask);
  one.slice_step = 0;
  return one;
}

/// Throws unless the mask has the shape of x, or is a vector with the length of its slices.
template <typename Axis, typename M, typename X>
void expect_mask_for(const X& x, const M& mask, std::string_view function, std::string_view verb) {
  if (mask.rows() == x.rows() && mask.cols() == x.cols()) return;
  if (M::IsVectorAtCompileTime && mask.size() == slice_length<Axis>(x)) return;
  fail_shape(function, verb, "mask", {mask.rows(), mask.cols()}, "x", {x.rows(), x.cols()});
}

/// A kernel as an operation of the expression `slicewise`, with arguments in memory.
template <typename Kernel, typename T, typename Axis>
struct slice_op : shaped_like_x {
  using scalar = T;
  Kernel kernel;

  explicit slice_op(const Kernel& k) : kernel(k) {}

  /// Into dst: kernel(x), kernel(x, dy), with or without a mask behind.
  template <typename Dst, typename X, typename... More>
  void run(Dst& dst, update how, const X& x, const More&... more) const {
    split(slices_of<Axis, T>(dst), how, x, more...);
  }
  /// The same for a kernel that writes nothing of x's shape.
  template <typename X, typename... More>
  void read(const X& x, const More&... more) const {
    split(untargeted{}, update::set, x, more...);
  }

 private:
  template <typename Out, typename X>
  void split(const Out& out, update how, const X& x) const {
    walk_slices<Axis, T>(kernel, out, how, unmasked{}, x);
  }
  template <typename Out, typename X, typename Next, typename... Mask>
  void split(const Out& out, update how, const X& x, const Next& next, const Mask&... mask) const {
    if constexpr (is_dense_of<bool, Next>())
      walk_slices<Axis, T>(kernel, out, how, mask_slices<Axis>(next, x), x);
    else if constexpr (sizeof...(Mask) == 0)
      walk_slices<Axis, T>(kernel, out, how, unmasked{}, x, next);
    else
      walk_slices<Axis, T>(kernel, out, how, mask_slices<Axis>(mask..., x), x, next);
  }
};

}  // namespace detail

/// What functions F<T, Axis> of whole slices share: their scalar, their axis, their checks.
///
/// x is an array or a matrix of T of any shape, storage order and stride, or an expression of such.
/// Results are expressions. Right of =, += and -= nothing is allocated where the arguments lie in
/// memory, nor for an x alone that is an expression; inside a larger expression they hold a
/// temporary. The destination may be an argument.
///
/// A mask is an array or a matrix of bool of x's shape, or a vector for all slices: where it is
/// false, x counts as -infinity.
template <typename F>
class axiswise;

template <template <typename, typename> class F, typename T, typename Axis>
class axiswise<F<T, Axis>> {
  static_assert(
      std::is_floating_point_v<T> || detail::is_small_float<T>,
      "hillock: softmax and its like, and crelu, work over float, double, long double, Eigen::half "
      "or Eigen::bfloat16, e.g. hillock::softmax<float>");
  static_assert(detail::is_axis<Axis>,
                "hillock: slices are the whole, columns or rows: hillock::F<T>, "
                "hillock::F<T, hillock::per_column> or hillock::per_row");

 public:
  using scalar = T;
  using axis = Axis;

 protected:
  template <typename Kernel>
  using op = detail::slice_op<Kernel, T, Axis>;

  /// op(x, more...) as an expression, or its value where an argument is about to vanish.
  template <typename Op, typename... Arguments>
  static auto expression(const Op& op, Arguments&&... arguments) {
    const detail::slicewise<Op, std::decay_t<decltype(arguments.derived())>...> result(
        op, arguments.derived()...);
    if constexpr ((detail::is_plain_temporary<Arguments> || ...))
      return typename std::decay_t<decltype(result)>::PlainObject(result);
    else
      return result;
  }

  /// Are these x and perhaps a mask? Says what is wrong where they are not.
  template <typename X, typename... M>
  static constexpr bool fits() {
    static_assert(sizeof...(M) <= 1,
                  "hillock: behind the other arguments there is one mask at most");
    return sizeof...(M) <= 1 && detail::is_sliceable<axiswise, X>() &&
           (detail::is_mask_argument<M>() && ...);
  }

  template <typename X, typename... M>
  static void check(std::string_view verb, const X& x, const M&... mask) {
    detail::expect_entries<Axis>(x, F<T, Axis>::name, verb);
    (detail::expect_mask_for<Axis>(x, mask, F<T, Axis>::name, verb), ...);
  }

  /// kernel(x) or kernel(x, mask).
  template <typename Kernel, typename X, typename... M>
  static auto unary(std::string_view verb, const Kernel& kernel, X&& x, M&&... mask) {
    if constexpr (fits<X, M...>()) {
      check(verb, x, mask...);
      return expression(op<Kernel>(kernel), std::forward<X>(x), std::forward<M>(mask)...);
    }
  }

  /// kernel(x, dy) or kernel(x, dy, mask).
  template <typename Kernel, typename X, typename G, typename... M>
  static auto binary(std::string_view verb, std::string_view second, std::string_view first,
                     const Kernel& kernel, X&& x, G&& dy, M&&... mask) {
    if constexpr (fits<X, M...>() && detail::is_sliceable<axiswise, G>()) {
      detail::expect_shape_of(x, dy, F<T, Axis>::name, verb, second, first);
      check(verb, x, mask...);
      return expression(op<Kernel>(kernel), std::forward<X>(x), std::forward<G>(dy),
                        std::forward<M>(mask)...);
    }
  }
};

/// The same for functions with a temperature > 0, by default 1.
template <typename F>
class tempered;

template <template <typename, typename> class F, typename T, typename Axis>
class tempered<F<T, Axis>> : public axiswise<F<T, Axis>> {
 public:
  static constexpr std::array parameters{parameter{"temperature", 1, domain::positive}};

  constexpr tempered() = default;
  explicit tempered(real<T> temperature)
      : temperature_(detail::checked(F<T, Axis>::name, parameters[0], temperature)) {}

  constexpr real<T> temperature() const { return temperature_; }
  F<T, Axis> with_temperature(real<T> temperature) const { return F<T, Axis>(temperature); }

 private:
  real<T> temperature_ = 1;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
