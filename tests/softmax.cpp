// SPDX-License-Identifier: MIT
// What softmax promises: digits, sums, edges, one value per slice, and J v.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/softmax.hpp>

namespace {

using slices::array;
using slices::Index;
using slices::logits;
using slices::matrix;
using slices::row_matrix;
using support::difference;
using support::infinity;

/// The worst error of a slice of probabilities, in spacings of T.
template <typename Y>
double worst_ulps(const Y& y, const slices::wide& truth) {
  double worst = 0;
  for (Index i = 0; i < y.size(); ++i) {
    const auto off =
        static_cast<double>(reference::ulps_off(y.coeff(i), truth[static_cast<std::size_t>(i)]));
    if (!(off <= worst)) worst = off;
  }
  return worst;
}

template <typename T>
void check_digits() {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    for (const double temperature : {1.0, 0.3, 7.0})
      for (const double spread : {0.01, 1.0, 20.0, 90.0, 300.0, 1e4, 1e30})
        for (const Index n : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 40, 100, 1000}) {
          CAPTURE(temperature, spread, n);
          const T t = static_cast<T>(temperature);
          const hillock::softmax<T> softmax{t};
          const array<T> x = logits<T>(n, spread, static_cast<unsigned>(n));
          const slices::wide truth = slices::softmax(x, t);
          const array<T> y = softmax.forward(x);
          REQUIRE(worst_ulps(y, truth) <= 4);
          // As rows and as columns of a matrix, in both storage orders.
          matrix<T> columns(n, 5);
          for (Index j = 0; j < 5; ++j)
            columns.col(j) = logits<T>(n, spread, static_cast<unsigned>(j) + 7).matrix();
          const row_matrix<T> columns_by_rows = columns, rows = columns.transpose();
          const matrix<T> rows_by_columns = rows;
          const matrix<T> a = hillock::softmax<T, hillock::per_column>{t}.forward(columns);
          const row_matrix<T> b =
              hillock::softmax<T, hillock::per_column>{t}.forward(columns_by_rows);
          const row_matrix<T> c = hillock::softmax<T, hillock::per_row>{t}.forward(rows);
          const matrix<T> d = hillock::softmax<T, hillock::per_row>{t}.forward(rows_by_columns);
          for (Index j = 0; j < 5; ++j) {
            const slices::wide want = slices::softmax(columns.col(j), t);
            REQUIRE(worst_ulps(a.col(j), want) <= 4);
            REQUIRE(worst_ulps(b.col(j), want) <= 4);
            REQUIRE(worst_ulps(c.row(j), want) <= 4);
            REQUIRE(worst_ulps(d.row(j), want) <= 4);
          }
        }
  });
}

/// Logits in units of the temperature, about 0 and about numbers up to far beyond.
template <typename T>
void check_temperatures() {
  support::for_each_instruction_set([] {
    for (const double temperature : {1e-30, 1e-9, 0.7, 1e12, 1e30})
      for (const double middle : {0.0, 100.0, -170.0, 180.0, 700.0, -1500.0, 1e5}) {
        CAPTURE(hillock::name_of(hillock::instruction_set()), temperature, middle);
        const T t = static_cast<T>(temperature);
        const array<T> x = t * (static_cast<T>(middle) + logits<T>(37, 20, 11));
        REQUIRE(worst_ulps(hillock::softmax<T>{t}.forward(x), slices::softmax(x, t)) <= 4);
      }
  });
}

