// SPDX-License-Identifier: MIT
// Wrong shapes and parameters throw std::invalid_argument, whose text names function, argument and
// what is wrong with it; nothing is written.
#include "support.hpp"

#include <hillock/softmax.hpp>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)

#include <stdexcept>

namespace {

using support::array;
using support::infinity;

/// What the std::invalid_argument that body() throws says; empty if it throws none.
template <typename Body>
std::string complaint(Body body) {
  try {
    body();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

/// Does the text hold all words, after "hillock: "?
bool says(const std::string& text, const std::vector<std::string>& words) {
  if (text.rfind("hillock: ", 0) != 0) return false;
  for (const std::string& word : words)
    if (text.find(word) == std::string::npos) return false;
  return true;
}

template <typename T>
void check_shapes() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  support::for_each_activation<T>([](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    const std::string name(F::name);
    INFO(support::describe(f));
    const matrix x = matrix::Random(3, 4);
    const matrix sevens = matrix::Constant(3, 4, T(7));
    for (const auto& [rows, cols] : {std::pair<int, int>(4, 3), {3, 5}, {2, 4}, {12, 1}, {0, 0}}) {
      const matrix dy = matrix::Random(rows, cols);
      matrix dx = sevens;
      const std::string got = std::to_string(rows) + " x " + std::to_string(cols);
      std::string text = complaint([&] { dx = f.backward(x, dy); });
      CAPTURE(text);
      CHECK(says(text, {name, "backward", "dy", got, "3 x 4"}));
      text = complaint([&] { dx.noalias() += f.backward(x.array(), dy).matrix(); });
      CHECK(says(text, {name, "backward", "dy", got, "3 x 4"}));
      if constexpr (F::has_output_form()) {
        text = complaint([&] { dx = f.backward_from_output(x, dy); });
        CHECK(says(text, {name, "backward_from_output", "dy", got, "3 x 4"}));
      }
      CHECK(dx == sevens);
    }
    // No slice, no complaint.
    const matrix none(0, 4);
    CHECK(complaint([&] { CHECK(matrix(f.backward(none, none)).size() == 0); }) == "");
    CHECK(matrix(f.forward(none)).cols() == 4);
  });
}

/// Values outside every domain, and such as lie outside some.
template <typename T>
void check_parameters() {
  support::for_each_activation<T>([](const auto& f) {
    using F = std::decay_t<decltype(f)>;
    INFO(support::describe(f));
    if constexpr (F::parameter_count > 0)
      for (std::size_t i = 0; i < F::parameter_count; ++i) {
        CAPTURE(F::parameters[i].name);
        const auto with = [&](T value) {
          auto values = f.parameter_values();
          values[i] = value;
          return complaint([&] { F::from_parameters(values); });
        };
        CHECK(with(f.parameter_values()[i]) == "");
        const std::string parameter(F::parameters[i].name), name(F::name);
        CHECK(says(with(support::nan<T>), {name, parameter, "nan"}));
        CHECK(says(with(-infinity<T>), {name, parameter, "-inf"}));
        // The domain that the specification gives, beside the stated one.
        const bool positive = name == "relu" || name == "softplus" || name == "elu" ||
                              name == "celu" || name == "squareplus" ||
                              (name == "hard_sigmoid" && parameter == "slope");
        const bool finite = name != "relu";
        CHECK(says(with(T(-2.5)), {name, parameter, "-2.5"}) == positive);
        CHECK((with(T(0)) != "") == positive);
        CHECK((with(T(-0.0)) != "") == positive);
        CHECK((with(infinity<T>) != "") == finite);
        CHECK(with(std::numeric_limits<T>::denorm_min()) == "");
        CHECK(with(support::largest<T>) == "");
      }
  });
}

}  // namespace

TEST_CASE("wrong shapes are named") {
  check_shapes<float>();
}

TEST_CASE("parameters outside their domain are named") {
  check_parameters<float>();
  check_parameters<double>();
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
