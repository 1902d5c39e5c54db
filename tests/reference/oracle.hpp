// SPDX-License-Identifier: MIT
// Written by generate.py; edit the formulas there.
// clang-format off
#pragma once
#include "wide.hpp"

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace oracle {

template <typename W>
struct exponential_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return exp(x);
  }
  W derivative(W x) const override {
    return exp(x);
  }
  W second_derivative(W x) const override {
    return exp(x);
  }
};

template <typename W>
struct celu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W alpha;
  explicit celu_formulas(W alpha_) : alpha{alpha_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, x, alpha*expm1(x/alpha));
  }
  W derivative(W x) const override {
    return where(x > 0, 1, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha));
  }
  W second_derivative(W x) const override {
    return where(x > 0, 0, exp(x/alpha)*(1 + fma(-x/alpha, alpha, x)/alpha)/alpha);
  }
  std::vector<W> kinks() const override { return {W(0)}; }
};

template <typename W>
struct selu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, W(1.0507009873554804934L)*x,
        W(1.0507009873554804934L)*W(1.6732632423543772848L)*expm1(x));
  }
  W derivative(W x) const override {
    return where(x > 0, W(1.0507009873554804934L),
        W(1.0507009873554804934L)*W(1.6732632423543772848L)*exp(x));
  }
  W second_derivative(W x) const override {
    return where(x > 0, 0, W(1.0507009873554804934L)*W(1.6732632423543772848L)*exp(x));
  }
  std::vector<W> kinks() const override { return {W(0)}; }
};

template <typename W>
struct squareplus_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W b;
  explicit squareplus_formulas(W b_) : b{b_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x));
  }
  W derivative(W x) const override {
    return where(x > 0, (x + sqrt(x*x + b))/2, b/2/(sqrt(x*x + b) - x))/sqrt(x*x + b);
  }
  W second_derivative(W x) const override {
    return b/2/(x*x + b)/sqrt(x*x + b);
  }
};

template <typename W>
struct gaussian_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return exp_product(x, -x);
  }
  W derivative(W x) const override {
    return -2*x*exp_product(x, -x);
  }
  W second_derivative(W x) const override {
    return fma(2*x, 2*x, -2)*exp_product(x, -x);
  }
};

template <typename W>
struct tanh_shrink_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x_minus_tanh(x);
  }
  W derivative(W x) const override {
    return tanh(x)*tanh(x);
  }
  W second_derivative(W x) const override {
    return 8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
};

template <typename W>
struct identity_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x;
  }
  W derivative(W /*x*/) const override {
    return 1;
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
};

template <typename W>
struct relu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W max;
  explicit relu_formulas(W max_) : max{max_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, where(x < max, x, max), 0);
  }
  W derivative(W x) const override {
    return where((x > 0) and (x < max), 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(0), W(max)}; }
};

template <typename W>
struct relu6_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, where(x < 6, x, 6), 0);
  }
  W derivative(W x) const override {
    return where((x > 0) and (x < 6), 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(0), W(6)}; }
};

template <typename W>
struct leaky_relu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W slope;
  W max;
  explicit leaky_relu_formulas(W slope_, W max_) : slope{slope_}, max{max_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, where(x < max, x, max), slope*x);
  }
  W derivative(W x) const override {
    return where(x > 0, where(x < max, 1, 0), slope);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(0), W(max)}; }
};

template <typename W>
struct leaky_relu6_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W slope;
  explicit leaky_relu6_formulas(W slope_) : slope{slope_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, where(x < 6, x, 6), slope*x);
  }
  W derivative(W x) const override {
    return where(x > 0, where(x < 6, 1, 0), slope);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(0), W(6)}; }
};

template <typename W>
struct threshold_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W theta;
  W the_value;
  explicit threshold_formulas(W theta_, W the_value_) : theta{theta_}, the_value{the_value_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > theta, x, the_value);
  }
  W derivative(W x) const override {
    return where(x > theta, 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(theta)}; }
};

template <typename W>
struct hard_tanh_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W lo;
  W hi;
  explicit hard_tanh_formulas(W lo_, W hi_) : lo{lo_}, hi{hi_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > lo, where(x < hi, x, hi), lo);
  }
  W derivative(W x) const override {
    return where((x > lo) and (x < hi), 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(lo), W(hi)}; }
};

