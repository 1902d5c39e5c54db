// SPDX-License-Identifier: MIT
// error: hillock: an output must be writable, not an expression or a map of constants
#include <hillock/any_activation.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  const hillock::any_activation<float> f = hillock::gelu<float>{};
  f.forward(x, Eigen::Map<const Eigen::ArrayXf>(x.data(), 3));
}
