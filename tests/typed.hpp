// SPDX-License-Identifier: MIT
// Walks over the list with the types of its activations: for tests of what callers write, which
// must compile for each of them.
#pragma once
#include "support.hpp"

#include <hillock/activations.hpp>

namespace typed {

/// body(f) for every activation of the list, with its default parameters.
template <typename T, typename Body>
void for_each_activation(Body body) {
  std::apply([&](const auto&... f) { (body(f), ...); }, hillock::activations<T>{});
}

template <typename F, typename Numbers>
F with_parameters(const Numbers& numbers) {
  std::array<typename F::parameter_type, F::parameter_count> values{};
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<typename F::parameter_type>(numbers.at(i));
  return F::from_parameters(values);
}

/// body(f, table) for every activation with every setting of its reference table.
template <typename T, typename Body>
void for_each_setting(Body body) {
  for_each_activation<T>([&](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    for (const reference::table& table : reference::read(F::name).settings)
      body(with_parameters<F>(table.parameters), table);
  });
}

/// The I-th parameter of F, which can be trained: its place and its name.
template <typename F, std::size_t I>
struct trainable : std::integral_constant<std::size_t, I> {
  static constexpr std::string_view name = F::parameters[I].name;
};

/// body(p) for each parameter of F that can be trained.
template <typename F, std::size_t I = 0, typename Body>
void for_each_trainable(Body body) {
  if constexpr (I < F::parameter_count) {
    if constexpr (F::template has_parameter_gradient<I>()) body(trainable<F, I>());
    for_each_trainable<F, I + 1>(body);
  }
}

/// body(f) for a few of them, of unlike make: what depends on how a call is written, and not on
/// which function it calls, need not compile for all.
template <typename T, typename Body>
void for_each_specimen(Body body) {
  constexpr std::size_t count = std::tuple_size_v<hillock::activations<T>>;
  const hillock::activations<T> all;
  body(std::get<0>(all));
  body(std::get<count - 1>(all));
}

}  // namespace typed
