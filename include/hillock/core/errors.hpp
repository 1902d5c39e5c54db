// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/numbers.hpp>

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

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
