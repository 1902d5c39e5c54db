// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>

// What is asked of the arguments and the outputs of layers that are trained.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Is X an array, a matrix or an expression of T? Says what is wrong where it is not.
template <typename T, typename X>
constexpr bool is_argument_of() {
  static_assert(is_dense<X>,
                "hillock: the argument must be an Eigen array, matrix or expression of either");
  if constexpr (is_dense<X>) {
    constexpr bool alike = std::is_same_v<typename std::decay_t<X>::Scalar, T>;
    static_assert(alike,
                  "hillock: argument and function differ in scalar; take hillock::F<Scalar> or "
                  "x.cast<T>()");
    return alike;
  } else {
    return false;
  }
}

/// Is M one of bool?
template <typename M>
constexpr bool is_mask_argument() {
  constexpr bool is_bool = [] {
    if constexpr (is_dense<M>)
      return std::is_same_v<typename std::decay_t<M>::Scalar, bool>;
    else
      return false;
  }();
  static_assert(is_bool, "hillock: a mask must be an Eigen array, matrix or expression of bool");
  return is_bool;
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
