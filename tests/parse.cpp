// SPDX-License-Identifier: MIT
// Activations by name: what parse reads, what any_activation does with it, what they say of bad
// text and shapes.
#include "allocations.hpp"

#include <hillock/core/numbers.hpp>
#include <hillock/parse.hpp>

#include <clocale>
#include <complex>
#include <functional>
#include <locale>
#include <stdexcept>
#include <type_traits>
#include <variant>

extern template hillock::any_activation<float> hillock::parse<float>(std::string_view);

namespace {

using any = hillock::any_activation<float>;
using support::array;
using support::infinity;

/// "leaky_relu(slope=0.2, max=6)", with every parameter.
std::string full_name(const support::activation<float>& f) {
  std::string text;
  for (std::size_t i = 0; i < f.values.size(); ++i)
    text += (i ? ", " : "(") + std::string(f.parameters[i].name) + "=" +
            hillock::detail::number_text(f.values[i]);
  return std::string(f.name) + text + (f.values.empty() ? "" : ")");
}

/// Are all verbs of both the same bits?
void check_equal(const any& f, const support::activation<float>& truth) {
  const array<float> x = support::mixture<float>(1003);
  const array<float> dy = array<float>::LinSpaced(x.size(), -2, 2);
  array<float> y(x.size());
  f.forward(x, y);
  CHECK(support::difference(y, truth.forward(x)) == "");
  f.derivative(x, y);
  CHECK(support::difference(y, truth.derivative(x)) == "");
  f.second_derivative(x, y);
  CHECK(support::difference(y, truth.second_derivative(x)) == "");
  f.backward(x, dy, y);
  CHECK(support::difference(y, truth.backward(x, dy)) == "");
  REQUIRE(f.output_form_holds() == truth.has(support::verb::backward_from_output));
  if (!f.output_form_holds()) return;
  f.backward_from_output(x, dy, y);
  CHECK(support::difference(y, truth.backward_from_output(x, dy)) == "");
}

/// A decimal comma for everything that asks a locale.
class comma_locale {
  struct comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };

 public:
  comma_locale() : before_(std::locale::global(std::locale(std::locale::classic(), new comma))) {
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
      if (std::setlocale(LC_NUMERIC, name)) break;  // where the system has one
  }
  ~comma_locale() {
    std::locale::global(before_);
    std::setlocale(LC_NUMERIC, "C");
  }

 private:
  std::locale before_;
};

}  // namespace

TEST_CASE("every activation with every parameter is read, and named again") {
  const auto check = [](const support::activation<float>& truth, const reference::table&) {
    INFO(support::describe(truth));
    const any f = hillock::parse<float>(full_name(truth));
    check_equal(f, truth);
    const any again = hillock::parse<float>(f.name());
    CHECK(again.name() == f.name());
    check_equal(again, truth);
  };
  support::for_each_setting<float>(check);
  const comma_locale commas;
  support::for_each_setting<float>(check);
}

TEST_CASE("a name says what differs from the defaults; blanks do not matter") {
  for (const auto& [text, name] :
       {std::pair("gelu", "gelu"),
        {"  relu ( ) ", "relu"},
        {"relu(max=inf)", "relu"},
        {"leaky_relu(slope=0.2)", "leaky_relu(slope=0.2)"},
        {"leaky_relu\t( max = 6,slope=2e-1 )", "leaky_relu(slope=0.2, max=6)"},
        {"linear", "identity"},
        {"leaky_relu(slope=+0.2)", "leaky_relu(slope=0.2)"},
        {"leaky_relu(slope=1e-60)", "leaky_relu(slope=0)"},
        {"leaky_relu(slope=1e-5000)", "leaky_relu(slope=0)"},
        {"threshold(value=-0)", "threshold(value=-0)"},
        {"onnx:LeakyRelu", "leaky_relu"},
        {"gelu_new", "gelu_tanh"},
        {"keras3:leaky_relu", "leaky_relu(slope=0.2)"},
        {"keras3:LeakyReLU", "leaky_relu(slope=0.3)"},
        {"keras3:leaky_relu(slope=0.1)", "leaky_relu(slope=0.1)"},
        {"pytorch:hardsigmoid", "pytorch:hard_sigmoid"}}) {
    CAPTURE(text);
    CHECK(hillock::parse<float>(text).name() == name);
  }
}

TEST_CASE("every preset is read, and is the function that its meaning is") {
  const array<float> x = support::mixture<float>(301);
  array<float> y(x.size()), want(x.size());
  for (const hillock::preset& p : hillock::presets) {
    CAPTURE(std::string(p.name));
    hillock::parse<float>(p.name).forward(x, y);
    hillock::parse<float>(p.meaning).forward(x, want);
    CHECK(support::difference(y, want) == "");
  }
  // Exactly 1/6, which 0.16666667f is not.
  hillock::parse<float>("pytorch:hard_sigmoid").forward(x, y);
  CHECK(support::difference(y, array<float>(hillock::hard_sigmoid<float>::pytorch().forward(x))) ==
        "");
}

