// SPDX-License-Identifier: MIT
// One value per input: the bytes of an element are those of a single call, however the call is
// written. (places.cpp has every activation at every place in memory.)
#pragma once
#include "typed.hpp"

namespace layouts {

using Eigen::Dynamic;
using Eigen::Index;
using support::array;

template <typename T>
using strided = Eigen::Map<array<T>, 0, Eigen::InnerStride<>>;
template <typename T>
using const_strided = Eigen::Map<const array<T>, 0, Eigen::InnerStride<>>;

/// What single calls give for each element of x and dy.
template <typename F>
struct single_calls {
  using T = typename F::scalar;
  array<T> x, dy, y, dx, slope, bend, dx_from_y;

  single_calls(const F& f, const array<T>& x_, const array<T>& dy_) : x(x_), dy(dy_) {
    y = dx = slope = bend = dx_from_y = x;
    for (Index i = 0; i < x.size(); ++i) {
      y[i] = f(x[i]);
      slope[i] = f.derivative(x[i]);
      bend[i] = f.second_derivative(x[i]);
      dx[i] = f.backward(x[i], dy[i]);
      if constexpr (F::has_output_form()) dx_from_y[i] = f.backward_from_output(y[i], dy[i]);
    }
  }
};

/// Keeps the first of many failures: Catch2 would spend a minute on counting successes.
class first_failure {
 public:
  template <typename X, typename Y>
  void check(const char* what, const X& got, const Y& want) {
    if (text_.empty()) note(what, support::difference(got, want));
  }
  void check(const char* what, bool holds) {
    if (!holds) note(what, "no");
  }
  void report() const { CHECK(text_ == ""); }

 private:
  EIGEN_DONT_INLINE void note(const char* what, const std::string& difference) {
    if (text_.empty() && !difference.empty()) text_ = std::string(what) + ": " + difference;
  }

  std::string text_;
};

/// body(f, single calls, failure) for the specimens, on all instruction sets.
template <typename T, typename Body>
void for_each_case(Index count, Body body) {
  typed::for_each_specimen<T>([&](const auto& f) {
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      const array<T> dy = support::mixture<T>(count).reverse();
      const single_calls calls(f, support::mixture<T>(count), dy);
      first_failure failure;
      body(f, calls, failure);
      failure.report();
    });
  });
}

/// Inner strides to 3, of arguments and of results.
template <typename T>
void strides() {
  constexpr Index n = 37;
  for_each_case<T>(3 * n, [&](const auto& f, const auto& want, first_failure& failure) {
    array<T> out(3 * n), packed(n);
    for (Index from = 1; from <= 3; ++from) {
      const auto each_of = [&](const array<T>& all) {
        return const_strided<T>(all.data(), n, Eigen::InnerStride<>(from));
      };
      const auto x = each_of(want.x), dy = each_of(want.dy), y = each_of(want.y),
                 dx = each_of(want.dx), slope = each_of(want.slope), bend = each_of(want.bend);
      for (Index to = 1; to <= 3; ++to) {
        strided<T> result(out.data(), n, Eigen::InnerStride<>(to));
        failure.check("forward", (result = f.forward(x), result), y);
        failure.check("backward", (result = f.backward(x, dy), result), dx);
        failure.check("derivative", (result = f.derivative(x), result), slope);
        failure.check("second_derivative", (result = f.second_derivative(x), result), bend);
      }
      failure.check("forward, packed", (packed = f.forward(x), packed), y);
      failure.check("backward, packed", (packed = f.backward(x, dy), packed), dx);
      const Eigen::Map<const array<T>> near(want.x.data(), n), beside(want.dy.data(), n);
      strided<T> spread(out.data(), n, Eigen::InnerStride<>(from));
      failure.check("forward, spread", (spread = f.forward(near), spread), want.y.head(n));
      failure.check("backward, spread", (spread = f.backward(near, beside), spread),
                    want.dx.head(n));
      failure.check("backward, mixed", (packed = f.backward(near, beside), packed),
                    want.dx.head(n));
    }
    array<T> reversed = f.forward(want.x.head(n).reverse());
    failure.check("reverse", reversed, want.y.head(n).reverse());
    reversed.reverse() = f.forward(want.x.head(n));
    failure.check("into reverse", reversed, want.y.head(n).reverse());
  });
}

/// Arguments and results of both storage orders and both kinds.
template <typename T, typename Source, typename Result, typename F, typename Calls>
void order_pair(const F& f, const Calls& want, Index rows, Index cols, first_failure& failure) {
  const auto shaped = [&](const array<T>& flat) {
    return Source(Eigen::Map<const Eigen::Array<T, Dynamic, Dynamic>>(flat.data(), rows, cols));
  };
  const Source x = shaped(want.x), dy = shaped(want.dy);
  Result out(rows, cols);
  failure.check("orders, forward", (out = f.forward(x), out), shaped(want.y));
  failure.check("orders, backward", (out = f.backward(x, dy), out), shaped(want.dx));
}

