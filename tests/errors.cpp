// SPDX-License-Identifier: MIT
// Wrong shapes and parameters throw std::invalid_argument, whose text names function, argument and
// what is wrong with it; nothing is written.
#include "typed.hpp"

#include <hillock/softmax.hpp>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)

#include <stdexcept>

namespace {

using support::array;
using support::complaint;
using support::infinity;

/// Does the text hold all words, after "hillock: "?
bool says(const std::string& text, const std::vector<std::string>& words) {
  if (text.rfind("hillock: ", 0) != 0) return false;
  for (const std::string& word : words)
    if (text.find(word) == std::string::npos) return false;
  return true;
}

constexpr std::pair<int, int> wrong_shapes[] = {{4, 3}, {3, 5}, {2, 4}, {12, 1}, {0, 0}};

/// What a call with a dy of a wrong shape says; the kernels of the calls need not compile for that.
template <typename T>
void check_shapes() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  typed::for_each_activation<T>([](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    const std::string name(F::name);
    INFO(support::describe(f));
    const matrix x = matrix::Random(3, 4);
    for (const auto& [rows, cols] : wrong_shapes) {
      const matrix dy = matrix::Random(rows, cols);
      const std::string got = std::to_string(rows) + " x " + std::to_string(cols);
      std::string text = complaint([&] { (void)f.backward(x, dy); });
      CAPTURE(text);
      CHECK(says(text, {name, "backward", "dy", got, "3 x 4"}));
      if constexpr (F::has_output_form()) {
        text = complaint([&] { (void)f.backward_from_output(x, dy); });
        CHECK(says(text, {name, "backward_from_output", "dy", got, "3 x 4"}));
      }
      typed::for_each_trainable<F>([&](auto place) {
        const std::string verb = std::string(place.name) + "_gradient";
        text = complaint([&] { f.template parameter_gradient<place>(x, dy.array()); });
        CHECK(says(text, {name, verb, "dy", got, "3 x 4"}));
      });
    }
  });
}

/// Nothing is written by such a call, and no complaint made of empty arrays.
template <typename T>
void check_nothing_written() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  typed::for_each_specimen<T>([](const auto& f) {
    INFO(support::describe(f));
    const matrix x = matrix::Random(3, 4), sevens = matrix::Constant(3, 4, T(7));
    for (const auto& [rows, cols] : wrong_shapes) {
      const matrix dy = matrix::Random(rows, cols);
      matrix dx = sevens;
      CHECK(complaint([&] { dx = f.backward(x, dy); }) != "");
      CHECK(complaint([&] { dx.noalias() += f.backward(x.array(), dy).matrix(); }) != "");
      CHECK(dx == sevens);
    }
    const matrix none(0, 4);
    CHECK(complaint([&] { CHECK(matrix(f.backward(none, none)).size() == 0); }) == "");
    CHECK(matrix(f.forward(none)).cols() == 4);
  });
}

/// What from_parameters says of the values.
template <typename F, typename Values>
std::string complaint_of(const Values& values) {
  return complaint([&] { F::from_parameters(values); });
}

/// Values outside every domain, and such as lie outside some. Where a value breaks a constraint,
/// that is another matter.
template <typename T>
void check_parameters() {
  typed::for_each_activation<T>([](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    INFO(support::describe(f));
    if constexpr (F::parameter_count > 0)
      for (std::size_t i = 0; i < F::parameter_count; ++i) {
        CAPTURE(F::parameters[i].name);
        const std::string parameter(F::parameters[i].name), name(F::name);
        const auto is_refused = [&](T value, const std::string& text) {
          auto values = f.parameter_values();
          values[i] = value;
          return says(complaint_of<F>(values), {name, parameter + " must be ", ", but is " + text});
        };
        const auto is_taken = [&](T value) {
          auto values = f.parameter_values();
          values[i] = value;
          for (const hillock::constraint& c : F::constraints)
            if (!(values[c.lesser] < values[c.greater])) return true;
          return complaint_of<F>(values) == "";
        };
        using hillock::domain;
        const domain d = F::parameters[i].domain;
        const bool positive = d == domain::positive || d == domain::positive_infinite;
        CHECK(is_taken(f.parameter_values()[i]));
        CHECK(is_refused(support::nan<T>, "nan"));
        CHECK(is_refused(-infinity<T>, "-inf"));
        CHECK(is_refused(infinity<T>, "inf") == (d != domain::positive_infinite));
        CHECK(is_refused(T(-2.5), "-2.5") == (d != domain::finite));
        CHECK(is_refused(T(0), "0") == positive);
        CHECK(is_refused(T(-0.0), "-0") == positive);
        if (d == domain::finite) CHECK(is_taken(T(-2.5)));
        if (!positive) CHECK(is_taken(T(0)));
        CHECK(is_taken(std::numeric_limits<T>::denorm_min()));
        CHECK(is_taken(support::largest<T>));
      }
  });
}

