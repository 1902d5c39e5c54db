// SPDX-License-Identifier: MIT
#include <hillock/hillock.hpp>

bool PART();

/// Whether whole assignments, larger expressions and single calls give the values known.
bool PART() {
  const hillock::gelu<float> gelu;
  const hillock::softmax<float> softmax;
  const Eigen::ArrayXf x = Eigen::ArrayXf::Constant(37, 1);
  const auto near = [](const auto& y, float want) { return ((y - want).abs() < 1e-6F).all(); };

  const Eigen::ArrayXf value = gelu.forward(x);
  const Eigen::ArrayXf slope = gelu.backward(x, x);
  const Eigen::ArrayXf sum = x + gelu.forward(x);
  const Eigen::ArrayXf share = softmax.forward(x);
  const Eigen::ArrayXf single = Eigen::ArrayXf::Constant(1, gelu(1.0F));
  return near(value, 0.8413447F) && near(slope, 1.0833155F) && near(sum, 1.8413447F) &&
         near(share, 1.0F / 37) && near(single, 0.8413447F);
}
