// SPDX-License-Identifier: MIT
#include "erased.hpp"

namespace support {

template <>
activation_list<double> all_activations<double>() {
  return erase_all<double>();
}

template <>
std::unique_ptr<const activation<double>> make_activation<double>(
    std::string_view name, const std::vector<double>& parameters) {
  return erase_one<double>(name, parameters);
}

}  // namespace support
