// SPDX-License-Identifier: MIT
// Threads that share one object get what one thread gets, from the very first call on.
#include "support.hpp"

#include <hillock/activations.hpp>
#include <hillock/softmax.hpp>

#include <atomic>
#include <thread>

namespace {

using support::array;

constexpr int threads = 4;

/// body(thread number) in all threads at once.
template <typename Body>
void at_once(Body body) {
  std::atomic<int> waiting{threads};
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      body(t);
    });
  for (std::thread& thread : all) thread.join();
}

// Before anything else in this program asks which instruction set to use.
const std::vector<array<float>> first_results = [] {
  const array<float> x = array<float>::LinSpaced(1003, -9, 9);
  const std::tuple_element_t<0, hillock::activations<float>> f;
  std::vector<array<float>> results(threads, x);
  at_once([&](int t) { results[static_cast<std::size_t>(t)] = f.forward(x); });
  return results;
}();

template <typename T>
void check_shared_objects() {
  const array<T> x = support::mixture<T>(4099), dy = array<T>::LinSpaced(x.size(), T(-2), T(3));
  support::for_each_setting<T>([&](const auto& f, const reference::table&) {
    INFO(support::describe(f));
    const array<T> y = f.forward(x), dx = f.backward(x, dy);
    std::vector<array<T>> ys(threads, x), dxs(threads, x);
    at_once([&](int t) {
      const auto i = static_cast<std::size_t>(t);
      for (int repeat = 0; repeat < 20; ++repeat) {
        ys[i] = f.forward(x);
        dxs[i] = f.backward(x, dy);
      }
    });
    for (int t = 0; t < threads; ++t) {
      CHECK(support::difference(ys[static_cast<std::size_t>(t)], y) == "");
      CHECK(support::difference(dxs[static_cast<std::size_t>(t)], dx) == "");
    }
  });
}

}  // namespace

TEST_CASE("threads that come first at the same time agree") {
  const array<float> x = array<float>::LinSpaced(1003, -9, 9);
  const array<float> y = std::tuple_element_t<0, hillock::activations<float>>{}.forward(x);
  for (const array<float>& result : first_results) CHECK(support::difference(result, y) == "");
}

TEST_CASE("threads that share an activation get what one thread gets") {
  check_shared_objects<float>();
  check_shared_objects<double>();
}

TEST_CASE("threads that share a softmax get what one thread gets") {
  const hillock::softmax<float, hillock::per_column> softmax;
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(77, 41), y = softmax.forward(x);
  std::vector<Eigen::MatrixXf> ys(threads, x);
  at_once([&](int t) {
    for (int repeat = 0; repeat < 20; ++repeat)
      ys[static_cast<std::size_t>(t)] = softmax.forward(x);
  });
  for (const Eigen::MatrixXf& result : ys) CHECK(support::difference(result, y) == "");
}
