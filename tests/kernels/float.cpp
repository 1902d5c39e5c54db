// SPDX-License-Identifier: MIT
#include "erased.hpp"

#include <hillock/parse.hpp>

namespace support {

template <>
activation_list<float> all_activations<float>() {
  return erase_all<float>();
}

template <>
std::unique_ptr<const activation<float>> make_activation<float>(
    std::string_view name, const std::vector<double>& parameters) {
  return erase_one<float>(name, parameters);
}

}  // namespace support

// For tests/parse.cpp and the examples, which so need not compile all kernels again.
template hillock::any_activation<float> hillock::parse<float>(std::string_view);
