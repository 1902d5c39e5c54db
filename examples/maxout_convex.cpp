// Fits a convex function with maxout: the more pieces, the smaller the error.
#include <hillock/hillock.hpp>

#include <iostream>

namespace {

Eigen::RowVectorXd convex(const Eigen::RowVectorXd& x) {
  return x.array().square() / 2 + x.array().exp() / 4;
}

/// The largest error after gradient descent on the mean square, with steps that shrink.
double error_of_fit(int pieces) {
  const Eigen::RowVectorXd x = Eigen::RowVectorXd::LinSpaced(201, -2, 2), wanted = convex(x);
  hillock::maxout<double> maxout(1, 1, pieces);
  // Tangents of x^2 / 2, for every piece to win somewhere: one that never does never learns.
  maxout.weights = Eigen::VectorXd::LinSpaced(pieces, -2, 2);
  maxout.biases = -maxout.weights.array().square() / 2;

  Eigen::RowVectorXd y, dx;
  Eigen::MatrixXd dweights;
  Eigen::VectorXd dbiases;
  Eigen::RowVectorXi winners;
  constexpr int steps = 20000;
  for (int step = 0; step < steps; ++step) {
    maxout.forward(x, y, winners);
    const Eigen::RowVectorXd dy = (y - wanted) / static_cast<double>(x.size());
    maxout.backward(x, winners, dy, dx, dweights, dbiases);
    // The more pieces, the fewer x for each of them, and the longer its steps may be.
    const double rate = 0.2 * pieces * (1 - static_cast<double>(step) / steps);
    maxout.weights -= rate * dweights;
    maxout.biases -= rate * dbiases;
  }
  return (maxout.forward(x) - wanted).cwiseAbs().maxCoeff();
}

/// With two pieces and these slopes maxout is max(left x, right x).
bool is_exactly(const Eigen::RowVectorXd& wanted, double left, double right,
                const Eigen::RowVectorXd& x) {
  hillock::maxout<double> maxout(1, 1, 2);
  maxout.weights << left, right;
  return maxout.forward(x) == wanted;
}

}  // namespace

int main() {
  double last = 1e9;
  for (const int pieces : {2, 4, 8, 16}) {
    const double error = error_of_fit(pieces);
    std::cout << pieces << " pieces: largest error " << error << '\n';
    if (!(error < last)) return 1;
    last = error;
  }

  const Eigen::RowVectorXd x = Eigen::RowVectorXd::LinSpaced(1001, -5, 5);
  const bool relu = is_exactly(hillock::relu<double>{}.forward(x), 0, 1, x);
  const bool leaky = is_exactly(hillock::leaky_relu<double>{0.1}.forward(x), 0.1, 1, x);
  std::cout << "relu and leaky_relu are special cases: " << (relu && leaky ? "yes" : "no") << '\n';
  return relu && leaky ? 0 : 1;
}
