// SPDX-License-Identifier: MIT
// A network learns to read handwritten digits, once with each activation function of hillock.
#include "digits/data.hpp"
#include "digits/network.hpp"
#include "digits/options.hpp"
#include "digits/parse.hpp"
#include "digits/progress.hpp"

#include <hillock/hillock.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

constexpr Eigen::Index batch_size = 32;

constexpr std::string_view prelu = hillock::prelu<float>::name,
                           maxout = hillock::maxout<float>::name;

/// Of every activation of the list, and of those that learn weights of their own.
std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  std::apply([&](const auto&... f) { (all.push_back(f.name), ...); },
             hillock::activations<float>{});
  all.insert(all.end(), {prelu, maxout});
  return all;
}

struct result {
  std::string activation;
  float accuracy;
  double seconds;
  health units;
};

/// Shows the network every training image once, in random order; returns the mean loss.
template <typename Hidden, typename Random>
float train_epoch(network<Hidden>& net, digit_set& train, Random& random) {
  shuffle(train, random);
  const Eigen::Index batches = (train.size() + batch_size - 1) / batch_size;
  float loss = 0;
  for (Eigen::Index i = 0; i < batches; ++i) {
    const Eigen::Index begin = i * batch_size;
    loss += net.learn(train.part(begin, (std::min)(batch_size, train.size() - begin)));
  }
  return loss / static_cast<float>(batches);
}

template <typename Hidden>
result train(const Hidden& units, const std::string& name, train_and_test digits,
             const options& wanted, std::mt19937& random, progress& bar) {
  const auto start = std::chrono::steady_clock::now();
  network<Hidden> net(units, digits.train.images, random);
  for (std::int64_t epoch = 1; epoch <= wanted.epochs; ++epoch) {
    const float loss = train_epoch(net, digits.train, random);
    char now[96];
    std::snprintf(now, sizeof now, "%s, epoch %lld of %lld, loss %.4f", name.c_str(),
                  static_cast<long long>(epoch), static_cast<long long>(wanted.epochs),
                  static_cast<double>(loss));
    bar.step(now);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (!wanted.save.empty()) save(net.save(wanted.seed), wanted.save);
  return {name, net.accuracy(digits.test), seconds.count(), net.examine(digits.train.images)};
}

result train(const std::string& name, const train_and_test& digits, const options& wanted,
             progress& bar) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(wanted.seed));
  const Eigen::MatrixXf& images = digits.train.images;
  if (name == prelu)
    return train(hidden(learned_slopes(), images, random), name, digits, wanted, random, bar);
  if (name == maxout)
    return train(hidden_maxout(images, random), name, digits, wanted, random, bar);
  const fixed_activation activation{hillock::parse<float>(name)};
  return train(hidden(activation, images, random), name, digits, wanted, random, bar);
}

std::vector<result> train_each(const train_and_test& digits, const options& wanted) {
  progress bar(static_cast<std::int64_t>(wanted.activations.size()) * wanted.epochs);
  std::vector<result> results;
  for (const std::string& name : wanted.activations)
    results.push_back(train(name, digits, wanted, bar));
  return results;
}

/// The first digits of the file, side by side.
void draw(const digit_set& digits) {
  constexpr std::string_view greys = " .:-=+*#%@";
  const Eigen::Index shown = (std::min)(Eigen::Index{4}, digits.size());
  for (Eigen::Index row = 0; row < digit_set::side; ++row) {
    for (Eigen::Index i = 0; i < shown; ++i) {
      std::printf("  ");
      for (Eigen::Index column = 0; column < digit_set::side; ++column) {
        const auto grey =
            static_cast<std::size_t>(digits.images(row * digit_set::side + column, i));
        const char ink = greys[grey * (greys.size() - 1) / digit_set::white];
        std::printf("%c%c", ink, ink);
      }
    }
    std::printf("\n");
  }
}

void introduce(const digit_set& digits, const train_and_test& parts, const options& wanted) {
  std::printf("%lld handwritten digits, 8 x 8 grey values each, like these:\n\n",
              static_cast<long long>(digits.size()));
  draw(digits);
  std::printf(
      "\nA network of 64 inputs, 64 hidden units and 10 outputs learns to read them from %lld "
      "images,\n"
      "%lld times over, and is judged by %lld that it has not seen: once with each activation "
      "function\n"
      "between its layers.\n\n",
      static_cast<long long>(parts.train.size()), static_cast<long long>(wanted.epochs),
      static_cast<long long>(parts.test.size()));
}

void print(const result& r) {
  std::printf("%-18s %12.1f %% %10.2f", r.activation.c_str(), 100 * static_cast<double>(r.accuracy),
              r.seconds);
  if (std::isnan(r.units.dead))
    std::printf("%13s %14s\n", "-", "-");
  else
    std::printf("%11.1f %% %14.2f\n", 100 * static_cast<double>(r.units.dead),
                static_cast<double>(r.units.gain));
}

void print_table(const std::vector<result>& results) {
  std::printf("\n%-18s %14s %10s %12s %14s\n", "activation", "test accuracy", "seconds",
              "dead units", "gradient gain");
  for (const auto& r : results) print(r);
  std::printf(
      "\ntest accuracy: digits read rightly among those not seen. dead units: hidden units whose\n"
      "derivative is 0 for every training image, so that they no longer learn. gradient gain: "
      "root\n"
      "mean square of the derivative, by which gradients grow or shrink on their way back.\n");
}

void print_help(const options& defaults) {
  std::printf(
      "usage: hillock_demo [--epochs N] [--seed N] [--data FILE] [--save FILE] [activation ...]\n\n"
      "Trains a 64-64-10 network on handwritten digits once per activation and compares the "
      "results.\n\n"
      "  --epochs N   times the network sees every training image (%lld)\n"
      "  --seed N     start of the random numbers that split the data and set the weights (%lld)\n"
      "  --data FILE  digits to learn (%s)\n"
      "  --save FILE  where to write what the network has learned, for example_import\n"
      "  activation   the ones to train, with parameters or without, as \"leaky_relu(slope=0.2)\"\n"
      "               (all): %s\n",
      static_cast<long long>(defaults.epochs), static_cast<long long>(defaults.seed),
      defaults.data.c_str(), joined(names()).c_str());
}

void run(const options& wanted) {
  const digit_set digits = load_digits(wanted.data);
  std::mt19937 random(static_cast<std::mt19937::result_type>(wanted.seed));
  const train_and_test parts = split(digits, random);
  introduce(digits, parts, wanted);
  print_table(train_each(parts, wanted));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    options defaults;
    defaults.data = HILLOCK_EXAMPLE_DATA "/digits.csv";
    auto wanted = parse_options({argv + 1, argv + argc}, defaults);
    for (const std::string& name : wanted.activations)
      if (name != prelu && name != maxout)
        (void)hillock::parse<float>(name);  // or says what is wrong
    const auto all = names();
    if (wanted.activations.empty()) wanted.activations.assign(all.begin(), all.end());
    wanted.help ? print_help(defaults) : run(wanted);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hillock_demo: %s\n", error.what());
    return 1;
  }
}