template <typename T>
void storage_orders() {
  using column_array = Eigen::Array<T, Dynamic, Dynamic, Eigen::ColMajor>;
  using row_array = Eigen::Array<T, Dynamic, Dynamic, Eigen::RowMajor>;
  using column_matrix = Eigen::Matrix<T, Dynamic, Dynamic, Eigen::ColMajor>;
  using row_matrix = Eigen::Matrix<T, Dynamic, Dynamic, Eigen::RowMajor>;
  for_each_case<T>(67 * 5, [&](const auto& f, const auto& want, first_failure& failure) {
    const auto shape = [&](Index rows, Index cols) {
      order_pair<T, column_array, column_array>(f, want, rows, cols, failure);
      order_pair<T, column_array, row_array>(f, want, rows, cols, failure);
      order_pair<T, row_matrix, column_matrix>(f, want, rows, cols, failure);
      order_pair<T, row_matrix, row_matrix>(f, want, rows, cols, failure);
    };
    for (Index rows = 1; rows <= 9; ++rows)
      for (Index cols = 1; cols <= 9; ++cols) shape(rows, cols);
    for (Index rows : {16, 17, 33, 67})
      shape(rows, 5), shape(5, rows), shape(rows, 1), shape(1, rows);
    // Vectors, which lie alike in either order.
    Eigen::Matrix<T, 1, Dynamic> row = f.forward(want.x.matrix().transpose());
    failure.check("row of column", row, want.y.matrix().transpose());
    Eigen::Matrix<T, Dynamic, 1> column =
        f.forward(Eigen::Matrix<T, 1, Dynamic>(want.x)).transpose();
    failure.check("column of row", column, want.y.matrix());
    // dy of the other kind, or of the other order
    const Index rows = 67, cols = 5;
    const Eigen::Map<const column_array> x(want.x.data(), rows, cols),
        dy(want.dy.data(), rows, cols), dx(want.dx.data(), rows, cols);
    const row_matrix other = dy.matrix();
    column_array out = f.backward(x, other);
    failure.check("dy of another kind and order", out, dx);
    const column_matrix alike = dy.matrix();
    failure.check("dy of another kind", (out = f.backward(x, alike), out), dx);
  });
}

template <typename T, int Rows, int Cols, int Options, typename F, typename Calls>
void fixed_size(const F& f, const Calls& want, first_failure& failure) {
  using fixed = Eigen::Array<T, Rows, Cols, Options>;
  const auto shaped = [](const array<T>& flat) {
    return fixed(Eigen::Map<const fixed>(flat.data()));
  };
  const fixed x = shaped(want.x), dy = shaped(want.dy);
  const fixed y = f.forward(x), dx = f.backward(x, dy);
  failure.check("fixed, forward", y, shaped(want.y));
  failure.check("fixed, backward", dx, shaped(want.dx));
}

template <typename T>
void fixed_sizes() {
  for_each_case<T>(128, [&](const auto& f, const auto& want, first_failure& failure) {
    fixed_size<T, 1, 1, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 2, 1, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 3, 1, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 4, 4, Eigen::RowMajor>(f, want, failure);
    fixed_size<T, 3, 3, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 1, 17, Eigen::RowMajor>(f, want, failure);
    fixed_size<T, 33, 1, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 67, 1, Eigen::ColMajor>(f, want, failure);
    fixed_size<T, 16, 8, Eigen::ColMajor>(f, want, failure);
    using at_most = Eigen::Matrix<T, Dynamic, 1, Eigen::ColMajor, 100, 1>;
    for (Index n : {1, 5, 16, 99}) {
      const at_most x = want.x.head(n), dy = want.dy.head(n);
      const at_most y = f.forward(x), dx = f.backward(x, dy);
      failure.check("of a fixed capacity, forward", y, want.y.head(n).matrix());
      failure.check("of a fixed capacity, backward", dx, want.dx.head(n).matrix());
    }
  });
}

template <typename T>
using matrix = Eigen::Matrix<T, Dynamic, Dynamic>;

/// Through Eigen::Ref, as a compiled library would take its arguments.
template <typename F, typename T>
void through_ref(const F& f, const Eigen::Ref<const matrix<T>>& x,
                 const Eigen::Ref<const matrix<T>>& dy, Eigen::Ref<matrix<T>> y,
                 Eigen::Ref<matrix<T>> dx) {
  y = f.forward(x);
  dx = f.backward(x, dy);
}