TEST_CASE("a name says which activation it is, also where no parameters do") {
  const any sixth = hillock::hard_sigmoid<float>::pytorch();
  CHECK(sixth.name() == "pytorch:hard_sigmoid");
  const array<float> x = array<float>::LinSpaced(10001, -3.2F, 3.2F);
  array<float> y, want;
  hillock::parse<float>(sixth.name()).forward(x, y);
  sixth.forward(x, want);
  CHECK(support::difference(y, want) == "");
  CHECK(any(hillock::hard_sigmoid<float>(1.F / 6)).name() == "hard_sigmoid(slope=0.16666667)");
  CHECK(std::vector<any>(2)[1].name() == "identity");
}

TEST_CASE("any layout in and out, in place, resized where that is possible") {
  const any f = hillock::parse<float>("gelu");
  using matrix = Eigen::MatrixXf;
  using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (const auto& [rows, cols] : {std::pair<int, int>(1, 1), {5, 3}, {300, 7}, {0, 4}}) {
    CAPTURE(rows, cols);
    const matrix x = matrix::Random(rows, cols) * 4;
    const matrix dy = matrix::Random(rows, cols);
    matrix want(rows, cols), slopes(rows, cols), y;
    f.forward(x, want);
    f.backward(x, dy, slopes);
    for (int i = 0; i < x.size(); ++i) REQUIRE(support::same_bits(want.data()[i], f(x.data()[i])));

    f.forward(x, y);  // resized
    CHECK(y == want);
    row_major r;
    f.forward(x, r);
    CHECK(r == want);
    Eigen::ArrayXXf a = x;
    f.forward(a, a);  // in place
    CHECK((a == want.array()).all());
    matrix large = matrix::Zero(2 * rows + 2, cols + 2);
    f.forward(x, large.block(1, 1, rows, cols));
    CHECK(large.block(1, 1, rows, cols) == want);
    CHECK(large.row(0).isZero());
    Eigen::Map<matrix, 0, Eigen::Stride<Eigen::Dynamic, 2>> strided(
        large.data(), rows, cols, Eigen::Stride<Eigen::Dynamic, 2>(2 * rows + 2, 2));
    f.forward(x, strided);
    CHECK(strided == want);
    strided = x;
    f.forward(strided, strided);
    CHECK(strided == want);
    matrix t;
    f.forward(x.transpose(), t);
    CHECK(t == want.transpose());
    f.forward(x + x - x, y);  // an expression
    CHECK(y == matrix(hillock::gelu<float>{}.forward(x + x - x)));

    f.backward(x, dy, y);
    CHECK(y == slopes);
    f.backward(row_major(x), dy, r);
    CHECK(r == slopes);
    y = dy;
    f.backward(x, y, y);
    CHECK(y == slopes);
    y = x.leftCols(1);
    f.forward(y * matrix::Ones(1, cols), y);  // an expression of the output, which it then resizes
    CHECK(y == want.leftCols(1) * matrix::Ones(1, cols));
  }
}

TEST_CASE("an activation chosen at run time is a value like any other") {
  any f = hillock::parse<float>("relu"), copy = f;
  const auto called = [f](float x) { return f(x); };
  const std::function<float(float)> stored = f;
  std::variant<std::monostate, any> one = std::monostate{};
  one = f;
  CHECK((copy(-1) == 0 && called(2) == 2 && stored(3) == 3 && std::get<any>(one)(4) == 4));
  CHECK(std::is_convertible_v<hillock::gelu<float>, any>);
  CHECK_FALSE(std::is_constructible_v<any, int>);
  CHECK_FALSE(std::is_constructible_v<any, std::string>);
  CHECK_FALSE(std::is_constructible_v<any, hillock::any_activation<double>>);
}

TEST_CASE("parts of a vector, and rows of a matrix by columns") {
  const any f = hillock::parse<float>("gelu");
  const Eigen::VectorXf x = Eigen::VectorXf::Random(700) * 4;
  Eigen::VectorXf want(700), y = x;
  f.forward(x, want);
  f.forward(y.head(350), y.head(350));
  f.forward(y.segment(350, 200), y.segment(350, 200));
  f.forward(y.tail(150), y.tail(150));
  CHECK(y == want);
  Eigen::MatrixXf rows(3, 700);
  rows.row(1) = x.transpose();
  f.forward(rows.row(1), rows.row(1));
  CHECK(rows.row(1).transpose() == want);
  for (int i = 0; i < 3; ++i) rows.row(i) = x.transpose();
  f.forward(rows.topRows(2), rows.topRows(2));
  CHECK(rows.row(0).transpose() == want);
  CHECK(rows.row(1).transpose() == want);
  f.forward(x, y.reverse());
  CHECK(y.reverse() == want);
  Eigen::Matrix<std::complex<float>, Eigen::Dynamic, 1> complex(700);
  f.forward(x, complex.real());
  CHECK(complex.real() == want);
}

