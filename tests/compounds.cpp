// SPDX-License-Identifier: MIT
// Sums and products around activations: assigned to memory they run in the own loop,
// where every step rounds as it does alone.
#include "support.hpp"

#include <hillock/hillock.hpp>

namespace {

using Eigen::Dynamic;
using Eigen::Index;
using support::array;

/// A number whose every operation rounds, whatever the compiler would contract.
template <typename T>
struct plain {
  T x;
  plain(T x_) : x(rounded(x_)) {}
  friend plain operator+(plain a, plain b) { return a.x + b.x; }
  friend plain operator-(plain a, plain b) { return a.x - b.x; }
  friend plain operator*(plain a, plain b) { return a.x * b.x; }
  friend plain operator/(plain a, plain b) { return a.x / b.x; }
  plain square() const { return x * x; }

 private:
  static T rounded(T x) {
    volatile T kept = x;
    return kept;
  }
};

/// An activation of arrays and of plain numbers.
template <typename F>
struct on_either {
  using number = plain<typename F::scalar>;
  F f;
  template <typename X>
  auto operator()(const X& x) const {
    return f(x);
  }
  number operator()(number x) const { return f(x.x); }
  template <typename X, typename G>
  auto backward(const X& x, const G& dy) const {
    return f.backward(x, dy);
  }
  number backward(number x, number dy) const { return f.backward(x.x, dy.x); }
};

/// body(name, expression) for the usual ones: expression(a, b, c, d) of arrays or of plain numbers.
template <typename T, typename Body>
void for_usual_expressions(Body body) {
  const on_either<hillock::sigmoid<T>> sigmoid{};
  const on_either<hillock::tanh<T>> tanh{};
  const on_either<hillock::relu<T>> relu{};
  body("cheap", [=](const auto& a, const auto& b, const auto& c, const auto& d) {
    return relu(a) * b + c * d;
  });
  body("cell", [=](const auto& a, const auto& b, const auto& c, const auto& d) {
    return sigmoid(a) * d + sigmoid(b) * tanh(c);
  });
}

/// The same, for each of another form.
template <typename T, typename Body>
void for_expressions(Body body) {
  const on_either<hillock::sigmoid<T>> sigmoid{};
  const on_either<hillock::tanh<T>> tanh{};
  const on_either<hillock::elu<T>> elu{hillock::elu<T>(T(0.5))};
  const auto of_a = [=](const char* name, auto expression) {
    body(name, [=](const auto& a, const auto&, const auto&, const auto&) { return expression(a); });
  };
  const auto of_ab = [=](const char* name, auto expression) {
    body(name,
         [=](const auto& a, const auto& b, const auto&, const auto&) { return expression(a, b); });
  };
  of_ab("difference", [=](const auto& a, const auto& b) { return b - sigmoid(a); });
  of_ab("quotient", [=](const auto& a, const auto& b) { return b / tanh(a); });
  of_a("square", [=](const auto& a) { return tanh(a).square(); });
  of_a("constants", [=](const auto& a) { return T(2) * sigmoid(a) - T(1); });
  of_ab("of a sum", [=](const auto& a, const auto& b) { return elu(a * a + b); });
  of_a("chain", [=](const auto& a) { return sigmoid(tanh(a)); });
  of_ab("chain and sum", [=](const auto& a, const auto& b) { return b + sigmoid(tanh(a)); });
  of_ab("gradient", [=](const auto& a, const auto& b) { return elu.backward(a, b * a); });
  body("many", [=](const auto& a, const auto& b, const auto& c, const auto& d) {
    return sigmoid(a) * b + tanh(c) * d - elu(b) * a / (T(1) + sigmoid(d) * c);
  });
}

/// Four arrays of a shape, with numbers of every kind, and what an expression gives of them.
template <typename X>
struct operands {
  using T = typename X::Scalar;
  X a, b, c, d;

  operands(Index rows, Index cols)
      : a(mixed(rows, cols, 0)), b(mixed(rows, cols, 1)), c(a.reverse()), d(b.reverse()) {}

