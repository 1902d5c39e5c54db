// SPDX-License-Identifier: MIT
// Written by generate.py; edit the formulas there.
// clang-format off
#pragma once
#include "wide.hpp"

#include <string_view>
#include <vector>

namespace oracle {

template <typename W>
struct exponential_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return exp(x);
  }
  W derivative(W x) const {
    return exp(x);
  }
  W second_derivative(W x) const {
    return exp(x);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct celu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W alpha;
  explicit celu_formulas(W alpha_) : alpha{alpha_} {}
  W value(W x) const {
    return where(x > 0, x, alpha*expm1(x/alpha));
  }
  W derivative(W x) const {
    return where(x > 0, 1, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha));
  }
  W second_derivative(W x) const {
    return where(x > 0, 0, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha)/alpha);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0)}; }
};

template <typename W>
struct selu_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return where(x > 0, W(1.0507009873554804934L)*x,
        W(1.0507009873554804934L)*W(1.6732632423543772848L)*expm1(x));
  }
  W derivative(W x) const {
    return where(x > 0, W(1.0507009873554804934L),
        W(1.0507009873554804934L)*W(1.6732632423543772848L)*exp(x));
  }
  W second_derivative(W x) const {
    return where(x > 0, 0, W(1.0507009873554804934L)*W(1.6732632423543772848L)*exp(x));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {W(0)}; }
};

template <typename W>
struct squareplus_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W b;
  explicit squareplus_formulas(W b_) : b{b_} {}
  W value(W x) const {
    return where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x));
  }
  W derivative(W x) const {
    return where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x))/sqrt(x*x + b);
  }
  W second_derivative(W x) const {
    return b/2/(x*x + b)/sqrt(x*x + b);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct gaussian_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return exp_product(x, -x);
  }
  W derivative(W x) const {
    return -2*x*exp_product(x, -x);
  }
  W second_derivative(W x) const {
    return fma(2*x, 2*x, -2)*exp_product(x, -x);
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

template <typename W>
struct tanh_shrink_formulas : vocabulary<W> {
  using vocabulary<W>::where, vocabulary<W>::pi, vocabulary<W>::inf;
  W value(W x) const {
    return x_minus_tanh(x);
  }
  W derivative(W x) const {
    return tanh(x)*tanh(x);
  }
  W second_derivative(W x) const {
    return 8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
  /// Where f' or f'' jumps.
  std::vector<W> kinks() const { return {}; }
};

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
  if (name == "exponential") return body(exponential_formulas<W>());
  if (name == "celu") return body(celu_formulas<W>(p.at(0)));
  if (name == "selu") return body(selu_formulas<W>());
  if (name == "squareplus") return body(squareplus_formulas<W>(p.at(0)));
  if (name == "gaussian") return body(gaussian_formulas<W>());
  if (name == "tanh_shrink") return body(tanh_shrink_formulas<W>());
  if (name == "identity") return body(identity_formulas<W>());
  if (name == "relu") return body(relu_formulas<W>(p.at(0)));
  if (name == "hard_sigmoid") return body(hard_sigmoid_formulas<W>(p.at(0), p.at(1)));
  if (name == "softsign") return body(softsign_formulas<W>());
  if (name == "sigmoid") return body(sigmoid_formulas<W>());
  if (name == "tanh") return body(tanh_formulas<W>());
  if (name == "softplus") return body(softplus_formulas<W>(p.at(0)));
  if (name == "elu") return body(elu_formulas<W>(p.at(0)));
  if (name == "gelu") return body(gelu_formulas<W>());
  no_entry(name);
}

}  // namespace oracle
