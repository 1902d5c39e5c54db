// SPDX-License-Identifier: MIT
// error: hillock: behind the other arguments there is one mask at most
#include <hillock/softmax.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  const Eigen::ArrayXf y = hillock::softmax<float>{}.forward(x, x > 0, x < 1);
}
