// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Handwritten digits: an image per column, grey values from the top left to the bottom right.
struct digit_set {
  static constexpr int side = 8, pixels = side * side, classes = 10, white = 16;

  Eigen::MatrixXf images;
  Eigen::VectorXi labels;

  Eigen::Index size() const { return labels.size(); }
  digit_set part(Eigen::Index begin, Eigen::Index count) const {
    return {images.middleCols(begin, count), labels.segment(begin, count)};
  }
};

/// The 65 numbers of a line, and nothing where the line is anything else.
inline std::optional<std::array<int, digit_set::pixels + 1>> parse_digit(std::string_view line) {
  std::array<int, digit_set::pixels + 1> cells{};
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0 && (at == end || *at++ != ',')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, cells[i]);
    const int highest = i < digit_set::pixels ? digit_set::white : digit_set::classes - 1;
    if (error != std::errc{} || cells[i] < 0 || cells[i] > highest) return std::nullopt;
    at = next;
  }
  return at == end ? std::optional{cells} : std::nullopt;
}

/// Reads a file of digits, or throws std::runtime_error with a sentence that says what is wrong.
inline digit_set load_digits(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open the data file " + path);
  std::vector<std::array<int, digit_set::pixels + 1>> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto digit = parse_digit(line);
    if (!digit)
      throw std::runtime_error(path + ", line " + std::to_string(lines.size() + 1) +
                               ": expected 64 grey values 0..16 and a digit 0..9, with commas");
    lines.push_back(*digit);
  }
  if (lines.size() < 10)
    throw std::runtime_error(path + " holds " + std::to_string(lines.size()) +
                             " digits; 10 or more are needed to train and test");

  const auto n = static_cast<Eigen::Index>(lines.size());
  const Eigen::Map<const Eigen::MatrixXi> all(lines.front().data(), digit_set::pixels + 1, n);
  return {all.topRows(digit_set::pixels).cast<float>(), all.row(digit_set::pixels).transpose()};
}

/// The same digits in a random order.
template <typename Random>
void shuffle(digit_set& set, Random& random) {
  Eigen::PermutationMatrix<Eigen::Dynamic> order(set.size());
  order.setIdentity();
  std::shuffle(order.indices().begin(), order.indices().end(), random);
  set.images = set.images * order;
  set.labels = order.transpose() * set.labels;
}

struct train_and_test {
  digit_set train, test;
};

/// Four fifths to learn from, one fifth to be judged by, grey values scaled to mean 0, variance 1.
template <typename Random>
train_and_test split(digit_set all, Random& random) {
  shuffle(all, random);
  const Eigen::Index trained = all.size() * 4 / 5;
  auto greys = all.images.leftCols(trained).array();
  const float mean = greys.mean();
  const float deviation = std::sqrt((greys - mean).square().mean());
  if (deviation > 0) all.images.array() = (all.images.array() - mean) / deviation;
  return {all.part(0, trained), all.part(trained, all.size() - trained)};
}

/// The share of digits for which the greatest logit is that of the label.
inline float accuracy(const Eigen::MatrixXf& logits, const Eigen::VectorXi& labels) {
  Eigen::Index right = 0;
  for (Eigen::Index i = 0; i < labels.size(); ++i) {
    Eigen::Index guess = 0;
    logits.col(i).maxCoeff(&guess);
    right += guess == labels[i];
  }
  return static_cast<float>(right) / static_cast<float>(labels.size());
}