  template <typename Expression>
  X one_by_one(const Expression& expression) const {
    X result = a;
    for (Index j = 0; j < a.cols(); ++j)
      for (Index i = 0; i < a.rows(); ++i) {
        const plain<T> p = a(i, j), q = b(i, j), r = c(i, j), s = d(i, j);
        result(i, j) = plain<T>(expression(p, q, r, s)).x;
      }
    return result;
  }

 private:
  static X mixed(Index rows, Index cols, Index first) {
    const array<T> numbers = support::mixture<T>(rows * cols + 1).segment(first, rows * cols);
    return Eigen::Map<const X>(numbers.data(), rows, cols);
  }
};

/// For an expression: body(it, operands) on every instruction set.
template <typename X, typename Body>
auto on_operands(Index rows, Index cols, Body body) {
  return [=](const char* name, const auto& expression) {
    const operands<X> in(rows, cols);
    support::for_each_instruction_set([&] {
      INFO(name << " of " << rows << " x " << cols << ", "
                << hillock::name_of(hillock::instruction_set()));
      body(expression, in);
    });
  };
}

/// Assigned to an array of its own, and to its first and last operand.
template <typename X>
auto check_assignments(Index n) {
  return on_operands<X>(n, 1, [](const auto& expression, const operands<X>& in) {
    const X want = in.one_by_one(expression);
    X out = expression(in.a, in.b, in.c, in.d);
    CHECK(support::difference(out, want) == "");
    out = in.a;
    out = expression(out, in.b, in.c, in.d);
    CHECK(support::difference(out, want) == "");
    out = in.d;
    out = expression(in.a, in.b, in.c, out);
    CHECK(support::difference(out, want) == "");
  });
}

TEST_CASE("sums and products around activations have the bits of single steps") {
  for (const Index n : {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 70, 1003}) {
    for_expressions<float>(check_assignments<array<float>>(n));
    support::for_each_real([n](auto zero) {
      using T = decltype(zero);
      for_usual_expressions<T>(check_assignments<array<T>>(n));
    });
  }
}

TEST_CASE("such sums are added, subtracted and multiplied") {
  using X = array<float>;
  for_usual_expressions<float>(on_operands<X>(67, 1, [](const auto& expression, const auto& in) {
    X out = in.d;
    out += expression(in.a, in.b, in.c, in.d);
    CHECK(support::difference(out, in.one_by_one([&](auto a, auto b, auto c, auto d) {
            return d + expression(a, b, c, d);
          })) == "");
    out = in.d;
    out -= expression(in.a, in.b, in.c, out);
    CHECK(support::difference(out, in.one_by_one([&](auto a, auto b, auto c, auto d) {
            return d - expression(a, b, c, d);
          })) == "");
    out = in.a;
    out *= expression(out, in.b, in.c, in.d);
    CHECK(support::difference(out, in.one_by_one([&](auto a, auto b, auto c, auto d) {
            return a * expression(a, b, c, d);
          })) == "");
  }));
}

using column_array = Eigen::ArrayXXf;
using row_array = Eigen::Array<float, Dynamic, Dynamic, Eigen::RowMajor>;

template <typename X, typename Y>
void check(const char* what, const X& got, const Y& want) {
  INFO(what);
  CHECK(support::difference(got, want) == "");
}

TEST_CASE("sums of blocks, maps, refs, rows and matrices have the same bits") {
  const auto check_forms = [](const auto& expression, const operands<column_array>& in) {
    const auto& [a, b, c, d] = std::tie(in.a, in.b, in.c, in.d);
    const column_array want = in.one_by_one(expression);

    column_array large = column_array::Constant(30, 9, 42);
    large.block(3, 1, 19, 7) = expression(a, b, c, d);
    check("into a block", large.block(3, 1, 19, 7), want);
    CHECK((large == 42).count() >= 30 * 9 - 19 * 7);
    large.row(5).head(7) = expression(a.row(2), b.row(2), c.row(2), d.row(2));
    check("of rows", large.row(5).head(7), want.row(2));

    const Eigen::Map<const column_array> map(a.data(), 19, 7);
    const Eigen::Ref<const column_array> ref = b;
    column_array out = expression(map, ref, c, d);
    check("of a map and a ref", out, want);
    out = expression(a.block(0, 0, 19, 7), b.leftCols(7), c, d);
    check("of blocks", out, want);

    Eigen::MatrixXf matrix = expression(a, b, c, d).matrix();
    check("to a matrix", matrix, want.matrix());
    const Eigen::MatrixXf source = a.matrix();
    matrix = expression(source.array(), b, c, d);
    check("of a matrix", matrix, want.matrix());

    const row_array p = a, q = b, r = c, s = d;
    const row_array lying = expression(p, q, r, s);
    check("row-major", lying, want);
  };
  for_usual_expressions<float>(on_operands<column_array>(19, 7, check_forms));
}

using both_strides = Eigen::Stride<Dynamic, Dynamic>;

/// A column-major array with a gap after each element and each column.
struct spread {
  Index rows, cols;
  array<float> memory = array<float>::Constant(2 * (rows + 3) * cols, 42);
  Eigen::Map<column_array, 0, both_strides> elements{memory.data(), rows, cols,
                                                     both_strides(2 * (rows + 3), 2)};