template <typename W>
struct leaky_hard_tanh_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W lo;
  W hi;
  W lo_slope;
  W hi_slope;
  explicit leaky_hard_tanh_formulas(W lo_, W hi_, W lo_slope_, W hi_slope_) : lo{lo_}, hi{hi_}, lo_slope{lo_slope_}, hi_slope{hi_slope_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x < lo, fma(lo_slope, x - lo, lo), where(x > hi, fma(hi_slope, x - hi, hi), x));
  }
  W derivative(W x) const override {
    return where(x < lo, lo_slope, where(x > hi, hi_slope, 1));
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(lo), W(hi)}; }
};

template <typename W>
struct hard_sigmoid_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W slope;
  W offset;
  explicit hard_sigmoid_formulas(W slope_, W offset_) : slope{slope_}, offset{offset_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(fma(slope, x, offset) > 0, where(fma(slope, x, offset - 1) < 0, fma(slope, x, offset),
        1), 0);
  }
  W derivative(W x) const override {
    return where((fma(slope, x, offset) > 0) and (fma(slope, x, offset - 1) < 0), slope, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(-offset/slope), W((1 - offset)/slope)}; }
};

template <typename W>
struct hard_swish_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > -3, where(x < 3, x*(x + 3)/6, x), 0);
  }
  W derivative(W x) const override {
    return where(x > -3, where(x < 3, (2*x + 3)/6, 1), 0);
  }
  W second_derivative(W x) const override {
    return where(abs(x) < 3, 1, 0)/3;
  }
  std::vector<W> kinks() const override { return {W(-3), W(3)}; }
};

template <typename W>
struct squared_relu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, x*x, 0);
  }
  W derivative(W x) const override {
    return where(x > 0, 2*x, 0);
  }
  W second_derivative(W x) const override {
    return where(x > 0, 2, 0);
  }
  std::vector<W> kinks() const override { return {W(0)}; }
};

template <typename W>
struct hard_shrink_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W the_lambda;
  explicit hard_shrink_formulas(W the_lambda_) : the_lambda{the_lambda_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(abs(x) > the_lambda, x, 0);
  }
  W derivative(W x) const override {
    return where(abs(x) > the_lambda, 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(-the_lambda), W(the_lambda)}; }
};

template <typename W>
struct soft_shrink_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W the_lambda;
  explicit soft_shrink_formulas(W the_lambda_) : the_lambda{the_lambda_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > the_lambda, x - the_lambda, where(x < -the_lambda, x + the_lambda, 0));
  }
  W derivative(W x) const override {
    return where(abs(x) > the_lambda, 1, 0);
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(-the_lambda), W(the_lambda)}; }
};

template <typename W>
struct sparse_sigmoid_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > -1, where(x < 1, (x + 1)/2, 1), 0);
  }
  W derivative(W x) const override {
    return where(abs(x) < 1, 1, 0)/2;
  }
  W second_derivative(W /*x*/) const override {
    return 0;
  }
  std::vector<W> kinks() const override { return {W(-1), W(1)}; }
};

template <typename W>
struct sparse_plus_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > -1, where(x < 1, (x + 1)*(x + 1)/4, x), 0);
  }
  W derivative(W x) const override {
    return where(x > -1, where(x < 1, (x + 1)/2, 1), 0);
  }
  W second_derivative(W x) const override {
    return where(abs(x) < 1, 1, 0)/2;
  }
  std::vector<W> kinks() const override { return {W(-1), W(1)}; }
};

template <typename W>
struct softsign_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x/(1 + abs(x));
  }
  W derivative(W x) const override {
    return 1/(1 + abs(x))/(1 + abs(x));
  }
  W second_derivative(W x) const override {
    return where(x > 0, -2, where(x < 0, 2, 0))/(1 + abs(x))/(1 + abs(x))/(1 + abs(x));
  }
  std::vector<W> kinks() const override { return {W(0)}; }
};

template <typename W>
struct sigmoid_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return 1/(1 + exp(-x));
  }
  W derivative(W x) const override {
    return exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)));
  }
  W second_derivative(W x) const override {
    return -tanh(x/2)*exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)));
  }
};

template <typename W>
struct tanh_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return tanh(x);
  }
  W derivative(W x) const override {
    return 4*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
  W second_derivative(W x) const override {
    return -8*tanh(x)*exp(-2*abs(x))/(1 + exp(-2*abs(x)))/(1 + exp(-2*abs(x)));
  }
};

