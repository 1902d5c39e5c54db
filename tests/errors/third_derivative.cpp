// SPDX-License-Identifier: MIT
// error: hillock: the derivatives of second_derivative would be third ones
#include <hillock/gelu.hpp>

#include <unsupported/Eigen/AutoDiff>

int main() {
  using dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
  return hillock::gelu<dual>{}.second_derivative(dual(1, 2, 0)).value() > 0 ? 0 : 1;
}
