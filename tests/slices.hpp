// SPDX-License-Identifier: MIT
// Softmax of one slice in long double, rounding nothing that matters even for double; logits to
// try.
#pragma once
#include "support.hpp"

namespace slices {

using Eigen::Dynamic;
using Eigen::Index;
using support::array;

template <typename T>
using matrix = Eigen::Matrix<T, Dynamic, Dynamic>;
template <typename T>
using row_matrix = Eigen::Matrix<T, Dynamic, Dynamic, Eigen::RowMajor>;
using wide = std::vector<long double>;

/// A sum with what its roundings lose (A. Neumaier 1974).
class exact_sum {
 public:
  void add(long double term) {
    const long double sum = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
    sum_ = sum;
  }
  long double total() const { return sum_ + lost_; }

 private:
  long double sum_ = 0, lost_ = 0;
};

/// e^((x - most) / t), by way of the rounding errors of difference and quotient.
inline long double exp_below(long double x, long double most, long double t) {
  const long double d = x - most;
  if (!(d > -1e6L * t)) return 0;
  const long double back = d - x;
  const long double lost = (x - (d - back)) - (most + back);
  const long double q = d / t;
  return std::exp(q) * (1 + (std::fma(-q, t, d) + lost) / t);
}

template <typename X>
long double maximum(const X& x) {
  long double most = -support::infinity<long double>;
  for (Index i = 0; i < x.size(); ++i)
    most = (std::max)(most, static_cast<long double>(x.coeff(i)));
  return most;
}

/// softmax of a slice of finite numbers and -inf, not all of them -inf.
template <typename X>
wide softmax(const X& x, long double temperature = 1) {
  const long double most = maximum(x);
  wide y;
  exact_sum sum;
  for (Index i = 0; i < x.size(); ++i) {
    y.push_back(exp_below(static_cast<long double>(x.coeff(i)), most, temperature));
    sum.add(y.back());
  }
  for (long double& p : y) p /= sum.total();
  return y;
}

/// n logits about as far apart as spread says; some equal.
template <typename T>
array<T> logits(Index n, double spread, unsigned seed) {
  std::mt19937 random(seed);
  array<T> x(n);
  for (Index i = 0; i < n; ++i) {
    const double a = static_cast<double>(random()) / 4294967296.0;
    const double b = static_cast<double>(random()) / 4294967296.0;
    x[i] = static_cast<T>(spread * (a + b - 1));
    if (random() % 8 == 0 && i > 0) x[i] = x[i - 1];
  }
  return x;
}

template <typename T>
matrix<T> logits(Index rows, Index cols, double spread, unsigned seed) {
  return logits<T>(rows * cols, spread, seed).reshaped(rows, cols).matrix();
}

/// body(x) on every instruction set, for logits whose rows are short and long.
template <typename Body>
void for_each_length(Body body) {
  support::for_each_instruction_set([&] {
    for (const Index n : {1, 7, 67, 1003}) body(logits<float>(5, n, 3, 1));
  });
}

}  // namespace slices
