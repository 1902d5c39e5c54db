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

inline std::string shape_text(Eigen::Index rows, Eigen::Index cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
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
