// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/errors.hpp>
#include <hillock/core/facts.hpp>
#include <hillock/core/lanes.hpp>

// The check of parameters against their domains and each other.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename T>
bool is_finite(T x) {  // by its bits: -ffast-math assumes every number finite
  if constexpr (std::is_same_v<T, long double>)
    return x - x == 0;
  else
    return (math::bit_cast<typename math::integer_of<T>::type>(x) & math::format<T>::exponent) !=
           math::format<T>::exponent;
}

template <typename T>
bool is_nan(T x) {
  if constexpr (std::is_same_v<T, long double>)
    return x != x;
  else
    return !is_finite(x) &&
           (math::bit_cast<typename math::integer_of<T>::type>(x) & math::format<T>::mantissa) != 0;
}

template <typename T>
bool contains(domain d, T value) {
  switch (d) {
    case domain::finite:
      return is_finite(value);
    case domain::positive:
      return is_finite(value) && value > 0;
    case domain::nonnegative:
      return is_finite(value) && value >= 0;
    case domain::positive_infinite:
      return !is_nan(value) && value > 0;
  }
  return false;
}

/// Throws unless the value lies in the domain of the parameter.
template <typename T>
T checked(std::string_view function, const parameter& p, T value) {
  if (!contains(p.domain, value))
    fail(std::string(function) + ": " + std::string(p.name) + " must be " +
         std::string(description(p.domain)) + ", but is " + number_text(value));
  return value;
}

/// Throws unless the values, in the order of the parameters, meet the constraint.
template <typename Parameters, typename Values>
void expect_order(std::string_view function, const Parameters& parameters, const Values& values,
                  constraint c) {
  if (values[c.lesser] < values[c.greater]) return;
  const std::string lesser(parameters[c.lesser].name), greater(parameters[c.greater].name);
  fail(std::string(function) + ": " + lesser + " must be below " + greater + ", but " + lesser +
       " is " + number_text(values[c.lesser]) + " and " + greater + " is " +
       number_text(values[c.greater]));
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
