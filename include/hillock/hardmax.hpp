// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename R>
struct hardmax_forward {
  static constexpr int tiled_vectors = 4;
  static constexpr R minus_infinity = -std::numeric_limits<R>::infinity();
  static constexpr R nan = std::numeric_limits<R>::quiet_NaN();
  bool is_masked;  // -infinity never wins

  template <bool Along, typename X, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const To& to) const {
    using V = typename X::lanes_type;
    V most = minus_infinity, poison = 0;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V entry = x.get(j, minus_infinity);
      most = maximum(entry, most);
      poison = select(entry == entry, poison, entry);
    });
    if constexpr (Along) {
      most = math::reduce(most, math::maximum_of{});
      poison = math::reduce(poison, math::sum_of{});
    }
    V found = is_masked ? select(most == minus_infinity, V(1), V(0)) : V(0);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V first = first_only<Along>(select(x.get(j, nan) == most, V(1), V(0)));
      to.put(j, select(found == 0, first, V(-0.0)) + poison);
      found = maximum(found, Along ? math::reduce(first, math::maximum_of{}) : first);
    });
  }

 private:
  /// Of the ones along a slice the first.
  template <bool Along, typename V>
  static HILLOCK_INLINE V first_only(const V& hit) {
    if constexpr (!Along) return hit;
    const V lane = lane_numbers<V>(std::make_integer_sequence<int, V::width>{});
    const V first = math::reduce(select(hit == 0, V(minus_infinity), -lane), math::maximum_of{});
    return select(first == -lane, V(1), V(0));
  }
};

}  // namespace detail

/// hardmax(x)_i = 1 at the first maximum of the slice, else 0
///
/// What softmax tends to as its temperature goes to 0. It has no gradient worth the name, and so no
/// backward.
///
/// Use         Decisions, once training is over.
/// Edges       A NaN in a slice makes that slice NaN. Of entries -infinity throughout the first
///             gets 1, but with a mask -infinity never does: a slice with nothing else is all 0.
/// Error       none.
/// Errors      std::invalid_argument where a mask does not fit x, or slices are empty.
/// Source      ONNX Hardmax, opset 13.
template <typename T, typename Axis = whole>
class hardmax : public axiswise<hardmax<T, Axis>> {
  using base = axiswise<hardmax<T, Axis>>;

 public:
  static constexpr std::string_view name = "hardmax";

  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    return base::unary("forward", detail::hardmax_forward<real<T>>{sizeof...(M) > 0},
                       std::forward<X>(x), std::forward<M>(mask)...);
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