template <typename T>
void check_sums() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  support::for_each_instruction_set([&] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    for (const Index n : {1, 10, 1000, 65536, 1000000})
      for (const double spread : {0.0, 1.0, 30.0}) {
        if (n == 1000000 && spread != 1) continue;
        CAPTURE(n, spread);
        const array<T> x = logits<T>(n, spread, 5);
        const array<T> y = hillock::softmax<T>{}.forward(x);
        CHECK(worst_ulps(y, slices::softmax(x)) <= 4);
        slices::exact_sum sum;
        for (const T p : y) sum.add(static_cast<long double>(p));
        CHECK(std::abs(static_cast<double>(sum.total() - 1)) <= 4 * epsilon);
        const Eigen::Map<const row_matrix<T>> row(x.data(), 1, n);
        const matrix<T> column = row;  // 1 x n, each slice along the row though stored by columns
        const matrix<T> across = hillock::softmax<T, hillock::per_row>{}.forward(column);
        slices::exact_sum sum_across;
        for (Index i = 0; i < n; ++i) sum_across.add(static_cast<long double>(across(0, i)));
        CHECK(std::abs(static_cast<double>(sum_across.total() - 1)) <= 4 * epsilon);
      }
  });
}

/// body(softmax, of storage) for slices along memory and across it: columns, in either storage
/// order, and in float rows, which are the same two kernels.
template <typename T, typename Body>
void for_each_arrangement(Body body) {
  support::for_each_instruction_set([&] {
    for (const T t : {T(1), T(0.7)}) {
      CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>(), t);
      body(hillock::softmax<T, hillock::per_column>{t}, matrix<T>());
      body(hillock::softmax<T, hillock::per_column>{t}, row_matrix<T>());
      if constexpr (std::is_same_v<T, float>) {
        body(hillock::softmax<T, hillock::per_row>{t}, matrix<T>());
        body(hillock::softmax<T, hillock::per_row>{t}, row_matrix<T>());
      }
    }
  });
}

template <typename Softmax>
inline constexpr bool is_per_column = std::is_same_v<typename Softmax::axis, hillock::per_column>;

/// Slice j of a matrix, along the axis of the softmax.
template <typename Softmax, typename X>
auto slice(const X& x, Index j) {
  if constexpr (is_per_column<Softmax>)
    return X(x.col(j));
  else
    return X(x.row(j));
}

template <typename Softmax, typename X>
void put_slice(X& x, Index j, const X& values) {
  if constexpr (is_per_column<Softmax>)
    x.col(j) = values;
  else
    x.row(j) = values;
}

/// rows x cols for slices of a length, so many of them.
template <typename Softmax>
std::pair<Index, Index> shape(Index length, Index count) {
  return is_per_column<Softmax> ? std::pair(length, count) : std::pair(count, length);
}

