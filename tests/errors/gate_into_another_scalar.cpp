// SPDX-License-Identifier: MIT
// error: hillock: dvalue and dgate must be Eigen arrays or matrices of the gate's scalar
#include <hillock/gated.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::ArrayXd dvalue(3), dgate(3);
  hillock::swiglu<float>{}.backward(x, x, x, dvalue, dgate);
}
