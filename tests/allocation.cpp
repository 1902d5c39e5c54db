// SPDX-License-Identifier: MIT
// No elementwise call right of an assignment to an array of the right size allocates. (What other
// calls allocate is counted beside what they compute.)
#include "allocations.hpp"
#include "typed.hpp"

namespace {

using support::allocations_of;

template <typename F, typename X>
void check_elementwise(const F& f, const X& x, const X& dy) {
  X out = x, y = f.forward(x);
  CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out = f(x); }) == 0);
  CHECK(allocations_of([&] { out += f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out -= f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out.array() *= f.forward(x.array()); }) == 0);
  CHECK(allocations_of([&] { out = f.derivative(x); }) == 0);
  CHECK(allocations_of([&] { out = f.second_derivative(x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out += f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out -= f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out.array() *= f.backward(x.array(), dy.array()); }) == 0);
  if constexpr (F::has_output_form())
    if (f.output_form_holds())
      CHECK(allocations_of([&] { out = f.backward_from_output(y, dy); }) == 0);
  CHECK(allocations_of([&] { out = x, out = f.forward(out); }) == 0);
  CHECK(allocations_of([&] { out = f.forward(x + dy); }) == 0);
  CHECK(allocations_of([&] { out = f.forward(x.reverse()); }) == 0);
}

/// The forms of calls, for a few activations; whole assignments, for all.
template <typename T>
void check_all() {
  typed::for_each_specimen<T>([](const auto& f) {
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      for (const Eigen::Index n : {1, 7, 67, 1003}) {
        check_elementwise(f, support::mixture<T>(n), support::mixture<T>(n));
        const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> x =
            support::mixture<T>(5 * n).reshaped(5, n).matrix();
        check_elementwise(f, x, x);
      }
    });
  });
  support::for_each_activation<T>([](const support::activation<T>& f) {
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      for (const Eigen::Index n : {1, 7, 67, 1003})
        for (const support::verb v : support::verbs) {
          const support::array<T> x = support::mixture<T>(n);
          support::array<T> out(n);
          if (f.has(v))
            CHECK(allocations_of([&] { f.assign(v, {x.data(), x.data(), out.data(), n}); }) == 0);
        }
    });
  });
}

}  // namespace

TEST_CASE("an allocation would be noticed") {
  CHECK(allocations_of([] { Eigen::ArrayXf array(100); }) > 0);
#if defined(COUNTS_MALLOC)
  CHECK(allocations_of([] {
          void* volatile memory = std::malloc(1);  // volatile, for the compiler to keep the call
          std::free(memory);
        }) > 0);
#endif
}

TEST_CASE("elementwise calls of float allocate nothing") {
  check_all<float>();
}
TEST_CASE("elementwise calls of double allocate nothing") {
  check_all<double>();
}