  explicit spread(const column_array& x) : rows(x.rows()), cols(x.cols()) { elements = x; }
  bool has_kept_gaps() const { return (memory == 42).count() >= memory.size() - rows * cols; }
};

TEST_CASE("sums of arrays that do not lie in runs have the same bits") {
  const auto check_forms = [](const auto& expression, const operands<column_array>& in) {
    const auto& [a, b, c, d] = std::tie(in.a, in.b, in.c, in.d);
    const column_array want = in.one_by_one(expression);
    const row_array p = a, q = d;
    const spread e(b);

    spread out(d);
    out.elements = expression(p, e.elements, c, out.elements);
    check("in both orders, with gaps", out.elements, want);
    CHECK(out.has_kept_gaps());
    out.elements = d;
    out.elements += expression(a, e.elements, c, q);
    check("added", out.elements, in.one_by_one([&](auto x, auto y, auto z, auto w) {
      return w + expression(x, y, z, w);
    }));
    CHECK(out.has_kept_gaps());

    row_array rows(a.rows(), a.cols());
    rows = expression(a, e.elements, c, q);
    check("row-major", rows, want);
    column_array columns = d;
    for (Index i = 0; i < a.rows(); ++i)
      columns.row(i) = expression(p.row(i), e.elements.row(i), c.row(i), columns.row(i));
    check("row by row", columns, want);
  };
  for (const auto& [rows, cols] : {std::pair<Index, Index>{37, 29}, {3, 400}, {400, 3}, {1, 300}})
    for_usual_expressions<float>(on_operands<column_array>(rows, cols, check_forms));
}

// Of these Eigen's data() and strides do not tell where elements lie.
TEST_CASE("diagonals of what has an inner stride, and parts of complex numbers") {
  using row_vector = Eigen::RowVectorXf;
  const hillock::gelu<float> f;
  const column_array numbers = column_array::Random(10, 10) * 4;
  spread apart(numbers);
  const Eigen::ArrayXf x = numbers.row(3), values = f(x),
                       of_diagonal = f(numbers.matrix().diagonal());
  Eigen::ArrayXf sum = values;
  sum += f(apart.elements.matrix().diagonal()).array();
  check("read", sum, values + of_diagonal);
  apart.elements.matrix().diagonal() = f(x.matrix());
  check("written", apart.elements.matrix().diagonal().array(), values);
  CHECK(apart.has_kept_gaps());

  Eigen::ArrayXXcf complex = Eigen::ArrayXXcf::Constant(12, 12, {7, 7});
  complex.block(1, 1, 10, 10).real() = f(numbers);
  check("real parts", complex.block(1, 1, 10, 10).real(), f(numbers).eval());
  CHECK((complex.imag() == 7).all());
  Eigen::ArrayXXf twice = f(numbers);
  twice += f(complex.block(1, 1, 10, 10).imag());
  check("of imaginary parts", twice, f(numbers) + f(7.0f));

  const Eigen::MatrixXf none(0, 0);
  row_vector nothing = f(none.diagonal().transpose());
  CHECK(nothing.size() == 0);
}

// Eigen's own sums of products a compiler may contract: here are none.
TEST_CASE("what does not run in the own loop has the same bits") {
  const on_either<hillock::elu<float>> elu{};
  const auto expression = [elu](const auto& a, const auto& b, const auto&, const auto&) {
    return b - elu(a);
  };
  const auto check_forms = [](const auto& sum, const operands<column_array>& in) {
    const auto& [a, b, c, d] = std::tie(in.a, in.b, in.c, in.d);
    const column_array want = in.one_by_one(sum);
    const row_array lying = sum(a, b, c, d);
    check("of the other order", lying, want);
    const column_array backwards = b.reverse(), out = sum(a, backwards.reverse(), c, d);
    check("of one reversed", out, want);

    using strided = Eigen::Map<const array<float>, 0, Eigen::InnerStride<2>>;
    array<float> twice(2 * 19);
    for (Index i = 0; i < 19; ++i) twice[2 * i] = twice[2 * i + 1] = a(i, 0);
    const array<float> line = sum(strided(twice.data(), 19), b.col(0), c.col(0), d.col(0));
    check("of one with a stride", line, want.col(0));

    using few = Eigen::Array<float, 5, 1>;
    const few p = a.col(0).head(5), q = b.col(0).head(5), result = sum(p, q, p, q);
    check("of a fixed size", result, want.col(0).head(5));
  };
  on_operands<column_array>(19, 7, check_forms)("difference", expression);
}

#if HILLOCK_HAS_OWN_LOOP
TEST_CASE("what runs in the own loop") {
  using hillock::detail::is_compound;
  using hillock::detail::update;
  const auto check = [](const std::string name, const auto& expression) {
    const Eigen::ArrayXf x;
    using sum = std::decay_t<decltype(expression(x, x, x, x))>;
    INFO(name);
    // A chain is two loops.
    CHECK(is_compound<Eigen::ArrayXf, sum, update::set>() == (name != "chain"));
    CHECK(is_compound<Eigen::ArrayXf, sum, update::add>());
    CHECK_FALSE(is_compound<Eigen::Array4f, sum, update::add>());
  };
  for_expressions<float>(check);
  for_usual_expressions<float>(check);
  const hillock::gelu<float> f;
  const Eigen::ArrayXf x;
  const Eigen::MatrixXf m(1, 1);
  // Arrays that do not lie in runs are worth copies where the rest is costly.
  const auto by_row = m.array().row(0);
  const auto by_column = m.array().col(0).transpose();
  using row = Eigen::Block<Eigen::ArrayXXf, 1, Dynamic>;
  const hillock::relu<float> cheap;
  CHECK(is_compound<row, decltype(f(by_row)), update::set>());
  CHECK(is_compound<row, decltype(f(by_row) * f(by_column)), update::set>());
  CHECK_FALSE(is_compound<row, decltype(cheap(by_row)), update::set>());
  CHECK(is_compound<row, decltype(cheap(f(by_row))), update::set>());

  CHECK_FALSE(is_compound<Eigen::ArrayXf, decltype(x + x), update::set>());  // no business of ours
  CHECK_FALSE(is_compound<Eigen::ArrayXf, decltype(f(x) + x.exp()), update::set>());
  CHECK_FALSE(is_compound<Eigen::MatrixXf, decltype(f(m) + m * m), update::set>());
  CHECK_FALSE(is_compound<Eigen::ArrayXf, decltype(f(x) + x.reverse()), update::set>());
}
#endif

}  // namespace
