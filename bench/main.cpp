// SPDX-License-Identifier: MIT
#include "bench.hpp"

#include <hillock/activations.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

/// Prints the median of each benchmark's repetitions, those of one function together.
class medians : public benchmark::ConsoleReporter {
 public:
  bool ReportContext(const Context& context) override {
    PrintBasicContext(&GetErrorStream(), context);
    return true;
  }
  // Random interleaving finishes them in any order.
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs)
      if (run.repetitions <= 1 || run.aggregate_name == "median") runs_[run.family_index] = run;
  }
  void Finalize() override {
    std::printf("ns per element, largest error in ulp where |result| >= 1e-4\n");
    std::string group;
    for (const auto& [index, run] : runs_) {
      const std::string name = run.run_name.str();
      const auto label =
          name.find(':') == name.npos ? name.rfind('/') : name.rfind('/', name.find(':'));
      if (name.substr(0, label) != group)
        std::printf("%s\n", (group = name.substr(0, label)).c_str());
      print(run, name.substr(label + 1));
    }
  }

 private:
  static void print(const Run& run, const std::string& label) {
    if (run.error_occurred) {
      std::printf("    error: %s: %s\n", label.c_str(), run.error_message.c_str());
      return;
    }
    const auto error = run.counters.find("core_ulp");
    std::printf("%12.4f ", run.counters.at("ns_per_element").value);
    error == run.counters.end() ? std::printf("%10s", "")
                                : std::printf("%10.3g", error->second.value);
    std::printf("  %s\n", label.c_str());
  }

  std::map<std::int64_t, Run> runs_;
};

/// The command line after these: what is given there wins.
std::vector<char*> with_defaults(int argc, char** argv) {
  static std::string defaults[] = {"--benchmark_filter=/4096/|/float/(10|128|1000|32000)/",
                                   "--benchmark_repetitions=31", "--benchmark_min_time=0.003",
                                   "--benchmark_report_aggregates_only=true",
                                   "--benchmark_enable_random_interleaving=true"};
  std::vector<char*> all{argv[0]};
  for (auto& option : defaults) all.push_back(option.data());
  all.insert(all.end(), argv + 1, argv + argc);
  return all;
}

void describe_build() {
#if defined(HILLOCK_BENCH_FLAGS)
  benchmark::AddCustomContext("flags", HILLOCK_BENCH_FLAGS);
#endif
#if defined(__clang__)
  benchmark::AddCustomContext("compiler", "Clang " __clang_version__);
#elif defined(__GNUC__)
  benchmark::AddCustomContext("compiler", "GCC " __VERSION__);
#endif
  benchmark::AddCustomContext("eigen_instructions", Eigen::SimdInstructionSetsInUse());
  benchmark::AddCustomContext("hillock_instructions",
                              std::string(hillock::name_of(hillock::instruction_set())));
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = with_defaults(argc, argv);
  auto count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  bench::enrol_elementwise();
  bench::enrol_gates();
  bench::enrol_softmax();
  bench::enrol_other_slices();
  describe_build();
  medians reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
}
