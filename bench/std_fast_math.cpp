// SPDX-License-Identifier: MIT
// Plain loops over std functions. This file is compiled with -O3 -ffast-math, under which GCC calls
// the vector functions of glibc (libmvec). It includes neither Eigen nor hillock: they would be
// compiled with these flags, too.
#include "std_fast_math.hpp"

#include <algorithm>
#include <cmath>

#if defined(_MSC_VER)
#define HILLOCK_BENCH_RESTRICT __restrict
#else
#define HILLOCK_BENCH_RESTRICT __restrict__
#endif

/// An expression in the scalars x, y and dy: its text, and a loop that computes it.
// clang-format off
#define HILLOCK_BENCH_LOOP(...)                                                           \
  #__VA_ARGS__, [](const T* xs, const T* ys, const T* dys, T* HILLOCK_BENCH_RESTRICT out, \
                   std::ptrdiff_t n) {                                                    \
    for (std::ptrdiff_t i = 0; i < n; ++i) {                                              \
      [[maybe_unused]] const T x = xs[i], y = ys[i], dy = dys[i];                         \
      out[i] = __VA_ARGS__;                                                               \
    }                                                                                     \
  }
// clang-format on

namespace bench {
namespace {

template <typename T>
T square(T x) {
  return x * x;
}

template <typename T>
void softmax(const T* x, T* HILLOCK_BENCH_RESTRICT out, std::ptrdiff_t n) {
  T highest = x[0], sum = 0;
  for (std::ptrdiff_t i = 1; i < n; ++i) highest = std::max(highest, x[i]);
  for (std::ptrdiff_t i = 0; i < n; ++i) sum += out[i] = std::exp(x[i] - highest);
  for (std::ptrdiff_t i = 0; i < n; ++i) out[i] *= 1 / sum;
}

/// y may be dx.
template <typename T>
void softmax_backward(const T* y, const T* dy, T* dx, std::ptrdiff_t n) {
  T mean = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) mean += y[i] * dy[i];
  for (std::ptrdiff_t i = 0; i < n; ++i) dx[i] = y[i] * (dy[i] - mean);
}

}  // namespace

