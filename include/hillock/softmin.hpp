// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/softmax.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// A kernel of softmax that reads -x.
template <typename Kernel>
struct of_negated : Kernel {};
template <typename Kernel>
inline constexpr bool negates<of_negated<Kernel>> = true;

}  // namespace detail

/// softmin(x) = softmax(-x): e^(-x_i / t) / sum over j of e^(-x_j / t), t = temperature
///
/// The smaller an entry, the greater its probability.
///
/// Use         Weights for distances or costs, of which the smallest should count most.
/// Parameters  temperature > 0, finite, by default 1.
/// Backward    dx = -y (dy - <y, dy>) / temperature; the Jacobian is symmetric.
/// Edges       A NaN or -infinity in a slice makes that slice NaN. An entry +infinity, or excluded
///             by a mask, gets exactly 0; a slice of nothing else is all 0.
/// Error       4 ulp, as softmax, whose evaluation this is.
/// Errors      std::invalid_argument where dy or a mask does not fit x, or slices are empty.
/// Source      PyTorch torch.nn.Softmin.
template <typename T, typename Axis = whole>
class softmin : public tempered<softmin<T, Axis>> {
  using base = tempered<softmin<T, Axis>>;
  using R = real<T>;

 public:
  static constexpr std::string_view name = "softmin";
  using base::base;

  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    using kernel = detail::of_negated<detail::softmax_forward<R>>;
    return base::unary("forward", kernel{{this->temperature()}}, std::forward<X>(x),
                       std::forward<M>(mask)...);
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }

  template <typename X, typename G, typename... M>
  auto backward(X&& x, G&& dy, M&&... mask) const {
    return base::binary("backward", "dy", "x", from_input(), std::forward<X>(x),
                        std::forward<G>(dy), std::forward<M>(mask)...);
  }
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    return base::binary("backward_from_output", "dy", "y", from_output(), std::forward<Y>(y),
                        std::forward<G>(dy));
  }

  template <typename X, typename W, typename... M>
  auto jvp(X&& x, W&& v, M&&... mask) const {
    return base::binary("jvp", "v", "x", from_input(), std::forward<X>(x), std::forward<W>(v),
                        std::forward<M>(mask)...);
  }
  template <typename Y, typename W>
  auto jvp_from_output(Y&& y, W&& v) const {
    return base::binary("jvp_from_output", "v", "y", from_output(), std::forward<Y>(y),
                        std::forward<W>(v));
  }

 private:
  detail::softmax_product<R> product() const { return {this->temperature(), -this->temperature()}; }
  auto from_input() const { return detail::of_negated<detail::softmax_backward<R>>{{product()}}; }
  auto from_output() const { return detail::softmax_backward_from_output<R>{product()}; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
