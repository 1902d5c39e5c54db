// SPDX-License-Identifier: MIT
// Walks floats in the order of their bits and prints, for each activation with each setting of its
// table, the worst error of f, f' and f'' in ulp and its place: the rows of docs/accuracy.md.
//
//   test_exhaustive                 every 65521st float, and what docs/accuracy.md says: seconds
//   test_exhaustive all             all 2^32 floats of every activation: hours
//   test_exhaustive gelu tanh       all 2^32 floats of these: a minute or two for each setting
//   test_exhaustive -portable gelu  the same as on a processor without fma
//
// Exits with 1 if a stated bound is exceeded, NaN is lost, a monotone function falls, a value
// leaves its range, or the page says something else.
#include "accuracy.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

namespace {

constexpr std::uint64_t float_count = std::uint64_t{1} << 32;
constexpr unsigned default_stride = 65521;  // a prime
constexpr const char* page = REFERENCE_DIR "/../../docs/accuracy.md";

using true_functions = oracle::formulas<double>;
using support::activation;

/// What a stretch of floats showed.
struct finding {
  std::array<support::worst_error, 3> worst;
  std::uint64_t lost_nan = 0, falls = 0, strays = 0;
  float last_fall = 0, last_stray = 0;

  void add(const finding& other) {
    for (const reference::order k : reference::orders) {
      const auto &mine = worst[k], &its = other.worst[k];
      if (its.ulps > mine.ulps || (its.ulps == mine.ulps && its.x < mine.x)) worst[k] = its;
    }
    lost_nan += other.lost_nan;
    falls += other.falls;
    if (other.falls) last_fall = other.last_fall;
    strays += other.strays;
    if (other.strays) last_stray = other.last_stray;
  }
};

/// Floats numbered in rising order from -NaN to NaN.
float float_number(std::uint64_t i) {
  const auto n = static_cast<std::uint32_t>(i);
  return support::from_bits<float>(n < 0x80000000u ? ~n : n - 0x80000000u);
}

void compare(const true_functions& functions, reference::order k, float x, float got, double want,
             support::worst_error& worst) {
  if (static_cast<double>(got) == want) return;
  // Whatever is rounded right is off by no more than half a ulp: the first to be so is enough.
  if (got == static_cast<float>(want) && got != 0 && worst.ulps >= 0.5) return;
  double off = reference::ulps_off(got, want);
  if (off > 1)
    if (const double floor = oracle::floor_at(functions, static_cast<double>(x), k); floor > 0)
      off = reference::ulps_off(got, want, floor);
  worst.meet(off, x, got, want);
}

finding walk(const activation<float>& f, const true_functions& truth, std::uint64_t first,
             std::uint64_t past, std::uint64_t stride) {
  constexpr Eigen::Index chunk = 1 << 12;
  const bool is_monotone = f.monotone();
  const float lowest = static_cast<float>(f.range().lowest);
  const float highest = static_cast<float>(f.range().highest);
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
      if (is_monotone && has_before && !(got[0][i] >= before)) ++found.falls, found.last_fall = t;
      before = got[0][i];
      if (!(before >= lowest && before <= highest)) ++found.strays, found.last_stray = t;
      has_before = true;
      if (std::isinf(t)) continue;  // the tables have the limits
      const auto want = truth.all(static_cast<double>(t));
      for (const reference::order k : reference::orders)
        compare(truth, k, t, got[k][i], want[k], found.worst[k]);
    }
  }
  return found;
}

/// All floats, in as many threads as there are processors: each takes part after part.
finding walk_all(const activation<float>& f, const true_functions& truth, std::uint64_t stride) {
  constexpr std::uint64_t parts = 256, part = float_count / parts;
  finding found;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    for (std::uint64_t first; (first = part * next++) < float_count;) {
      // One float of overlap, for falls at the seam.
      const std::uint64_t past = (std::min)(first + part + 1, float_count);
      const finding mine = walk(f, truth, first, past, stride);
      const std::lock_guard<std::mutex> lock(mutex);
      found.add(mine);
    }
  };
  std::vector<std::thread> threads((std::max)(1u, std::thread::hardware_concurrency()));
  for (std::thread& thread : threads) thread = std::thread(work);
  for (std::thread& thread : threads) thread.join();
  return found;
}

/// softplus (beta = 5), gelu
std::string label(const activation<float>& f) {
  const std::string parameters = support::list_of(f.parameters, f.values);
  return std::string(f.name) + (parameters.empty() ? "" : " (" + parameters + ")");
}