template <typename T>
void check_edges() {
  for_each_arrangement<T>([](const auto& softmax, auto storage) {
    using S = std::decay_t<decltype(softmax)>;
    using X = decltype(storage);
    for (const Index length : {1, 2, 5, 8, 17, 40})
      for (const Index count : {1, 3, 16, 19}) {
        CAPTURE(length, count);
        const auto [rows, cols] = shape<S>(length, count);
        const X plain = logits<T>(rows, cols, 10, 3);
        const X y = softmax.forward(plain), dy = logits<T>(rows, cols, 2, 4);
        const X dx = softmax.backward(plain, dy);
        if (length == 1) {
          REQUIRE((y.array() == 1).all());
          REQUIRE((dx.array() == 0).all());
        }
        const Index odd = count / 2;  // the slice that is changed
        const auto spoilt = [&](const auto& values) {
          X x = plain;
          X one = slice<S>(x, odd);
          for (Index i = 0; i < length; ++i) one(i) = values(i, one(i));
          put_slice<S>(x, odd, one);
          return x;
        };
        const auto others_keep = [&](const X& got, const X& want) {
          for (Index j = 0; j < count; ++j)
            if (j != odd && !difference(slice<S>(got, j), slice<S>(want, j)).empty()) return false;
          return true;
        };
        for (const T bad : {support::nan<T>, infinity<T>, -support::nan<T>})
          for (Index at = 0; at < length; ++at) {
            const X x = spoilt([&](Index i, T was) { return i == at ? bad : was; });
            const X got = softmax.forward(x), got_dx = softmax.backward(x, dy);
            REQUIRE(slice<S>(got, odd).array().isNaN().all());
            REQUIRE(slice<S>(got_dx, odd).array().isNaN().all());
            REQUIRE(others_keep(got, y));
            REQUIRE(others_keep(got_dx, dx));
          }
        // Some -inf: exactly 0 there, zero gradient, the rest as if they were not.
        if (length > 2) {
          const X x = spoilt([&](Index i, T was) { return i % 3 == 1 ? -infinity<T> : was; });
          const X got = slice<S>(X(softmax.forward(x)), odd);
          const X got_dx = slice<S>(X(softmax.backward(x, dy)), odd);
          const slices::wide truth = slices::softmax(slice<S>(x, odd), softmax.temperature());
          REQUIRE(worst_ulps(got, truth) <= 4);
          for (Index i = 1; i < length; i += 3) {
            REQUIRE(got(i) == 0);
            REQUIRE(got_dx(i) == 0);
          }
          REQUIRE(got_dx.allFinite());
          REQUIRE(others_keep(X(softmax.forward(x)), y));
        }
        const X none = spoilt([&](Index, T) { return -infinity<T>; });
        const X got = softmax.forward(none), got_dx = softmax.backward(none, dy);
        REQUIRE((slice<S>(got, odd).array() == 0).all());
        REQUIRE((slice<S>(got_dx, odd).array() == 0).all());
        REQUIRE(others_keep(got, y));
        REQUIRE(others_keep(got_dx, dx));
        // Far apart, and as large as numbers get.
        const X far =
            spoilt([&](Index i, T) { return i == 0 ? support::largest<T> : -support::largest<T>; });
        const X winner = slice<S>(X(softmax.forward(far)), odd);
        REQUIRE(winner(0) == 1);
        REQUIRE(winner.sum() == 1);
      }
  });
}

/// What a slice gives alone, it gives among any others, at any stride, in place and in expressions.
template <typename T>
void check_independence() {
  for_each_arrangement<T>([](const auto& softmax, auto storage) {
    using S = std::decay_t<decltype(softmax)>;
    using X = decltype(storage);
    for (const Index length : {1, 2, 5, 8, 10, 17, 67})
      for (const Index count : {1, 3, 16, 21}) {
        CAPTURE(length, count);
        const auto [rows, cols] = shape<S>(length, count);
        const X x = logits<T>(rows, cols, 20, 11), dy = logits<T>(rows, cols, 2, 12);
        const X y = softmax.forward(x), dx = softmax.backward(x, dy),
                dx_from_y = softmax.backward_from_output(y, dy);
        for (Index j = 0; j<count; j += count> 5 ? 4 : 1) {
          const X lone_x = slice<S>(x, j), lone_dy = slice<S>(dy, j), lone_y = slice<S>(y, j);
          REQUIRE(difference(X(softmax.forward(lone_x)), lone_y) == "");
          REQUIRE(difference(X(softmax.backward(lone_x, lone_dy)), slice<S>(dx, j)) == "");
          REQUIRE(difference(X(softmax.backward_from_output(lone_y, lone_dy)),
                             slice<S>(dx_from_y, j)) == "");
        }
        // Within a larger matrix.
        X big = X::Constant(rows + 5, cols + 3, support::nan<T>), out = big;
        big.block(2, 1, rows, cols) = x;
        out.block(1, 2, rows, cols) = softmax.forward(big.block(2, 1, rows, cols));
        REQUIRE(difference(X(out.block(1, 2, rows, cols)), y) == "");
        out.block(1, 2, rows, cols).setConstant(support::nan<T>);
        REQUIRE(out.array().isNaN().all());
        // In place.
        X place = x;
        place = softmax.forward(place);
        REQUIRE(difference(place, y) == "");
        place = x;
        place = softmax.backward(place, dy);
        REQUIRE(difference(place, dx) == "");
        place = dy;
        place = softmax.backward(x, place);
        REQUIRE(difference(place, dx) == "");
        place = y;
        place = softmax.backward_from_output(place, dy);
        REQUIRE(difference(place, dx_from_y) == "");
        place = dy;
        place = softmax.backward_from_output(y, place);
        REQUIRE(difference(place, dx_from_y) == "");
        // In expressions, to and from expressions.
        const X z = logits<T>(rows, cols, 1, 13);
        REQUIRE(difference(X(z + softmax.forward(x)), X(z + y)) == "");
        REQUIRE((softmax.forward(x) - y).isZero(0));
        REQUIRE((softmax.backward(x, dy) - dx).isZero(0));
        REQUIRE(difference(X(softmax.forward(x + z)), X(softmax.forward(X(x + z)))) == "");
        X sum = z;
        sum += softmax.forward(x);
        REQUIRE(difference(sum, X(z + y)) == "");
        sum = z;
        sum -= softmax.backward(x, dy);
        REQUIRE(difference(sum, X(z - dx)) == "");
        sum.array() = softmax.forward(x.array());
        REQUIRE(difference(sum, y) == "");
        const auto owned = softmax.forward(X(x));
        REQUIRE(difference(X(owned), y) == "");
      }
  });
}

