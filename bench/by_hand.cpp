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
