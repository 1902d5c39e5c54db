// SPDX-License-Identifier: MIT
// softmax and log_softmax of every column and of every row, beside what users write by hand.
#include "bench.hpp"
#include "peers/peers.hpp"
#include "std_fast_math.hpp"

#include <hillock/log_softmax.hpp>
#include <hillock/softmax.hpp>

#include <map>

namespace bench {
namespace {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>;

template <typename T>
using contenders = std::vector<contender<array<T>>>;

/// hillock's rows of F, which is made in the call, as a default one costs nothing.
template <typename F, typename T = typename F::scalar>
contenders<T> own(const std::string& name) {
  using Arrays = arrays<array<T>>;
  return {{name, "forward", "hillock", [](Arrays& a) { a.out = F{}.forward(a.x); }},
          {name, "backward", "hillock", [](Arrays& a) { a.out = F{}.backward(a.x, a.dy); }},
          {name, "from_output", "hillock",
           [](Arrays& a) { a.out = F{}.backward_from_output(a.y, a.dy); }}};
}

/// Adds forms of a function to its rows.
template <typename T>
auto adder(contenders<T>& all) {
  return [&all](const char* who, const char* pass, const char* code, auto run) {
    all.push_back({all.front().function, pass, std::string(who) + ": " + code, run});
  };
}

template <typename T>
contenders<T> softmax_per_column() {
  using Row [[maybe_unused]] = Eigen::Array<T, 1, Eigen::Dynamic>;
  using Arrays = arrays<array<T>>;
  auto all = own<hillock::softmax<T, hillock::per_column>>("softmax");
  const auto add = adder<T>(all);
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
contenders<T> log_softmax_per_column() {
  auto all = own<hillock::log_softmax<T, hillock::per_column>>("log_softmax");
  const auto add = adder<T>(all);
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

/// Of a column-major array, whose rows are not contiguous.
template <typename T>
contenders<T> softmax_per_row() {
  using Column [[maybe_unused]] = Eigen::Array<T, Eigen::Dynamic, 1>;
  auto all = own<hillock::softmax<T, hillock::per_row>>("softmax_per_row");
  const auto add = adder<T>(all);
  // clang-format off
  add("eigen", "forward", HILLOCK_BENCH_CODE(
      out = (x.colwise() - x.rowwise().maxCoeff()).exp();
      const Column sums = out.rowwise().sum(); out.colwise() /= sums));
  add("eigen", "forward", HILLOCK_BENCH_CODE(
      const Column most = x.rowwise().maxCoeff(); Column sums = Column::Zero(x.rows());
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - most).exp(); sums += out.col(i); }
      sums = sums.inverse(); out.colwise() *= sums));
  add("eigen", "backward", HILLOCK_BENCH_CODE(
      const Column most = x.rowwise().maxCoeff(); Column sums = Column::Zero(x.rows()); Column means = sums;
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - most).exp(); sums += out.col(i); means += out.col(i) * dy.col(i); }
      sums = sums.inverse(); means *= sums;
      for (Eigen::Index i = 0; i < x.cols(); ++i) out.col(i) *= sums * (dy.col(i) - means)));
  add("eigen", "from_output", HILLOCK_BENCH_CODE(
      const Column means = (y * dy).rowwise().sum(); out = y * (dy.colwise() - means)));
  // clang-format on
  return all;
}

