// SPDX-License-Identifier: MIT
// softmax and log_softmax of every column, and a gate, beside what users write by hand.
#include "bench.hpp"
#include "peers/peers.hpp"
#include "std_fast_math.hpp"

#include <hillock/gated.hpp>
#include <hillock/log_softmax.hpp>
#include <hillock/softmax.hpp>

#include <map>

namespace bench {
namespace {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>;

template <typename T>
using softmax = hillock::softmax<T, hillock::per_column>;

template <typename T>
std::vector<contender<array<T>>> contenders() {
  using Row [[maybe_unused]] = Eigen::Array<T, 1, Eigen::Dynamic>;
  using Arrays = arrays<array<T>>;
  std::vector<contender<array<T>>> all = {
      {"softmax", "forward", "hillock", [](Arrays& a) { a.out = softmax<T>{}.forward(a.x); }},
      {"softmax", "backward", "hillock",
       [](Arrays& a) { a.out = softmax<T>{}.backward(a.x, a.dy); }},
      {"softmax", "from_output", "hillock",
       [](Arrays& a) { a.out = softmax<T>{}.backward_from_output(a.y, a.dy); }}};
  const auto add = [&](const char* who, const char* pass, const char* code, auto run) {
    all.push_back({"softmax", pass, std::string(who) + ": " + code, run});
  };
  // clang-format off
  add("minidnn", "forward", HILLOCK_BENCH_CODE(
      out = (x.rowwise() - x.colwise().maxCoeff()).exp();
      const Row sums = out.colwise().sum(); out.rowwise() /= sums));
  add("minidnn", "backward", HILLOCK_BENCH_CODE(
      out = (x.rowwise() - x.colwise().maxCoeff()).exp();
      const Row sums = out.colwise().sum(); out.rowwise() /= sums;
      const Row means = (out * dy).colwise().sum(); out = out * (dy.rowwise() - means)));
  add("minidnn", "from_output", HILLOCK_BENCH_CODE(
      const Row means = (y * dy).colwise().sum(); out = y * (dy.rowwise() - means)));
  add("eigen", "forward", HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - x.col(i).maxCoeff()).exp(); out.col(i) /= out.col(i).sum(); }));
  add("eigen", "backward", HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - x.col(i).maxCoeff()).exp(); out.col(i) /= out.col(i).sum();
        out.col(i) *= dy.col(i) - (out.col(i) * dy.col(i)).sum(); }));
  add("eigen", "from_output", HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i)
        out.col(i) = y.col(i) * (dy.col(i) - (y.col(i) * dy.col(i)).sum())));
  // clang-format on
  for (const auto& loop : softmax_loops<T>())
    add("std", loop.pass, loop.code, [run = loop.run](Arrays& a) {
      for (Eigen::Index i = 0; i < a.x.cols(); ++i)
        run(&a.x(0, i), &a.y(0, i), &a.dy(0, i), &a.out(0, i), a.x.rows());
    });
  return all;
}

template <typename T>
using log_softmax = hillock::log_softmax<T, hillock::per_column>;

template <typename T>
std::vector<contender<array<T>>> contenders_of_log() {
  using Arrays = arrays<array<T>>;
  std::vector<contender<array<T>>> all = {
      {"log_softmax", "forward", "hillock",
       [](Arrays& a) { a.out = log_softmax<T>{}.forward(a.x); }},
      {"log_softmax", "backward", "hillock",
       [](Arrays& a) { a.out = log_softmax<T>{}.backward(a.x, a.dy); }},
      {"log_softmax", "from_output", "hillock",
       [](Arrays& a) { a.out = log_softmax<T>{}.backward_from_output(a.y, a.dy); }}};
  const auto add = [&](const char* who, const char* pass, const char* code, auto run) {
    all.push_back({"log_softmax", pass, std::string(who) + ": " + code, run});
  };
  // clang-format off
  add("eigen", "forward", HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        const auto highest = x.col(i).maxCoeff();
        out.col(i) = x.col(i) - (highest + std::log((x.col(i) - highest).exp().sum())); }));
  add("eigen", "backward", HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - x.col(i).maxCoeff()).exp();
        out.col(i) = dy.col(i) - out.col(i) * (dy.col(i).sum() / out.col(i).sum()); }));
  // clang-format on
  return all;
}

