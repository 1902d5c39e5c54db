// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/compound.hpp>
#include <hillock/core/parameters.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

template <typename Self, std::size_t Parameters = 0>
struct elementwise;

/// What every elementwise activation F<T> shares: y = f(x) forward, dx = dy f'(x) backward.
///
/// F<T> derives from this and supplies, over lanes, value, prime (f') and double_prime (f''), and
/// prime_from_output where f' can be had from y; its name; its parameters, if it has any, and the
/// constraints between them; and partial<I>, the derivative of f by the I-th of them, where it can
/// be trained. What follows from the parameters and costs anything it keeps in
/// members, for loops to find it ready.
///
/// x is an array or a matrix of T of any shape, storage order and stride, or an expression of such.
/// All calls return Eigen expressions: nothing is computed or allocated before they are assigned.
/// They refer to the plain arrays given to them, as Eigen's do; a plain temporary is taken over and
/// comes back as the result. A result may be assigned to its own argument; partial overlap of an
/// argument and the destination is not allowed.
///
/// NaN in x gives NaN. dy is a factor like any other: an infinite dy where f' = 0 gives NaN.
///
/// An element's result depends on its input alone, bit for bit: not on its place, the shape, the
/// stride, or the expression around.
template <template <typename> class F, typename T, std::size_t Parameters>
struct elementwise<F<T>, Parameters> {
  static_assert(detail::is_supported<T>,
                "hillock: an activation works over float, double, long double, Eigen::half, "
                "Eigen::bfloat16 or an automatic differentiation type, e.g. hillock::gelu<float>");

  using scalar = T;
  using parameter_type = real<T>;
  static constexpr std::size_t parameter_count = Parameters;

  // What is true of most. F<T> hides what is not true of it.
  static constexpr std::array<constraint, 0> constraints{};
  constexpr limits second_derivative_limits() const { return {0, 0}; }
  constexpr kink_list kinks() const { return {}; }
  constexpr bool odd() const { return false; }
  constexpr std::string_view preset() const { return {}; }  // its name, if no parameters say all
  static constexpr bool is_piecewise_polynomial = false;    // if so, its loops are unrolled
  static constexpr bool has_short_output_form = false;      // if so, its loops are unrolled, too
  static constexpr bool uses_fma = true;  // if not, the bits are the same without that instruction

  /// The default parameters.
  constexpr elementwise() {
    if constexpr (Parameters > 0)
      for (std::size_t i = 0; i < Parameters; ++i)
        values_[i] = static_cast<parameter_type>(F<T>::parameters[i].initially);
  }

  /// The given parameters, in the order of F<T>::parameters; those left out keep their defaults.
  /// Throws std::invalid_argument where one lies outside its domain, or two break a constraint.
  template <
      typename P, typename... More,
      std::enable_if_t<(sizeof...(More) < Parameters) && std::is_convertible_v<P, parameter_type> &&
                           (std::is_convertible_v<More, parameter_type> && ...),
                       int> = 0>
  explicit elementwise(P first, More... more) : elementwise() {
    std::size_t i = 0;
    values_[i++] = static_cast<parameter_type>(first);
    ((values_[i++] = static_cast<parameter_type>(more)), ...);
    check();
  }

  static F<T> from_parameters(const std::array<parameter_type, Parameters>& values) {
    if constexpr (Parameters > 0)
      return F<T>(values);
    else
      return F<T>();
  }
  constexpr const std::array<parameter_type, Parameters>& parameter_values() const {
    return values_;
  }

  /// y = f(x).
  template <typename X>
  auto forward(X&& x) const {
    return unary(as<detail::value_kernel>(), std::forward<X>(x));
  }

  /// f(x) of one number.
  T operator()(const T& x) const { return functor()(x); }
  template <typename X, std::enable_if_t<detail::is_dense<X>, int> = 0>
  auto operator()(X&& x) const {
    return forward(std::forward<X>(x));
  }
  /// The same of a float where T is half or bfloat16.
  template <typename X,
            std::enable_if_t<std::is_arithmetic_v<X> && !std::is_convertible_v<X, T>, int> = 0>
  T operator()(X x) const {
    return functor()(static_cast<T>(x));
  }