/// Blocks, rows, columns, refs, transposes, and results in the middle of a matrix.
template <typename T>
void parts() {
  constexpr Index rows = 23, cols = 19;
  for_each_case<T>(rows * cols, [&](const auto& f, const auto& want, first_failure& failure) {
    using map = Eigen::Map<const matrix<T>>;
    const map x(want.x.data(), rows, cols), dy(want.dy.data(), rows, cols),
        y(want.y.data(), rows, cols), dx(want.dx.data(), rows, cols);
    matrix<T> out(rows, cols), wanted(rows, cols), gradient(rows, cols);
    const auto check = [&](const char* what) {
      failure.check(what, out, wanted);  // all of it: nothing else may be touched
    };
    const auto clear = [&] {
      out.setConstant(T(7));
      wanted = out;
    };

    clear();
    wanted.block(3, 2, 17, 11) = y.block(3, 2, 17, 11);
    out.block(3, 2, 17, 11) = f.forward(x.block(3, 2, 17, 11));
    check("block");
    clear();
    wanted.block(0, 1, 9, 3) = dx.block(2, 4, 9, 3);
    out.block(0, 1, 9, 3) = f.backward(x.block(2, 4, 9, 3), dy.block(2, 4, 9, 3));
    check("block, backward");
    clear();
    wanted.block(3, 2, 17, 11) += y.block(3, 2, 17, 11);
    wanted.block(0, 14, 9, 3) -= dx.block(2, 4, 9, 3);
    wanted.col(18).array() *= y.col(2).array();
    out.block(3, 2, 17, 11) += f.forward(x.block(3, 2, 17, 11));
    out.block(0, 14, 9, 3) -= f.backward(x.block(2, 4, 9, 3), dy.block(2, 4, 9, 3));
    out.col(18).array() *= f.forward(x.col(2).array());
    check("parts updated");
    clear();
    wanted.row(4) = y.row(2);
    out.row(4) = f.forward(x.row(2));
    check("row");
    clear();
    wanted.col(4) = y.col(2);
    out.col(4) = f.forward(x.col(2));
    check("column");
    clear();
    wanted.template leftCols<2>() = y.template rightCols<2>();
    out.template leftCols<2>() = f.forward(x.template rightCols<2>());
    check("columns");
    clear();
    wanted.diagonal() = y.diagonal();
    out.diagonal() = f.forward(x.diagonal());
    check("diagonal");

    const matrix<T> transposed = f.forward(x.transpose());
    failure.check("transpose", transposed, y.transpose());
    out.transpose() = f.forward(x.transpose());
    failure.check("into transpose", out, y);

    clear();
    through_ref<std::decay_t<decltype(f)>, T>(f, x, dy, out, gradient);
    failure.check("ref, forward", out, y);
    failure.check("ref, backward", gradient, dx);
    clear();
    wanted.middleCols(3, 5) = y.middleCols(3, 5);
    through_ref<std::decay_t<decltype(f)>, T>(f, x.middleCols(3, 5), dy.middleCols(3, 5),
                                              out.middleCols(3, 5), gradient.middleCols(3, 5));
    check("ref of columns");
  });
}

