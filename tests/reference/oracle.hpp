// SPDX-License-Identifier: MIT
// Written by generate.py; edit the formulas there.
// clang-format off
#pragma once
#include "wide.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace oracle {

template <typename W>
struct identity_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
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
struct hard_sigmoid_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W slope;
  W offset;
  explicit hard_sigmoid_formulas(W slope_, W offset_) : slope{slope_}, offset{offset_} {}
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
struct softsign_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
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
struct elu_formulas final : formulas<W> {
  using formulas<W>::where, formulas<W>::pi, formulas<W>::inf;
  W alpha;
  explicit elu_formulas(W alpha_) : alpha{alpha_} {}
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

/// The formulas of that name and parameters, over W.
template <typename W>
std::unique_ptr<formulas<W>> find(std::string_view name, const std::vector<W>& p) {
  if (name == "identity") return std::make_unique<identity_formulas<W>>();
  if (name == "relu") return std::make_unique<relu_formulas<W>>(p.at(0));
  if (name == "hard_sigmoid") return std::make_unique<hard_sigmoid_formulas<W>>(p.at(0), p.at(1));
  if (name == "softsign") return std::make_unique<softsign_formulas<W>>();
  if (name == "sigmoid") return std::make_unique<sigmoid_formulas<W>>();
  if (name == "tanh") return std::make_unique<tanh_formulas<W>>();
  if (name == "softplus") return std::make_unique<softplus_formulas<W>>(p.at(0));
  if (name == "elu") return std::make_unique<elu_formulas<W>>(p.at(0));
  if (name == "gelu") return std::make_unique<gelu_formulas<W>>();
  no_entry(name);
}

}  // namespace oracle
