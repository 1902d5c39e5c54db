// SPDX-License-Identifier: MIT
// Gates, beside what users write by hand. x is the gate and y the value; backward, out is for the
// value and other for the gate. A sum of gates: an LSTM's next state of the gates x, y and dy, and
// of the state other. And gradients of parameters, which are sums over x and dy.
#include "bench.hpp"

#include <hillock/elu.hpp>
#include <hillock/gated.hpp>
#include <hillock/leaky_relu.hpp>
#include <hillock/sigmoid.hpp>
#include <hillock/softplus.hpp>
#include <hillock/swish.hpp>
#include <hillock/tanh.hpp>

#include <unsupported/Eigen/SpecialFunctions>

namespace bench {
namespace {

constexpr Eigen::Index count = 4096;

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, 1>;

template <typename T>
array<T> second_out;

template <typename Gate, typename T = typename Gate::scalar>
void add_own(std::vector<contender<array<T>>>& all, const char* name) {
  using Arrays = arrays<array<T>>;
  all.push_back({name, "forward", "hillock", [](Arrays& a) { a.out = Gate{}.forward(a.y, a.x); }});
  all.push_back({name, "backward", "hillock",
                 [](Arrays& a) { Gate{}.backward(a.y, a.x, a.dy, a.out, second_out<T>); }});
}

/// The gradient of the only parameter.
template <typename F, typename T = typename F::scalar>
void add_gradient(std::vector<contender<array<T>>>& all, const char* name) {
  all.push_back({name, "backward", "hillock", [](arrays<array<T>>& a) {
                   a.out[0] = F{}.template parameter_gradient<0>(a.x, a.dy);
                 }});
}

template <typename T>
std::vector<contender<array<T>>> contenders() {
  static auto& other = second_out<T>;
  std::vector<contender<array<T>>> all;
  add_own<hillock::glu<T>>(all, "glu");
  add_own<hillock::geglu<T>>(all, "geglu");
  add_own<hillock::swiglu<T>>(all, "swiglu");
  all.push_back({"lstm", "forward", "hillock", [](arrays<array<T>>& a) {
                   const hillock::sigmoid<T> sigmoid;
                   const hillock::tanh<T> tanh;
                   a.out = sigmoid(a.x) * other + sigmoid(a.y) * tanh(a.dy);
                 }});
  add_gradient<hillock::swish<T>>(all, "swish_beta");
  add_gradient<hillock::softplus<T>>(all, "softplus_beta");
  add_gradient<hillock::elu<T>>(all, "elu_alpha");
  add_gradient<hillock::leaky_relu<T>>(all, "leaky_relu_slope");
  const auto add = [&](const char* name, const char* pass, const char* code, auto run) {
    all.push_back({name, pass, std::string("eigen: ") + code, run});
  };
  // clang-format off
  add("glu", "forward", HILLOCK_BENCH_CODE(out = y / (1 + (-x).exp())));
  add("glu", "backward", HILLOCK_BENCH_CODE(
      out = 1 / (1 + (-x).exp()); other = dy * y * out * (1 - out); out *= dy));
  add("geglu", "forward", HILLOCK_BENCH_CODE(out = 0.5 * y * x * (1 + (x * 0.70710678118654752).erf())));
  add("geglu", "backward", HILLOCK_BENCH_CODE(
      out = 0.5 * (1 + (x * 0.70710678118654752).erf());
      other = dy * y * (out + 0.39894228040143268 * x * (-0.5 * x.square()).exp()); out *= dy * x));
  add("swiglu", "forward", HILLOCK_BENCH_CODE(out = y * x / (1 + (-x).exp())));
  add("swiglu", "backward", HILLOCK_BENCH_CODE(
      out = 1 / (1 + (-x).exp()); other = dy * y * out * (1 + x * (1 - out)); out *= dy * x));
  add("lstm", "forward", HILLOCK_BENCH_CODE(
      out = other / (1 + (-x).exp()) + dy.tanh() / (1 + (-y).exp())));
  add("swish_beta", "backward", HILLOCK_BENCH_CODE(
      out(0) = (dy * x.square() / ((1 + (-x).exp()) * (1 + x.exp()))).sum()));
  add("softplus_beta", "backward", HILLOCK_BENCH_CODE(
      out(0) = (dy * (x / (1 + (-x).exp()) - (x.max(T(0)) + (-x.abs()).exp().log1p()))).sum()));
  add("elu_alpha", "backward", HILLOCK_BENCH_CODE(
      out(0) = (x > 0).select(T(0), dy * (x.exp() - 1)).sum()));
  add("leaky_relu_slope", "backward", HILLOCK_BENCH_CODE(
      out(0) = (x > 0).select(T(0), dy * x).sum()));
  // clang-format on
  return all;
}

template <typename T>
arrays<array<T>>& data() {
  static arrays<array<T>> all = arrays<array<T>>::random(count, 1);
  return all;
}

/// The rows of a gate's pass together, hillock's first.
template <typename T>
void enrol_all() {
  second_out<T> = array<T>::Zero(count);
  const auto all = contenders<T>();
  for (const char* pass : {"forward", "backward"})
    for (const char* name : {"glu", "geglu", "swiglu", "lstm", "swish_beta", "softplus_beta",
                             "elu_alpha", "leaky_relu_slope"})
      for (const auto& c : all)
        if (c.function == name && c.pass == pass)
          enrol(c, count, data<T>, [] { return std::numeric_limits<double>::quiet_NaN(); });
}

}  // namespace

void enrol_gates() {
  enrol_all<float>();
  enrol_all<double>();
}

}  // namespace bench