/// Two parameters that break a constraint: equal, or the wrong way round.
template <typename T>
void check_constraints() {
  int constraints = 0;
  typed::for_each_activation<T>([&](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    INFO(support::describe(f));
    if constexpr (!F::constraints.empty())
      for (const hillock::constraint& c : F::constraints) {
        ++constraints;
        const std::string lesser(F::parameters[c.lesser].name);
        const std::string greater(F::parameters[c.greater].name);
        auto values = f.parameter_values();
        for (const auto& [low, high, is_low, is_high] :
             {std::tuple<T, T, const char*, const char*>{T(2), T(-3), " is 2", " is -3"},
              {T(0.5), T(0.5), " is 0.5", " is 0.5"}}) {
          values[c.lesser] = low;
          values[c.greater] = high;
          CHECK(complaint_of<F>(values) == "hillock: " + std::string(F::name) + ": " + lesser +
                                               " must be below " + greater + ", but " + lesser +
                                               is_low + " and " + greater + is_high);
        }
        values[c.lesser] = T(-3);
        values[c.greater] = T(2);
        CHECK(complaint_of<F>(values) == "");
      }
  });
  CHECK(constraints > 0);
}

}  // namespace

TEST_CASE("wrong shapes are named") {
  check_shapes<float>();
  check_nothing_written<float>();
}

TEST_CASE("parameters outside their domain are named") {
  check_parameters<float>();
  check_parameters<double>();
}

TEST_CASE("parameters that break a constraint between them are named") {
  check_constraints<float>();
  check_constraints<double>();
}

TEST_CASE("constructors and with_... check, too") {
  CHECK(says(complaint([] { hillock::elu<float>{-1}; }), {"elu", "alpha", "-1"}));
  CHECK(says(complaint([] { hillock::elu<float>{support::nan<float>}; }), {"elu", "alpha", "nan"}));
  CHECK(says(complaint([] { hillock::relu<double>{0}; }), {"relu", "max", "0"}));
  CHECK(says(complaint([] { hillock::hard_sigmoid<float>{-0.2f}; }),
             {"hard_sigmoid", "slope", "-0.2"}));
  CHECK(says(complaint([] {
               hillock::hard_sigmoid<float>{0.2f, infinity<float>};
             }),
             {"hard_sigmoid", "offset", "inf"}));
  CHECK(says(complaint([] { hillock::softplus<float>{0}; }), {"softplus", "beta", "0"}));
  CHECK(says(complaint([] { (void)hillock::elu<float>{}.with_alpha(0); }), {"elu", "alpha", "0"}));
  CHECK(says(complaint([] { (void)hillock::softplus<double>{}.with_beta(-1); }),
             {"softplus", "beta", "-1"}));
  CHECK(says(complaint([] { (void)hillock::relu<float>{}.with_max(-1); }), {"relu", "max", "-1"}));

  CHECK(hillock::elu<float>{0.5f}.alpha() == 0.5f);
  CHECK(hillock::elu<float>{0.5f}.with_alpha(2).alpha() == 2);
  CHECK(hillock::hard_sigmoid<double>{0.25}.offset() == 0.5);
  CHECK(hillock::hard_sigmoid<double>{}.with_offset(0.25).slope() == 0.2);
  CHECK(hillock::hard_sigmoid<double>{}.with_slope(1).offset() == 0.5);
}

TEST_CASE("softmax names wrong shapes, empty slices and temperatures") {
  using per_column = hillock::softmax<float, hillock::per_column>;
  const per_column softmax;
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(3, 4), other = Eigen::MatrixXf::Random(4, 3);
  const Eigen::MatrixXf sevens = Eigen::MatrixXf::Constant(3, 4, 7);
  Eigen::MatrixXf out = sevens;
  CHECK(says(complaint([&] { out = softmax.backward(x, other); }),
             {"softmax", "backward", "dy", "4 x 3", "3 x 4"}));
  CHECK(says(complaint([&] { out = softmax.backward_from_output(x, other); }),
             {"softmax", "backward_from_output", "dy", "4 x 3", "3 x 4"}));
  CHECK(
      says(complaint([&] { out = softmax.jvp(x, other); }), {"softmax", "jvp", "4 x 3", "3 x 4"}));
  CHECK(says(complaint([&] { out = softmax.jvp_from_output(x, other); }),
             {"softmax", "jvp_from_output", "4 x 3", "3 x 4"}));
  const Eigen::MatrixXf empty(0, 4);
  CHECK(says(complaint([&] { out = softmax.forward(empty); }), {"softmax", "0 x 4"}));
  CHECK(out == sevens);
  for (const float t : {0.0f, -1.0f, infinity<float>, support::nan<float>})
    CHECK(says(complaint([&] { per_column{t}; }), {"softmax", "temperature"}));
  CHECK(softmax.with_temperature(0.5f).temperature() == 0.5f);
}

#endif  // exceptions
