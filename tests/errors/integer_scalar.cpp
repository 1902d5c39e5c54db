// SPDX-License-Identifier: MIT
// error: hillock: an activation works over float, double, long double, Eigen::half, Eigen::bfloat16
// or an automatic differentiation type, e.g. hillock::gelu<float>
#include <hillock/gelu.hpp>

int main() {
  hillock::gelu<int> gelu;
}
