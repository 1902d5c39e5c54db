// SPDX-License-Identifier: MIT
#include "by_hand.hpp"

#include "std_fast_math.hpp"

#include <unsupported/Eigen/SpecialFunctions>

namespace bench {
namespace {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, 1>;

/// For each pass of a function the common form first, then better or faster ones.
template <typename T>
std::vector<contender<array<T>>> eigen_forms() {
  std::vector<contender<array<T>>> forms;
  const auto add = [&](const char* function, const char* pass, const char* code, auto run) {
    forms.push_back({function, pass, std::string("eigen: ") + code, run});
  };
  // clang-format off
  add("identity", "forward", HILLOCK_BENCH_CODE(out = x));
  add("identity", "backward", HILLOCK_BENCH_CODE(out = dy));
  add("identity", "from_output", HILLOCK_BENCH_CODE(out = dy));

  add("relu", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0))));
  add("relu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, T(0))));
  add("relu", "backward", HILLOCK_BENCH_CODE(out = (x > 0).select(dy, T(0))));
  add("relu", "from_output", HILLOCK_BENCH_CODE(out = (y > 0).select(dy, T(0))));

  add("hard_sigmoid", "forward", HILLOCK_BENCH_CODE(out = (0.2 * x + 0.5).cwiseMax(T(0)).cwiseMin(T(1))));
  add("hard_sigmoid", "backward", HILLOCK_BENCH_CODE(out = (x.abs() < T(2.5)).select(0.2 * dy, T(0))));
  add("hard_sigmoid", "from_output", HILLOCK_BENCH_CODE(out = (y > 0 && y < 1).select(0.2 * dy, T(0))));

  add("softsign", "forward", HILLOCK_BENCH_CODE(out = x / (1 + x.abs())));
  add("softsign", "backward", HILLOCK_BENCH_CODE(out = dy / (1 + x.abs()).square()));
  add("softsign", "from_output", HILLOCK_BENCH_CODE(out = dy * (1 - y.abs()).square()));

  add("sigmoid", "forward", HILLOCK_BENCH_CODE(out = 1 / (1 + (-x).exp())));
  add("sigmoid", "forward", HILLOCK_BENCH_CODE(out = x.logistic()));
  add("sigmoid", "forward", HILLOCK_BENCH_CODE(out = 0.5 + 0.5 * (0.5 * x).tanh()));
  add("sigmoid", "backward", HILLOCK_BENCH_CODE(out = 1 / (1 + (-x).exp()); out = dy * out * (1 - out)));
  add("sigmoid", "backward", HILLOCK_BENCH_CODE(out = x.logistic(); out = dy * out * (1 - out)));
  add("sigmoid", "backward", HILLOCK_BENCH_CODE(out = (-x.abs()).exp(); out = dy * out / (1 + out).square()));
  add("sigmoid", "from_output", HILLOCK_BENCH_CODE(out = dy * y * (1 - y)));

  add("tanh", "forward", HILLOCK_BENCH_CODE(out = x.tanh()));
  add("tanh", "forward", HILLOCK_BENCH_CODE(out = (-2 * x.abs()).expm1(); out = -x.sign() * out / (out + 2)));
  add("tanh", "backward", HILLOCK_BENCH_CODE(out = dy * (1 - x.tanh().square())));
  add("tanh", "backward", HILLOCK_BENCH_CODE(out = (-2 * x.abs()).exp(); out = 4 * dy * out / (1 + out).square()));
  add("tanh", "from_output", HILLOCK_BENCH_CODE(out = dy * (1 - y.square())));
  add("tanh", "from_output", HILLOCK_BENCH_CODE(out = dy * (1 - y) * (1 + y)));

  add("softplus", "forward", HILLOCK_BENCH_CODE(out = (1 + x.exp()).log()));
  add("softplus", "forward", HILLOCK_BENCH_CODE(out = x.exp().log1p()));
  add("softplus", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0)) + (-x.abs()).exp().log1p()));
  add("softplus", "backward", HILLOCK_BENCH_CODE(out = dy * x.logistic()));
  add("softplus", "backward", HILLOCK_BENCH_CODE(out = dy / (1 + (-x).exp())));
  add("softplus", "from_output", HILLOCK_BENCH_CODE(out = dy * (1 - (-y).exp())));
  add("softplus", "from_output", HILLOCK_BENCH_CODE(out = -dy * (-y).expm1()));

  add("elu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, x.exp() - 1)));
  add("elu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, x.expm1())));
  add("elu", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0)) + (x.cwiseMin(T(0)).exp() - 1)));
  add("elu", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0)) + x.cwiseMin(T(0)).expm1()));
  add("elu", "backward", HILLOCK_BENCH_CODE(out = (x > 0).select(dy, dy * x.exp())));
  add("elu", "backward", HILLOCK_BENCH_CODE(out = dy * x.cwiseMin(T(0)).exp()));
  add("elu", "from_output", HILLOCK_BENCH_CODE(out = (y > 0).select(dy, dy * (y + 1))));
  add("elu", "from_output", HILLOCK_BENCH_CODE(out = dy * (1 + y.cwiseMin(T(0)))));

  add("gelu", "forward", HILLOCK_BENCH_CODE(out = 0.5 * x * (1 + (x * 0.70710678118654752).erf())));
  add("gelu", "forward", HILLOCK_BENCH_CODE(out = 0.5 * x * (x * -0.70710678118654752).erfc()));
  add("gelu", "backward", HILLOCK_BENCH_CODE(out = dy * (0.5 * (1 + (x * 0.70710678118654752).erf()) +
      0.39894228040143268 * x * (-0.5 * x.square()).exp())));
  add("gelu", "backward", HILLOCK_BENCH_CODE(out = dy * (0.5 * (x * -0.70710678118654752).erfc() +
      0.39894228040143268 * x * (-0.5 * x.square()).exp())));

  add("relu6", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0)).cwiseMin(T(6))));
  add("relu6", "backward", HILLOCK_BENCH_CODE(out = (x > 0 && x < 6).select(dy, T(0))));

  add("leaky_relu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, 0.01 * x)));
  add("leaky_relu", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(0.01 * x)));
  add("leaky_relu", "backward", HILLOCK_BENCH_CODE(out = (x > 0).select(dy, 0.01 * dy)));

  add("hard_tanh", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(-1)).cwiseMin(T(1))));
  add("hard_tanh", "backward", HILLOCK_BENCH_CODE(out = (x.abs() < 1).select(dy, T(0))));

  add("threshold", "forward", HILLOCK_BENCH_CODE(out = (x > 1).select(x, T(0))));
  add("threshold", "backward", HILLOCK_BENCH_CODE(out = (x > 1).select(dy, T(0))));

  add("hard_swish", "forward", HILLOCK_BENCH_CODE(out = x * (x / 6 + 0.5).cwiseMax(T(0)).cwiseMin(T(1))));
  add("hard_swish", "forward", HILLOCK_BENCH_CODE(out = x * (x + 3).cwiseMax(T(0)).cwiseMin(T(6)) / 6));
  add("hard_swish", "backward", HILLOCK_BENCH_CODE(out = (x > -3).select((x < 3).select(dy * (x / 3 + 0.5), dy), T(0))));

  add("squared_relu", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMax(T(0)).square()));
  add("squared_relu", "backward", HILLOCK_BENCH_CODE(out = 2 * dy * x.cwiseMax(T(0))));

  add("hard_shrink", "forward", HILLOCK_BENCH_CODE(out = (x.abs() > T(0.5)).select(x, T(0))));
  add("hard_shrink", "backward", HILLOCK_BENCH_CODE(out = (x.abs() > T(0.5)).select(dy, T(0))));

  add("soft_shrink", "forward", HILLOCK_BENCH_CODE(out = x - x.cwiseMax(T(-0.5)).cwiseMin(T(0.5))));
  add("soft_shrink", "backward", HILLOCK_BENCH_CODE(out = (x.abs() > T(0.5)).select(dy, T(0))));

  add("log_sigmoid", "forward", HILLOCK_BENCH_CODE(out = -(1 + (-x).exp()).log()));
  add("log_sigmoid", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMin(T(0)) - (-x.abs()).exp().log1p()));
  add("log_sigmoid", "backward", HILLOCK_BENCH_CODE(out = dy / (1 + x.exp())));

  add("tanh_shrink", "forward", HILLOCK_BENCH_CODE(out = x - x.tanh()));
  add("tanh_shrink", "backward", HILLOCK_BENCH_CODE(out = dy * x.tanh().square()));

  add("squareplus", "forward", HILLOCK_BENCH_CODE(out = 0.5 * (x + (x.square() + 4).sqrt())));
  add("squareplus", "backward", HILLOCK_BENCH_CODE(out = dy * (0.5 + 0.5 * x / (x.square() + 4).sqrt())));

  add("celu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, x.exp() - 1)));
  add("celu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(x, x.expm1())));
  add("celu", "backward", HILLOCK_BENCH_CODE(out = dy * x.cwiseMin(T(0)).exp()));

  add("selu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(1.0507009873554805 * x, 1.7580993408473766 * (x.exp() - 1))));
  add("selu", "forward", HILLOCK_BENCH_CODE(out = (x > 0).select(1.0507009873554805 * x, 1.7580993408473766 * x.expm1())));
  add("selu", "backward", HILLOCK_BENCH_CODE(out = (x > 0).select(1.0507009873554805 * dy, 1.7580993408473766 * dy * x.exp())));

  add("silu", "forward", HILLOCK_BENCH_CODE(out = x / (1 + (-x).exp())));
  add("silu", "forward", HILLOCK_BENCH_CODE(out = x * x.logistic()));
  add("silu", "backward", HILLOCK_BENCH_CODE(out = 1 / (1 + (-x).exp()); out = dy * out * (1 + x * (1 - out))));
  add("silu", "backward", HILLOCK_BENCH_CODE(out = x.logistic(); out = dy * out * (1 + x * (1 - out))));

  add("swish", "forward", HILLOCK_BENCH_CODE(out = x / (1 + (-x).exp())));
  add("swish", "forward", HILLOCK_BENCH_CODE(out = x * x.logistic()));
  add("swish", "backward", HILLOCK_BENCH_CODE(out = 1 / (1 + (-x).exp()); out = dy * out * (1 + x * (1 - out))));
  add("swish", "backward", HILLOCK_BENCH_CODE(out = x.logistic(); out = dy * out * (1 + x * (1 - out))));

  add("gelu_quick", "forward", HILLOCK_BENCH_CODE(out = x / (1 + (-1.702 * x).exp())));
  add("gelu_quick", "forward", HILLOCK_BENCH_CODE(out = x * (1.702 * x).logistic()));
  add("gelu_quick", "backward", HILLOCK_BENCH_CODE(out = 1 / (1 + (-1.702 * x).exp()); out = dy * out * (1 + 1.702 * x * (1 - out))));
  add("gelu_quick", "backward", HILLOCK_BENCH_CODE(out = (1.702 * x).logistic(); out = dy * out * (1 + 1.702 * x * (1 - out))));

  add("gelu_tanh", "forward", HILLOCK_BENCH_CODE(out = 0.5 * x * (1 + (0.79788456080286536 * x * (1 + 0.044715 * x.square())).tanh())));
  add("gelu_tanh", "forward", HILLOCK_BENCH_CODE(out = x / (1 + (-1.5957691216057307 * x * (1 + 0.044715 * x.square())).exp())));
  add("gelu_tanh", "backward", HILLOCK_BENCH_CODE(out = (0.79788456080286536 * x * (1 + 0.044715 * x.square())).tanh(); out = dy * (0.5 * (1 + out) +
      0.5 * x * (1 - out.square()) * (0.79788456080286536 + 0.10703222440890037 * x.square()))));

  add("mish", "forward", HILLOCK_BENCH_CODE(out = x * (1 + x.exp()).log().tanh()));
  add("mish", "forward", HILLOCK_BENCH_CODE(out = x.cwiseMin(T(20)).exp(); out = x * out * (out + 2) / (out * (out + 2) + 2)));
  add("mish", "backward", HILLOCK_BENCH_CODE(out = x.cwiseMin(T(20)).exp(); out = dy * out * (4 * (x + 1) + out * (4 * x + 6 + out * (4 + out))) / (out * (out + 2) + 2).square()));

  add("exponential", "forward", HILLOCK_BENCH_CODE(out = x.exp()));
  add("exponential", "backward", HILLOCK_BENCH_CODE(out = dy * x.exp()));
  add("exponential", "from_output", HILLOCK_BENCH_CODE(out = dy * y));

  add("gaussian", "forward", HILLOCK_BENCH_CODE(out = (-x.square()).exp()));
  add("gaussian", "backward", HILLOCK_BENCH_CODE(out = -2 * dy * x * (-x.square()).exp()));
  // clang-format on
  return forms;
}

template <typename T>
std::vector<contender<array<T>>> std_forms() {
  std::vector<contender<array<T>>> forms;
  for (const auto& loop : elementwise_loops<T>())
    forms.push_back({loop.function, loop.pass, std::string("std: ") + loop.code,
                     [run = loop.run](arrays<array<T>>& a) {
                       run(a.x.data(), a.y.data(), a.dy.data(), a.out.data(), a.x.size());
                     }});
  return forms;
}

}  // namespace

template <typename T>
std::vector<contender<array<T>>> forms_by_hand() {
  auto forms = eigen_forms<T>();
  const auto more = std_forms<T>();
  forms.insert(forms.end(), more.begin(), more.end());
  return forms;
}

template std::vector<contender<array<float>>> forms_by_hand<float>();
template std::vector<contender<array<double>>> forms_by_hand<double>();

}  // namespace bench
