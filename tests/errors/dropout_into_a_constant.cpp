// SPDX-License-Identifier: MIT
// error: hillock: an output must not be const
#include <hillock/alpha_dropout.hpp>

#include <random>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  Eigen::Array<bool, Eigen::Dynamic, 1> kept(3);
  std::mt19937 generator;
  hillock::alpha_dropout<float>{}.forward(x, x, kept, generator);
}
