// SPDX-License-Identifier: MIT
// Written by generate.py; edit the formulas there.
// clang-format off
#pragma once
#include "wide.hpp"

#include <string_view>
#include <vector>

namespace oracle {

template <typename W>
struct identity_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return x;
  }
  W derivative(W /*x*/) const {
    return 1;
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct relu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W max;
  explicit relu_formulas(W max_) : max{max_} {}
  W value(W x) const {
    return where(x > 0, where(x < max, x, max), 0);
  }
  W derivative(W x) const {
    return where((x > 0) and (x < max), 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0), W(max)}; }
};

template <typename W>
struct relu6_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > 0, where(x < 6, x, 6), 0);
  }
  W derivative(W x) const {
    return where((x > 0) and (x < 6), 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0), W(6)}; }
};

template <typename W>
struct leaky_relu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W slope;
  W max;
  explicit leaky_relu_formulas(W slope_, W max_) : slope{slope_}, max{max_} {}
  W value(W x) const {
    return where(x > 0, where(x < max, x, max), slope*x);
  }
  W derivative(W x) const {
    return where(x > 0, where(x < max, 1, 0), slope);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0), W(max)}; }
};

template <typename W>
struct leaky_relu6_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W slope;
  explicit leaky_relu6_formulas(W slope_) : slope{slope_} {}
  W value(W x) const {
    return where(x > 0, where(x < 6, x, 6), slope*x);
  }
  W derivative(W x) const {
    return where(x > 0, where(x < 6, 1, 0), slope);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0), W(6)}; }
};

template <typename W>
struct threshold_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W theta;
  W the_value;
  explicit threshold_formulas(W theta_, W the_value_) : theta{theta_}, the_value{the_value_} {}
  W value(W x) const {
    return where(x > theta, x, the_value);
  }
  W derivative(W x) const {
    return where(x > theta, 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(theta)}; }
};

template <typename W>
struct hard_tanh_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W lo;
  W hi;
  explicit hard_tanh_formulas(W lo_, W hi_) : lo{lo_}, hi{hi_} {}
  W value(W x) const {
    return where(x > lo, where(x < hi, x, hi), lo);
  }
  W derivative(W x) const {
    return where((x > lo) and (x < hi), 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(lo), W(hi)}; }
};

template <typename W>
struct leaky_hard_tanh_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W lo;
  W hi;
  W lo_slope;
  W hi_slope;
  explicit leaky_hard_tanh_formulas(W lo_, W hi_, W lo_slope_, W hi_slope_) : lo{lo_}, hi{hi_}, lo_slope{lo_slope_}, hi_slope{hi_slope_} {}
  W value(W x) const {
    return where(x < lo, fma(lo_slope, x - lo, lo), where(x > hi, fma(hi_slope, x - hi, hi), x));
  }
  W derivative(W x) const {
    return where(x < lo, lo_slope, where(x > hi, hi_slope, 1));
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(lo), W(hi)}; }
};

template <typename W>
struct hard_sigmoid_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W slope;
  W offset;
  explicit hard_sigmoid_formulas(W slope_, W offset_) : slope{slope_}, offset{offset_} {}
  W value(W x) const {
    return where(fma(slope, x, offset) > 0, where(fma(slope, x, offset - 1) < 0, fma(slope, x, offset),
        1), 0);
  }
  W derivative(W x) const {
    return where((fma(slope, x, offset) > 0) and (fma(slope, x, offset - 1) < 0), slope, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-offset/slope), W((1 - offset)/slope)}; }
};

template <typename W>
struct hard_swish_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > -3, where(x < 3, x*(x + 3)/6, x), 0);
  }
  W derivative(W x) const {
    return where(x > -3, where(x < 3, (2*x + 3)/6, 1), 0);
  }
  W second_derivative(W x) const {
    return where(abs(x) < 3, 1, 0)/3;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-3), W(3)}; }
};

template <typename W>
struct squared_relu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > 0, x*x, 0);
  }
  W derivative(W x) const {
    return where(x > 0, 2*x, 0);
  }
  W second_derivative(W x) const {
    return where(x > 0, 2, 0);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0)}; }
};

template <typename W>
struct hard_shrink_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W the_lambda;
  explicit hard_shrink_formulas(W the_lambda_) : the_lambda{the_lambda_} {}
  W value(W x) const {
    return where(abs(x) > the_lambda, x, 0);
  }
  W derivative(W x) const {
    return where(abs(x) > the_lambda, 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-the_lambda), W(the_lambda)}; }
};

template <typename W>
struct soft_shrink_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W the_lambda;
  explicit soft_shrink_formulas(W the_lambda_) : the_lambda{the_lambda_} {}
  W value(W x) const {
    return where(x > the_lambda, x - the_lambda, where(x < -the_lambda, x + the_lambda, 0));
  }
  W derivative(W x) const {
    return where(abs(x) > the_lambda, 1, 0);
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-the_lambda), W(the_lambda)}; }
};

