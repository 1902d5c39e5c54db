// Solves u'' = -u with u(0) = 0 and u(pi / 2) = 1, whose solution is sin: a layer of tanh units
// with fixed weights, whose sum is fitted so that it meets the equation at many points.
#include <hillock/hillock.hpp>

#include <Eigen/QR>

#include <cmath>
#include <iostream>

int main() {
  const double end = std::acos(0.0);
  const Eigen::Index units = 20, points = 60;
  const hillock::tanh<double> tanh;

  // z = w x + b, at every point for every unit.
  const Eigen::RowVectorXd w = Eigen::RowVectorXd::LinSpaced(units, 0.5, 1.5);
  const Eigen::RowVectorXd b = Eigen::RowVectorXd::LinSpaced(units, 2, -4);
  const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(points, 0, end);
  const Eigen::ArrayXXd z = ((x * w).rowwise() + b).array();

  // A row for u'' + u = 0 at each point, and one for each boundary, which count more.
  // [second derivative]
  const Eigen::ArrayXXd u = tanh.forward(z);
  const Eigen::ArrayXXd curvature = tanh.second_derivative(z).rowwise() * w.array().square();
  // []
  Eigen::MatrixXd rows(points + 2, units);
  rows << (curvature + u).matrix(), 100 * u.row(0).matrix(), 100 * u.row(points - 1).matrix();
  Eigen::VectorXd wanted = Eigen::VectorXd::Zero(points + 2);
  wanted(points + 1) = 100;

  const Eigen::VectorXd c = rows.colPivHouseholderQr().solve(wanted);
  const Eigen::VectorXd solution = u.matrix() * c;
  const double error = (solution.array() - x.array().sin()).abs().maxCoeff();
  std::cout << "off from sin by less than 1e-9: " << (error < 1e-9 ? "yes" : "no") << '\n';
  return error < 1e-9 ? 0 : 1;
}
// prints
// off from sin by less than 1e-9: yes