/// Vectors at every offset and stride.
template <typename T>
void check_vectors() {
  using strided = Eigen::Map<const array<T>, 0, Eigen::InnerStride<>>;
  const hillock::softmax<T> softmax;
  support::for_each_instruction_set([&] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    const array<T> buffer = logits<T>(400, 12, 17);
    array<T> out(400);
    for (Index n = 1; n <= 67; ++n)
      for (Index offset = 0; offset <= 16; ++offset) {
        CAPTURE(n, offset);
        const array<T> x = buffer.segment(offset, n), y = softmax.forward(x);
        out.setConstant(support::nan<T>);
        out.segment(16 - offset, n) = softmax.forward(buffer.segment(offset, n));
        REQUIRE(difference(array<T>(out.segment(16 - offset, n)), y) == "");
        REQUIRE(out.head(16 - offset).isNaN().all());
        REQUIRE(out.tail(400 - 16 + offset - n).isNaN().all());
        for (Index step = 2; step <= 3; ++step) {
          const strided spread(buffer.data() + offset, n, Eigen::InnerStride<>(step));
          const array<T> packed = spread;
          REQUIRE(difference(array<T>(softmax.forward(spread)),
                             array<T>(softmax.forward(packed))) == "");
        }
      }
  });
  // Fixed sizes, rows, the other kind.
  const Eigen::Matrix<T, 5, 1> fixed = logits<T>(5, 12, 3).matrix();
  const Eigen::Matrix<T, 5, 1> y = softmax.forward(fixed);
  const Eigen::Matrix<T, 1, Eigen::Dynamic> row = fixed.transpose();
  CHECK(difference(y, Eigen::Matrix<T, Eigen::Dynamic, 1>(softmax.forward(row).transpose())) == "");
  CHECK(worst_ulps(y, slices::softmax(fixed)) <= 4);
}

