// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array
#include <hillock/any_activation.hpp>

#include <vector>

int main() {
  std::vector<float> x(3);
  const hillock::any_activation<float> f = hillock::gelu<float>{};
  f.forward(x, x);
}