template <typename W>
struct softplus_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W beta;
  explicit softplus_formulas(W beta_) : beta{beta_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, x, 0) + log1p(exp_product(beta, -abs(x)))/beta;
  }
  W derivative(W x) const override {
    return where(x > 0, 1, exp_product(beta, -abs(x)))/(1 + exp_product(beta, -abs(x)));
  }
  W second_derivative(W x) const override {
    return beta*exp_product(beta, -abs(x))/(1 + exp_product(beta, -abs(x)))/(1 + exp_product(beta,
        -abs(x)));
  }
};

template <typename W>
struct log_sigmoid_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return -(where(x > 0, 0, -x) + log1p(exp(-abs(x))));
  }
  W derivative(W x) const override {
    return where(x > 0, exp(-abs(x)), 1)/(1 + exp(-abs(x)));
  }
  W second_derivative(W x) const override {
    return -exp(-abs(x))/(1 + exp(-abs(x)))/(1 + exp(-abs(x)));
  }
};

template <typename W>
struct elu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W alpha;
  explicit elu_formulas(W alpha_) : alpha{alpha_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return where(x > 0, x, alpha*expm1(x));
  }
  W derivative(W x) const override {
    return where(x > 0, 1, alpha*exp(x));
  }
  W second_derivative(W x) const override {
    return where(x > 0, 0, alpha*exp(x));
  }
  std::vector<W> kinks() const override { return {W(0)}; }
};

template <typename W>
struct gelu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*normal(x);
  }
  W derivative(W x) const override {
    return normal(x) + x*density(x);
  }
  W second_derivative(W x) const override {
    return density(x)*(2 - x*x);
  }
  W beta_of_terms() const override { return W(1); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-0.751791524693564457458L)};
    return {W(-1.4142135623730950488L), W(1.4142135623730950488L)};
  }
};

template <typename W>
struct silu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*where(W(1)*x > 0, 1, exp_product(-abs(W(1)), abs(x)))/(1 + exp_product(-abs(W(1)), abs(x)));
  }
  W derivative(W x) const override {
    return where(W(1)*x > 0, 1 + exp_product(-abs(W(1)), abs(x)) + W(1)*x*exp_product(-abs(W(1)), abs(x)),
        exp_product(-abs(W(1)), abs(x))*(1 + exp_product(-abs(W(1)), abs(x)) + W(1)*x))/(1 +
        exp_product(-abs(W(1)), abs(x)))/(1 + exp_product(-abs(W(1)), abs(x)));
  }
  W second_derivative(W x) const override {
    return W(1)*exp_product(-abs(W(1)), abs(x))*(2*(1 + exp_product(-abs(W(1)), abs(x))) - abs(W(1)*x)*(1
        - exp_product(-abs(W(1)), abs(x))))/(1 + exp_product(-abs(W(1)), abs(x)))/(1 +
        exp_product(-abs(W(1)), abs(x)))/(1 + exp_product(-abs(W(1)), abs(x)));
  }
  W beta_of_terms() const override { return W(W(1)); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-1.27846454276107379511L)};
    return {W(-2.39935728051546766783L), W(2.39935728051546766783L)};
  }
};

template <typename W>
struct swish_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W beta;
  explicit swish_formulas(W beta_) : beta{beta_} {}
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*where(beta*x > 0, 1, exp_product(-abs(beta), abs(x)))/(1 + exp_product(-abs(beta), abs(x)));
  }
  W derivative(W x) const override {
    return where(beta*x > 0, 1 + exp_product(-abs(beta), abs(x)) + beta*x*exp_product(-abs(beta), abs(x)),
        exp_product(-abs(beta), abs(x))*(1 + exp_product(-abs(beta), abs(x)) + beta*x))/(1 +
        exp_product(-abs(beta), abs(x)))/(1 + exp_product(-abs(beta), abs(x)));
  }
  W second_derivative(W x) const override {
    return beta*exp_product(-abs(beta), abs(x))*(2*(1 + exp_product(-abs(beta), abs(x))) - abs(beta*x)*(1
        - exp_product(-abs(beta), abs(x))))/(1 + exp_product(-abs(beta), abs(x)))/(1 +
        exp_product(-abs(beta), abs(x)))/(1 + exp_product(-abs(beta), abs(x)));
  }
  W beta_of_terms() const override { return W(beta); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-1.27846454276107379511L)};
    return {W(-2.39935728051546766783L), W(2.39935728051546766783L)};
  }
};

