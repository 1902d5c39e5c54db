// SPDX-License-Identifier: MIT
#include <hillock/hillock.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(5, -2, 2);
  const Eigen::ArrayXf y = hillock::gelu<float>{}.forward(x);
  const Eigen::ArrayXf p = hillock::softmax<float>{}.forward(y);
  return y[2] == 0 && y[4] > 1.9F && std::abs(p.sum() - 1) < 1e-6F ? 0 : 1;
}
