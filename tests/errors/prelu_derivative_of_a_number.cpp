// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array, matrix or expression of either
#include <hillock/prelu.hpp>

int main() {
  hillock::prelu<float>{}.derivative(1.F);
}
