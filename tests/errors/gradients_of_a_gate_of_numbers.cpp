// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array, matrix or expression of either
#include <hillock/gated.hpp>

int main() {
  hillock::swiglu<float>{}.backward(1.F, 2.F, 3.F);
}
