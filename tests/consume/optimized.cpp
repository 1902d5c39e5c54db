// SPDX-License-Identifier: MIT
// What GCC warns of in a user's program only where it optimizes: numbers that may be uninitialized.
#include <hillock/softmax.hpp>
#include <hillock/softmax_cross_entropy.hpp>

using matrix = Eigen::MatrixXd;

void slices(const matrix& x, const matrix& dy, matrix& y) {
  const hillock::softmax<double, hillock::per_column> softmax;
  y = softmax.backward(x, dy);
  y = softmax.backward_from_output(x, dy);
}

double loss(const matrix& logits, const Eigen::VectorXi& labels, matrix& dlogits) {
  const hillock::softmax_cross_entropy<double, hillock::per_column> loss;
  dlogits = loss.backward(logits, labels);
  return loss.forward(logits, labels);
}