/// backward and jvp against the Jacobian, formed in long double.
template <typename T>
void check_jacobian() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  support::for_each_instruction_set([&] {
    for (const T t : {T(1), T(0.5), T(3)})
      for (Index n = 1; n <= 40; ++n) {
        CAPTURE(hillock::name_of(hillock::instruction_set()), t, n);
        const hillock::softmax<T> softmax{t};
        const array<T> x = logits<T>(n, 8, static_cast<unsigned>(n)), dy = logits<T>(n, 3, 99);
        const slices::wide p = slices::softmax(x, t);
        const auto probability = [&](Index i) { return p[static_cast<std::size_t>(i)]; };
        const array<T> y = softmax.forward(x);
        const array<T> forms[] = {softmax.backward(x, dy), softmax.backward_from_output(y, dy),
                                  softmax.jvp(x, dy), softmax.jvp_from_output(y, dy)};
        long double size = 0;
        for (Index j = 0; j < n; ++j)
          size += probability(j) * std::abs(static_cast<long double>(dy[j]));
        for (Index i = 0; i < n; ++i) {
          long double want = 0;  // row i of J times dy
          for (Index j = 0; j < n; ++j)
            want +=
                probability(i) * ((i == j) - probability(j)) * static_cast<long double>(dy[j]) / t;
          const double tolerance =
              16 * epsilon *
              static_cast<double>(probability(i) *
                                  (std::abs(static_cast<long double>(dy[i])) + size) / t);
          for (const array<T>& dx : forms)
            REQUIRE(std::abs(static_cast<double>(static_cast<long double>(dx[i]) - want)) <=
                    tolerance);
        }
        REQUIRE(difference(forms[0], forms[2]) == "");  // J is symmetric
        REQUIRE(difference(forms[1], forms[3]) == "");
        // Columns of J sum to 0.
        for (Index j = 0; j < n; ++j) {
          array<T> unit = array<T>::Zero(n);
          unit[j] = 1;
          const array<T> column = softmax.jvp(x, unit);
          const double sum = std::abs(column.template cast<double>().sum());
          REQUIRE(sum <=
                  16 * epsilon * static_cast<double>(probability(j)) / static_cast<double>(t));
        }
      }
  });
}

/// Rows and columns, stored either way, and vectors: the same slice gives the same bytes.
template <typename T>
void check_storage_orders() {
  support::for_each_instruction_set([] {
    for (const Index length : {1, 2, 3, 7, 10, 16, 17, 33, 64, 65, 100, 300})
      for (const Index count : {1, 2, 5, 17, 40, 600}) {
        CAPTURE(hillock::name_of(hillock::instruction_set()), length, count);
        const hillock::softmax<T, hillock::per_column> by_column{T(0.7)};
        const hillock::softmax<T, hillock::per_row> by_row{T(0.7)};
        const matrix<T> x = logits<T>(length, count, 20, 3), dy = logits<T>(length, count, 2, 4);
        const row_matrix<T> x_by_rows = x, dy_by_rows = dy;
        const matrix<T> x_turned = x.transpose(), dy_turned = dy.transpose();
        const matrix<T> y = by_column.forward(x), dx = by_column.backward(x, dy),
                        from_y = by_column.backward_from_output(y, dy);
        REQUIRE(difference(matrix<T>(by_column.forward(x_by_rows)), y) == "");
        REQUIRE(difference(matrix<T>(by_column.backward(x_by_rows, dy)), dx) == "");
        REQUIRE(difference(matrix<T>(by_column.backward(x, dy_by_rows)), dx) == "");
        REQUIRE(difference(matrix<T>(by_row.forward(x_turned).transpose()), y) == "");
        REQUIRE(difference(matrix<T>(by_row.backward(x_turned, dy_turned).transpose()), dx) == "");
        const matrix<T> y_turned = y.transpose();
        REQUIRE(difference(matrix<T>(by_row.backward_from_output(y_turned, dy_turned).transpose()),
                           from_y) == "");
        matrix<T> place = x_turned;
        place = by_row.forward(place);
        REQUIRE(difference(place, y_turned) == "");
        place = dy_turned;
        place = by_row.backward(x_turned, place);
        REQUIRE(difference(matrix<T>(place.transpose()), dx) == "");
        const hillock::softmax<T> alone{T(0.7)};
        REQUIRE(difference(matrix<T>(alone.forward(x.col(count / 2))),
                           matrix<T>(y.col(count / 2))) == "");
      }
  });
}