/// A gate, with x for the gate and y for the value. Backward needs a second destination.
template <typename T>
std::vector<contender<array<T>>> contenders_of_gate() {
  using Arrays = arrays<array<T>>;
  static array<T> other;
  std::vector<contender<array<T>>> all = {
      {"swiglu", "forward", "hillock",
       [](Arrays& a) { a.out = hillock::swiglu<T>{}.forward(a.y, a.x); }},
      {"swiglu", "backward", "hillock",
       [](Arrays& a) { hillock::swiglu<T>{}.backward(a.y, a.x, a.dy, a.out, other); }}};
  const auto add = [&](const char* who, const char* pass, const char* code, auto run) {
    all.push_back({"swiglu", pass, std::string(who) + ": " + code, run});
  };
  // clang-format off
  add("eigen", "forward", HILLOCK_BENCH_CODE(out = y * x / (1 + (-x).exp())));
  add("eigen", "backward", HILLOCK_BENCH_CODE(
      out = 1 / (1 + (-x).exp()); other = dy * y * out * (1 + x * (1 - out)); out *= dy * x));
  // clang-format on
  return all;
}

/// Slices of the given length, some 32000 elements in all.
template <typename T>
arrays<array<T>>& data(Eigen::Index length) {
  static std::map<Eigen::Index, arrays<array<T>>> all;
  const auto [at, is_new] = all.try_emplace(length);
  if (is_new) {
    at->second = arrays<array<T>>::random(length, 32000 / length);
    at->second.y = softmax<T>{}.forward(at->second.x);
  }
  return at->second;
}

/// The error of the probabilities. That of the gradient is not measured: where it cancels, any form
/// that is not wider than T has a large one.
template <typename T>
double error_of(const contender<array<T>>& c, Eigen::Index length) {
  if (c.pass != "forward" || c.function != "softmax")
    return std::numeric_limits<double>::quiet_NaN();
  auto a = data<T>(length);
  c.run(a);
  array<long double> truth = a.x.template cast<long double>();
  for (Eigen::Index i = 0; i < truth.cols(); ++i) {
    truth.col(i) = (truth.col(i) - truth.col(i).maxCoeff()).exp();
    truth.col(i) /= truth.col(i).sum();
  }
  const array<long double> least = array<long double>::Zero(truth.rows(), truth.cols());
  return core_error(a.out.reshaped(), truth.reshaped(), least.reshaped());
}

/// What peers have to add to them.
template <typename T>
std::vector<contender<array<T>>> with_peers(std::vector<contender<array<T>>> all) {
  if constexpr (std::is_same_v<T, float>)
    for (const auto& c : softmax_peers())
      if (c.function == all.front().function) all.push_back(c);
  return all;
}

template <typename T>
void enrol_slices() {
  for (const Eigen::Index length : {10, 128, 1000, 32000})
    for (const auto* pass : {"forward", "backward", "from_output"})
      for (const auto& c : with_peers<T>(contenders<T>()))
        if (c.pass == pass)
          enrol(
              c, length, [length]() -> auto& { return data<T>(length); },
              [c, length] { return error_of<T>(c, length); });
  for (const Eigen::Index length : {10, 128, 1000, 32000})
    for (const auto& c : with_peers<T>(contenders_of_log<T>()))
      enrol(
          c, length, [length]() -> auto& { return data<T>(length); },
          [c, length] { return error_of<T>(c, length); });
  for (const auto& c : contenders_of_gate<T>())
    enrol(
        c, 4096, []() -> auto& {
          static arrays<array<T>> all = arrays<array<T>>::random(4096, 1);
          return all;
        },
        [] { return std::numeric_limits<double>::quiet_NaN(); });
}

}  // namespace

void enrol_softmax() {
  enrol_slices<float>();
  enrol_slices<double>();
}

}  // namespace bench
