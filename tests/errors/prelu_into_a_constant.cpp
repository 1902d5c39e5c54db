// SPDX-License-Identifier: MIT
// error: hillock: an output must not be const
#include <hillock/prelu.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::ArrayXf dslopes(1);
  hillock::prelu<float>{}.backward(x, x, x, dslopes);
}
