// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#if !defined(__cpp_lib_to_chars)
#include <locale>
#include <sstream>
#endif

// Numbers as text and back, whatever the locale.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// The type that speaks for T, which may be half or bfloat16.
template <typename T>
using spoken = std::conditional_t<std::is_floating_point_v<T>, T, float>;

/// The shortest text that reads back as the same number.
template <typename T>
std::string number_text(T value) {
  const auto number = static_cast<spoken<T>>(value);
#if defined(__cpp_lib_to_chars)
  char text[128];
  return std::string(text, std::to_chars(text, text + sizeof text, number).ptr);
#else
  for (int digits = 1;; ++digits) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(digits);
    out << number;
    std::istringstream in(out.str());
    in.imbue(std::locale::classic());
    spoken<T> again = 0;
    if (digits >= std::numeric_limits<spoken<T>>::max_digits10 || (in >> again && again == number))
      return out.str();
  }
#endif
}

/// What came of reading a number.
enum class reading { fine, too_large, no_number };

/// Reads a number, "inf" and "-inf" included, that takes the whole text, and leaves it as it was if
/// that fails. What is too small is a zero.
template <typename T>
reading read_number(std::string_view text, T& number) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  if (text == "inf" || text == "-inf") {
    constexpr auto infinite = std::numeric_limits<spoken<T>>::infinity();
    number = static_cast<T>(text[0] == '-' ? -infinite : infinite);
    return reading::fine;
  }
  if (text.find_first_not_of("+-.0123456789eE") != text.npos) return reading::no_number;
  spoken<T> value = 0;
#if defined(__cpp_lib_to_chars)
  const char* const past = text.data() + text.size();
  auto read = std::from_chars(text.data(), past, value);
  if (read.ptr != past || read.ec == std::errc::invalid_argument) return reading::no_number;
  if (read.ec == std::errc::result_out_of_range) {
    long double wide = 0;
    read = std::from_chars(text.data(), past, wide);
    const bool has_negative_exponent = text.find("e-") != text.npos || text.find("E-") != text.npos;
    if (read.ec == std::errc() ? !(wide > -1 && wide < 1) : !has_negative_exponent)
      return reading::too_large;
    value = static_cast<spoken<T>>(wide);
  }
#else
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  const bool is_read = bool(in >> value);
  if (!is_read && value != 0) return reading::too_large;
  if (!is_read || in.peek() != std::istringstream::traits_type::eof()) return reading::no_number;
#endif
  number = static_cast<T>(value);
  return reading::fine;
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
