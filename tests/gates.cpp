// SPDX-License-Identifier: MIT
// Gates: two inputs, two gradients in one pass, in any place; and crelu.
#include "allocations.hpp"
#include "reference/oracle.hpp"
#include "slices.hpp"

#include <hillock/crelu.hpp>
#include <hillock/gated.hpp>

namespace {

using Eigen::Dynamic;
using slices::Index;
using slices::logits;
using slices::matrix;
using slices::row_matrix;
using support::array;
using support::difference;

/// body(gate, its function with its type erased) on all instruction sets.
template <typename T, typename Body>
void for_each_gate(Body body) {
  const support::activation_list<T> all = support::all_activations<T>();
  if (all.empty()) return;  // a build without double
  const auto function = [&](std::string_view name) -> const support::activation<T>& {
    return **std::find_if(all.begin(), all.end(), [&](const auto& f) { return f->name == name; });
  };
  support::for_each_instruction_set([&] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    body(hillock::glu<T>{}, function("sigmoid"));
    body(hillock::reglu<T>{}, function("relu"));
    body(hillock::geglu<T>{}, function("gelu"));
    body(hillock::geglu_tanh<T>{}, function("gelu_tanh"));
    body(hillock::swiglu<T>{}, function("silu"));
    body(hillock::bilinear<T>{}, function("identity"));
  });
}

/// Inputs of a gate, and what the function and its derivative make of them. (glu takes the
/// derivative from the quotient that sigmoid is, and so may get another last bit: that of each
/// place alone.)
template <typename T>
struct gate_case {
  matrix<T> v, g, dy;
  matrix<T> y, dv, dg, y_of_sum;

  template <typename Gate>
  gate_case(const Gate& gate, const support::activation<T>& f, Index rows, Index cols)
      : v(logits<T>(rows, cols, 3, 1)),
        g(logits<T>(rows, cols, 9, 2)),
        dy(logits<T>(rows, cols, 2, 3)) {
    const support::array<T> at = g.reshaped().array();
    const matrix<T> value = f.forward(at).reshaped(rows, cols).matrix();
    matrix<T> slope = f.derivative(at).reshaped(rows, cols).matrix();
    if constexpr (std::is_same_v<Gate, hillock::glu<T>>) {
      using single = Eigen::Array<T, 1, 1>;
      const single one(1);
      slope = g.unaryExpr([&](T x) { return gate.backward(one, single(x), one).second[0]; }).eval();
    }
    y = v.cwiseProduct(value);
    dv = dy.cwiseProduct(value);
    dg = dy.cwiseProduct(v).cwiseProduct(slope);
    y_of_sum = (v + dy).cwiseProduct(value);
  }
};

template <typename Gate, typename T>
void check_plain(const Gate& gate, const gate_case<T>& c) {
  REQUIRE(difference(matrix<T>(gate.forward(c.v, c.g)), c.y) == "");
  const auto [dv, dg] = gate.backward(c.v, c.g, c.dy);
  REQUIRE(difference(dv, c.dv) == "");
  REQUIRE(difference(dg, c.dg) == "");
  // In place, with every input in turn.
  for (int which = 0; which < 6; ++which) {
    CAPTURE(which);
    matrix<T> in[] = {c.v, c.g, c.dy};
    const int second = (which % 3 + 1 + which / 3) % 3;
    gate.backward(in[0], in[1], in[2], in[which % 3], in[second]);
    REQUIRE(difference(in[which % 3], c.dv) == "");
    REQUIRE(difference(in[second], c.dg) == "");
  }
}

/// Other storage orders, parts of larger arrays, expressions.
template <typename Gate, typename T>
void check_places(const Gate& gate, const gate_case<T>& c) {
  const matrix<T>&v = c.v, &g = c.g, &dy = c.dy;
  const Index rows = v.rows(), cols = v.cols();
  REQUIRE(difference(matrix<T>(gate(v, g.array())), c.y) == "");
  REQUIRE(difference(matrix<T>(gate.forward(v + dy, g)), c.y_of_sum) == "");
  REQUIRE(difference(matrix<T>(gate.forward(matrix<T>(v), g)), c.y) == "");
  const row_matrix<T> by_rows = g;
  matrix<T> a = v, big = matrix<T>::Constant(rows + 3, cols + 2, T(7));
  gate.backward(v, by_rows, dy, a, big.block(1, 1, rows, cols));
  REQUIRE(difference(a, c.dv) == "");
  REQUIRE(difference(matrix<T>(big.block(1, 1, rows, cols)), c.dg) == "");
  REQUIRE((big.row(0).array() == 7).all());
  REQUIRE((big.col(cols + 1).array() == 7).all());
  big.setZero();
  gate.backward(v.array(), g, dy, big.block(2, 0, rows, cols), a);
  REQUIRE(difference(matrix<T>(big.block(2, 0, rows, cols)), c.dv) == "");
  REQUIRE(difference(a, c.dg) == "");
  gate.backward(v + matrix<T>::Zero(rows, cols), g, dy, a, big);
  REQUIRE(difference(a, c.dv) == "");
  REQUIRE(difference(big, c.dg) == "");
  gate.backward(v, g, dy, a.reverse(), big);
  REQUIRE(difference(matrix<T>(a.reverse()), c.dv) == "");
  REQUIRE(difference(big, c.dg) == "");
}

