// SPDX-License-Identifier: MIT
// Reads a network that hillock_demo --save has written, and lets it read the digits that it has not
// seen: how an importer of models makes activations of their names.
#include "digits/data.hpp"
#include "digits/model.hpp"
#include "digits/parse.hpp"

#include <hillock/maxout.hpp>
#include <hillock/prelu.hpp>

#include <cstdio>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>

namespace {

/// Throws std::runtime_error unless its layers fit the digits and each other.
void expect_fit(const model& m) {
  const Eigen::Index units = m.output_weights.cols(), sums = m.weights.rows();
  const bool has_pieces = m.units == hillock::maxout<float>::name;
  if (m.weights.cols() != digit_set::pixels || m.output_weights.rows() != digit_set::classes ||
      units == 0 || (has_pieces ? sums % units != 0 : sums != units))
    throw std::runtime_error("the layers of the model do not fit: from " +
                             std::to_string(m.weights.cols()) + " grey values to " +
                             std::to_string(sums) + " sums, from " + std::to_string(units) +
                             " units to " + std::to_string(m.output_weights.rows()) + " logits");
}

Eigen::MatrixXf hidden_units(const model& m, const Eigen::MatrixXf& x) {
  const Eigen::Index units = m.output_weights.cols();
  if (m.units == hillock::maxout<float>::name) {
    hillock::maxout<float> f(x.rows(), units, m.weights.rows() / units);
    f.weights = m.weights;
    f.biases = m.biases;
    return f.forward(x);
  }
  Eigen::MatrixXf sums = (m.weights * x).colwise() + m.biases;
  if (m.units == hillock::prelu<float>::name)
    return hillock::prelu<float, hillock::per_row>(m.slopes).forward(sums);
  hillock::parse<float>(m.units).forward(sums, sums);
  return sums;
}

float test_accuracy(const model& m, const std::string& data) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(m.seed));
  const digit_set test = split(load_digits(data), random).test;
  const Eigen::MatrixXf units = hidden_units(m, test.images);
  return accuracy((m.output_weights * units).colwise() + m.output_biases, test.labels);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: example_import MODEL, a file of hillock_demo --save\n");
    return 2;
  }
  try {
    const model m = load_model(argv[1]);
    expect_fit(m);
    const float accuracy = test_accuracy(m, HILLOCK_EXAMPLE_DATA "/digits.csv");
    std::printf("%s reads %.1f %% of the digits that it has not seen\n", m.units.c_str(),
                100 * static_cast<double>(accuracy));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "example_import: %s\n", error.what());
    return 1;
  }
}