template <typename W>
struct gelu_quick_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*where(W(1.702L)*x > 0, 1, where(abs(x) < 9999, exp_product(-W(1.75L),
        abs(x))*exp_product(W(0.048L), abs(x)), 0))/(1 + where(abs(x) < 9999,
        exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0));
  }
  W derivative(W x) const override {
    return where(W(1.702L)*x > 0, 1 + where(abs(x) < 9999, exp_product(-W(1.75L),
        abs(x))*exp_product(W(0.048L), abs(x)), 0) + W(1.702L)*x*where(abs(x) < 9999,
        exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0), where(abs(x) < 9999,
        exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0)*(1 + where(abs(x) < 9999,
        exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0) + W(1.702L)*x))/(1 +
        where(abs(x) < 9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0))/(1
        + where(abs(x) < 9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0));
  }
  W second_derivative(W x) const override {
    return W(1.702L)*where(abs(x) < 9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)),
        0)*(2*(1 + where(abs(x) < 9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L),
        abs(x)), 0)) - abs(W(1.702L)*x)*(1 - where(abs(x) < 9999, exp_product(-W(1.75L),
        abs(x))*exp_product(W(0.048L), abs(x)), 0)))/(1 + where(abs(x) < 9999,
        exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0))/(1 + where(abs(x) <
        9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0))/(1 + where(abs(x)
        < 9999, exp_product(-W(1.75L), abs(x))*exp_product(W(0.048L), abs(x)), 0));
  }
  W beta_of_terms() const override { return W(W(1.702L)); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-1.27846454276107379511L)};
    return {W(-2.39935728051546766783L), W(2.39935728051546766783L)};
  }
};

template <typename W>
struct mish_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*where(x > 0, 1 + 2*exp(-abs(x)), exp(-abs(x))*(2 + exp(-abs(x))))/(where(x > 0, 1, 2) +
        2*exp(-abs(x)) + where(x > 0, 2, 1)*exp(-abs(x))*exp(-abs(x)));
  }
  W derivative(W x) const override {
    return where(x > 0, 1 + exp(-abs(x))*(4 + exp(-abs(x))*(6 + 4*x + exp(-abs(x))*(4 + 4*x))),
        exp(-abs(x))*(4 + 4*x + exp(-abs(x))*(6 + 4*x + exp(-abs(x))*(4 + exp(-abs(x))))))/(where(x
        > 0, 1, 2) + 2*exp(-abs(x)) + where(x > 0, 2, 1)*exp(-abs(x))*exp(-abs(x)))/(where(x > 0,
        1, 2) + 2*exp(-abs(x)) + where(x > 0, 2, 1)*exp(-abs(x))*exp(-abs(x)));
  }
  W second_derivative(W x) const override {
    return 4*exp(-abs(x))*where(x > 0, exp(-abs(x))*(2 - 2*x + exp(-abs(x))*(6 - 3*x + exp(-abs(x))*(8 +
        2*x + exp(-abs(x))*(4 + 2*x)))), 4 + 2*x + exp(-abs(x))*(8 + 2*x + exp(-abs(x))*(6 - 3*x +
        exp(-abs(x))*(2 - 2*x))))/(where(x > 0, 1, 2) + 2*exp(-abs(x)) + where(x > 0, 2,
        1)*exp(-abs(x))*exp(-abs(x)))/(where(x > 0, 1, 2) + 2*exp(-abs(x)) + where(x > 0, 2,
        1)*exp(-abs(x))*exp(-abs(x)))/(where(x > 0, 1, 2) + 2*exp(-abs(x)) + where(x > 0, 2,
        1)*exp(-abs(x))*exp(-abs(x)));
  }
  W beta_of_terms() const override { return W(W(1)); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-1.19243121451549521214L)};
    return {W(-2.25637639636079312001L), W(1.49057117948542845929L)};
  }
};