/// Rows side by side without gaps, few and many, wherever x, dy and dx begin.
template <typename T>
void check_addresses() {
  using map = Eigen::Map<matrix<T>>;
  const hillock::softmax<T, hillock::per_row> by_row{T(0.7)};
  const hillock::softmax<T, hillock::per_column> by_column{T(0.7)};
  support::for_each_instruction_set([&] {
    for (const Index length : {7, 32, 33, 67, 150})
      for (const Index count : {2, 3, 5, 8, 15, 17, 32, 50, 100, 1100}) {
        if (count > 1000 && length != 67) continue;
        const matrix<T> x = logits<T>(length, count, 9, 51), dy = logits<T>(length, count, 2, 52);
        const matrix<T> y = by_column.forward(x), z = logits<T>(count, length, 1, 53);
        const matrix<T> dx = by_column.backward(x, dy);
        const matrix<T> dx_from_y = by_column.backward_from_output(y, dy);
        array<T> a(count * length + 64), b = a, out = a;
        for (Index offset = 0; offset <= 16; offset += count > 1000 ? 7 : 1) {
          CAPTURE(hillock::name_of(hillock::instruction_set()), length, count, offset);
          map one(a.data() + offset, count, length),
              other(b.data() + 5 * offset % 17, count, length);
          map result(out.data() + 17 + 3 * offset % 17, count, length);
          const auto expect = [&](const matrix<T>& got, const matrix<T>& want) {
            REQUIRE(difference(got, matrix<T>(want.transpose())) == "");
          };
          const auto expect_only = [&](const matrix<T>& want) {
            expect(result, want);
            result.setConstant(support::nan<T>);
            REQUIRE(out.isNaN().all());
          };
          out.setConstant(support::nan<T>);
          other = dy.transpose();
          one = x.transpose();
          result = by_row.forward(one);
          expect_only(y);
          result = by_row.backward(one, other);
          expect_only(dx);
          one = y.transpose();
          result = by_row.backward_from_output(one, other);
          expect_only(dx_from_y);
          result = z;
          result += by_row.backward_from_output(one, other);
          expect_only(z.transpose() + dx_from_y);
          result = z;
          result -= by_row.backward_from_output(one, other);
          expect_only(z.transpose() - dx_from_y);
          other = by_row.backward_from_output(one, other);
          expect(other, dx_from_y);
        }
      }
  });
}

/// A mask gives what -infinity in its place gives; dy there is ignored.
template <typename T>
void check_masks() {
  for_each_arrangement<T>([](const auto& softmax, auto storage) {
    using S = std::decay_t<decltype(softmax)>;
    using X = decltype(storage);
    using mask = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;
    for (const Index length : {1, 2, 9, 16, 30, 70})
      for (const Index count : {1, 3, 16, 19, 300}) {
        CAPTURE(length, count);
        const auto [rows, cols] = shape<S>(length, count);
        const X x = logits<T>(rows, cols, 10, 3), dy = logits<T>(rows, cols, 2, 4);
        mask kept = (logits<double>(rows, cols, 1, 77).array() > -0.2);
        if (is_per_column<S>)
          kept.col(count / 2).setConstant(false);
        else
          kept.row(count / 2).setConstant(false);
        const X excluded = kept.select(x, X::Constant(rows, cols, -infinity<T>));
        const X wild = kept.select(dy, X::Constant(rows, cols, support::nan<T>));
        const X y = softmax.forward(x, kept), dx = softmax.backward(x, wild, kept);
        REQUIRE(difference(y, X(softmax.forward(excluded))) == "");
        REQUIRE(difference(dx, X(softmax.backward(excluded, dy))) == "");
        REQUIRE(difference(X(softmax.jvp(x, wild, kept.matrix())), dx) == "");
        REQUIRE(((y.array() == 0) || kept).all());
        REQUIRE(((dx.array() == 0) || kept).all());
        REQUIRE(dx.array().isFinite().all());
        REQUIRE(difference(X(softmax.backward_from_output(y, wild)),
                           X(softmax.backward_from_output(y, dy))) == "");
        X place = x;
        place = softmax.forward(place, kept);
        REQUIRE(difference(place, y) == "");
        place = wild;
        place = softmax.backward(x, place, kept);
        REQUIRE(difference(place, dx) == "");
        // One vector for all slices.
        const Eigen::Array<bool, Eigen::Dynamic, 1> one =
            Eigen::Array<bool, Eigen::Dynamic, 1>(logits<double>(length, 1, 78) > 0);
        for (Index j = 0; j < count; ++j)
          if (is_per_column<S>)
            kept.col(j) = one;
          else
            kept.row(j) = one.transpose();
        REQUIRE(difference(X(softmax.forward(x, one)), X(softmax.forward(x, kept))) == "");
        REQUIRE(difference(X(softmax.forward(x, one.transpose())), X(softmax.forward(x, kept))) ==
                "");
      }
  });
}

}  // namespace

