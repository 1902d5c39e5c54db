// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Axes: what of a two-dimensional argument is one slice, normalised together.
///
/// whole: the argument is a vector and is one slice. per_column: every column is one. per_row:
/// every row is one.
struct whole {};
struct per_column {};
struct per_row {};

namespace detail {

template <typename Axis>
inline constexpr bool is_axis = std::is_same_v<Axis, whole> || std::is_same_v<Axis, per_column> ||
                                std::is_same_v<Axis, per_row>;

/// Does the slice lie along the storage order of X, one coefficient after the other?
template <typename Axis, typename X>
inline constexpr bool lies_along = std::is_same_v<Axis, whole> ||
                                   std::is_same_v<Axis, per_row> == bool(X::IsRowMajor);

template <typename Axis, typename X>
Eigen::Index slice_length(const X& x) {
  if constexpr (std::is_same_v<Axis, whole>)
    return x.size();
  else
    return std::is_same_v<Axis, per_column> ? x.rows() : x.cols();
}

template <typename Axis, typename X>
Eigen::Index slice_count(const X& x) {
  if constexpr (std::is_same_v<Axis, whole>)
    return 1;
  else
    return std::is_same_v<Axis, per_column> ? x.cols() : x.rows();
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
