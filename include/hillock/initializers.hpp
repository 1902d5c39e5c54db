// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/kernels.hpp>
#include <hillock/core/random.hpp>

#include <string>
#include <string_view>

// Initial weights, drawn from the caller's generator. A matrix of weights is outputs x inputs, as
// in W * x: its fan-in are its columns, its fan-out its rows.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// The name of an activation; an any_activation makes it.
template <typename F>
auto name_of(const F& f) {
  if constexpr (std::is_member_function_pointer_v<decltype(&F::name)>)
    return f.name();
  else
    return F::name;
}

}  // namespace detail

/// The factor on the standard deviation 1 / sqrt(fan-in) of weights that keeps the size of signals
/// behind the activation f
///
/// 1 / sqrt(E f(z)^2) for z of the normal distribution: by this rule He and others found sqrt(2)
/// for relu and sqrt(2 / (1 + slope^2)) for leaky_relu, and selu was made for 1. Where a custom is
/// older it is followed: 5/3 for tanh, 1 for sigmoid.
///
/// Evaluation  A sum over z from -12 to 12 in steps of 1/1024: 1e-6 relative, 1e-3 where f jumps.
/// Errors      std::invalid_argument where E f(z)^2 is 0 or not finite.
/// Source      He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", ICCV 2015; Klambauer,
///             Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks", NIPS 2017;
///             tanh and sigmoid: torch.nn.init.calculate_gain, PyTorch 2.
template <typename F>
double gain(const F& f = F()) {
  const auto name = detail::name_of(f);
  if (name == "tanh") return 5. / 3;
  if (name == "sigmoid") return 1;
  constexpr int steps = 12 * 1024;
  double square = 0, all = 0;
  for (int i = -steps; i < steps; ++i) {
    const double z = (i + 0.5) / 1024, weight = std::exp(-z * z / 2);
    const double y = static_cast<double>(f(static_cast<typename F::scalar>(z)));
    square += weight * y * y;
    all += weight;
  }
  if (!(square > 0 && square <= (std::numeric_limits<double>::max)()))
    detail::fail("gain: the mean square of " + std::string(name) + " is " +
                 detail::number_text(square / all) + ", so that no weights keep it");
  return std::sqrt(all / square);
}
/// The same for the default parameters: gain<hillock::relu>().
template <template <typename> class F>
double gain() {
  return gain(F<double>());
}

namespace detail {

template <typename W, typename Generator>
constexpr bool can_be_drawn() {
  static_assert(is_dense<W>, "hillock: weights must be an Eigen array or matrix");
  if constexpr (is_dense<W>) {
    static_assert(!std::is_integral_v<typename W::Scalar>,
                  "hillock: weights must be of floating-point numbers");
    return is_output_of<typename W::Scalar, W>() && expect_generator<Generator>();
  } else {
    return false;
  }
}

template <typename W, typename Generator>
void draw_normal(W& weights, double variance, Generator& generator) {
  if constexpr (can_be_drawn<W, Generator>()) {
    normal_numbers normal;
    const double deviation = std::sqrt(variance);
    fill(weights, [&] { return deviation * normal(generator); });
  }
}
/// Between -limit and limit, with this variance.
template <typename W, typename Generator>
void draw_uniform(W& weights, double variance, Generator& generator) {
  if constexpr (can_be_drawn<W, Generator>()) {
    const double limit = std::sqrt(3 * variance);
    using R = real<typename W::Scalar>;
    fill(weights,
         [&] { return uniform<R>(static_cast<R>(-limit), static_cast<R>(limit), generator); });
  }
}

// (What is no Eigen type draw_normal and draw_uniform will name.)
template <typename W>
double fan_in(const W& weights) {
  if constexpr (is_dense<W>)
    return static_cast<double>(weights.cols());
  else
    return 1;
}
template <typename W>
double mean_fan(const W& weights) {
  if constexpr (is_dense<W>)
    return static_cast<double>(weights.rows() + weights.cols()) / 2;
  else
    return 1;
}

}  // namespace detail

// All fill a plain matrix, a block or a map column by column; one draw per element, or what
// core/random.hpp tells of normal numbers, which are not truncated.

/// Variance 2 / fan-in: for relu and its like. He, Zhang, Ren and Sun, ICCV 2015.
template <typename W, typename Generator>
void he_normal(W&& weights, Generator& generator) {
  detail::draw_normal(weights, 2 / detail::fan_in(weights), generator);
}
template <typename W, typename Generator>
void he_uniform(W&& weights, Generator& generator) {
  detail::draw_uniform(weights, 2 / detail::fan_in(weights), generator);
}

/// Variance gain^2 / fan-in: for selu, and with gain<F>() for any F. LeCun, Bottou, Orr and Müller,
/// "Efficient BackProp", 1998.
template <typename W, typename Generator>
void lecun_normal(W&& weights, Generator& generator, double gain = 1) {
  detail::draw_normal(weights, gain * gain / detail::fan_in(weights), generator);
}
template <typename W, typename Generator>
void lecun_uniform(W&& weights, Generator& generator, double gain = 1) {
  detail::draw_uniform(weights, gain * gain / detail::fan_in(weights), generator);
}

/// Variance gain^2 / ((fan-in + fan-out) / 2): for tanh and sigmoid. Glorot and Bengio,
/// "Understanding the Difficulty of Training Deep Feedforward Neural Networks", AISTATS 2010.
template <typename W, typename Generator>
void glorot_normal(W&& weights, Generator& generator, double gain = 1) {
  detail::draw_normal(weights, gain * gain / detail::mean_fan(weights), generator);
}
template <typename W, typename Generator>
void glorot_uniform(W&& weights, Generator& generator, double gain = 1) {
  detail::draw_uniform(weights, gain * gain / detail::mean_fan(weights), generator);
}

}  // namespace HILLOCK_ABI
}  // namespace hillock
