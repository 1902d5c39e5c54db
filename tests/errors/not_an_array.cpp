// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array, matrix or expression of either
#include <hillock/gelu.hpp>

#include <vector>

int main() {
  const std::vector<float> x(3);
  const Eigen::ArrayXf y = hillock::gelu<float>{}.forward(x);
}
