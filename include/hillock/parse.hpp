// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/any_activation.hpp>
#include <hillock/presets.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Text of a user's for a sentence: in quotes, cut where it is long.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t most = 40;
  return '"' + std::string(text.substr(0, most)) + (text.size() > most ? "...\"" : "\"");
}

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// "name(a=1, b=2)" taken apart.
struct call_text {
  std::string_view name, arguments;

  explicit call_text(std::string_view text) {
    text = trimmed(text);
    const std::size_t open = text.find('(');
    name = trimmed(text.substr(0, open));
    if (name.empty()) fail("parse: the name of an activation is missing in " + quoted(text));
    if (open == text.npos) return;
    if (text.back() != ')') fail("parse: a ) is missing at the end of " + quoted(text));
    arguments = trimmed(text.substr(open + 1, text.size() - open - 2));
  }
};

/// Changes values as "a=1, b=2" says, where a and b are parameters of F.
template <typename F, typename Values>
void read_arguments(std::string_view text, Values& values) {
  const std::string name(F::name);
  std::array<bool, F::parameter_count> given{};
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view argument = trimmed(text.substr(0, comma));
    const std::size_t equals = argument.find('=');
    if (equals == argument.npos)
      fail("parse: " + name + ": " + quoted(argument) + " is not of the form parameter=number");
    const std::string_view parameter = trimmed(argument.substr(0, equals));
    const std::string_view number = trimmed(argument.substr(equals + 1));

    std::size_t i = 0;
    std::string known;
    if constexpr (F::parameter_count > 0) {
      while (i < F::parameter_count && F::parameters[i].name != parameter) ++i;
      for (const auto& p : F::parameters)
        known += (known.empty() ? "" : ", ") + std::string(p.name);
    }
    if (i == F::parameter_count)
      fail("parse: " + name + " has no parameter " + quoted(parameter) + "; it has " +
           (known.empty() ? "none" : known));
    if (given[i]) fail("parse: " + name + ": " + std::string(parameter) + " is given twice");
    given[i] = true;
    const reading read = read_number(number, values[i]);
    if (read != reading::fine)
      fail("parse: " + name + ": " + std::string(parameter) + " must be a number" +
           (read == reading::too_large ? " that the scalar can hold" : "") + ", but is " +
           quoted(number));

    if (comma == text.npos) return;
    text = trimmed(text.substr(comma + 1));
    if (text.empty()) fail("parse: " + name + ": a parameter is missing after the last comma");
  }
}

/// Activations of which parse can make none.
inline constexpr std::string_view not_elementwise[] = {
    "softmax", "log_softmax", "softmin", "sparsemax", "hardmax",      "log_sum_exp",
    "maxout",  "prelu",       "rrelu",   "crelu",     "glu",          "reglu",
    "geglu",   "geglu_tanh",  "swiglu",  "bilinear",  "alpha_dropout"};

/// The activation of that name in the list with these arguments, the latter ones prevailing.
template <typename T, typename... F>
any_activation<T> make_listed(const std::tuple<F...>&, std::string_view name,
                              std::string_view preset_arguments, std::string_view arguments) {
  const any_activation<T>* made = nullptr;
  any_activation<T> result{identity<T>{}};
  const auto make = [&](auto sample) {
    using activation = decltype(sample);
    if (made != nullptr || activation::name != name) return;
    auto values = sample.parameter_values();
    read_arguments<activation>(preset_arguments, values);
    read_arguments<activation>(arguments, values);
    result = activation::from_parameters(values);
    made = &result;
  };
  (make(F{}), ...);
  if (made == nullptr) {
    for (const std::string_view other : not_elementwise)
      if (name == other)
        fail("parse: " + std::string(name) +
             " is no function of single numbers, as those that "
             "parse makes: take hillock::" +
             std::string(name));
    std::string all;
    ((all += (all.empty() ? "" : ", ") + std::string(F::name)), ...);
    fail("parse: no activation is called " + quoted(name) + "; there are " + all +
         ", and the presets of hillock/presets.hpp");
  }
  return result;
}

}  // namespace detail

/// The activation that a text names, as model files do:
///
///     parse<float>("gelu")   parse<float>("leaky_relu(slope=0.2, max=6)")
///     parse<float>("keras3:leaky_relu")
///
/// The name is one of hillock/activations.hpp, or an alias or a framework's preset of
/// hillock/presets.hpp. Parameters that are left out keep their defaults, or what the preset says.
/// Numbers are decimal, 0.2 or 2e-1, whatever the locale; inf is one. Blanks between the parts do
/// not matter.
///
/// parse<T>(f.name()) is f. Throws std::invalid_argument, which names what is wrong, for an unknown
/// name (and lists those that exist), an unknown or repeated parameter, a value outside of its
/// domain, and anything else.
template <typename T>
any_activation<T> parse(std::string_view text) {
  const detail::call_text call(text);
  const std::string_view meaning = detail::meaning_of(call.name);
  if (meaning == exact_sixth) {
    if (!call.arguments.empty())
      detail::fail("parse: " + std::string(call.name) + " takes no parameters, but is given " +
                   detail::quoted(call.arguments));
    return hillock::hard_sigmoid<T>::pytorch();
  }
  const detail::call_text meant(meaning);
  return detail::make_listed<T>(activations<T>{}, meant.name, meant.arguments, call.arguments);
}

}  // namespace HILLOCK_ABI
}  // namespace hillock
