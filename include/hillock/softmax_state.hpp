// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/parameters.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// The maximum of many numbers, and the sum of e^((x - maximum) / temperature) with what its
/// roundings lost: 0 before there are any; where the maximum is +infinity, 1 or NaN.
template <typename R>
struct exponential_sum {
  using V = math::lanes<R>;
  R most = 0, sum = 0, lost = 0;

  HILLOCK_INLINE void add(const exponential_sum& other, R temperature) {
    if (other.sum == 0) return;
    if (sum == 0) {
      most = other.most;
      sum = other.sum;
      lost = other.lost;
      return;
    }
    const R greater = most < other.most ? other.most : most;
    const V mine = share(most, greater, temperature);
    const V others = share(other.most, greater, temperature);
    running_sum<V> total{mine * sum, mine * lost};
    total.lost = total.lost + others * other.lost;
    total.add_positive(others * other.sum);
    most = greater;
    sum = total.sum.bits();
    lost = total.lost.bits();
  }

 private:
  static HILLOCK_INLINE V share(R of, R all, R temperature) {
    return of == all ? V(1) : exp_below(V(of), V(all), V(temperature), temperature != 1);
  }
};

/// Adds the sums of all slices to a state.
template <typename T>
struct exponential_sum_kernel {
  using R = real<T>;
  static constexpr int tiled_vectors = 4;
  exponential_sum<R>* state;
  R temperature;

  template <bool Along, typename X>
  HILLOCK_INLINE void run(const place& at, const X& x) const {
    using V = typename X::lanes_type;
    const softmax_row<Along, X> row(at, x, temperature);
    const running_sum<V> total = up_to_infinity(at, row, sum_of_exponentials(at, row));
    R most[V::width], sum[V::width], lost[V::width];
    store(row.most, most);
    store(total.sum, sum);
    store(total.lost, lost);
    for (int i = 0; i < at.lanes; ++i) state->add({most[i], sum[i], lost[i]}, temperature);
  }
};

}  // namespace detail

/// softmax of numbers that come in blocks: what is needed of all that came so far, in three numbers
///
/// push(block) takes numbers in, merge(other) those of another state: chunks and machines can be
/// put together in any order, up to rounding. A state that has seen nothing is neutral. Then
/// log_sum_exp() is that of all of them, and probability(x) the softmax of one of them.
///
/// Use         Softmax of more numbers than are at hand at a time: attention by blocks, streams,
///             several machines.
/// Parameters  temperature t > 0, finite, by default 1.
/// Shapes      block: an array or a matrix of T of any shape, or an expression of such.
/// Edges       NaN or +infinity makes probabilities NaN; log_sum_exp() is NaN with the first, and
///             infinity with the second alone. -infinity adds nothing. Having seen nothing else,
///             log_sum_exp() is -infinity and probability(x) is 0.
/// Error       8 ulp for probabilities, of blocks down to single numbers; log_sum_exp 4 ulp of the
///             largest of its maximum, itself and t log n.
/// Errors      std::invalid_argument for a temperature out of its domain, and where states of
/// unlike
///             temperature are merged.
/// Source      Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018.
template <typename T>
class softmax_state {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: softmax and its like work over float, double, long double, Eigen::half "
                "or Eigen::bfloat16, e.g. hillock::softmax_state<float>");
  using R = real<T>;
  using V = math::lanes<R>;

 public:
  using scalar = T;
  static constexpr std::string_view name = "softmax_state";
  static constexpr std::array parameters{parameter{"temperature", 1, domain::positive}};

  softmax_state() = default;
  explicit softmax_state(R temperature)
      : temperature_(detail::checked(name, parameters[0], temperature)) {}

  R temperature() const { return temperature_; }

  template <typename X>
  void push(const X& block) {
    if constexpr (detail::is_argument_of<T, X>())
      if (block.size() > 0) push_all(detail::in_memory(block.derived()));
  }

  void merge(const softmax_state& other) {
    if (other.temperature_ != temperature_)
      detail::fail(detail::text(name, "merge") + ": the other state's temperature is " +
                   detail::number_text(other.temperature_) + ", but this one's is " +
                   detail::number_text(temperature_));
    state_.add(other.state_, temperature_);
  }

  /// temperature log sum e^(x / temperature)
  T log_sum_exp() const {
    const V log = math::log1p((V(state_.sum) - 1) + state_.lost);
    return static_cast<T>(fma(V(temperature_), log, V(state_.most)).bits());
  }

  /// e^(x / temperature) / sum e^(x / temperature)
  T probability(T x) const {
    const detail::running_sum<V> sum{state_.sum, state_.lost};
    const V e =
        detail::exp_below(V(static_cast<R>(x)), V(state_.most), V(temperature_), temperature_ != 1);
    const V p = detail::reciprocal<V>(sum).times(e);
    const V poison = state_.most - state_.most;  // NaN where the maximum is infinite
    return static_cast<T>((state_.sum == 0 ? V(0) : p + poison).bits());
  }

 private:
  template <typename X>
  void push_all(const X& x) {
    using axis = std::conditional_t<X::IsRowMajor, per_row, per_column>;
    using kernel = detail::exponential_sum_kernel<T>;
    detail::read_slices<axis, T>(kernel{&state_, temperature_}, x);
  }

  R temperature_ = 1;
  detail::exponential_sum<R> state_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