template <typename W>
struct gelu_tanh_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  std::array<W, 3> all(W x) const override {
    return {value(x), derivative(x), second_derivative(x)};
  }
  W value(W x) const override {
    return x*where(x > 0, 1, exp_gelu_tanh(x))/(1 + exp_gelu_tanh(x));
  }
  W derivative(W x) const override {
    return where(x > 0, 1 + exp_gelu_tanh(x) + x*(2*sqrt(2/pi)*(1 + W(0.134145L)*x*x))*exp_gelu_tanh(x),
        exp_gelu_tanh(x)*(1 + exp_gelu_tanh(x) + x*(2*sqrt(2/pi)*(1 + W(0.134145L)*x*x))))/(1 +
        exp_gelu_tanh(x))/(1 + exp_gelu_tanh(x));
  }
  W second_derivative(W x) const override {
    return exp_gelu_tanh(x)*((4*sqrt(2/pi)*(1 + W(0.26829L)*x*x))*(1 + exp_gelu_tanh(x)) -
        abs(x)*(2*sqrt(2/pi)*(1 + W(0.134145L)*x*x))*(2*sqrt(2/pi)*(1 + W(0.134145L)*x*x))*(1 -
        exp_gelu_tanh(x)))/(1 + exp_gelu_tanh(x))/(1 + exp_gelu_tanh(x))/(1 + exp_gelu_tanh(x));
  }
  W beta_of_terms() const override { return W(W(1)); }
  std::vector<W> zeros(int order) const override {
    if (order == 1) return {W(-0.752461422071016258488L)};
    return {W(-1.41850400879082835555L), W(1.41850400879082835555L)};
  }
};

/// The formulas of that name and parameters, over W.
template <typename W>
std::unique_ptr<formulas<W>> find(std::string_view name, const std::vector<W>& p) {
  if (name == "exponential") return std::make_unique<exponential_formulas<W>>();
  if (name == "celu") return std::make_unique<celu_formulas<W>>(p.at(0));
  if (name == "selu") return std::make_unique<selu_formulas<W>>();
  if (name == "squareplus") return std::make_unique<squareplus_formulas<W>>(p.at(0));
  if (name == "gaussian") return std::make_unique<gaussian_formulas<W>>();
  if (name == "tanh_shrink") return std::make_unique<tanh_shrink_formulas<W>>();
  if (name == "identity") return std::make_unique<identity_formulas<W>>();
  if (name == "relu") return std::make_unique<relu_formulas<W>>(p.at(0));
  if (name == "relu6") return std::make_unique<relu6_formulas<W>>();
  if (name == "leaky_relu") return std::make_unique<leaky_relu_formulas<W>>(p.at(0), p.at(1));
  if (name == "leaky_relu6") return std::make_unique<leaky_relu6_formulas<W>>(p.at(0));
  if (name == "threshold") return std::make_unique<threshold_formulas<W>>(p.at(0), p.at(1));
  if (name == "hard_tanh") return std::make_unique<hard_tanh_formulas<W>>(p.at(0), p.at(1));
  if (name == "leaky_hard_tanh") return std::make_unique<leaky_hard_tanh_formulas<W>>(p.at(0), p.at(1), p.at(2), p.at(3));
  if (name == "hard_sigmoid") return std::make_unique<hard_sigmoid_formulas<W>>(p.at(0), p.at(1));
  if (name == "hard_swish") return std::make_unique<hard_swish_formulas<W>>();
  if (name == "squared_relu") return std::make_unique<squared_relu_formulas<W>>();
  if (name == "hard_shrink") return std::make_unique<hard_shrink_formulas<W>>(p.at(0));
  if (name == "soft_shrink") return std::make_unique<soft_shrink_formulas<W>>(p.at(0));
  if (name == "sparse_sigmoid") return std::make_unique<sparse_sigmoid_formulas<W>>();
  if (name == "sparse_plus") return std::make_unique<sparse_plus_formulas<W>>();
  if (name == "softsign") return std::make_unique<softsign_formulas<W>>();
  if (name == "sigmoid") return std::make_unique<sigmoid_formulas<W>>();
  if (name == "tanh") return std::make_unique<tanh_formulas<W>>();
  if (name == "softplus") return std::make_unique<softplus_formulas<W>>(p.at(0));
  if (name == "log_sigmoid") return std::make_unique<log_sigmoid_formulas<W>>();
  if (name == "elu") return std::make_unique<elu_formulas<W>>(p.at(0));
  if (name == "gelu") return std::make_unique<gelu_formulas<W>>();
  if (name == "silu") return std::make_unique<silu_formulas<W>>();
  if (name == "swish") return std::make_unique<swish_formulas<W>>(p.at(0));
  if (name == "gelu_quick") return std::make_unique<gelu_quick_formulas<W>>();
  if (name == "mish") return std::make_unique<mish_formulas<W>>();
  if (name == "gelu_tanh") return std::make_unique<gelu_tanh_formulas<W>>();
  no_entry(name);
}

}  // namespace oracle