/// Everything is what the function and its derivative give, byte by byte.
template <typename T>
void check_gates() {
  for_each_gate<T>([](const auto& gate, const support::activation<T>& f) {
    CAPTURE(f.name);
    for (const Index rows : {1, 3, 16, 17, 67})
      for (const Index cols : {1, 5}) {
        CAPTURE(rows, cols);
        const gate_case<T> c(gate, f, rows, cols);
        check_plain(gate, c);
        if constexpr (std::is_same_v<T, float>) check_places(gate, c);
      }
  });
}

/// Where value = dy = 1 the gradients are F and F': by both, which an F may have, F to the bit and
/// F' within its bound, at numbers of all kinds, in vectors and in the rest behind them.
template <typename W, typename Gate>
void check_both(const Gate& gate, std::size_t count) {
  using T = typename Gate::scalar;
  using F = typename Gate::function;
  static_assert(hillock::detail::has_both<F, hillock::math::lanes<T>>);
  const auto f = support::make_activation<T>(F::name, {});
  const auto formulas = oracle::find<W>(F::name, {});
  const reference::table table = reference::read(F::name).settings.front();
  std::vector<T> numbers = support::spread<T>(count, support::centers_of(table), 20);
  const std::size_t finite = numbers.size();
  for (const T x : {support::infinity<T>, -support::infinity<T>, support::nan<T>})
    numbers.push_back(x);
  while (numbers.size() % 16 != 11) numbers.push_back(T(0.5));
  const array<T> x = support::to_array(numbers), one = array<T>::Ones(x.size());
  support::for_each_instruction_set([&] {
    const auto [value, slope] = gate.backward(one, x, one);
    const array<T> y = f->forward(x), derivative = f->derivative(x);
    CAPTURE(support::describe(*f));
    CHECK(difference(value, y) == "");
    support::worst_error worst;
    for (std::size_t i = 0; i < finite; ++i) {
      const T got = slope[static_cast<Index>(i)];
      const W at = static_cast<W>(numbers[i]), truth = formulas->derivative(at);
      const W floor = oracle::floor_at(*formulas, at, reference::derivative);
      worst.meet(static_cast<double>(reference::ulps_off(got, truth, floor)), numbers[i], got,
                 truth);
    }
    INFO(worst.where());
    CHECK(worst.ulps <= double(f->derivative_error.count));
    // Limits, which zero, and NaN.
    const Eigen::Array<bool, Dynamic, 1> is_plain = x.isFinite() && derivative != 0;
    CHECK(difference(array<T>(is_plain.select(one, slope)),
                     array<T>(is_plain.select(one, derivative))) == "");
  });
}

/// W has more digits than T.
template <typename T, typename W>
void check_all_both(std::size_t count) {
  if (support::all_activations<T>().empty()) return;  // a build without double
  check_both<W>(hillock::glu<T>{}, count);
  check_both<W>(hillock::geglu<T>{}, count);
  check_both<W>(hillock::swiglu<T>{}, count);
}

/// An activation whose both betrays by a wrong derivative that it was asked.
template <typename T>
struct witness : hillock::elementwise<witness<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return x;
  }
  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return 0 * x;
  }
  template <typename V>
  HILLOCK_INLINE hillock::value_and_prime<V> both(V x) const {
    return {x, 2 * x};
  }
  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return 0 * x;
  }
  static constexpr std::string_view name = "witness";
};

}  // namespace

TEST_CASE("gates give what their function gives") {
  check_gates<float>();
  check_gates<double>();
}

TEST_CASE("value and derivative at once are as exact as apart") {
  check_all_both<float, double>(20000);
  if constexpr (std::numeric_limits<long double>::digits >= 64)
    check_all_both<double, long double>(5000);
}

