// SPDX-License-Identifier: MIT
// Every activation of the list, forward, backward and backward from the output, beside what users
// write by hand.
#include "by_hand.hpp"
#include "peers/peers.hpp"

#include <hillock/activations.hpp>

#include <array>
#include <map>
#include <tuple>

namespace bench {
namespace {

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, 1>;

/// f with its parameters in long double: the truth that errors are measured against.
template <template <typename> class F, typename T>
auto widened(const F<T>& f) {
  using wide = F<long double>;
  std::array<long double, wide::parameter_count> parameters{};
  const auto given = f.parameter_values();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] = static_cast<long double>(given[i]);
  return wide::from_parameters(parameters);
}

template <typename F, typename Array>
Array compute(const F& f, std::string_view pass, const arrays<Array>& a) {
  if (pass == "forward") return f.forward(a.x);
  if constexpr (F::has_output_form())
    if (pass == "from_output") return f.backward_from_output(a.y, a.dy);
  return f.backward(a.x, a.dy);
}

/// hillock's own rows. As in a network, f is made once.
template <typename F>
std::vector<contender<array<typename F::scalar>>> hillock_forms() {
  using Array = array<typename F::scalar>;
  const std::string name(F::name);
  const F f;
  std::vector<contender<Array>> forms = {
      {name, "forward", "hillock", [f](arrays<Array>& a) { a.out = f.forward(a.x); }},
      {name, "backward", "hillock", [f](arrays<Array>& a) { a.out = f.backward(a.x, a.dy); }}};
  if constexpr (F::has_output_form())
    forms.push_back({name, "from_output", "hillock",
                     [f](arrays<Array>& a) { a.out = f.backward_from_output(a.y, a.dy); }});
  return forms;
}

/// Where core errors are measured: -100..100 evenly, and 1e-6..100 on a logarithmic scale.
constexpr Eigen::Index even_points = 1 << 16, small_points = 1 << 15;

template <typename F>
arrays<array<typename F::scalar>> points() {
  using T = typename F::scalar;
  using Array = array<T>;
  Array x(even_points + 2 * small_points);
  const Array even = Array::LinSpaced(even_points, -100, 100);
  const Array small = Array::LinSpaced(small_points, std::log(T(1e-6)), std::log(T(100))).exp();
  x << even, small, -small;
  const Array y = F{}.forward(x);
  return {x, y, Array::Ones(x.size()), x};
}

/// Within 0.5 of a zero of the truth that is not x = 0 (gelu' has one), errors count in units of
/// 1/8: the terms of any formula cancel there.
array<long double> least_sizes(const array<long double>& x, const array<long double>& truth) {
  array<long double> least = array<long double>::Zero(x.size());
  for (Eigen::Index i = 1; i < even_points; ++i)
    if (truth[i - 1] * truth[i] < 0 && std::abs(x[i]) > 0.01L)
      least = ((x - x[i]).abs() < 0.5L).select(0.125L, least);
  return least;
}

template <typename F>
double error_of(const contender<array<typename F::scalar>>& c) {
  auto a = points<F>();
  c.run(a);
  const auto wide = [](const auto& v) -> array<long double> {
    return v.template cast<long double>();
  };
  const arrays<array<long double>> exact{wide(a.x), wide(a.y), wide(a.dy), {}};
  const auto truth = compute(widened(F{}), c.pass, exact);
  return core_error(a.out, truth, least_sizes(exact.x, truth));
}

template <typename T>
arrays<array<T>>& shared(Eigen::Index n) {
  static std::map<Eigen::Index, arrays<array<T>>> all;
  const auto [at, is_new] = all.try_emplace(n);
  if (is_new) at->second = arrays<array<T>>::random(n, 1);
  return at->second;
}

/// Arrays of n elements: the same for all, to which F adds its outputs.
template <typename F>
arrays<array<typename F::scalar>>& data(Eigen::Index n) {
  auto& a = shared<typename F::scalar>(n);
  a.y = F{}.forward(a.x);
  return a;
}

template <typename F>
void enrol_activation(std::initializer_list<Eigen::Index> sizes) {
  const auto own = hillock_forms<F>();
  auto others = forms_by_hand<typename F::scalar>();
  if constexpr (std::is_same_v<typename F::scalar, float>)
    others.insert(others.end(), elementwise_peers().begin(), elementwise_peers().end());
  for (const Eigen::Index n : sizes)
    for (const auto& ours : own) {
      const auto add = [n](const auto& c) {
        enrol(
            c, n, [n]() -> auto& { return data<F>(n); }, [c] { return error_of<F>(c); });
      };
      add(ours);
      for (const auto& c : others)
        if (c.function == ours.function && c.pass == ours.pass) add(c);
    }
}

template <typename... F>
void enrol_each(const std::tuple<F...>&, std::initializer_list<Eigen::Index> sizes) {
  (enrol_activation<F>(sizes), ...);
}

}  // namespace

void enrol_elementwise() {
  enrol_each(hillock::activations<float>{}, {16, 64, 256, 4096, 65536, 4194304});
  enrol_each(hillock::activations<double>{}, {4096});
}

}  // namespace bench