TEST_CASE("each probability is right to 4 ulp, whatever the spread of the logits") {
  support::for_each_real([](auto zero) { check_digits<decltype(zero)>(); });
}

TEST_CASE("and so with any temperature, wherever the logits lie") {
  support::for_each_real([](auto zero) { check_temperatures<decltype(zero)>(); });
}

TEST_CASE("a slice sums to 1 within 4 epsilon, up to a million entries") {
  support::for_each_real([](auto zero) { check_sums<decltype(zero)>(); });
}

TEST_CASE("NaN, infinities and lone entries stay in their slice") {
  support::for_each_real([](auto zero) { check_edges<decltype(zero)>(); });
}

TEST_CASE("a slice gives the same bytes alone and among others") {
  support::for_each_real([](auto zero) { check_independence<decltype(zero)>(); });
}

TEST_CASE("a vector gives the same bytes at every offset and stride") {
  support::for_each_real([](auto zero) { check_vectors<decltype(zero)>(); });
}

TEST_CASE("rows and columns in either storage order give the same bytes") {
  support::for_each_real([](auto zero) { check_storage_orders<decltype(zero)>(); });
}

TEST_CASE("steps may be negative") {
  using view = Eigen::Map<Eigen::ArrayXXf, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>(1, 5), {1, 40}, {3, 16}, {8, 104}, {19, 40}})
    for (const Index gap : {0, 3})
      for (const auto& [outer, inner] : {std::pair<Index, Index>(-1, 1), {1, -1}, {-1, -1}}) {
        CAPTURE(rows, cols, gap, outer, inner);
        const Index column = rows + gap, size = column * (cols - 1) + rows;
        std::vector<float> memory(static_cast<std::size_t>(size));
        const view x(
            memory.data() + (outer < 0 ? column * (cols - 1) : 0) + (inner < 0 ? rows - 1 : 0),
            rows, cols, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(outer * column, inner));
        const auto check = [&](const auto& f) {
          for (std::size_t i = 0; i < memory.size(); ++i)
            memory[i] = static_cast<float>((i * 37) % 11) / 3;
          const Eigen::ArrayXXf plain = x, want = f.forward(plain);
          CHECK(difference(Eigen::ArrayXXf(f.forward(x)), want) == "");
          view target = x;
          target = f.forward(x);  // in place
          CHECK(difference(Eigen::ArrayXXf(x), want) == "");
        };
        check(hillock::softmax<float, hillock::per_column>{});
        check(hillock::softmax<float, hillock::per_row>{});
      }
}

TEST_CASE("rows without gaps give the same bytes wherever they begin") {
  support::for_each_real([](auto zero) { check_addresses<decltype(zero)>(); });
}

TEST_CASE("a mask excludes entries, as -infinity does") {
  support::for_each_real([](auto zero) { check_masks<decltype(zero)>(); });
}