/// Inside larger expressions no bit changes, and none of what surrounds is contracted with it.
template <typename T>
void in_expressions() {
  constexpr Index n = 1003;
  for_each_case<T>(n, [&](const auto& f, const auto& all, first_failure& failure) {
    using F = std::decay_t<decltype(f)>;
    // Finite numbers, so that differences are 0.
    std::vector<T> numbers;
    for (Index i = 0; i < n; ++i)
      if (std::abs(all.x[i]) < 1000) numbers.push_back(all.x[i]);
    const array<T> x = support::to_array(numbers);
    const array<T> dy = array<T>::LinSpaced(x.size(), T(-2), T(3.1)), z = T(0.1) + x * T(0.7);
    const single_calls<F> want(f, x, dy);

    const array<T> rest = f.forward(x) - want.y, rest_of_dx = f.backward(x, dy) - want.dx;
    failure.check("f(x) - y is 0", (rest == 0).all());
    failure.check("backward(x, dy) - dx is 0", (rest_of_dx == 0).all());
    failure.check("y - f(x) is 0", ((want.y - f.forward(x)) == 0).all());
    const array<T> slope = f.derivative(x) - want.slope, bend = f.second_derivative(x) - want.bend;
    failure.check("f'(x) - its value is 0", (slope == 0).all());
    failure.check("f''(x) - its value is 0", (bend == 0).all());

    array<T> got = z + f.forward(x), expected = z + want.y;
    failure.check("z + f(x)", got, expected);
    failure.check("z + backward", (got = z + f.backward(x, dy), got),
                  (expected = z + want.dx, expected));
    failure.check("z - backward", (got = z - f.backward(x, dy), got),
                  (expected = z - want.dx, expected));
    failure.check("z f(x)", (got = z * f.forward(x), got), (expected = z * want.y, expected));
    failure.check("z f'(x)", (got = z * f.derivative(x), got),
                  (expected = z * want.slope, expected));
    failure.check("+=", (got = z, got += f.forward(x), got), (expected = z + want.y, expected));
    failure.check("-=", (got = z, got -= f.backward(x, dy), got),
                  (expected = z - want.dx, expected));
    failure.check("*=", (got = z, got *= f.forward(x), got), (expected = z * want.y, expected));

    // The argument is an expression; its own value is that of a plain array.
    const array<T> sum = x + z;
    array<T> of_sum = f.forward(sum), dx_of_sum = f.backward(sum, dy);
    failure.check("f(x + z)", (got = f.forward(x + z), got), of_sum);
    failure.check("backward(x + z, dy)", (got = f.backward(x + z, dy), got), dx_of_sum);
    failure.check("backward(x, dy + z)", (got = f.backward(x, dy + z), got),
                  array<T>(f.backward(x, array<T>(dy + z))));
    failure.check("f(f(x))", (got = f.forward(f.forward(x)), got), array<T>(f.forward(want.y)));
    failure.check("max(f(x), z)", (got = f.forward(x).max(z), got), array<T>(want.y.max(z)));
    failure.check("one coefficient", support::same_bits(f.forward(x).coeff(3), want.y[3]));

    const auto later = f.forward(x + z);
    failure.check("an expression kept for later", array<T>(later), of_sum);
    const auto owned = f.forward(array<T>(x + z));
    failure.check("of a temporary", array<T>(owned), of_sum);
    const auto constant = [&]() -> const array<T> { return x + z; };
    const auto of_constant = f.forward(constant());
    failure.check("of a constant temporary", array<T>(of_constant), of_sum);
    const auto owned_dx = f.backward(array<T>(x + z), array<T>(dy + 0));
    failure.check("backward of temporaries", array<T>(owned_dx), dx_of_sum);

    // A layer: the product is evaluated into the destination, the kernel runs there in place.
    const Index outputs = 7, batch = 9;
    const matrix<T> weights = want.y.head(outputs * 3).reshaped(outputs, 3).matrix(),
                    u = x.head(3 * batch).reshaped(3, batch).matrix();
    const Eigen::Matrix<T, Dynamic, 1> b = z.head(outputs).matrix();
    const matrix<T> before = (weights * u).colwise() + b,
                    layer = f.forward((weights * u).colwise() + b);
    failure.check("a layer", layer, matrix<T>(f.forward(before)));
    matrix<T> square = weights.topLeftCorner(3, 3), other = square;
    const matrix<T> product = square * other;
    square = f.forward(square * other);
    failure.check("a product with its own destination", square, matrix<T>(f.forward(product)));
  });
}

/// Results in place of arguments.
template <typename T>
void in_place() {
  for_each_case<T>(131, [&](const auto& f, const auto& want, first_failure& failure) {
    using F = std::decay_t<decltype(f)>;
    for (Index n = 1; n <= 131; ++n) {
      array<T> a = want.x.head(n);
      const array<T> x = a, dy = want.dy.head(n), y = want.y.head(n);
      failure.check("y = x", (a = f.forward(a), a), want.y.head(n));
      failure.check("dx = x", (a = x, a = f.backward(a, dy), a), want.dx.head(n));
      failure.check("dx = dy", (a = dy, a = f.backward(x, a), a), want.dx.head(n));
      failure.check("f'", (a = x, a = f.derivative(a), a), want.slope.head(n));
      failure.check("f''", (a = x, a = f.second_derivative(a), a), want.bend.head(n));
      if constexpr (F::has_output_form()) {
        failure.check("dx = y", (a = y, a = f.backward_from_output(a, dy), a),
                      want.dx_from_y.head(n));
        failure.check("dx = dy, from output", (a = dy, a = f.backward_from_output(y, a), a),
                      want.dx_from_y.head(n));
      }
      failure.check("x += y", (a = x, a += f.forward(a), a), array<T>(x + y));
      failure.check("x *= y", (a = x, a *= f.forward(a), a), array<T>(x * y));
      failure.check("dy -= dx", (a = dy, a -= f.backward(x, a), a), array<T>(dy - want.dx.head(n)));
      array<T> both = x;
      const single_calls<F> squared(f, x, x);
      failure.check("dx = x = dy", (both = f.backward(both, both), both), squared.dx);
    }
    matrix<T> m = want.x.head(121).reshaped(11, 11).matrix();
    m.block(1, 2, 9, 7) = f.forward(m.block(1, 2, 9, 7));
    failure.check("a block in place", matrix<T>(m.block(1, 2, 9, 7)),
                  matrix<T>(want.y.head(121).reshaped(11, 11).block(1, 2, 9, 7)));
    failure.check("beside a block in place", matrix<T>(m.col(0)),
                  matrix<T>(want.x.head(11).matrix()));
  });
}

}  // namespace layouts
