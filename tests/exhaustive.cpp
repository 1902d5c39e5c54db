// SPDX-License-Identifier: MIT
// Walks floats in the order of their bits and prints, for f, f' and f'' of each activation with
// each setting of its table, the worst error and where it is; also the falls of monotone functions.
//
//   test_exhaustive                 every 65521st float of every activation: seconds
//   test_exhaustive all             all 2^32 floats of every activation: an hour or so
//   test_exhaustive gelu tanh       all 2^32 floats of these
//   test_exhaustive -avx2 gelu      on that instruction set (portable, avx2, avx512)
//
// Exits with 1 if a stated bound is exceeded, NaN is lost, or a monotone function falls.
#include "accuracy.hpp"

#include <mutex>
#include <thread>

namespace {

constexpr std::uint64_t float_count = std::uint64_t{1} << 32;
constexpr unsigned default_stride = 65521;  // a prime

/// What a stretch of floats showed.
struct finding {
  std::array<support::worst_error, 3> worst;
  std::uint64_t lost_nan = 0, falls = 0;
  float last_fall = 0;

  void add(const finding& other) {
    for (std::size_t k = 0; k < 3; ++k)
      if (other.worst[k].ulps > worst[k].ulps) worst[k] = other.worst[k];
    lost_nan += other.lost_nan;
    falls += other.falls;
    if (other.falls) last_fall = other.last_fall;
  }
};

/// Floats numbered in rising order from -NaN to NaN.
float float_number(std::uint64_t i) {
  const auto n = static_cast<std::uint32_t>(i);
  return support::from_bits<float>(n < 0x80000000u ? ~n : n - 0x80000000u);
}

finding walk(const support::activation<float>& f, const oracle::formulas<double>& formulas,
             std::uint64_t first, std::uint64_t past, std::uint64_t stride) {
  constexpr Eigen::Index chunk = 1 << 14;
  finding found;
  support::array<float> x(chunk);
  float before = 0;
  bool has_before = false;
  while (first < past) {
    Eigen::Index n = 0;
    for (; n < chunk && first < past; ++n, first += stride) x[n] = float_number(first);
    x.conservativeResize(n);
    const auto got = accuracy::evaluate(f, x);
    for (Eigen::Index i = 0; i < n; ++i) {
      const float t = x[i];
      if (std::isnan(t)) {
        for (const auto& y : got) found.lost_nan += !std::isnan(y[i]);
        continue;
      }
      if (f.monotone() && has_before && !(got[0][i] >= before)) ++found.falls, found.last_fall = t;
      before = got[0][i];
      has_before = true;
      if (std::isinf(t)) continue;  // the tables have the limits
      const double w = static_cast<double>(t);
      const std::array<double, 3> truth{formulas.value(w), formulas.derivative(w),
                                        formulas.second_derivative(w)};
      for (const reference::order k : reference::orders) {
        double off = reference::ulps_off(got[k][i], truth[k]);
        if (off > 1)
          if (const double floor = oracle::floor_at(formulas, w, k); floor > 0)
            off = reference::ulps_off(got[k][i], truth[k], floor);
        found.worst[k].meet(off, t, got[k][i], truth[k]);
      }
    }
  }
  return found;
}

/// All floats, in as many threads as there are processors.
bool examine(const support::activation<float>& f, const reference::table& table,
             std::uint64_t stride) {
  const std::uint64_t parts = (std::max)(1u, std::thread::hardware_concurrency());
  const auto formulas = oracle::find<double>(f.name, table.parameters);
  finding found;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (std::uint64_t part = 0; part < parts; ++part)
    threads.emplace_back([&, part] {
      // One float of overlap, for falls at the seam.
      const std::uint64_t first = float_count / parts * part,
                          past = float_count / parts * (part + 1);
      const finding mine = walk(f, *formulas, first, (std::min)(past + 1, float_count), stride);
      const std::lock_guard<std::mutex> lock(mutex);
      found.add(mine);
    });
  for (std::thread& thread : threads) thread.join();

  const auto bounds = accuracy::stated_bounds(f);
  bool holds = found.lost_nan == 0 && found.falls == 0;
  std::printf("%s\n", support::describe(f).c_str());
  for (const reference::order k : reference::orders) {
    const bool is_within = found.worst[k].ulps <= bounds[k];
    holds = holds && is_within;
    std::printf("  %-3s %s%.4g ulp of %g: %s\n", std::string(reference::order_names[k]).c_str(),
                is_within ? "" : "EXCEEDED: ", found.worst[k].ulps, bounds[k],
                found.worst[k].where.c_str());
  }
  if (found.lost_nan)
    std::printf("  LOST NaN: %llu times\n", static_cast<unsigned long long>(found.lost_nan));
  if (found.falls)
    std::printf("  FALLS: %llu times, last at %a\n", static_cast<unsigned long long>(found.falls),
                static_cast<double>(found.last_fall));
  std::fflush(stdout);
  return holds;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> names;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    bool forced = false;
    for (const auto set : {hillock::isa::portable, hillock::isa::avx2, hillock::isa::avx512})
      if (word == "-" + std::string(hillock::name_of(set))) forced = hillock::testing::force(set);
    if (word[0] != '-') {
      names.push_back(word);
    } else if (!forced) {
      std::printf("cannot run on %s here\n", word.c_str() + 1);
      return 2;
    }
  }
  const std::uint64_t stride = names.empty() ? default_stride : 1;
  bool holds = true;
  int examined = 0;
  support::for_each_setting<float>(
      [&](const support::activation<float>& f, const reference::table& table) {
        const std::string name(f.name);
        const bool is_asked_for = names.empty() || names[0] == "all" ||
                                  std::find(names.begin(), names.end(), name) != names.end();
        if (!is_asked_for) return;
        ++examined;
        holds = examine(f, table, stride) && holds;
      });
  if (examined == 0) std::printf("no such activation\n");
  return holds && examined ? 0 : 1;
}