TEST_CASE("the Jacobian of one vector") {
  for (Index n = 1; n <= 40; ++n) {
    const hillock::softmax<double> softmax{0.7};
    const array<double> x = logits<double>(n, 8, static_cast<unsigned>(n));
    const Eigen::MatrixXd j = softmax.jacobian(x);
    const slices::wide p = slices::softmax(x, 0.7);
    REQUIRE(j.rows() == n);
    REQUIRE(j.cols() == n);
    for (Index i = 0; i < n; ++i)
      for (Index k = 0; k < n; ++k) {
        long double want = 0;
        if (i != k)
          want = -p[static_cast<std::size_t>(i)] * p[static_cast<std::size_t>(k)];
        else
          for (Index l = 0; l < n; ++l)
            if (l != i) want += p[static_cast<std::size_t>(i)] * p[static_cast<std::size_t>(l)];
        REQUIRE(std::abs(static_cast<double>(static_cast<long double>(j(i, k)) - want / 0.7)) <=
                1e-15 * static_cast<double>(std::abs(want)));
      }
  }
  const Eigen::Matrix3f j = hillock::softmax<float>{}.jacobian(Eigen::Vector3f(0, 0, 0));
  CHECK(std::abs(j(0, 0) - 2 / 9.f) < 1e-7f);
}

TEST_CASE("backward and jvp are the Jacobian's product") {
  support::for_each_real([](auto zero) { check_jacobian<decltype(zero)>(); });
}

TEST_CASE("backward is what differences tell") {
  const hillock::softmax<double> softmax{0.8};
  const array<double> x = logits<double>(9, 5, 1), dy = logits<double>(9, 2, 2);
  const array<double> dx = softmax.backward(x, dy);
  for (Index i = 0; i < x.size(); ++i) {
    const double h = 1e-4;
    const auto loss = [&](double step) {
      array<double> moved = x;
      moved[i] += step;
      const array<double> y = softmax.forward(moved);
      return (y * dy).sum();
    };
    const double slope = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
    CHECK(std::abs(slope - dx[i]) <= 1e-10);
  }
}

TEST_CASE("half and bfloat16 are summed in float") {
  const auto check = [](auto zero) {
    using H = decltype(zero);
    const Index n = 3000;
    const array<float> wide = logits<float>(n, 4, 21);
    const Eigen::Array<H, Eigen::Dynamic, 1> x = wide.cast<H>();
    const Eigen::Array<H, Eigen::Dynamic, 1> y = hillock::softmax<H>{}.forward(x);
    const slices::wide truth = slices::softmax(x.template cast<float>());
    for (Index i = 0; i < n; ++i) {
      const auto want = static_cast<float>(truth[static_cast<std::size_t>(i)]);
      // Rounded once from what is right to 4 ulp of float.
      const float low = static_cast<float>(static_cast<H>(want * (1 - 3e-7f)));
      const float high = static_cast<float>(static_cast<H>(want * (1 + 3e-7f)));
      const auto got = static_cast<float>(y[i]);
      REQUIRE((got == low || got == high));
    }
  };
  check(Eigen::half());
  check(Eigen::bfloat16());
}

TEST_CASE("long double is right to more digits than double has") {
  if (std::numeric_limits<long double>::digits < 64) return;
  const array<long double> x = logits<double>(37, 30, 1).cast<long double>();
  const array<long double> y = hillock::softmax<long double>{}.forward(x);
  const slices::wide truth = slices::softmax(x);
  for (Index i = 0; i < x.size(); ++i) {
    const long double want = truth[static_cast<std::size_t>(i)];
    CHECK(std::abs(y[i] - want) <= want * 1e-17L);
  }
}

namespace {

/// Every form of call.
template <typename Softmax, typename X>
void check_allocations(const Softmax& f, const X& x, const X& dy) {
  using support::allocations_of;
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

}  // namespace

TEST_CASE("no form of call allocates") {
  slices::for_each_length([](const matrix<float>& wide) {
    for (const float temperature : {1.f, 0.3f}) {
      const array<float> x = wide.row(0).array();
      check_allocations(hillock::softmax<float>{temperature}, x, x);
      check_allocations(hillock::softmax<float, hillock::per_column>{temperature}, wide, wide);
      check_allocations(hillock::softmax<float, hillock::per_row>{temperature}, wide, wide);
    }
  });
}
