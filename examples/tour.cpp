// The calls of the library, one after the other; docs/using.md quotes them.
#include <hillock/hillock.hpp>

#include <iostream>

namespace {

void elementwise(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dy) {
  // [elementwise]
  const hillock::elu<float> elu(0.5F);       // elu(-1) throws std::invalid_argument
  Eigen::MatrixXf y = elu.forward(x);        // a lazy Eigen expression
  Eigen::MatrixXf dx = elu.backward(x, dy);  // dy * f'(x)
  const Eigen::MatrixXf slope = elu.derivative(x), curvature = elu.second_derivative(x);
  dx = elu.backward_from_output(y, dy);         // where f' can be had from y
  const float one = elu(1.5F);                  // a number; elu(x) works, too
  y = elu.forward(y);                           // in place
  y.row(0) = elu.forward(x.row(1) + x.row(0));  // blocks, maps and expressions
  // []
  // [parameters]
  const hillock::elu<float> other = elu.with_alpha(1);  // a checked copy
  const float dalpha = elu.alpha_gradient(x, dy);       // sum of dy * df/dalpha, to train it
  const hillock::swish<float> swish(2);                 // its beta can be trained, as can
  const float dbeta = swish.beta_gradient(x, dy);       // celu's alpha, softplus's beta and
  const hillock::leaky_relu<float> leaky;               // leaky_relu's slope
  const float dslope = leaky.slope_gradient(x, dy);
  // []
  std::cout << "elu(1.5) = " << one << ", alpha " << other.alpha() << '\n';
  static_cast<void>(slope.sum() + curvature.sum() + dalpha + dbeta + dslope);
}

void recurrent(const Eigen::ArrayXf& f, const Eigen::ArrayXf& i, const Eigen::ArrayXf& g,
               const Eigen::ArrayXf& o) {
  // [sums]
  const hillock::sigmoid<float> sigmoid;
  const hillock::tanh<float> tanh;
  Eigen::ArrayXf c = Eigen::ArrayXf::Zero(f.size()), h;
  c = sigmoid(f) * c + sigmoid(i) * tanh(g);  // the state of an LSTM: one pass, no temporary
  h = sigmoid(o) * tanh(c);
  // []
  std::cout << "an LSTM's output is " << h.sum() << '\n';
}

void along_an_axis(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dy) {
  // [axis]
  const hillock::softmax<float, hillock::per_column> softmax(0.7F);  // or per_row, or whole
  Eigen::MatrixXf y = softmax.forward(x);
  Eigen::MatrixXf dx = softmax.backward(x, dy);
  dx = softmax.backward_from_output(y, dy);
  const Eigen::MatrixXf change = softmax.jvp(x, dy);  // the Jacobian times a direction
  const auto mask = (x.array() > -1).eval();          // true = keep
  y = softmax.forward(x, mask);

  hillock::softmax_state<float> state;  // numbers that come in blocks
  state.push(x.leftCols(2));
  state.push(x.rightCols(1));
  const float p = state.probability(x(0, 0));
  // []
  std::cout << "softmax_state: " << (p > 0 && p < 1) << '\n';
  static_cast<void>(change.sum());
}

void gates(const Eigen::MatrixXf& value, const Eigen::MatrixXf& gate, const Eigen::MatrixXf& dy) {
  // [gates]
  const hillock::swiglu<float> swiglu;  // value * silu(gate)
  const Eigen::MatrixXf y = swiglu.forward(value, gate);
  Eigen::MatrixXf dvalue, dgate;
  swiglu.backward(value, gate, dy, dvalue, dgate);  // both in one pass, in place if you like
  // []
  std::cout << "swiglu: " << y.rows() << " x " << y.cols() << '\n';
}

void losses(const Eigen::MatrixXf& logits) {
  // [losses]
  hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  loss.label_smoothing = 0.1F;  // ignore_index and class_weights, too
  const Eigen::Vector3i labels(0, 1, 1);
  const float mean = loss.forward(logits, labels);
  const Eigen::MatrixXf dlogits = loss.backward(logits, labels);
  // []
  std::cout << "loss above 0: " << (mean > 0)
            << ", gradients add up to 0: " << (std::abs(dlogits.sum()) < 1e-6F) << '\n';
}

}  // namespace

int main() {
  Eigen::MatrixXf x(2, 3);
  x << -2, -1, 0, 1, 2, 3;
  const Eigen::MatrixXf dy = Eigen::MatrixXf::Ones(2, 3);
  elementwise(x, dy);
  const Eigen::ArrayXf a = x.row(0).transpose();
  recurrent(a, a, a, a);
  along_an_axis(x, dy);
  gates(x, x, dy);
  losses(x);
}
