// SPDX-License-Identifier: MIT
// error: hillock: an argument of two dimensions needs an axis: hillock::F<T, hillock::per_column>
// or hillock::per_row
#include <hillock/softmax.hpp>

int main() {
  const Eigen::ArrayXXf x = Eigen::ArrayXXf::Zero(3, 3), dy = x;
  const auto dx = hillock::softmax<float>{}.backward(x, dy);
}
