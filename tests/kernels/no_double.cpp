// SPDX-License-Identifier: MIT
// In place of double.cpp where a build is to look at float alone: an empty list.
#include "../activation.hpp"

namespace support {

template <>
activation_list<double> all_activations<double>() {
  return {};
}

template <>
std::unique_ptr<const activation<double>> make_activation<double>(std::string_view,
                                                                  const std::vector<double>&) {
  return nullptr;
}

}  // namespace support