template <typename W>
struct sparse_sigmoid_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > -1, where(x < 1, (x + 1)/2, 1), 0);
  }
  W derivative(W x) const {
    return where(abs(x) < 1, 1, 0)/2;
  }
  W second_derivative(W /*x*/) const {
    return 0;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-1), W(1)}; }
};

template <typename W>
struct sparse_plus_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > -1, where(x < 1, (x + 1)*(x + 1)/4, x), 0);
  }
  W derivative(W x) const {
    return where(x > -1, where(x < 1, (x + 1)/2, 1), 0);
  }
  W second_derivative(W x) const {
    return where(abs(x) < 1, 1, 0)/2;
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(-1), W(1)}; }
};

template <typename W>
struct softsign_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return x/(1 + abs(x));
  }
  W derivative(W x) const {
    return 1/(1 + abs(x))/(1 + abs(x));
  }
  W second_derivative(W x) const {
    return where(x > 0, -2, where(x < 0, 2, 0))/(1 + abs(x))/(1 + abs(x))/(1 + abs(x));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0)}; }
};

template <typename W>
struct sigmoid_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return 1/(1 + exp(-x));
  }
  W derivative(W x) const {
    return exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)));
  }
  W second_derivative(W x) const {
    return -tanh(x/2)*exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct tanh_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return tanh(x);
  }
  W derivative(W x) const {
    return 4*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
  W second_derivative(W x) const {
    return -8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct softplus_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W beta;
  explicit softplus_formulas(W beta_) : beta{beta_} {}
  W value(W x) const {
    return where(x > 0, x, 0) + log1p(exp_product(beta, -abs(x)))/beta;
  }
  W derivative(W x) const {
    return where(x > 0, 1, exp_product(beta, -abs(x)))/(1 + exp_product(beta, -abs(x)));
  }
  W second_derivative(W x) const {
    return beta*exp_product(beta, -abs(x))/(1 + exp_product(beta, -abs(x)))/(1 + exp_product(beta,
        -abs(x)));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct elu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W alpha;
  explicit elu_formulas(W alpha_) : alpha{alpha_} {}
  W value(W x) const {
    return where(x > 0, x, alpha*expm1(x));
  }
  W derivative(W x) const {
    return where(x > 0, 1, alpha*exp(x));
  }
  W second_derivative(W x) const {
    return where(x > 0, 0, alpha*exp(x));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0)}; }
};

template <typename W>
struct gelu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return x*normal(x);
  }
  W derivative(W x) const {
    return normal(x) + x*density(x);
  }
  W second_derivative(W x) const {
    return density(x)*(2 - x*x);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
  W beta_of_terms() const { return W(1); }
  /// Zeros of f' and of f'' away from 0, times beta.
  static constexpr W derivative_zeros[] = {W(-0.751791524693564457458L)};
  static constexpr W second_derivative_zeros[] = {W(-1.4142135623730950488L), W(1.4142135623730950488L)};
};

/// body(formulas) with the formulas of that name and parameters, over W.
template <typename W, typename Body>
auto with(std::string_view name, const std::vector<W>& p, Body body) {
  if (name == "identity") return body(identity_formulas<W>());
  if (name == "relu") return body(relu_formulas<W>(p.at(0)));
  if (name == "relu6") return body(relu6_formulas<W>());
  if (name == "leaky_relu") return body(leaky_relu_formulas<W>(p.at(0), p.at(1)));
  if (name == "leaky_relu6") return body(leaky_relu6_formulas<W>(p.at(0)));
  if (name == "threshold") return body(threshold_formulas<W>(p.at(0), p.at(1)));
  if (name == "hard_tanh") return body(hard_tanh_formulas<W>(p.at(0), p.at(1)));
  if (name == "leaky_hard_tanh") return body(leaky_hard_tanh_formulas<W>(p.at(0), p.at(1), p.at(2), p.at(3)));
  if (name == "hard_sigmoid") return body(hard_sigmoid_formulas<W>(p.at(0), p.at(1)));
  if (name == "hard_swish") return body(hard_swish_formulas<W>());
  if (name == "squared_relu") return body(squared_relu_formulas<W>());
  if (name == "hard_shrink") return body(hard_shrink_formulas<W>(p.at(0)));
  if (name == "soft_shrink") return body(soft_shrink_formulas<W>(p.at(0)));
  if (name == "sparse_sigmoid") return body(sparse_sigmoid_formulas<W>());
  if (name == "sparse_plus") return body(sparse_plus_formulas<W>());
  if (name == "softsign") return body(softsign_formulas<W>());
  if (name == "sigmoid") return body(sigmoid_formulas<W>());
  if (name == "tanh") return body(tanh_formulas<W>());
  if (name == "softplus") return body(softplus_formulas<W>(p.at(0)));
  if (name == "elu") return body(elu_formulas<W>(p.at(0)));
  if (name == "gelu") return body(gelu_formulas<W>());
  no_entry(name);
}

}  // namespace oracle