TEST_CASE("a gate takes value and derivative at once in any place") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    using vector = Eigen::Array<T, Dynamic, 1>;
    const hillock::gated<witness, T> gate;
    const vector x = logits<float>(37, 3, 1).template cast<T>(), one = vector::Ones(37);
    const vector twice = x + x;
    vector value(37), slope(37), apart = vector::Zero(74);
    gate.backward(one, x, one, value, slope);
    CHECK(difference(value, x) == "");
    CHECK(difference(slope, twice) == "");
    Eigen::Map<vector, 0, Eigen::InnerStride<2>> strided(apart.data(), 37);
    gate.backward(one, x, one, value, strided);
    CHECK(difference(vector(strided), twice) == "");
  };
  check(0.f);
  check(Eigen::half(0));
}

TEST_CASE("both gradients are what differences tell") {
  for_each_gate<double>([](const auto& gate, const support::activation<double>& f) {
    CAPTURE(f.name);
    for (const double v : {-2.0, 0.3, 5.0})
      for (const double g : {-3.0, -0.4, 0.7, 4.0}) {
        const Eigen::Array<double, 1, 1> value(v), at(g), dy(1.5);
        const auto [dv, dg] = gate.backward(value, at, dy);
        const double h = 1e-3;
        const auto y = [&](double a, double b) {
          const Eigen::Array<double, 1, 1> one(a), two(b);
          return Eigen::Array<double, 1, 1>(gate.forward(one, two))[0];
        };
        const double by_value = (y(v + h, g) - y(v - h, g)) / (2 * h);
        const double by_gate =
            (8 * (y(v, g + h) - y(v, g - h)) - (y(v, g + 2 * h) - y(v, g - 2 * h))) / (12 * h);
        CHECK(std::abs(dv[0] - 1.5 * by_value) <= 1e-10);
        CHECK(std::abs(dg[0] - 1.5 * by_gate) <= 1e-9);
      }
  });
}

TEST_CASE("gates of half and long double") {
  using half_array = Eigen::Array<Eigen::half, Eigen::Dynamic, 1>;
  const half_array v = logits<float>(9, 3, 1).cast<Eigen::half>(), g = v.reverse();
  half_array dv, dg;
  hillock::swiglu<Eigen::half>{}.backward(v, g, v, dv, dg);
  CHECK(dv.cast<float>().isFinite().all());
  const half_array y = hillock::swiglu<Eigen::half>{}.forward(v, g);
  CHECK(std::abs(static_cast<float>(y[3]) -
                 static_cast<float>(v[3]) * hillock::silu<float>{}(static_cast<float>(g[3]))) <
        0.002f);
  using wide_array = Eigen::Array<long double, Eigen::Dynamic, 1>;
  const wide_array w = logits<double>(9, 3, 1).cast<long double>();
  const auto [a, b] = hillock::glu<long double>{}.backward(w, w, w);
  CHECK(a.isFinite().all());
  CHECK(b.isFinite().all());
}

TEST_CASE("crelu stacks both parts along its axis") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    const matrix<T> x = logits<T>(5, 7, 3, 1), dy_down = logits<T>(10, 7, 3, 2),
                    dy_across = logits<T>(5, 14, 3, 3);
    const hillock::crelu<T, hillock::per_column> down;
    const hillock::crelu<T, hillock::per_row> across;
    const matrix<T> y = down.forward(x), z = across.forward(x);
    REQUIRE(y.rows() == 10);
    REQUIRE(z.cols() == 14);
    const matrix<T> dx = down.backward(x, dy_down), dz = across.backward(x, dy_across);
    for (Index j = 0; j < 7; ++j)
      for (Index i = 0; i < 5; ++i) {
        const T a = (std::max)(x(i, j), T(0)), b = (std::max)(-x(i, j), T(0));
        REQUIRE(y(i, j) == a);
        REQUIRE(y(i + 5, j) == b);
        REQUIRE(z(i, j) == a);
        REQUIRE(z(i, j + 7) == b);
        REQUIRE(dx(i, j) == (x(i, j) > 0   ? dy_down(i, j)
                             : x(i, j) < 0 ? -dy_down(i + 5, j)
                                           : T(0)));
        REQUIRE(dz(i, j) == (x(i, j) > 0   ? dy_across(i, j)
                             : x(i, j) < 0 ? -dy_across(i, j + 7)
                                           : T(0)));
      }
    matrix<T> sum = y;
    sum += down.forward(x);
    REQUIRE(sum == 2 * y);
    sum -= down.forward(x);
    REQUIRE(sum == y);
    REQUIRE(matrix<T>(down.forward(x) + y) == 2 * y);
    const row_matrix<T> by_rows = x;
    REQUIRE(matrix<T>(down.forward(by_rows)) == y);
    REQUIRE(matrix<T>(down.forward(x + x)) == 2 * y);
    const Eigen::Matrix<T, Eigen::Dynamic, 1> doubled =
        hillock::crelu<T>{}.forward(Eigen::Matrix<T, Eigen::Dynamic, 1>::Constant(1, T(2)));
    REQUIRE(doubled == Eigen::Matrix<T, 2, 1>(2, 0));
    const Eigen::Matrix<T, 3, 1> three(1, -2, 0);
    const Eigen::Matrix<T, 6, 1> six = hillock::crelu<T>{}.forward(three);
    REQUIRE(six == (Eigen::Matrix<T, 6, 1>() << 1, 0, 0, 0, 2, 0).finished());
    const Eigen::Matrix<T, 1, Eigen::Dynamic> row = hillock::crelu<T>{}.forward(three.transpose());
    REQUIRE(row == six.transpose());
    const Eigen::Matrix<T, 3, 1> back = hillock::crelu<T>{}.backward(three, six);
    REQUIRE(back == three);
    const Eigen::Matrix<T, 1, 1> nan(support::nan<T>);
    const Eigen::Matrix<T, 2, 1> two = hillock::crelu<T>{}.forward(nan);
    REQUIRE((std::isnan(two[0]) && std::isnan(two[1])));
  };
  check(0.f);
  check(0.0);
}