/// 1.826 at -0x1.42e664p+0, or 0
std::string cell(const support::worst_error& worst) {
  char text[64] = "0";
  if (worst.ulps > 0) std::snprintf(text, sizeof text, "%.3f at %a", worst.ulps, worst.x);
  return text;
}

/// Prints what was found, as a row of the page, and what is wrong. Is all well?
bool report(const activation<float>& f, const finding& found) {
  std::printf("| %s |", label(f).c_str());
  for (const auto& worst : found.worst) std::printf(" %s |", cell(worst).c_str());
  std::printf("\n");
  const auto bounds = accuracy::stated_bounds(f);
  bool holds = found.lost_nan == 0 && found.falls == 0 && found.strays == 0;
  for (const reference::order k : reference::orders)
    if (!(found.worst[k].ulps <= bounds[k])) {
      holds = false;
      std::printf("EXCEEDED: %s, %g ulp: %s\n", std::string(reference::order_names[k]).c_str(),
                  bounds[k], found.worst[k].where().c_str());
    }
  if (found.lost_nan)
    std::printf("LOST NaN: %llu times\n", static_cast<unsigned long long>(found.lost_nan));
  if (found.falls)
    std::printf("FALLS: %llu times, last at %a\n", static_cast<unsigned long long>(found.falls),
                static_cast<double>(found.last_fall));
  if (found.strays)
    std::printf("LEAVES ITS RANGE: %llu times, last at %a\n",
                static_cast<unsigned long long>(found.strays),
                static_cast<double>(found.last_stray));
  return holds;
}

/// Does what is compared have the roundings that the page tells of?
bool has_fma() {
  return HILLOCK_COMPILED_FMA || hillock::instruction_set() != hillock::isa::portable;
}

using row = std::array<std::string, 3>;

/// The rows of the page by their labels.
std::map<std::string, row> read_page() {
  std::map<std::string, row> rows;
  std::ifstream in(page);
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells(line);
    std::string edge, name;
    row worst;
    if (std::getline(cells, edge, '|') && std::getline(cells, name, '|') && name.size() > 2) {
      for (std::string& text : worst)
        if (std::getline(cells, text, '|') && text.size() > 2)
          text = text.substr(1, text.size() - 2);
      rows[name.substr(1, name.size() - 2)] = worst;
    }
  }
  return rows;
}

/// Are the errors of the page's row what they are at its places, and has a walk through some floats
/// found none that is worse?
bool agrees(const activation<float>& f, const true_functions& truth, const finding& found,
            const std::map<std::string, row>& rows) {
  const auto at = rows.find(label(f));
  if (at == rows.end()) {
    std::printf("docs/accuracy.md has no such row yet\n");
    return true;
  }
  bool agree = true;
  for (const reference::order k : reference::orders) {
    const std::string& said = at->second[k];
    support::worst_error worst;
    if (const std::size_t place = said.find(" at "); place != std::string::npos) {
      const float x = std::strtof(said.c_str() + place + 4, nullptr);
      const auto got =
          accuracy::evaluate(f, support::array<float>(support::array<float>::Constant(1, x)));
      compare(truth, k, x, got[k][0], truth.all(static_cast<double>(x))[k], worst);
    }
    if (cell(worst) == said && found.worst[k].ulps <= worst.ulps) continue;
    agree = false;
    std::printf("docs/accuracy.md says of %s: %s\n", std::string(reference::order_names[k]).c_str(),
                said.c_str());
  }
  return agree;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> names(arguments + 1, arguments + count);
  const auto rows = read_page();
  const bool is_portable = !names.empty() && names[0] == "-portable";
  if (is_portable) {
    hillock::testing::force(hillock::isa::portable);
    names.erase(names.begin());
  }
  const std::uint64_t stride = names.empty() ? default_stride : 1;
  bool holds = true;
  int examined = 0;
  support::for_each_setting<float>([&](const activation<float>& f, const reference::table& table) {
    const bool is_asked_for = names.empty() || names[0] == "all" ||
                              std::find(names.begin(), names.end(), f.name) != names.end();
    if (!is_asked_for) return;
    ++examined;
    const auto truth = oracle::find<double>(f.name, table.parameters);
    const finding found = walk_all(f, *truth, stride);
    holds = report(f, found) && holds;
    if (stride > 1 && has_fma()) holds = agrees(f, *truth, found, rows) && holds;
    std::fflush(stdout);
  });
  if (examined == 0) std::printf("no such activation\n");
  return holds && examined ? 0 : 1;
}
