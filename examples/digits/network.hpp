// SPDX-License-Identifier: MIT
#pragma once

#include "data.hpp"

#include <hillock/hillock.hpp>

#include <Eigen/Core>
#include <cmath>
#include <random>

/// y = W x + b for a batch, an observation per column. It learns by gradient descent with momentum.
struct layer {
  static constexpr float rate = 0.02f, momentum = 0.9f;

  Eigen::MatrixXf weights, weight_step;
  Eigen::VectorXf biases, bias_step;

  /// Random weights under which inputs like x give sums of variance 1. For inputs of variance 1
  /// that is LeCun's N(0, 1/n); behind a relu, which halves the mean square, it is He's N(0, 2/n).
  template <typename Random>
  layer(Eigen::Index outputs, const Eigen::MatrixXf& x, Random& random)
      : biases(Eigen::VectorXf::Zero(outputs)), bias_step(biases) {
    std::normal_distribution<float> normal(0, 1 / std::sqrt(x.colwise().squaredNorm().mean()));
    weights = Eigen::MatrixXf::NullaryExpr(outputs, x.rows(), [&] { return normal(random); });
    weight_step = Eigen::MatrixXf::Zero(outputs, x.rows());
  }

  auto operator()(const Eigen::MatrixXf& x) const { return (weights * x).colwise() + biases; }

  void descend(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dy) {
    weight_step = momentum * weight_step - rate * (dy * x.transpose());
    bias_step = momentum * bias_step - rate * dy.rowwise().sum();
    weights += weight_step;
    biases += bias_step;
  }
};

/// 64 grey values, 64 hidden units with the activation F, 10 logits.
template <typename F>
class network {
 public:
  template <typename Random>
  network(const Eigen::MatrixXf& images, Random& random)
      : hidden_(64, images, random),
        output_(digit_set::classes, f_.forward(hidden_(images)), random) {}

  /// One step down the gradient of the loss of a batch, which is returned.
  float learn(const digit_set& batch) {
    const Eigen::MatrixXf sums = hidden_(batch.images);
    const Eigen::MatrixXf units = f_.forward(sums);
    const Eigen::MatrixXf logits = output_(units);

    const Eigen::MatrixXf dlogits = loss_.backward(logits, batch.labels);
    const Eigen::MatrixXf dunits = output_.weights.transpose() * dlogits;
    const Eigen::MatrixXf dsums = f_.backward(sums, dunits);
    output_.descend(units, dlogits);
    hidden_.descend(batch.images, dsums);
    return loss_.forward(logits, batch.labels);
  }

  /// The share of digits recognised.
  float accuracy(const digit_set& set) const {
    const Eigen::MatrixXf units = f_.forward(hidden_(set.images));
    const Eigen::MatrixXf logits = output_(units);
    Eigen::Index right = 0;
    for (Eigen::Index i = 0; i < set.size(); ++i) {
      Eigen::Index guess = 0;
      logits.col(i).maxCoeff(&guess);
      right += guess == set.labels[i];
    }
    return static_cast<float>(right) / static_cast<float>(set.size());
  }

  /// The share of hidden units whose derivative is 0 for every image: they have stopped learning.
  float dead_units(const Eigen::MatrixXf& images) const {
    const Eigen::MatrixXf sums = hidden_(images);
    const Eigen::MatrixXf ones = Eigen::MatrixXf::Ones(sums.rows(), sums.cols());
    const Eigen::MatrixXf slopes = f_.backward(sums, ones);
    return (slopes.array() == 0).rowwise().all().template cast<float>().mean();
  }

 private:
  F f_;
  hillock::softmax_cross_entropy<float, hillock::per_column> loss_;
  layer hidden_, output_;
};
