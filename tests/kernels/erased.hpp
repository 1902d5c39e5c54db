// SPDX-License-Identifier: MIT
// What a scalar's part of activation.hpp is made of.
#pragma once
#include "../typed.hpp"

namespace support {

template <typename F>
struct erased final : activation<typename F::scalar> {
  using T = typename F::scalar;
  F f;

  explicit erased(const F& f_) : f(f_) {
    this->name = F::name;
    this->value_error = F::value_error;
    this->derivative_error = F::derivative_error;
    this->second_derivative_error = F::second_derivative_error;
    this->smooth = F::smooth;
    this->is_piecewise_polynomial = F::is_piecewise_polynomial;
    this->values.assign(f.parameter_values().begin(), f.parameter_values().end());
    if constexpr (F::parameter_count > 0)
      this->parameters.assign(F::parameters.begin(), F::parameters.end());
  }

  hillock::limits value_limits() const override { return f.value_limits(); }
  hillock::limits derivative_limits() const override { return f.derivative_limits(); }
  hillock::limits second_derivative_limits() const override { return f.second_derivative_limits(); }
  hillock::interval range() const override { return f.range(); }
  hillock::kink_list kinks() const override { return f.kinks(); }
  bool monotone() const override { return f.monotone(); }
  bool odd() const override { return f.odd(); }
  bool has_output_form() const override { return F::has_output_form(); }
  bool output_form_holds() const override { return f.output_form_holds(); }

  /// body(f.verb(x, dy)).
  template <typename X, typename G, typename Body>
  void apply(verb v, const X& x, const G& dy, Body body) const {
    switch (v) {
      case verb::forward:
        return body(f.forward(x));
      case verb::derivative:
        return body(f.derivative(x));
      case verb::second_derivative:
        return body(f.second_derivative(x));
      case verb::backward:
        return body(f.backward(x, dy));
      case verb::backward_from_output:
        if constexpr (F::has_output_form()) body(f.backward_from_output(x, dy));
    }
  }

  T lone(verb v, T x, T dy) const override {
    T result = 0;
    apply(v, x, dy, [&](T y) { result = y; });
    return result;
  }

  void assign(verb v, const places<T>& at) const override {
    if (at.step_in == 1 && at.step_out == 1) {
      using contiguous = Eigen::Map<const array<T>>;
      Eigen::Map<array<T>> out(at.out, at.n);
      apply(v, contiguous(at.x, at.n), contiguous(at.dy, at.n), [&](const auto& y) { out = y; });
    } else {
      using strided = Eigen::Map<const array<T>, 0, Eigen::InnerStride<>>;
      const Eigen::InnerStride<> step(at.step_in);
      Eigen::Map<array<T>, 0, Eigen::InnerStride<>> out(at.out, at.n,
                                                        Eigen::InnerStride<>(at.step_out));
      apply(v, strided(at.x, at.n, step), strided(at.dy, at.n, step),
            [&](const auto& y) { out = y; });
    }
  }

  array<T> in_expression(verb v, const array<T>& x, const array<T>& dy) const override {
    const array<T> ones = array<T>::Ones(x.size());
    array<T> out;
    apply(v, x, dy, [&](const auto& y) { out = ones.reverse() * y; });  // not one for the own loop
    return out;
  }

  T operator()(T x) const override { return f(x); }
  array<T> forward(const array<T>& x) const override { return whole(verb::forward, x, x); }
  array<T> derivative(const array<T>& x) const override { return whole(verb::derivative, x, x); }
  array<T> second_derivative(const array<T>& x) const override {
    return whole(verb::second_derivative, x, x);
  }
  array<T> backward(const array<T>& x, const array<T>& dy) const override {
    return whole(verb::backward, x, dy);
  }
  array<T> backward_from_output(const array<T>& y, const array<T>& dy) const override {
    if constexpr (F::has_output_form())
      if (!f.output_form_holds()) return f.backward_from_output(y, dy);  // throws
    return whole(verb::backward_from_output, y, dy);
  }

 private:
  array<T> whole(verb v, const array<T>& x, const array<T>& dy) const {
    array<T> out(x.size());
    assign(v, {x.data(), dy.data(), out.data(), x.size()});
    return out;
  }
};

template <typename T>
activation_list<T> erase_all() {
  activation_list<T> all;
  typed::for_each_activation<T>([&](const auto& f) {
    all.push_back(std::make_unique<erased<std::decay_t<decltype(f)>>>(f));
  });
  return all;
}

template <typename T>
std::unique_ptr<const activation<T>> erase_one(std::string_view name,
                                               const std::vector<double>& parameters) {
  std::unique_ptr<const activation<T>> found;
  typed::for_each_activation<T>([&](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    if (F::name == name) found = std::make_unique<erased<F>>(typed::with_parameters<F>(parameters));
  });
  return found;
}

}  // namespace support
