// SPDX-License-Identifier: MIT
// error: hillock: an output must be an Eigen array, matrix, block or map of the scalar that is put
// there
#include <hillock/prelu.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::ArrayXf dx(3);
  float dslope = 0;
  hillock::prelu<float>{}.backward(x, x, dx, dslope);
}
