// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string_view>

// The vocabulary in which an activation states what is true of it. Each fact stands once, beside
// its formula; tests prove it, the tables of the documentation print it.

namespace hillock {
inline namespace HILLOCK_ABI {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// A proved bound on rounding error, in units in the last place of the true value.
struct ulps {
  int count;
};

/// How far a function is smooth, for every setting of its parameters.
enum class smoothness {
  jump,        ///< f itself jumps
  continuous,  ///< f' jumps
  once,        ///< f' is continuous, f'' jumps
  analytic     ///< no seam anywhere
};

/// What a function tends to at -infinity and at +infinity.
struct limits {
  double left, right;
  constexpr double at(double end) const { return end < 0 ? left : right; }
};

/// The least closed interval that holds all values, to the last bit.
struct interval {
  double lowest, highest;
};

/// A place where the derivative jumps, and the derivative taken there.
struct kink {
  double at, derivative;
};

/// Up to four kinks; usable in a range-based for.
class kink_list {
 public:
  constexpr kink_list() = default;
  constexpr kink_list(std::initializer_list<kink> kinks) {
    for (const kink& k : kinks) kinks_[count_++] = k;
  }
  constexpr const kink* begin() const { return kinks_.data(); }
  constexpr const kink* end() const { return kinks_.data() + count_; }
  constexpr std::size_t size() const { return count_; }

 private:
  std::array<kink, 4> kinks_{};
  std::size_t count_ = 0;
};

/// The values a parameter may take. NaN lies in none.
enum class domain {
  finite,            ///< any finite number
  positive,          ///< finite and > 0
  nonnegative,       ///< finite and >= 0
  positive_infinite  ///< > 0, infinity included
};

constexpr std::string_view description(domain d) {
  switch (d) {
    case domain::finite:
      return "finite";
    case domain::positive:
      return "finite and > 0";
    case domain::nonnegative:
      return "finite and >= 0";
    case domain::positive_infinite:
      return "> 0";
  }
  return "";
}

/// A parameter of an activation: its name, its default and what it may be.
struct parameter {
  std::string_view name;
  double initially;
  hillock::domain domain;
};

/// Two parameters of an activation, by their places, of which the first must lie below the second.
struct constraint {
  std::size_t lesser, greater;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
