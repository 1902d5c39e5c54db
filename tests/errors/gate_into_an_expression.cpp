// SPDX-License-Identifier: MIT
// error: hillock: an output must be writable, not an expression or a map of constants
#include <hillock/gated.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::ArrayXf dvalue(3);
  hillock::swiglu<float>{}.backward(x, x, x, dvalue, dvalue + x);
}
