// SPDX-License-Identifier: MIT
// An activation with its type erased: tests that look at values alone compile once for all of the
// list, and their kernels compile once for all such tests (kernels/).
#pragma once
#include <hillock/core/elementwise.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace support {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, 1>;

/// What an activation can be asked for.
enum class verb { forward, derivative, second_derivative, backward, backward_from_output };
inline constexpr std::array verbs{verb::forward, verb::derivative, verb::second_derivative,
                                  verb::backward, verb::backward_from_output};
inline constexpr std::array<std::string_view, 5> verb_names{
    "forward", "derivative", "second_derivative", "backward", "backward_from_output"};

/// Where a verb reads and writes n numbers; the steps are 1 in contiguous arrays.
template <typename T>
struct places {
  const T *x, *dy;  // for backward_from_output x is y
  T* out;
  Eigen::Index n, step_in = 1, step_out = 1;
};

/// The members are those of the activation.
template <typename T>
struct activation {
  using scalar = T;

  std::string_view name;
  hillock::ulps value_error{}, derivative_error{}, second_derivative_error{};
  hillock::smoothness smooth{};
  bool is_piecewise_polynomial = false;
  std::vector<hillock::parameter> parameters;
  std::vector<T> values;  // of the parameters

  virtual ~activation() = default;
  virtual hillock::limits value_limits() const = 0;
  virtual hillock::limits derivative_limits() const = 0;
  virtual hillock::limits second_derivative_limits() const = 0;
  virtual hillock::interval range() const = 0;
  virtual hillock::kink_list kinks() const = 0;
  virtual bool monotone() const = 0;
  virtual bool odd() const = 0;
  virtual bool has_output_form() const = 0;
  virtual bool output_form_holds() const = 0;

  bool has(verb v) const {
    return v != verb::backward_from_output || (has_output_form() && output_form_holds());
  }
  /// The verb of a lone number; of whole arrays (or strided ones), assigned whole; of Eigen's
  /// packets, inside a larger expression.
  virtual T lone(verb v, T x, T dy) const = 0;
  virtual void assign(verb v, const places<T>& at) const = 0;
  virtual array<T> in_expression(verb v, const array<T>& x, const array<T>& dy) const = 0;

  virtual T operator()(T x) const = 0;
  virtual array<T> forward(const array<T>& x) const = 0;
  virtual array<T> derivative(const array<T>& x) const = 0;
  virtual array<T> second_derivative(const array<T>& x) const = 0;
  virtual array<T> backward(const array<T>& x, const array<T>& dy) const = 0;
  virtual array<T> backward_from_output(const array<T>& y, const array<T>& dy) const = 0;
};

template <typename T>
using activation_list = std::vector<std::unique_ptr<const activation<T>>>;

/// Every activation of the list, with its default parameters.
template <typename T>
activation_list<T> all_activations();
template <>
activation_list<float> all_activations<float>();
template <>
activation_list<double> all_activations<double>();

/// The activation of that name with these parameters.
template <typename T>
std::unique_ptr<const activation<T>> make_activation(std::string_view name,
                                                     const std::vector<double>& parameters);
template <>
std::unique_ptr<const activation<float>> make_activation<float>(std::string_view,
                                                                const std::vector<double>&);
template <>
std::unique_ptr<const activation<double>> make_activation<double>(std::string_view,
                                                                  const std::vector<double>&);

}  // namespace support
