// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Throws std::invalid_argument with the given sentence; where exceptions are disabled, prints it
/// and aborts. Never inlined: callers only pay for the comparison before it.
[[noreturn]] EIGEN_DONT_INLINE inline void fail(const std::string& sentence) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
  throw std::invalid_argument("hillock: " + sentence);
#else
  std::fprintf(stderr, "hillock: %s\n", sentence.c_str());
  std::abort();
#endif
}

struct shape {
  Eigen::Index rows, cols;
};

inline std::string text(shape s) {
  return std::to_string(s.rows) + " x " + std::to_string(s.cols);
}

inline std::string text(std::string_view function, std::string_view verb) {
  return std::string(function) + "." + std::string(verb);
}

[[noreturn]] EIGEN_DONT_INLINE inline void fail_shape(std::string_view function,
                                                      std::string_view verb,
                                                      std::string_view argument, shape got,
                                                      std::string_view other, shape wanted) {
  fail(text(function, verb) + ": " + std::string(argument) + " is " + text(got) + ", but " +
       std::string(other) + " is " + text(wanted));
}

[[noreturn]] EIGEN_DONT_INLINE inline void fail_empty(std::string_view function,
                                                      std::string_view verb, shape x) {
  fail(text(function, verb) + ": x is " + text(x) + ", so that its slices are empty");
}

/// As short as can be read back: 0.2, not 0.200000 or 0.200000003.
template <typename T>
std::string number_text(T value) {
  char text[48];
  for (int digits = 1; digits < 40; ++digits) {
    std::snprintf(text, sizeof text, "%.*Lg", digits, static_cast<long double>(value));
    if (static_cast<T>(std::strtold(text, nullptr)) == value) break;
  }
  return text;
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
