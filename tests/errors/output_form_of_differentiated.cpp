// SPDX-License-Identifier: MIT
// error: hillock: backward_from_output is not for automatic differentiation, which knows x; call
// backward(x, dy)
#include <hillock/tanh.hpp>

#include <unsupported/Eigen/AutoDiff>

int main() {
  using dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
  const Eigen::Array<dual, 3, 1> y, dy;
  const Eigen::Array<dual, 3, 1> dx = hillock::tanh<dual>{}.backward_from_output(y, dy);
}
