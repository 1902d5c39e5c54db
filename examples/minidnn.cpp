// Activations in the shape that MiniDNN asks its layers for: a class with two static functions over
// matrices of a column per observation, in which the gradient G may lie where the input Z does.
#include <hillock/hillock.hpp>

#include <iostream>

// [adapter]
template <template <typename> class F>
struct activation {
  using Matrix = Eigen::MatrixXd;

  static void activate(const Matrix& Z, Matrix& A) { A = F<double>{}.forward(Z); }

  // A = f(Z), F = dloss/dA; G = dloss/dZ.
  static void apply_jacobian(const Matrix& Z, const Matrix& /*A*/, const Matrix& dA, Matrix& G) {
    G = F<double>{}.backward(Z, dA);
  }
};

struct softmax {
  using Matrix = Eigen::MatrixXd;
  using function = hillock::softmax<double, hillock::per_column>;

  static void activate(const Matrix& Z, Matrix& A) { A = function{}.forward(Z); }

  static void apply_jacobian(const Matrix& /*Z*/, const Matrix& A, const Matrix& dA, Matrix& G) {
    G = function{}.backward_from_output(A, dA);
  }
};
// []

template <typename Activation>
void show(const char* name) {
  Eigen::MatrixXd Z(2, 3), A;
  Z << -1, 0, 1, 2, 1, 0;
  const Eigen::MatrixXd dA = Eigen::MatrixXd::Identity(2, 3);
  Activation::activate(Z, A);
  Activation::apply_jacobian(Z, A, dA, Z);  // as MiniDNN does: Z is needed no longer
  std::cout << name << '\n' << A << "\n--\n" << Z << '\n';
}

int main() {
  show<activation<hillock::mish>>("mish");
  show<softmax>("softmax");
}
// prints
// mish
// -0.303401         0  0.865098
//   1.94396  0.865098         0
// --
// 0.0592168         0         0
//         0   1.04904         0
// softmax
// 0.0474259  0.268941  0.731059
//  0.952574  0.731059  0.268941
// --
//  0.0451767  -0.196612          0
// -0.0451767   0.196612          0
