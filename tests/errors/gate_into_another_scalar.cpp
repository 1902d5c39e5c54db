// SPDX-License-Identifier: MIT
// error: hillock: an output must be an Eigen array, matrix, block or map of the scalar that is put
// there
#include <hillock/gated.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::ArrayXd dvalue(3), dgate(3);
  hillock::swiglu<float>{}.backward(x, x, x, dvalue, dgate);
}