TEST_CASE("crelu takes over temporaries") {
  using array = Eigen::ArrayXf;
  const hillock::crelu<float> f;
  const array x = logits<float>(9, 1, 3, 1), dy = logits<float>(18, 1, 3, 2);
  const auto dx = f.backward(array(x), array(dy));
  static_assert(std::is_same_v<decltype(dx), const array>);
  CHECK((dx == array(f.backward(x, dy))).all());
}

TEST_CASE("gates and crelu allocate nothing") {
  using support::allocations_of;
  for_each_gate<float>([](const auto& gate, const support::activation<float>& f) {
    CAPTURE(f.name);
    for (const Index n : {1, 7, 67, 1003}) {
      const matrix<float> x = logits<float>(5, n, 3, 1);
      matrix<float> a = x, b = x;
      CHECK(allocations_of([&] { a = gate.forward(x, b); }) == 0);
      CHECK(allocations_of([&] { gate.backward(x, x, x, a, b); }) == 0);
    }
  });
  const hillock::crelu<float, hillock::per_column> crelu;
  const matrix<float> x = logits<float>(5, 67, 3, 1);
  matrix<float> dx = x, doubled = crelu.forward(x);
  CHECK(allocations_of([&] { doubled = crelu.forward(x); }) == 0);
  CHECK(allocations_of([&] { dx = crelu.backward(x, doubled); }) == 0);
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("wrong shapes are named, and nothing is written") {
  using support::complaint;
  const matrix<float> x = logits<float>(3, 4, 1, 1), other = logits<float>(4, 3, 1, 1);
  matrix<float> a = x, b = x;
  Eigen::Matrix3f fixed = Eigen::Matrix3f::Zero();
  const hillock::swiglu<float> f;
  CHECK(complaint([&] { a = f.forward(x, other); }) ==
        "hillock: gated<silu>.forward: gate is 4 x 3, but value is 3 x 4");
  CHECK(complaint([&] { f.backward(x, other, x, a, b); }) ==
        "hillock: gated<silu>.backward: gate is 4 x 3, but value is 3 x 4");
  CHECK(complaint([&] { f.backward(x, x, other, a, b); }) ==
        "hillock: gated<silu>.backward: dy is 4 x 3, but value is 3 x 4");
  CHECK(complaint([&] { f.backward(x, x, x, a, fixed); }) ==
        "hillock: gated<silu>.backward: dgate is 3 x 3, but value is 3 x 4");
  matrix<float> small = matrix<float>::Constant(1, 1, 5);
  CHECK(complaint([&] { f.backward(x, x, x, small, fixed); }) != "");
  CHECK(small.size() == 1);  // neither resized nor written
  CHECK(complaint([&] { f.backward(x, x, x, a.topRows(2), b); }) ==
        "hillock: gated<silu>.backward: dvalue is 2 x 4, but value is 3 x 4");
  CHECK(complaint([&] { a = hillock::crelu<float, hillock::per_column>{}.backward(x, x); }) ==
        "hillock: crelu.backward: dy is 3 x 4, but y is 6 x 4");
  CHECK(a == x);
  CHECK(b == x);
}
#endif
