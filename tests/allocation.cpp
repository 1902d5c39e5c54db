// SPDX-License-Identifier: MIT
// No call right of an assignment to an array of the right size allocates: Eigen asserts it, and
// malloc itself is counted where that can be replaced.
#define EIGEN_RUNTIME_NO_MALLOC

// Eigen's assertion, on with or without NDEBUG.
void count_assertion(bool holds);
#define eigen_assert(condition) count_assertion(bool(condition))

#include "typed.hpp"

#include <hillock/hillock.hpp>

#include <atomic>
#include <cstdlib>
#include <random>

namespace {

std::atomic<long> failed_assertions{0};
std::atomic<long> mallocs{0};

}  // namespace

void count_assertion(bool holds) {
  if (!holds) ++failed_assertions;
}

// A sanitizer has replaced malloc already.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && \
    !__has_feature(memory_sanitizer)
#define COUNTS_MALLOC 1
#endif
#else
#define COUNTS_MALLOC 1
#endif
#endif

#if defined(COUNTS_MALLOC)
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++mallocs;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++mallocs;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++mallocs;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++mallocs;
  return __libc_memalign(alignment, size);
}
}
#endif

namespace {

/// How many times body() allocates.
template <typename Body>
long allocations_of(Body body) {
  const long before = mallocs + failed_assertions;
  Eigen::internal::set_is_malloc_allowed(false);
  body();
  Eigen::internal::set_is_malloc_allowed(true);
  return mallocs + failed_assertions - before;
}

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

template <typename T>
void check_parameter_gradients() {
  typed::for_each_activation<T>([](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    typed::for_each_trainable<F>([&](auto place) {
      INFO(support::describe(f));
      const support::array<T> x = support::mixture<T>(1003);
      volatile T sum = 0;
      CHECK(allocations_of([&] { sum = f.template parameter_gradient<place>(x, x); }) == 0);
      CHECK(allocations_of([&] { sum = f.template parameter_gradient<place>(x + x, -x); }) == 0);
    });
  });
}

/// Every form of call of softmax.
template <typename Softmax, typename X>
void check_softmax(const Softmax& f, const X& x, const X& dy) {
  X out = x;
  const X y = f.forward(x);
  CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out += f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out -= f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out = f.backward_from_output(y, dy); }) == 0);
  CHECK(allocations_of([&] { out = f.jvp(x, dy); }) == 0);
  CHECK(allocations_of([&] { out = f.jvp_from_output(y, dy); }) == 0);
  CHECK(allocations_of([&] { out = x, out = f.forward(out); }) == 0);
  CHECK(allocations_of([&] { out = f.forward(x + dy); }) == 0);
  const Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> mask = x.array() > typename X::Scalar(0);
  CHECK(allocations_of([&] { out = f.forward(x, mask); }) == 0);
  CHECK(allocations_of([&] { out += f.backward(x, dy, mask); }) == 0);
}

/// What its relatives do apart from it: their passes over a slice.
template <typename F, typename X>
void check_passes(const F& f, const X& x, const X& dy) {
  X out = x;
  CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out += f.backward(x, dy); }) == 0);
}

template <typename T, typename Axis, typename X>
void check_losses(const X& x) {
  hillock::softmax_cross_entropy<T, Axis> loss;
  loss.label_smoothing = T(0.1);
  loss.ignore_index = 0;
  const bool by_column = std::is_same_v<Axis, hillock::per_column>;
  const Eigen::VectorXi labels = Eigen::VectorXi::Zero(by_column ? x.cols() : x.rows());
  X out = x;
  T sum = 0;
  CHECK(allocations_of([&] { sum += loss.forward(x, labels); }) == 0);
  CHECK(allocations_of([&] { sum += loss.forward_sum(x, x); }) == 0);
  CHECK(allocations_of([&] { out = loss.backward(x, labels); }) == 0);
  CHECK(allocations_of([&] { out -= loss.backward(x, x); }) == 0);
  const hillock::log_sum_exp<T, Axis> f;
  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> values = f.forward(x);
  CHECK(allocations_of([&] { values = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { values += f.jvp(x, x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, values); }) == 0);
  const hillock::hardmax<T, Axis> hardmax;
  CHECK(allocations_of([&] { out = hardmax.forward(x); }) == 0);
}

template <typename T, typename X>
void check_pairs(const X& x) {
  X a = x, b = x;
  T sum = 0;
  const hillock::swiglu<T> gate;
  CHECK(allocations_of([&] { a = gate.forward(x, b); }) == 0);
  CHECK(allocations_of([&] { gate.backward(x, x, x, a, b); }) == 0);
  const hillock::sigmoid_cross_entropy<T> loss;
  CHECK(allocations_of([&] { sum += loss.forward(x, b); }) == 0);
  CHECK(allocations_of([&] { a = loss.backward(x, b); }) == 0);
  CHECK(allocations_of([&] { a = loss.forward_each(x, b); }) == 0);
  hillock::softmax_state<T> state;
  CHECK(allocations_of([&] { state.push(x); }) == 0);
  const hillock::crelu<T, hillock::per_column> crelu;
  X doubled = crelu.forward(x);
  CHECK(allocations_of([&] { doubled = crelu.forward(x); }) == 0);
  CHECK(allocations_of([&] { a = crelu.backward(x, doubled); }) == 0);
}

template <typename T>
void check_all_softmax() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using hillock::per_column, hillock::per_row, hillock::whole;
  support::for_each_instruction_set([&] {
    for (const Eigen::Index n : {1, 7, 67, 1003}) {
      const support::array<T> x = support::array<T>::LinSpaced(n, -3, 4);
      const matrix wide = support::array<T>::LinSpaced(5 * n, -3, 4).reshaped(5, n).matrix();
      for (const T temperature : {T(1), T(0.3)}) {
        check_softmax(hillock::softmax<T, whole>{temperature}, x, x);
        check_softmax(hillock::softmax<T, per_column>{temperature}, wide, wide);
        check_softmax(hillock::softmax<T, per_row>{temperature}, wide, wide);
        check_passes(hillock::log_softmax<T, per_column>{temperature}, wide, wide);
        check_passes(hillock::log_softmax<T, per_row>{temperature}, wide, wide);
        check_passes(hillock::softmin<T, per_row>{temperature}, wide, wide);
        check_passes(hillock::sparsemax<T, per_column>{temperature}, wide, wide);
        check_passes(hillock::sparsemax<T, per_row>{temperature}, wide, wide);
      }
      check_losses<T, per_column>(wide);
      check_losses<T, per_row>(wide);
      check_pairs<T>(wide);
    }
  });
}