  /// dx = dy f'(x), in the kind (array or matrix) of x. Throws std::invalid_argument unless dy has
  /// the shape of x.
  template <typename X, typename G>
  auto backward(X&& x, G&& dy) const {
    return binary("backward", as<detail::backward_kernel>(), std::forward<X>(x),
                  std::forward<G>(dy), "x");
  }

  /// f'(x).
  template <typename X>
  auto derivative(X&& x) const {
    return unary(as<detail::derivative_kernel>(), std::forward<X>(x));
  }

  /// f''(x).
  template <typename X>
  auto second_derivative(X&& x) const {
    static_assert(!detail::is_dual<T>,
                  "hillock: the derivatives of second_derivative would be third ones, which "
                  "hillock has not; differentiate derivative(x)");
    if constexpr (!detail::is_dual<T>)
      return unary(as<detail::second_derivative_kernel>(), std::forward<X>(x));
  }

  /// dx = dy f'(x), computed from y = f(x). What y has rounded away is lost: prefer backward near
  /// saturation. Throws std::invalid_argument where the parameters forbid it, or dy differs in
  /// shape.
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    static_assert(has_output_form<F<T>>(),
                  "hillock: this activation's derivative cannot be had from its output, since "
                  "several x with unlike derivatives share one y; call backward(x, dy)");
    static_assert(!detail::is_dual<T>,
                  "hillock: backward_from_output is not for automatic differentiation, which knows "
                  "x; call backward(x, dy)");
    if constexpr (has_output_form<F<T>>() && !detail::is_dual<T>) {
      if (!self().output_form_holds())
        detail::fail(std::string(F<T>::name) +
                     ": backward_from_output does not hold for these parameters, since several x "
                     "with unlike derivatives share one y; call backward(x, dy)");
      return binary("backward_from_output", as<detail::backward_from_output_kernel>(),
                    std::forward<Y>(y), std::forward<G>(dy), "y");
    }
  }

  /// Does backward_from_output exist? (A template, since F<T> is incomplete here.)
  template <typename Self = F<T>>
  static constexpr bool has_output_form() {
    return output_form_test<Self>(0);
  }
  constexpr bool output_form_holds() const { return has_output_form<F<T>>(); }

  /// Does parameter_gradient<I> exist, that is, can the I-th parameter be trained?
  template <std::size_t I, typename Self = F<T>>
  static constexpr bool has_parameter_gradient() {
    if constexpr (I < Parameters && !detail::is_dual<T>)
      return parameter_gradient_test<I, Self>(0);
    else
      return false;
  }
  /// The gradient of the I-th parameter p, for its training: the sum over all elements of dy df/dp.
  /// Computed without allocation, of arrays in memory in blocks, lest the error grow with their
  /// size; of half and bfloat16 in float. Throws std::invalid_argument unless dy has the shape of
  /// x.
  template <std::size_t I, typename X, typename G>
  parameter_type parameter_gradient(const X& x, const G& dy) const {
    static_assert(has_parameter_gradient<I>(),
                  "hillock: this activation offers no gradient of this parameter");
    if constexpr (detail::is_argument_of<T, X>() && detail::is_argument_of<T, G>() &&
                  has_parameter_gradient<I>()) {
      if (dy.rows() != x.rows() || dy.cols() != x.cols())
        detail::fail_shape(F<T>::name, std::string(F<T>::parameters[I].name) + "_gradient", "dy",
                           {dy.rows(), dy.cols()}, "x", {x.rows(), x.cols()});
      return sum_over(detail::parameter_kernel<F<T>, I>{self()}, x.derived(), dy.derived());
    }
  }

  /// f as an Eigen functor: for unaryExpr, Eigen::Tensor, std::transform.
  auto functor() const { return as<detail::value_kernel>(); }

 protected:
  explicit elementwise(const std::array<parameter_type, Parameters>& values) : values_(values) {
    check();
  }

  template <std::size_t I>
  constexpr parameter_type get() const {
    return values_[I];
  }
  /// A copy with one parameter changed and checked.
  template <std::size_t I>
  F<T> with(parameter_type value) const {
    std::array<parameter_type, Parameters> values = values_;
    values[I] = value;
    return from_parameters(values);
  }

 private:
  constexpr const F<T>& self() const { return static_cast<const F<T>&>(*this); }

  template <template <typename> class Kernel>
  detail::functor<Kernel<F<T>>> as() const {
    return {{self()}};
  }

  template <typename Self>
  static constexpr auto output_form_test(int)
      -> decltype(std::declval<const Self&>().prime_from_output(
                      std::declval<math::lanes<parameter_type>>()),
                  bool()) {
    return true;
  }
  template <typename>
  static constexpr bool output_form_test(...) {
    return false;
  }

  template <std::size_t I, typename Self>
  static constexpr auto parameter_gradient_test(int)
      -> decltype(std::declval<const Self&>().template partial<I>(
                      std::declval<math::lanes<parameter_type>>()),
                  bool()) {
    return true;
  }
  template <std::size_t, typename>
  static constexpr bool parameter_gradient_test(...) {
    return false;
  }

  void check() const {
    if constexpr (Parameters > 0) {
      for (std::size_t i = 0; i < Parameters; ++i)
        detail::checked(F<T>::name, F<T>::parameters[i], values_[i]);
      for (const constraint& c : F<T>::constraints)
        detail::expect_order(F<T>::name, F<T>::parameters, values_, c);
    }
  }

  /// The sum of kernel(x, dy): in the own loop where both are in memory, else where Eigen sums.
  template <typename Kernel, typename X, typename G>
  static parameter_type sum_over(const Kernel& kernel, const X& x, const G& dy) {
#if HILLOCK_HAS_OWN_LOOP
    if constexpr (detail::is_looped<T> && detail::is_in_memory<X> && detail::is_in_memory<G>)
      return detail::sum_over(kernel, x, dy);
#endif
    const auto& gradient = detail::as_kind_of<X>(dy);
    return x.template cast<parameter_type>()
        .binaryExpr(gradient.template cast<parameter_type>(), detail::functor<Kernel>{kernel})
        .sum();
  }

  template <typename Functor, typename X>
  static auto unary(const Functor& functor, X&& x) {
    if constexpr (std::is_convertible_v<X, T> && !detail::is_dense<X>) {
      return functor(static_cast<T>(x));
    } else if constexpr (detail::is_argument_of<T, X>()) {
      if constexpr (detail::is_plain_temporary<X>)
        return detail::in_place_of(x, x.unaryExpr(functor));
      else
        return x.derived().unaryExpr(functor);
    }
  }

  template <typename Functor, typename X, typename G>
  static auto binary(std::string_view verb, const Functor& functor, X&& x, G&& dy,
                     std::string_view first) {
    if constexpr (!detail::is_dense<X> && !detail::is_dense<G> && std::is_convertible_v<X, T> &&
                  std::is_convertible_v<G, T>) {
      return functor(static_cast<T>(x), static_cast<T>(dy));
    } else if constexpr (detail::is_argument_of<T, X>() && detail::is_argument_of<T, G>()) {
      detail::expect_shape_of(x, dy, F<T>::name, verb, "dy", first);
      using derived = std::decay_t<decltype(x.derived())>;
      const auto& gradient = dy.derived();
      const auto dx = [&] {  // made where it is returned: each copy would wait for the last
        return x.derived().binaryExpr(detail::as_kind_of<derived>(gradient), functor);
      };
      if constexpr (detail::is_plain_temporary<X>)
        return detail::in_place_of(x, dx());
      else if constexpr (detail::is_plain_temporary<G>)
        return typename derived::PlainObject(dx());
      else
        return dx();
    }
  }

  std::array<parameter_type, Parameters> values_{};
};

namespace detail {

template <template <typename> class F, typename T, std::size_t Parameters>
std::true_type is_elementwise_test(const elementwise<F<T>, Parameters>&);
std::false_type is_elementwise_test(...);
/// Is F an activation that works element by element?
template <typename F>
inline constexpr bool is_elementwise =
    decltype(is_elementwise_test(std::declval<const F&>()))::value;

}  // namespace detail

}  // namespace HILLOCK_ABI
}  // namespace hillock
