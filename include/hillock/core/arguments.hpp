// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axis.hpp>
#include <hillock/core/errors.hpp>

#include <type_traits>
#include <utility>

// What is asked of the arguments of a call: arrays, matrices and expressions of either.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename D>
std::true_type is_dense_test(const Eigen::DenseBase<D>&);
std::false_type is_dense_test(...);
/// Is X an array, a matrix or an expression of either?
template <typename X>
inline constexpr bool is_dense =
    decltype(is_dense_test(std::declval<const std::decay_t<X>&>()))::value;

/// Is X one of T?
template <typename T, typename X>
constexpr bool is_dense_of() {
  if constexpr (is_dense<X>)
    return std::is_same_v<typename std::decay_t<X>::Scalar, T>;
  else
    return false;
}

template <typename D>
std::true_type is_plain_test(const Eigen::PlainObjectBase<D>&);
std::false_type is_plain_test(...);
/// Is an argument deduced as X&& a temporary that owns its coefficients?
template <typename X>
inline constexpr bool is_plain_temporary =
    !std::is_reference_v<X> && decltype(is_plain_test(std::declval<const X&>()))::value;

/// What is made of a temporary x, in its memory if that may be written to.
template <typename X, typename Result>
std::decay_t<X> in_place_of(X& x, const Result& result) {
  if constexpr (std::is_const_v<X>) {
    return result;
  } else {
    x = result;
    return std::move(x);
  }
}

template <typename D>
std::true_type is_array_test(const Eigen::ArrayBase<D>&);
std::false_type is_array_test(...);
template <typename X>
inline constexpr bool is_array = decltype(is_array_test(std::declval<const X&>()))::value;

/// The expression as an array or a matrix, as Like is.
template <typename Like, typename X>
decltype(auto) as_kind_of(const X& x) {
  if constexpr (is_array<Like> == is_array<X>)
    return (x);
  else if constexpr (is_array<Like>)
    return x.array();
  else
    return x.matrix();
}

/// Is X an array, a matrix or an expression of T? Says what is wrong where it is not.
template <typename T, typename X>
constexpr bool is_argument_of() {
  static_assert(is_dense<X>,
                "hillock: the argument must be an Eigen array, matrix or expression of either");
  static_assert(!is_dense<X> || is_dense_of<T, X>(),
                "hillock: argument and function differ in scalar; take hillock::F<Scalar> or "
                "x.cast<T>()");
  return is_dense_of<T, X>();
}

/// Can Y, as deduced for Y&&, be given values of T? Says what is wrong where it cannot.
template <typename T, typename Y>
constexpr bool is_output_of() {
  using output = std::remove_reference_t<Y>;
  constexpr bool is_expression = [] {
    if constexpr (is_dense<output>)
      return (std::decay_t<output>::Flags & Eigen::LvalueBit) == 0;
    else
      return false;
  }();
  static_assert(!is_expression,
                "hillock: an output must be writable, not an expression or a map of constants");
  static_assert(is_expression || !std::is_const_v<output>, "hillock: an output must not be const");
  static_assert(is_dense_of<T, output>(),
                "hillock: an output must be an Eigen array, matrix, block or map of the scalar "
                "that is put there");
  return !is_expression && !std::is_const_v<output> && is_dense_of<T, output>();
}

/// Is M a mask? Says what is wrong where it is not.
template <typename M>
constexpr bool is_mask_argument() {
  static_assert(is_dense_of<bool, M>(),
                "hillock: a mask must be an Eigen array, matrix or expression of bool");
  return is_dense_of<bool, M>();
}

/// Is X an argument for F, which works slice by slice? Says what is wrong where it is not.
template <typename F, typename X>
constexpr bool is_sliceable() {
  if constexpr (is_argument_of<typename F::scalar, X>()) {
    constexpr bool has_slices =
        !std::is_same_v<typename F::axis, whole> || std::decay_t<X>::IsVectorAtCompileTime;
    static_assert(has_slices,
                  "hillock: an argument of two dimensions needs an axis: "
                  "hillock::F<T, hillock::per_column> or hillock::per_row");
    return has_slices;
  } else {
    return false;
  }
}

/// Throws where the slices of x have no entries.
template <typename Axis, typename X>
void expect_entries(const X& x, std::string_view function, std::string_view verb) {
  if (slice_length<Axis>(x) == 0) fail_empty(function, verb, {x.rows(), x.cols()});
}

template <typename X>
inline constexpr bool is_plain = decltype(is_plain_test(std::declval<const X&>()))::value;

/// Has y the shape of x, or does it own its memory and can be given that shape?
template <typename X, typename Y>
bool can_take_shape_of(const X& x, const Y& y) {
  if (y.rows() == x.rows() && y.cols() == x.cols()) return true;
  constexpr int rows = Y::RowsAtCompileTime, cols = Y::ColsAtCompileTime;
  return is_plain<Y> && (rows == Eigen::Dynamic || rows == x.rows()) &&
         (cols == Eigen::Dynamic || cols == x.cols());
}
template <typename X, typename Y>
void take_shape_of(const X& x, Y& y) {
  if constexpr (is_plain<Y>) y.resize(x.rows(), x.cols());
}

/// Throws unless the argument has the shape of x.
template <typename A, typename X>
void expect_shape_of(const X& x, const A& a, std::string_view function, std::string_view verb,
                     std::string_view argument, std::string_view other) {
  if (a.rows() != x.rows() || a.cols() != x.cols())
    fail_shape(function, verb, argument, {a.rows(), a.cols()}, other, {x.rows(), x.cols()});
}

/// Throws unless the output has the shape of x, or can be given it.
template <typename X, typename Y>
void expect_room(const X& x, const Y& output, std::string_view function, std::string_view verb,
                 std::string_view which, std::string_view other) {
  if (!can_take_shape_of(x, output)) expect_shape_of(x, output, function, verb, which, other);
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
