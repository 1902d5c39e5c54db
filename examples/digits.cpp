// SPDX-License-Identifier: MIT
// A network learns to read handwritten digits, once with each activation function of hillock.
#include "digits/data.hpp"
#include "digits/network.hpp"
#include "digits/options.hpp"
#include "digits/progress.hpp"

#include <hillock/hillock.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

constexpr Eigen::Index batch_size = 32;

/// Calls visit with every activation of the list.
template <typename Visit>
void for_each_activation(Visit visit) {
  std::apply([&](const auto&... f) { (visit(f), ...); }, hillock::activations<float>{});
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for_each_activation([&](const auto& f) { all.push_back(f.name); });
  return all;
}

struct result {
  std::string_view activation;
  double accuracy, seconds, dead_units;
};

/// Shows the network every training image once, in random order; returns the mean loss.
template <typename F, typename Random>
float train_epoch(network<F>& net, digit_set& train, Random& random) {
  shuffle(train, random);
  const Eigen::Index batches = (train.size() + batch_size - 1) / batch_size;
  float loss = 0;
  for (Eigen::Index i = 0; i < batches; ++i) {
    const Eigen::Index begin = i * batch_size;
    loss += net.learn(train.part(begin, (std::min)(batch_size, train.size() - begin)));
  }
  return loss / static_cast<float>(batches);
}

template <typename F>
result train(train_and_test digits, const options& wanted, progress& bar) {
  const auto start = std::chrono::steady_clock::now();
  std::mt19937 random(static_cast<std::mt19937::result_type>(wanted.seed));
  network<F> net(digits.train.images, random);
  for (std::int64_t epoch = 1; epoch <= wanted.epochs; ++epoch) {
    const float loss = train_epoch(net, digits.train, random);
    char now[96];
    std::snprintf(now, sizeof now, "%s, epoch %lld of %lld, loss %.4f",
                  std::string(F::name).c_str(), static_cast<long long>(epoch),
                  static_cast<long long>(wanted.epochs), static_cast<double>(loss));
    bar.step(now);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return {F::name, net.accuracy(digits.test), seconds.count(), net.dead_units(digits.train.images)};
}

std::vector<result> train_each(const train_and_test& digits, const options& wanted) {
  std::int64_t count = 0;
  for_each_activation([&](const auto& f) { count += wanted.wants(f.name); });
  progress bar(count * wanted.epochs);
  std::vector<result> results;
  for_each_activation([&](auto f) {
    if (wanted.wants(f.name)) results.push_back(train<decltype(f)>(digits, wanted, bar));
  });
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

void print_table(const std::vector<result>& results) {
  std::printf("\n%-18s %14s %10s %12s\n", "activation", "test accuracy", "seconds", "dead units");
  for (const auto& r : results)
    std::printf("%-18s %12.1f %% %10.2f %10.1f %%\n", std::string(r.activation).c_str(),
                100 * r.accuracy, r.seconds, 100 * r.dead_units);
  std::printf(
      "\ntest accuracy: digits read rightly among those not seen. dead units: hidden units whose\n"
      "derivative is 0 for every training image, so that they no longer learn.\n");
}

void print_help(const options& defaults) {
  std::printf(
      "usage: hillock_demo [--epochs N] [--seed N] [--data FILE] [activation ...]\n\n"
      "Trains a 64-64-10 network on handwritten digits once per activation and compares the "
      "results.\n\n"
      "  --epochs N   times the network sees every training image (%lld)\n"
      "  --seed N     start of the random numbers that split the data and set the weights (%lld)\n"
      "  --data FILE  digits to learn (%s)\n"
      "  activation   the ones to train (all): %s\n",
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
    const auto wanted = parse_options({argv + 1, argv + argc}, defaults, names());
    wanted.help ? print_help(defaults) : run(wanted);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hillock_demo: %s\n", error.what());
    return 1;
  }
}
