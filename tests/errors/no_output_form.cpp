// SPDX-License-Identifier: MIT
// error: hillock: this activation's derivative cannot be had from its output, since several x with
// unlike derivatives share one y; call backward(x, dy)
#include <hillock/gelu.hpp>

int main() {
  const Eigen::ArrayXf y = Eigen::ArrayXf::Zero(3), dy = y;
  const Eigen::ArrayXf dx = hillock::gelu<float>{}.backward_from_output(y, dy);
}
