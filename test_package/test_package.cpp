// SPDX-License-Identifier: MIT
#include <hillock/hillock.hpp>

#include <iostream>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(5, -2, 2);
  const Eigen::ArrayXf y = hillock::relu<float>{}.forward(x);
  const Eigen::ArrayXf p = hillock::softmax<float>{}.forward(y);
  std::cout << "hillock " << HILLOCK_VERSION_MAJOR << '.' << HILLOCK_VERSION_MINOR << '.'
            << HILLOCK_VERSION_PATCH << ", relu: " << y.transpose() << '\n';
  return y[0] == 0 && y[4] == 2 && p[4] > p[0] ? 0 : 1;
}
