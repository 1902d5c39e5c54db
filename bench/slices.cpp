// SPDX-License-Identifier: MIT
// What else works on every column: log_sum_exp, sparsemax and softmax_cross_entropy, beside what
// users write by hand.
#include "bench.hpp"

#include <hillock/log_sum_exp.hpp>
#include <hillock/softmax_cross_entropy.hpp>
#include <hillock/sparsemax.hpp>

#include <map>

namespace bench {
namespace {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>;

/// The class of each column.
Eigen::VectorXi labels;

/// out = the projection of x onto the simplex, with a sorted copy, as most code does it.
template <typename X, typename Out>
void sparsemax_by_sorting(const X& x, Out&& out) {
  using T = typename X::Scalar;
  static std::vector<T> sorted;
  sorted.assign(x.data(), x.data() + x.size());
  std::sort(sorted.begin(), sorted.end(), std::greater<T>());
  T sum = 0, threshold = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sum += sorted[i];
    const T next = (sum - 1) / static_cast<T>(i + 1);
    if (sorted[i] <= next) break;
    threshold = next;
  }
  out = (x - threshold).cwiseMax(T(0));
}

/// Of each pass hillock first.
template <typename T>
std::vector<contender<array<T>>> contenders() {
  using Arrays = arrays<array<T>>;
  using log_sum_exp = hillock::log_sum_exp<T, hillock::per_column>;
  using sparsemax = hillock::sparsemax<T, hillock::per_column>;
  using cross_entropy = hillock::softmax_cross_entropy<T, hillock::per_column>;
  std::vector<contender<array<T>>> all;
  const auto own = [&](const char* function, const char* pass, auto run) {
    all.push_back({function, pass, "hillock", run});
  };
  const auto by_hand = [&](const char* code, auto run) {
    all.push_back({all.back().function, all.back().pass, std::string("eigen: ") + code, run});
  };
  // clang-format off
  own("log_sum_exp", "forward", [](Arrays& a) { a.out = log_sum_exp{}.forward(a.x); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        const T most = x.col(i).maxCoeff(); out(i) = most + std::log((x.col(i) - most).exp().sum()); }));
  own("log_sum_exp", "backward", [](Arrays& a) { a.out = log_sum_exp{}.backward(a.x, a.dy); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - x.col(i).maxCoeff()).exp(); out.col(i) *= dy(i) / out.col(i).sum(); }));

  own("sparsemax", "forward", [](Arrays& a) { a.out = sparsemax{}.forward(a.x); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) sparsemax_by_sorting(x.col(i), out.col(i))));
  own("sparsemax", "backward", [](Arrays& a) { a.out = sparsemax{}.backward(a.x, a.dy); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        sparsemax_by_sorting(x.col(i), out.col(i)); out.col(i) = (out.col(i) > 0).template cast<T>();
        out.col(i) *= dy.col(i) - (out.col(i) * dy.col(i)).sum() / out.col(i).sum(); }));
  own("sparsemax", "from_output", [](Arrays& a) { a.out = sparsemax{}.backward_from_output(a.y, a.dy); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < y.cols(); ++i) {
        out.col(i) = (y.col(i) > 0).template cast<T>();
        out.col(i) *= dy.col(i) - (out.col(i) * dy.col(i)).sum() / out.col(i).sum(); }));

  own("softmax_cross_entropy", "forward", [](Arrays& a) { a.out(0) = cross_entropy{}.forward(a.x, labels); });
  by_hand(HILLOCK_BENCH_CODE(
      out(0) = 0;
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        const T most = x.col(i).maxCoeff();
        out(0) += std::log((x.col(i) - most).exp().sum()) - (x(labels[i], i) - most); }
      out(0) /= T(x.cols())));
  own("softmax_cross_entropy", "backward", [](Arrays& a) { a.out = cross_entropy{}.backward(a.x, labels); });
  by_hand(HILLOCK_BENCH_CODE(
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        out.col(i) = (x.col(i) - x.col(i).maxCoeff()).exp(); out.col(i) /= out.col(i).sum() * T(x.cols());
        out(labels[i], i) -= 1 / T(x.cols()); }));
  // clang-format on
  return all;
}

/// Columns of some 32000 elements in all, and labels. y is their sparsemax; what is one number for
/// each column of log_sum_exp is a row.
template <typename T>
arrays<array<T>>& data(const contender<array<T>>& c, Eigen::Index length) {
  static std::map<std::tuple<std::string, std::string, Eigen::Index>, arrays<array<T>>> all;
  const auto [at, is_new] = all.try_emplace({c.function, c.pass, length});
  arrays<array<T>>& a = at->second;
  const Eigen::Index count = 32000 / length;
  if (is_new) {
    a = arrays<array<T>>::random(length, count);
    a.y = hillock::sparsemax<T, hillock::per_column>{}.forward(a.x);
    if (c.function == "log_sum_exp")
      (c.pass == "forward" ? a.out : a.dy).conservativeResize(1, count);
  }
  labels = Eigen::VectorXi::NullaryExpr(
      count, [&](Eigen::Index i) { return static_cast<int>(7 * i % length); });
  return a;
}

template <typename T>
void enrol_all() {
  for (const Eigen::Index length : {10, 128, 1000})
    for (const auto& c : contenders<T>())
      enrol(
          c, length, [ c, length ]() -> auto& { return data(c, length); },
          [] { return std::numeric_limits<double>::quiet_NaN(); });
}

}  // namespace

void enrol_other_slices() {
  enrol_all<float>();
  enrol_all<double>();
}

}  // namespace bench
