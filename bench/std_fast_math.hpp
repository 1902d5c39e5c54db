// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace bench {

/// A loop over std functions and its code.
template <typename T>
struct std_loop {
  const char *function, *pass, *code;
  void (*run)(const T* x, const T* y, const T* dy, T* out, std::ptrdiff_t n);
};

/// Elementwise loops; T is float or double.
template <typename T>
std::vector<std_loop<T>> elementwise_loops();

/// Softmax of one slice of n numbers.
template <typename T>
std::vector<std_loop<T>> softmax_loops();

}  // namespace bench
