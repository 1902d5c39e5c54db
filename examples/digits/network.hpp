// SPDX-License-Identifier: MIT
#pragma once

#include "data.hpp"
#include "model.hpp"

#include <hillock/hillock.hpp>

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <random>

/// What is learned, by gradient descent with momentum.
template <typename Weights>
class learned {
 public:
  static constexpr float rate = 0.02f, momentum = 0.9f;

  learned() = default;
  explicit learned(const Weights& start) : step_(Weights::Zero(start.rows(), start.cols())) {}

  template <typename Gradient>
  void descend(Weights& weights, const Gradient& gradient) {
    step_ = momentum * step_ - rate * gradient;
    weights += step_;
  }

 private:
  Weights step_;
};

/// y = W x + b for a batch, an observation per column.
struct layer {
  Eigen::MatrixXf weights;
  Eigen::VectorXf biases;

  /// Random weights under which inputs like x give sums of variance 1. For inputs of variance 1
  /// that is LeCun's N(0, 1/n); behind a relu, which halves the mean square, it is He's N(0, 2/n).
  template <typename Random>
  layer(Eigen::Index outputs, const Eigen::MatrixXf& x, Random& random)
      : biases(Eigen::VectorXf::Zero(outputs)), biases_(biases) {
    std::normal_distribution<float> normal(0, 1 / std::sqrt(x.colwise().squaredNorm().mean()));
    weights = Eigen::MatrixXf::NullaryExpr(outputs, x.rows(), [&] { return normal(random); });
    weights_ = learned(weights);
  }

  auto operator()(const Eigen::MatrixXf& x) const { return (weights * x).colwise() + biases; }

  void descend(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dy) {
    weights_.descend(weights, dy * x.transpose());
    biases_.descend(biases, dy.rowwise().sum());
  }

 private:
  learned<Eigen::MatrixXf> weights_;
  learned<Eigen::VectorXf> biases_;
};

/// How the hidden units do after training; NaN where that has no meaning.
struct health {
  float dead = std::numeric_limits<float>::quiet_NaN(), gain = dead;
};

constexpr Eigen::Index hidden_units = 64;

/// An activation that has nothing to learn.
struct fixed_activation {
  hillock::any_activation<float> f;

  Eigen::MatrixXf forward(const Eigen::MatrixXf& sums) const {
    Eigen::MatrixXf units;
    f.forward(sums, units);
    return units;
  }
  Eigen::MatrixXf descend(const Eigen::MatrixXf& sums, const Eigen::MatrixXf& dunits) {
    Eigen::MatrixXf dsums;
    f.backward(sums, dunits, dsums);
    return dsums;
  }
  void save(model& to) const { to.units = f.name(); }
};

/// prelu with a slope for each unit, which is learned with the weights.
struct learned_slopes {
  hillock::prelu<float, hillock::per_row> f{hidden_units};
  learned<Eigen::VectorXf> slopes{f.slopes};

  Eigen::MatrixXf forward(const Eigen::MatrixXf& sums) const { return f.forward(sums); }
  Eigen::MatrixXf descend(const Eigen::MatrixXf& sums, const Eigen::MatrixXf& dunits) {
    const Eigen::MatrixXf dsums = f.backward(sums, dunits);
    slopes.descend(f.slopes, f.slope_gradient(sums, dunits));
    return dsums;
  }
  void save(model& to) const {
    to.units = f.name;
    to.slopes = f.slopes;
  }
};

/// Hidden units that are a layer with an activation behind it.
template <typename Activation>
class hidden {
 public:
  template <typename Random>
  hidden(const Activation& activation, const Eigen::MatrixXf& x, Random& random)
      : activation_(activation), sums_of_(hidden_units, x, random) {}

  Eigen::MatrixXf operator()(const Eigen::MatrixXf& x) const {
    return activation_.forward(sums_of_(x));
  }
  Eigen::MatrixXf forward(const Eigen::MatrixXf& x) {
    sums_ = sums_of_(x);
    return activation_.forward(sums_);
  }
  /// x is that of the last forward.
  void descend(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dunits) {
    sums_of_.descend(x, activation_.descend(sums_, dunits));
  }

  health examine(const Eigen::MatrixXf& x) const {
    const Eigen::MatrixXf sums = sums_of_(x);
    return {hillock::dead_fraction(activation_.f, sums),
            hillock::gradient_gain(activation_.f, sums)};
  }
  void save(model& to) const {
    to.weights = sums_of_.weights;
    to.biases = sums_of_.biases;
    activation_.save(to);
  }

 private:
  Activation activation_;
  layer sums_of_;
  Eigen::MatrixXf sums_;
};

/// Hidden units that are maxout: it is a layer, too, of several pieces a unit.
class hidden_maxout {
 public:
  static constexpr Eigen::Index pieces = 2;

  template <typename Random>
  hidden_maxout(const Eigen::MatrixXf& x, Random& random)
      : f_(x.rows(), hidden_units, pieces, random), weights_(f_.weights), biases_(f_.biases) {}

  Eigen::MatrixXf operator()(const Eigen::MatrixXf& x) const { return f_.forward(x); }
  Eigen::MatrixXf forward(const Eigen::MatrixXf& x) {
    Eigen::MatrixXf units;
    f_.forward(x, units, winners_);
    return units;
  }
  void descend(const Eigen::MatrixXf& x, const Eigen::MatrixXf& dunits) {
    const auto [dx, dweights, dbiases] = f_.backward(x, winners_, dunits);
    weights_.descend(f_.weights, dweights);
    biases_.descend(f_.biases, dbiases);
  }

  health examine(const Eigen::MatrixXf&) const { return {}; }
  void save(model& to) const {
    to.units = f_.name;
    to.weights = f_.weights;
    to.biases = f_.biases;
  }

 private:
  hillock::maxout<float> f_;
  learned<Eigen::MatrixXf> weights_;
  learned<Eigen::VectorXf> biases_;
  Eigen::MatrixXi winners_;
};

/// 64 grey values, hidden units, 10 logits.
template <typename Hidden>
class network {
 public:
  template <typename Random>
  network(const Hidden& hidden, const Eigen::MatrixXf& images, Random& random)
      : hidden_(hidden), output_(digit_set::classes, hidden_(images), random) {}

  /// One step down the gradient of the loss of a batch, which is returned.
  float learn(const digit_set& batch) {
    const Eigen::MatrixXf units = hidden_.forward(batch.images);
    const Eigen::MatrixXf logits = output_(units);

    const Eigen::MatrixXf dlogits = loss_.backward(logits, batch.labels);
    const Eigen::MatrixXf dunits = output_.weights.transpose() * dlogits;
    output_.descend(units, dlogits);
    hidden_.descend(batch.images, dunits);
    return loss_.forward(logits, batch.labels);
  }

  float accuracy(const digit_set& set) const {
    return ::accuracy(output_(hidden_(set.images)), set.labels);
  }
  health examine(const Eigen::MatrixXf& images) const { return hidden_.examine(images); }

  model save(std::int64_t seed) const {
    model all;
    all.seed = seed;
    hidden_.save(all);
    all.output_weights = output_.weights;
    all.output_biases = output_.biases;
    return all;
  }

 private:
  Hidden hidden_;
  layer output_;
  hillock::softmax_cross_entropy<float, hillock::per_column> loss_;
};