TEST_CASE("an activation chosen at run time allocates nothing") {
  using support::allocations_of;
  const any f = hillock::parse<float>("elu(alpha=0.5)");
  Eigen::MatrixXf x = Eigen::MatrixXf::Random(17, 60), y = x, dx = x;
  CHECK(allocations_of([&] { f.forward(x, y); }) == 0);
  CHECK(allocations_of([&] { f.backward(x, y, dx); }) == 0);
  CHECK(allocations_of([&] { f.backward_from_output(y, x, dx); }) == 0);
  CHECK(allocations_of([&] { f.derivative(x, x); }) == 0);
  CHECK(allocations_of([&] { f.forward(x.row(3), y.row(5)); }) == 0);
  CHECK(allocations_of([&] { y(0, 0) = f(x(0, 0)); }) == 0);
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)

TEST_CASE("what is wrong with a text is named") {
  const auto complaint = [](const std::string& text) {
    return support::complaint([&] { hillock::parse<float>(text); });
  };
  const auto says = [&](const std::string& text, const std::string& words) {
    const std::string got = complaint(text);
    CAPTURE(text, got);
    CHECK(got.rfind("hillock: ", 0) == 0);
    CHECK(got.find(words) != got.npos);
    CHECK(got.size() < 2000);
  };
  says("", "the name of an activation is missing");
  says("  ", "the name of an activation is missing");
  says("(slope=1)", "the name of an activation is missing");
  says("geluu", "no activation is called \"geluu\"; there are celu, elu,");
  says("GELU", "no activation is called \"GELU\"");
  says("relu)", "no activation is called \"relu)\"");
  says("pytorch:sparse_plus", "no activation is called \"pytorch:sparse_plus\"");
  says("relu(", "a ) is missing");
  says("relu(max=1) x", "a ) is missing");
  says("relu(max)", "relu: \"max\" is not of the form parameter=number");
  says("relu(min=1)", "relu has no parameter \"min\"; it has max");
  says("gelu(max=1)", "gelu has no parameter \"max\"; it has none");
  says("relu(max=1, max=2)", "relu: max is given twice");
  says("relu(max=1,)", "a parameter is missing after the last comma");
  says("relu(,max=1)", "is not of the form");
  for (const std::string number :
       {"", "x", "1x", "0,5", "1.5.2", "0x10", "nan", "infinity", "1e999", "(1)"})
    says("relu(max=" + number + ")", "relu: ");
  says("relu(max=-1)", "relu: max must be > 0, but is -1");
  says("relu(max=1e39)", "max must be a number that the scalar can hold, but is \"1e39\"");
  says("relu(max=-1e5000)", "max must be a number that the scalar can hold");
  says("softmax", "softmax is no function of single numbers");
  says("elu(alpha=inf)", "elu: alpha must be finite and > 0, but is inf");
  says("hard_tanh(lo=2)", "hard_tanh: lo must be below hi, but lo is 2 and hi is 1");
  says("pytorch:hard_sigmoid(slope=1)", "pytorch:hard_sigmoid takes no parameters");
  const std::string megabyte(1 << 20, 'a');
  says(megabyte, "no activation is called \"aaaa");
  says("relu(" + megabyte + "=1)", "relu has no parameter \"aaaa");
  says("relu(max=" + megabyte + ")", "max must be a number, but is \"aaaa");
  says("relu(" + std::string(1 << 20, '('), "a ) is missing");
  says(std::string("relu\0x", 6), "no activation is called");
}

TEST_CASE("wrong shapes and missing output forms are named, and nothing is written") {
  const any gelu = hillock::parse<float>("gelu"),
            leaky = hillock::parse<float>("leaky_relu(slope=-1)");
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(3, 4), other = Eigen::MatrixXf::Random(4, 3);
  const Eigen::MatrixXf sevens = Eigen::MatrixXf::Constant(3, 4, 7);
  Eigen::MatrixXf out = sevens;
  CHECK_THROWS_WITH(gelu.backward(x, other, out),
                    "hillock: gelu.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK_THROWS_WITH(gelu.forward(other, out.block(0, 0, 3, 4)),
                    "hillock: gelu.forward: the output is 3 x 4, but the input is 4 x 3");
  for (const any& f : {gelu, leaky})
    CHECK_THROWS_AS(f.backward_from_output(x, x, out), std::invalid_argument);
  CHECK(out == sevens);
}

#endif  // exceptions