template <typename F, typename X>
void check_prelu(const F& f, const X& x, const X& dy) {
  X out = x;
  auto slopes = f.slopes;
  CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out += f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out -= f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out = x, out = f.forward(out); }) == 0);
  CHECK(allocations_of([&] { out = f.forward(x + dy); }) == 0);
  CHECK(allocations_of([&] { f.backward(x, dy, out, slopes); }) == 0);
}

template <typename T>
void check_what_is_trained() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  for (const Eigen::Index n : {1, 7, 67, 1003}) {
    const matrix x = support::mixture<T>(5 * n).reshaped(5, n).matrix(), dy = x.reverse();
    check_prelu(hillock::prelu<T>(), x, dy);
    check_prelu(hillock::prelu<T, hillock::per_row>(5), x, dy);
    check_prelu(hillock::prelu<T, hillock::per_column>(n), x, dy);

    std::mt19937 generator(1);
    matrix out = x, slopes = x, dx = x, workspace;
    const hillock::rrelu<T> rrelu;
    CHECK(allocations_of([&] { rrelu.forward(x, out, slopes, generator); }) == 0);
    CHECK(allocations_of([&] { out = rrelu.backward(x, slopes, dy); }) == 0);
    CHECK(allocations_of([&] { out = rrelu.forward(x); }) == 0);
    const hillock::alpha_dropout<T> dropout;
    Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> kept = x.array() > T(0);
    CHECK(allocations_of([&] { dropout.forward(x, out, kept, generator); }) == 0);
    CHECK(allocations_of([&] { out = dropout.backward(dy, kept); }) == 0);
    CHECK(allocations_of([&] { hillock::he_normal(out, generator); }) == 0);

    const Eigen::Index batch = n < 100 ? n : 100;  // beyond it Eigen's product allocates for itself
    const hillock::maxout<T> maxout(5, 5, 3, generator);
    matrix dweights = maxout.weights, some = x.leftCols(batch), dsome = some, y = some;
    auto dbiases = maxout.biases;
    Eigen::ArrayXXi winners;
    maxout.forward(some, y, winners, workspace);
    CHECK(allocations_of([&] { maxout.forward(some, y, winners, workspace); }) == 0);
    CHECK(allocations_of([&] {
            maxout.backward(some, winners, y, dsome, dweights, dbiases, workspace);
          }) == 0);
  }
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

TEST_CASE("gradients of parameters allocate nothing") {
  check_parameter_gradients<float>();
  check_parameter_gradients<double>();
}

TEST_CASE("an activation chosen at run time allocates nothing") {
  const hillock::any_activation<float> f{hillock::elu<float>(0.5f)};
  Eigen::MatrixXf x = Eigen::MatrixXf::Random(17, 60), y = x, dx = x;
  CHECK(allocations_of([&] { f.forward(x, y); }) == 0);
  CHECK(allocations_of([&] { f.backward(x, y, dx); }) == 0);
  CHECK(allocations_of([&] { f.backward_from_output(y, x, dx); }) == 0);
  CHECK(allocations_of([&] { f.derivative(x, x); }) == 0);
  CHECK(allocations_of([&] { f.forward(x.row(3), y.row(5)); }) == 0);
  CHECK(allocations_of([&] { y(0, 0) = f(x(0, 0)); }) == 0);
}

TEST_CASE("softmax, its relatives, losses and gates allocate nothing") {
  check_all_softmax<float>();  // in double they are the same calls
}

TEST_CASE("what is trained allocates nothing") {
  check_what_is_trained<float>();
}