template <typename T>
std::vector<std_loop<T>> elementwise_loops() {
  return {
      {"identity", "forward", HILLOCK_BENCH_LOOP(x)},
      {"identity", "backward", HILLOCK_BENCH_LOOP(dy)},
      {"identity", "from_output", HILLOCK_BENCH_LOOP(dy)},

      {"relu", "forward", HILLOCK_BENCH_LOOP(std::max(x, T(0)))},
      {"relu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : 0)},
      {"relu", "backward", HILLOCK_BENCH_LOOP(x > 0 ? dy : 0)},
      {"relu", "from_output", HILLOCK_BENCH_LOOP(y > 0 ? dy : 0)},

      {"hard_sigmoid", "forward",
       HILLOCK_BENCH_LOOP(std::min(std::max(T(0.2) * x + T(0.5), T(0)), T(1)))},
      {"hard_sigmoid", "backward", HILLOCK_BENCH_LOOP(std::abs(x) < T(2.5) ? T(0.2) * dy : 0)},
      {"hard_sigmoid", "from_output", HILLOCK_BENCH_LOOP(y > 0 && y < 1 ? T(0.2) * dy : 0)},

      {"softsign", "forward", HILLOCK_BENCH_LOOP(x / (1 + std::abs(x)))},
      {"softsign", "backward", HILLOCK_BENCH_LOOP(dy / square(1 + std::abs(x)))},
      {"softsign", "from_output", HILLOCK_BENCH_LOOP(dy * square(1 - std::abs(y)))},

      {"sigmoid", "forward", HILLOCK_BENCH_LOOP(1 / (1 + std::exp(-x)))},
      {"sigmoid", "forward", HILLOCK_BENCH_LOOP(T(0.5) + T(0.5) * std::tanh(T(0.5) * x))},
      {"sigmoid", "backward",
       HILLOCK_BENCH_LOOP(dy / (1 + std::exp(-x)) * (1 - 1 / (1 + std::exp(-x))))},
      {"sigmoid", "backward", HILLOCK_BENCH_LOOP(dy / ((1 + std::exp(-x)) * (1 + std::exp(x))))},
      {"sigmoid", "backward",
       HILLOCK_BENCH_LOOP(dy * std::exp(-std::abs(x)) / square(1 + std::exp(-std::abs(x))))},
      {"sigmoid", "from_output", HILLOCK_BENCH_LOOP(dy * y * (1 - y))},

      {"tanh", "forward", HILLOCK_BENCH_LOOP(std::tanh(x))},
      {"tanh", "forward", HILLOCK_BENCH_LOOP(1 - 2 / (1 + std::exp(2 * x)))},
      {"tanh", "backward", HILLOCK_BENCH_LOOP(dy * (1 - square(std::tanh(x))))},
      {"tanh", "backward",
       HILLOCK_BENCH_LOOP(4 * dy * std::exp(-2 * std::abs(x)) /
                          square(1 + std::exp(-2 * std::abs(x))))},
      {"tanh", "from_output", HILLOCK_BENCH_LOOP(dy * (1 - y * y))},
      {"tanh", "from_output", HILLOCK_BENCH_LOOP(dy * (1 - y) * (1 + y))},

      {"softplus", "forward", HILLOCK_BENCH_LOOP(std::log(1 + std::exp(x)))},
      {"softplus", "forward", HILLOCK_BENCH_LOOP(std::log1p(std::exp(x)))},
      {"softplus", "forward",
       HILLOCK_BENCH_LOOP(std::max(x, T(0)) + std::log1p(std::exp(-std::abs(x))))},
      {"softplus", "backward", HILLOCK_BENCH_LOOP(dy / (1 + std::exp(-x)))},
      {"softplus", "from_output", HILLOCK_BENCH_LOOP(dy * (1 - std::exp(-y)))},
      {"softplus", "from_output", HILLOCK_BENCH_LOOP(-dy * std::expm1(-y))},

      {"elu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : std::exp(x) - 1)},
      {"elu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : std::expm1(x))},
      {"elu", "backward", HILLOCK_BENCH_LOOP(x > 0 ? dy : dy * std::exp(x))},
      {"elu", "backward", HILLOCK_BENCH_LOOP(dy * std::exp(std::min(x, T(0))))},
      {"elu", "from_output", HILLOCK_BENCH_LOOP(y > 0 ? dy : dy * (y + 1))},

      {"gelu", "forward",
       HILLOCK_BENCH_LOOP(T(0.5) * x * (1 + std::erf(x * T(0.70710678118654752))))},
      {"gelu", "forward", HILLOCK_BENCH_LOOP(T(0.5) * x * std::erfc(x * T(-0.70710678118654752)))},
      {"gelu", "backward",
       HILLOCK_BENCH_LOOP(dy * (T(0.5) * (1 + std::erf(x * T(0.70710678118654752))) +
                                x * std::exp(T(-0.5) * x * x) * T(0.39894228040143268)))},
      {"gelu", "backward",
       HILLOCK_BENCH_LOOP(dy * (T(0.5) * std::erfc(x * T(-0.70710678118654752)) +
                                x * std::exp(T(-0.5) * x * x) * T(0.39894228040143268)))},

      {"relu6", "forward", HILLOCK_BENCH_LOOP(std::min(std::max(x, T(0)), T(6)))},
      {"relu6", "backward", HILLOCK_BENCH_LOOP(x > 0 && x < 6 ? dy : 0)},

      {"leaky_relu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : T(0.01) * x)},
      {"leaky_relu", "backward", HILLOCK_BENCH_LOOP(x > 0 ? dy : T(0.01) * dy)},

      {"hard_tanh", "forward", HILLOCK_BENCH_LOOP(std::min(std::max(x, T(-1)), T(1)))},
      {"hard_tanh", "backward", HILLOCK_BENCH_LOOP(std::abs(x) < 1 ? dy : 0)},

      {"threshold", "forward", HILLOCK_BENCH_LOOP(x > 1 ? x : 0)},
      {"threshold", "backward", HILLOCK_BENCH_LOOP(x > 1 ? dy : 0)},

      {"hard_swish", "forward",
       HILLOCK_BENCH_LOOP(x * std::min(std::max(x / 6 + T(0.5), T(0)), T(1)))},
      {"hard_swish", "backward",
       HILLOCK_BENCH_LOOP(dy * (x <= -3  ? 0
                                : x >= 3 ? 1
                                         : x / 3 + T(0.5)))},

      {"squared_relu", "forward", HILLOCK_BENCH_LOOP(square(std::max(x, T(0))))},
      {"squared_relu", "backward", HILLOCK_BENCH_LOOP(2 * dy * std::max(x, T(0)))},

      {"hard_shrink", "forward", HILLOCK_BENCH_LOOP(std::abs(x) > T(0.5) ? x : 0)},
      {"hard_shrink", "backward", HILLOCK_BENCH_LOOP(std::abs(x) > T(0.5) ? dy : 0)},

      {"soft_shrink", "forward", HILLOCK_BENCH_LOOP(x - std::min(std::max(x, T(-0.5)), T(0.5)))},
      {"soft_shrink", "backward", HILLOCK_BENCH_LOOP(std::abs(x) > T(0.5) ? dy : 0)},

      {"log_sigmoid", "forward", HILLOCK_BENCH_LOOP(-std::log(1 + std::exp(-x)))},
      {"log_sigmoid", "forward",
       HILLOCK_BENCH_LOOP(std::min(x, T(0)) - std::log1p(std::exp(-std::abs(x))))},
      {"log_sigmoid", "backward", HILLOCK_BENCH_LOOP(dy / (1 + std::exp(x)))},

      {"tanh_shrink", "forward", HILLOCK_BENCH_LOOP(x - std::tanh(x))},
      {"tanh_shrink", "backward", HILLOCK_BENCH_LOOP(dy * square(std::tanh(x)))},

      {"squareplus", "forward", HILLOCK_BENCH_LOOP(T(0.5) * (x + std::sqrt(x * x + 4)))},
      {"squareplus", "backward",
       HILLOCK_BENCH_LOOP(dy * (T(0.5) + T(0.5) * x / std::sqrt(x * x + 4)))},

      {"celu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : std::exp(x) - 1)},
      {"celu", "forward", HILLOCK_BENCH_LOOP(x > 0 ? x : std::expm1(x))},
      {"celu", "backward", HILLOCK_BENCH_LOOP(dy * std::exp(std::min(x, T(0))))},

      {"selu", "forward",
       HILLOCK_BENCH_LOOP(x > 0 ? T(1.0507009873554805) * x
                                : T(1.7580993408473766) * std::expm1(x))},
      {"selu", "backward",
       HILLOCK_BENCH_LOOP(x > 0 ? T(1.0507009873554805) * dy
                                : T(1.7580993408473766) * dy * std::exp(x))},

      {"silu", "forward", HILLOCK_BENCH_LOOP(x / (1 + std::exp(-x)))},
      {"silu", "backward",
       HILLOCK_BENCH_LOOP(dy / (1 + std::exp(-x)) * (1 + x * (1 - 1 / (1 + std::exp(-x)))))},

      {"swish", "forward", HILLOCK_BENCH_LOOP(x / (1 + std::exp(-x)))},
      {"swish", "backward",
       HILLOCK_BENCH_LOOP(dy / (1 + std::exp(-x)) * (1 + x * (1 - 1 / (1 + std::exp(-x)))))},

      {"gelu_quick", "forward", HILLOCK_BENCH_LOOP(x / (1 + std::exp(T(-1.702) * x)))},

      {"gelu_tanh", "forward",
       HILLOCK_BENCH_LOOP(x /
                          (1 + std::exp(T(-1.5957691216057307) * x * (1 + T(0.044715) * x * x))))},
      {"gelu_tanh", "forward",
       HILLOCK_BENCH_LOOP(T(0.5) * x *
                          (1 + std::tanh(T(0.79788456080286536) * x * (1 + T(0.044715) * x * x))))},

      {"mish", "forward", HILLOCK_BENCH_LOOP(x * std::tanh(std::log(1 + std::exp(x))))},
      {"mish", "forward",
       HILLOCK_BENCH_LOOP(x - 2 * x / (square(1 + std::exp(std::min(x, T(20)))) + 1))},

      {"exponential", "forward", HILLOCK_BENCH_LOOP(std::exp(x))},
      {"exponential", "backward", HILLOCK_BENCH_LOOP(dy * std::exp(x))},
      {"exponential", "from_output", HILLOCK_BENCH_LOOP(dy * y)},

      {"gaussian", "forward", HILLOCK_BENCH_LOOP(std::exp(-x * x))},
      {"gaussian", "backward", HILLOCK_BENCH_LOOP(-2 * dy * x * std::exp(-x * x))},
  };
}

template <typename T>
std::vector<std_loop<T>> softmax_loops() {
  return {
      {"softmax", "forward", "loops: highest = max x; out = exp(x - highest), sum; out *= 1 / sum",
       [](const T* x, const T*, const T*, T* out, std::ptrdiff_t n) { softmax(x, out, n); }},
      {"softmax", "backward", "loops: y = softmax(x); mean = sum y dy; out = y (dy - mean)",
       [](const T* x, const T*, const T* dy, T* out, std::ptrdiff_t n) {
         softmax(x, out, n);
         softmax_backward(out, dy, out, n);
       }},
      {"softmax", "from_output", "loops: mean = sum y dy; out = y (dy - mean)",
       [](const T*, const T* y, const T* dy, T* out, std::ptrdiff_t n) {
         softmax_backward(y, dy, out, n);
       }},
  };
}

template std::vector<std_loop<float>> elementwise_loops();
template std::vector<std_loop<double>> elementwise_loops();
template std::vector<std_loop<float>> softmax_loops();
template std::vector<std_loop<double>> softmax_loops();

}  // namespace bench
