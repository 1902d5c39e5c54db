// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <type_traits>
#include <utility>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename T>
inline constexpr bool is_small_float =
    std::is_same_v<T, Eigen::half> || std::is_same_v<T, Eigen::bfloat16>;

template <typename T, typename = void>
inline constexpr bool is_dual = false;
/// A number that carries its derivatives, as Eigen::AutoDiffScalar: value() and derivatives().
template <typename T>
inline constexpr bool is_dual<T, std::void_t<decltype(std::declval<const T&>().value()),
                                             decltype(std::declval<const T&>().derivatives())>> =
    !std::is_floating_point_v<T> && !is_small_float<T>;

template <typename T>
inline constexpr bool is_supported = std::is_floating_point_v<T> || is_small_float<T> || is_dual<T>;

template <typename T, typename = void>
struct real_of {
  using type = T;
};
template <typename T>
struct real_of<T, std::enable_if_t<is_small_float<T>>> {
  using type = float;
};
template <typename T>
struct real_of<T, std::enable_if_t<is_dual<T>>> {
  using type = typename real_of<std::decay_t<decltype(std::declval<const T&>().value())>>::type;
};

}  // namespace detail

/// What hillock computes in for the scalar T, and holds the parameters in: float for half and
/// bfloat16, the value's type for automatic differentiation, else T itself.
template <typename T>
using real = typename detail::real_of<T>::type;

}  // namespace HILLOCK_ABI
}  // namespace hillock