template <typename T>
contenders<T> log_softmax_per_row() {
  using Column [[maybe_unused]] = Eigen::Array<T, Eigen::Dynamic, 1>;
  auto all = own<hillock::log_softmax<T, hillock::per_row>>("log_softmax_per_row");
  const auto add = adder<T>(all);
  // clang-format off
  add("eigen", "forward", HILLOCK_BENCH_CODE(
      const Column most = x.rowwise().maxCoeff(); Column sums = Column::Zero(x.rows());
      for (Eigen::Index i = 0; i < x.cols(); ++i) sums += (x.col(i) - most).exp();
      sums = most + sums.log(); out = x.colwise() - sums));
  add("eigen", "backward", HILLOCK_BENCH_CODE(
      const Column most = x.rowwise().maxCoeff(); Column sums = Column::Zero(x.rows());
      for (Eigen::Index i = 0; i < x.cols(); ++i) { out.col(i) = (x.col(i) - most).exp(); sums += out.col(i); }
      sums = dy.rowwise().sum() / sums;
      for (Eigen::Index i = 0; i < x.cols(); ++i) out.col(i) = dy.col(i) - out.col(i) * sums));
  add("eigen", "from_output", HILLOCK_BENCH_CODE(
      const Column sums = dy.rowwise().sum();
      for (Eigen::Index i = 0; i < x.cols(); ++i) out.col(i) = dy.col(i) - y.col(i).exp() * sums));
  // clang-format on
  return all;
}

/// Slices of the given length, some 32000 elements in all; y is what F gives.
template <typename F>
arrays<array<typename F::scalar>>& data(Eigen::Index length) {
  constexpr bool are_rows = std::is_same_v<typename F::axis, hillock::per_row>;
  static std::map<Eigen::Index, arrays<array<typename F::scalar>>> all;
  const auto [at, is_new] = all.try_emplace(length);
  if (is_new) {
    const Eigen::Index count = 32000 / length;
    at->second = arrays<array<typename F::scalar>>::random(are_rows ? count : length,
                                                           are_rows ? length : count);
    at->second.y = F{}.forward(at->second.x);
  }
  return at->second;
}

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The error of the probabilities. That of the gradient is not measured: where it cancels, any form
/// that is not wider than T has a large one.
template <typename F, typename T = typename F::scalar>
double error_of(const contender<array<T>>& c, Eigen::Index length) {
  if (c.pass != "forward" || F::name != "softmax") return unknown;
  auto a = data<F>(length);
  c.run(a);
  if (std::is_same_v<typename F::axis, hillock::per_row>) {
    a.x.transposeInPlace();
    a.out.transposeInPlace();
  }
  array<long double> truth = a.x.template cast<long double>();
  for (Eigen::Index i = 0; i < truth.cols(); ++i) {
    truth.col(i) = (truth.col(i) - truth.col(i).maxCoeff()).exp();
    truth.col(i) /= truth.col(i).sum();
  }
  const array<long double> least = array<long double>::Zero(truth.rows(), truth.cols());
  return core_error(a.out.reshaped(), truth.reshaped(), least.reshaped());
}

/// F's rows, with what peers have to add to them.
template <typename F, typename T = typename F::scalar>
void enrol_slices(contenders<T> all, std::initializer_list<Eigen::Index> lengths) {
  if constexpr (std::is_same_v<T, float>)
    for (const auto& c : softmax_peers())
      if (c.function == all.front().function) all.push_back(c);
  for (const auto* pass : {"forward", "backward", "from_output"})
    for (const Eigen::Index length : lengths)
      for (const auto& c : all)
        if (c.pass == pass)
          enrol(
              c, length, [length]() -> auto& { return data<F>(length); },
              [c, length] { return error_of<F>(c, length); });
}

template <typename T>
void enrol_all() {
  using hillock::per_column, hillock::per_row;
  enrol_slices<hillock::softmax<T, per_column>>(softmax_per_column<T>(), {10, 128, 1000, 32000});
  enrol_slices<hillock::log_softmax<T, per_column>>(log_softmax_per_column<T>(),
                                                    {10, 128, 1000, 32000});
  enrol_slices<hillock::softmax<T, per_row>>(softmax_per_row<T>(), {10, 128, 1000});
  enrol_slices<hillock::log_softmax<T, per_row>>(log_softmax_per_row<T>(), {10, 128, 1000});
}

}  // namespace

void enrol_softmax() {
  enrol_all<float>();
  enrol_all<double>();
}

}  // namespace bench
