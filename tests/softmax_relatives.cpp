// SPDX-License-Identifier: MIT
// The relatives of softmax: log_softmax, softmin, sparsemax, hardmax, log_sum_exp.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/hardmax.hpp>
#include <hillock/log_softmax.hpp>
#include <hillock/log_sum_exp.hpp>
#include <hillock/softmin.hpp>
#include <hillock/sparsemax.hpp>

namespace {

using slices::array;
using slices::Index;
using slices::logits;
using slices::matrix;
using slices::row_matrix;
using slices::wide;
using support::difference;
using support::infinity;
using mask = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;

constexpr std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}

// ---- References in long double ------------------------------------------------------------------

/// log sum e^(x / t) - max / t of a slice.
template <typename X>
long double log_of_sum(const X& x, long double t) {
  const long double most = slices::maximum(x);
  slices::exact_sum others;
  bool skipped = false;  // one entry that is the maximum
  for (Index i = 0; i < x.size(); ++i) {
    const auto entry = static_cast<long double>(x.coeff(i));
    if (entry == most && !skipped)
      skipped = true;
    else
      others.add(slices::exp_below(entry, most, t));
  }
  return std::log1p(others.total());
}

template <typename X>
wide log_softmax(const X& x, long double t) {
  const long double most = slices::maximum(x), log = log_of_sum(x, t);
  wide y;
  for (Index i = 0; i < x.size(); ++i)
    y.push_back((static_cast<long double>(x.coeff(i)) - most) / t - log);
  return y;
}

template <typename X>
wide softmin(const X& x, long double t) {
  return slices::softmax(X(-x), t);
}

/// By sorting: the threshold is (the sum of the k largest - 1) / k for the greatest k that it
/// leaves.
template <typename X>
wide sparsemax(const X& x, long double t) {
  const long double most = slices::maximum(x);
  wide z, sorted;
  for (Index i = 0; i < x.size(); ++i)
    z.push_back((static_cast<long double>(x.coeff(i)) - most) / t);
  sorted = z;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  long double sum = 0, threshold = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += sorted[k];
    if (1 + static_cast<long double>(k + 1) * sorted[k] > sum)
      threshold = (sum - 1) / static_cast<long double>(k + 1);
  }
  for (long double& y : z) y = (std::max)(y - threshold, 0.0L);
  return z;
}

/// The Jacobian dy_i / dx_j, from the output.
using jacobian = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

jacobian of_softmax(const wide& p, long double t) {
  const auto n = static_cast<Index>(p.size());
  jacobian j(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < n; ++k) j(i, k) = p[at(i)] * ((i == k) - p[at(k)]) / t;
  return j;
}
jacobian of_log_softmax(const wide& y, long double t) {
  const auto n = static_cast<Index>(y.size());
  jacobian j(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < n; ++k) j(i, k) = ((i == k) - std::exp(y[at(k)])) / t;
  return j;
}
jacobian of_sparsemax(const wide& y, long double t) {
  const auto n = static_cast<Index>(y.size());
  const auto support = static_cast<long double>(
      std::count_if(y.begin(), y.end(), [](long double p) { return p > 0; }));
  jacobian j(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < n; ++k)
      j(i, k) = y[at(i)] > 0 && y[at(k)] > 0 ? ((i == k) - 1 / support) / t : 0;
  return j;
}

// ---- What each of them promises -----------------------------------------------------------------

struct softmin_case {
  template <typename T, typename Axis>
  using function = hillock::softmin<T, Axis>;
  static wide value(const array<double>& x, long double t) { return softmin(x, t); }
  static jacobian derivative(const wide& y, long double t) { return -of_softmax(y, t); }
  static constexpr double excluded = 0;
  static constexpr double spread = 8;
};
struct log_softmax_case {
  template <typename T, typename Axis>
  using function = hillock::log_softmax<T, Axis>;
  static wide value(const array<double>& x, long double t) { return log_softmax(x, t); }
  static jacobian derivative(const wide& y, long double t) { return of_log_softmax(y, t); }
  static constexpr double excluded = -std::numeric_limits<double>::infinity();
  static constexpr double spread = 8;
};
struct sparsemax_case {
  template <typename T, typename Axis>
  using function = hillock::sparsemax<T, Axis>;
  static wide value(const array<double>& x, long double t) { return sparsemax(x, t); }
  static jacobian derivative(const wide& y, long double t) { return of_sparsemax(y, t); }
  static constexpr double excluded = 0;
  static constexpr double spread = 2;
};

/// Most is shared, and compiles slowly: Few leaves but the one that is least like the others.
template <bool Few = false, typename Body>
void for_each_case(Body body) {
  support::for_each_instruction_set([&] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    body(log_softmax_case{});
    if constexpr (!Few) {
      body(softmin_case{});
      body(sparsemax_case{});
    }
  });
}

template <typename T>
constexpr bool few = !std::is_same_v<T, float>;

template <typename T>
void check_jacobians() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  for_each_case<few<T>>([&](auto c) {
    using Case = decltype(c);
    for (const T t : {T(1), T(0.5), T(3)})
      for (Index n = 1; n <= 40; ++n) {
        const typename Case::template function<T, hillock::whole> f{t};
        CAPTURE(f.name, t, n);
        const array<T> x = logits<T>(n, Case::spread, static_cast<unsigned>(n)),
                       v = logits<T>(n, 3, 99);
        const wide truth = Case::value(x.template cast<double>(), static_cast<long double>(t));
        const jacobian j = Case::derivative(truth, static_cast<long double>(t));
        const Eigen::Matrix<long double, Eigen::Dynamic, 1> w =
            v.matrix().template cast<long double>();
        const Eigen::Matrix<long double, Eigen::Dynamic, 1> back = j.transpose() * w, on = j * w;
        const array<T> y = f.forward(x);
        const array<T> backs[] = {f.backward(x, v), f.backward_from_output(y, v)};
        const array<T> ons[] = {f.jvp(x, v), f.jvp_from_output(y, v)};
        const double size = static_cast<double>(n) * 3 / static_cast<double>(t);
        for (Index i = 0; i < n; ++i)
          for (int form = 0; form < 2; ++form) {
            REQUIRE(std::abs(static_cast<double>(backs[form][i]) - static_cast<double>(back[i])) <=
                    12 * epsilon * size);
            REQUIRE(std::abs(static_cast<double>(ons[form][i]) - static_cast<double>(on[i])) <=
                    12 * epsilon * size);
          }
      }
  });
}

/// rows x cols for slices of a length, so many of them.
template <typename F>
std::pair<Index, Index> shape(Index length, Index count) {
  return std::is_same_v<typename F::axis, hillock::per_column> ? std::pair(length, count)
                                                               : std::pair(count, length);
}

/// Storage orders, places, masks: everything gives the bytes that the slice gives alone.
template <typename T>
void check_places() {
  for_each_case<few<T>>([&](auto c) {
    using Case = decltype(c);
    const typename Case::template function<T, hillock::per_column> f{T(0.7)};
    const typename Case::template function<T, hillock::per_row> by_row{T(0.7)};
    const typename Case::template function<T, hillock::whole> alone{T(0.7)};
    for (const Index length : {1, 2, 7, 16, 17, 40, 64, 65, 130})
      for (const Index count : {1, 3, 18, 300}) {
        CAPTURE(f.name, length, count);
        const matrix<T> x = logits<T>(length, count, Case::spread, 5),
                        dy = logits<T>(length, count, 2, 6);
        const matrix<T> y = f.forward(x), dx = f.backward(x, dy), t = f.jvp(x, dy),
                        from_y = f.backward_from_output(y, dy);
        const row_matrix<T> by_rows = x;
        REQUIRE(difference(matrix<T>(f.forward(by_rows)), y) == "");
        REQUIRE(difference(matrix<T>(f.backward(by_rows, dy)), dx) == "");
        const matrix<T> turned = x.transpose(), dy_turned = dy.transpose();
        REQUIRE(difference(matrix<T>(by_row.forward(turned).transpose()), y) == "");
        REQUIRE(difference(matrix<T>(by_row.backward(turned, dy_turned).transpose()), dx) == "");
        REQUIRE(difference(matrix<T>(by_row.jvp(turned, dy_turned).transpose()), t) == "");
        const matrix<T> y_turned = y.transpose();
        REQUIRE(difference(matrix<T>(by_row.backward_from_output(y_turned, dy_turned).transpose()),
                           from_y) == "");
        const matrix<T> nothing = matrix<T>::Constant(length, count, T(-0.0));
        const matrix<T> turned_nothing = nothing.transpose();
        REQUIRE(difference(matrix<T>(by_row.backward(turned, turned_nothing).transpose()),
                           matrix<T>(f.backward(x, nothing))) == "");
        for (Index j = 0; j < (std::min)(count, Index(20)); j += 2) {
          const matrix<T> lone = x.col(j), lone_dy = dy.col(j);
          REQUIRE(difference(matrix<T>(alone.forward(x.col(j))), matrix<T>(y.col(j))) == "");
          REQUIRE(difference(matrix<T>(f.backward(lone, lone_dy)), matrix<T>(dx.col(j))) == "");
        }
        matrix<T> place = x;
        place = f.forward(place);
        REQUIRE(difference(place, y) == "");
        place = dy;
        place = f.backward(x, place);
        REQUIRE(difference(place, dx) == "");
        place = x;
        place = f.backward(place, dy);
        REQUIRE(difference(place, dx) == "");
        matrix<T> gaps = x;  // that must be seen again behind what is kept in their place
        for (Index i = 0; i < gaps.size(); i += 3) gaps(i) = -infinity<T>;
        for (const bool back : {true, false}) {
          place = gaps;
          if (back)
            place = f.backward(place, dy);
          else
            place = f.jvp(place, dy);
          REQUIRE(difference(place, matrix<T>(back ? f.backward(gaps, dy).eval()
                                                   : f.jvp(gaps, dy).eval())) == "");
        }
        place = y;
        place = f.backward_from_output(place, dy);
        REQUIRE(difference(place, from_y) == "");
        if constexpr (std::is_same_v<Case, log_softmax_case>) {  // the others share this with it
          place = x;
          place += f.forward(x);
          REQUIRE(difference(place, matrix<T>(x + y)) == "");
          place = x;
          place -= f.backward(x, dy);
          REQUIRE(difference(place, matrix<T>(x - dx)) == "");
          place = f.forward(x + dy);
          REQUIRE(difference(place, matrix<T>(f.forward(matrix<T>(x + dy)))) == "");
        }
      }
  });
}

template <typename T>
void check_masks_and_edges() {
  for_each_case<few<T>>([&](auto c) {
    using Case = decltype(c);
    const typename Case::template function<T, hillock::per_column> f{T(1.5)};
    const T never = std::is_same_v<Case, softmin_case> ? infinity<T> : -infinity<T>;
    for (const Index length : {2, 9, 30, 80})
      for (const Index count : {1, 3, 19}) {
        CAPTURE(f.name, length, count);
        const matrix<T> x = logits<T>(length, count, Case::spread, 5),
                        dy = logits<T>(length, count, 2, 6);
        mask kept = (logits<double>(length, count, 1, 77).array() > -0.2);
        kept.col(count / 2).setConstant(false);
        const matrix<T> excluded = kept.select(x, matrix<T>::Constant(length, count, never));
        const matrix<T> wild = kept.select(dy, matrix<T>::Constant(length, count, support::nan<T>));
        const matrix<T> y = f.forward(x, kept), dx = f.backward(x, wild, kept),
                        t = f.jvp(x, wild, kept);
        REQUIRE(difference(y, matrix<T>(f.forward(excluded))) == "");
        REQUIRE(difference(dx, matrix<T>(f.backward(excluded, dy))) == "");
        REQUIRE(difference(t, matrix<T>(f.jvp(excluded, dy))) == "");
        REQUIRE(((y.array() == static_cast<T>(Case::excluded)) || kept).all());
        REQUIRE(((dx.array() == 0) || kept).all());
        REQUIRE(((t.array() == 0) || kept).all());
        REQUIRE(dx.array().isFinite().all());
        REQUIRE(matrix<T>(f.backward_from_output(y, wild)).array().isFinite().all());
        REQUIRE(difference(matrix<T>(f.forward(x, kept.col(0))),
                           matrix<T>(f.forward(x, mask(kept.col(0).replicate(1, count))))) == "");
        for (const T bad : {support::nan<T>, T(-never)}) {
          matrix<T> spoilt = x;
          spoilt(length / 2, count / 2) = bad;
          const matrix<T> got = f.forward(spoilt), got_dx = f.backward(spoilt, dy);
          const matrix<T> want = f.forward(x);
          for (Index j = 0; j < count; ++j) {
            REQUIRE(got.col(j).array().isNaN().all() == (j == count / 2));
            REQUIRE(got_dx.col(j).array().isNaN().all() == (j == count / 2));
            if (j != count / 2) REQUIRE(got.col(j) == want.col(j));
          }
        }
      }
  });
}

template <typename T>
void check_log_softmax_digits() {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    double worst = 0;
    for (const double temperature : {1.0, 0.3, 7.0})
      for (const double spread : {0.01, 1.0, 20.0, 90.0, 300.0, 1e4, 1e30})
        for (const Index n : {1, 2, 3, 7, 8, 9, 16, 17, 33, 64, 65, 100, 1000}) {
          CAPTURE(temperature, spread, n);
          const T t = static_cast<T>(temperature);
          const array<T> x = logits<T>(n, spread, static_cast<unsigned>(n));
          const array<T> y = hillock::log_softmax<T>{t}.forward(x);
          const wide truth = log_softmax(x, static_cast<long double>(t));
          for (Index i = 0; i < n; ++i) {
            const auto off = static_cast<double>(reference::ulps_off(y[i], truth[at(i)]));
            REQUIRE(off <= 4);
            worst = (std::max)(worst, off);
          }
        }
    INFO("worst " << worst);
    CHECK(worst > 0);
  });
}

template <typename T>
void check_sparsemax_digits() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  support::for_each_instruction_set([&] {
    for (const double spread : {0.0, 0.001, 0.3, 2.0, 100.0, 1e30})
      for (const Index n : {1, 2, 3, 10, 17, 64, 65, 1000, 20000}) {
        CAPTURE(hillock::name_of(hillock::instruction_set()), spread, n);
        const array<T> x = logits<T>(n, spread, static_cast<unsigned>(n));
        const array<T> y = hillock::sparsemax<T>{}.forward(x);
        const wide truth = sparsemax(x, 1);
        slices::exact_sum sum;
        for (Index i = 0; i < n; ++i) {
          REQUIRE(std::abs(static_cast<double>(static_cast<long double>(y[i]) - truth[at(i)])) <=
                  2 * epsilon);
          sum.add(static_cast<long double>(y[i]));
        }
        REQUIRE(std::abs(static_cast<double>(sum.total() - 1)) <=
                epsilon * (2 + static_cast<double>((y > 0).count())));
      }
    // Entries that leave the support one at a time.
    array<T> stairs(200);
    for (Index i = 0; i < stairs.size(); ++i)
      stairs[i] = -static_cast<T>(std::pow(0.97, static_cast<double>(i)));
    const array<T> y = hillock::sparsemax<T>{}.forward(stairs);
    const wide truth = sparsemax(stairs, 1);
    for (Index i = 0; i < stairs.size(); ++i)
      REQUIRE(std::abs(static_cast<double>(static_cast<long double>(y[i]) - truth[at(i)])) <=
              2 * epsilon);
  });
}

template <typename T>
void check_hardmax() {
  support::for_each_instruction_set([] {
    for (const Index length : {1, 2, 10, 16, 17, 40, 64, 65, 200})
      for (const Index count : {1, 3, 18}) {
        CAPTURE(hillock::name_of(hillock::instruction_set()), length, count);
        matrix<T> x = logits<T>(length, count, 3, 9).array().round();  // many equal
        x.col(count - 1).setConstant(-infinity<T>);
        if (length > 3 && count > 2) x(2, 0) = infinity<T>, x(3, 1) = support::nan<T>;
        const matrix<T> y = hillock::hardmax<T, hillock::per_column>{}.forward(x);
        const row_matrix<T> by_rows = x;
        const matrix<T> z = hillock::hardmax<T, hillock::per_column>{}.forward(by_rows);
        REQUIRE(difference(z, y) == "");
        for (Index j = 0; j < count; ++j) {
          if (x.col(j).array().isNaN().any()) {
            REQUIRE(y.col(j).array().isNaN().all());
            continue;
          }
          Index first = 0;
          for (Index i = 1; i < length; ++i)
            if (x(i, j) > x(first, j)) first = i;
          for (Index i = 0; i < length; ++i) REQUIRE(y(i, j) == T(i == first));
        }
        mask kept = mask::Constant(length, count, true);
        kept.row(0).setConstant(false);
        const matrix<T> masked = hillock::hardmax<T, hillock::per_column>{}.forward(x, kept);
        REQUIRE((masked.row(0).array() == 0 || x.array().isNaN().colwise().any()).all());
        if (length == 1) REQUIRE((masked.array() == 0).all());
        REQUIRE((masked.col(count - 1).array() == 0).all());
      }
  });
}

template <typename T>
void check_log_sum_exp() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  support::for_each_instruction_set([&] {
    for (const double temperature : {1.0, 0.3, 7.0})
      for (const double spread : {0.01, 20.0, 1e4, 1e30})
        for (const Index length : {1, 2, 10, 17, 64, 100})
          for (const Index count : {Index(1), Index(5), Index(length < 20 ? 300 : 18)}) {
            CAPTURE(hillock::name_of(hillock::instruction_set()), spread, length, count);
            const T t = static_cast<T>(temperature);
            const hillock::log_sum_exp<T, hillock::per_column> f{t};
            const matrix<T> x = logits<T>(length, count, spread, 41);
            const Eigen::Matrix<T, 1, Eigen::Dynamic> y = f.forward(x);
            const matrix<T> dx = f.backward(x, y);
            const Eigen::Matrix<T, 1, Eigen::Dynamic> change = f.jvp(x, dx);
            if (length == 1) {  // then dy may be the target
              matrix<T> place = y;
              place = f.backward(x, place);
              REQUIRE(difference(place, dx) == "");
              row_matrix<T> place_of_rows = y;
              place_of_rows = f.backward(row_matrix<T>(x), place_of_rows);
              REQUIRE(difference(matrix<T>(place_of_rows), dx) == "");
            }
            for (Index j = 0; j < count; ++j) {
              const array<T> slice = x.col(j);
              const long double most = slices::maximum(slice);
              const long double want = most + static_cast<long double>(t) *
                                                  log_of_sum(slice, static_cast<long double>(t));
              const double size = (std::max)({static_cast<double>(std::abs(most)),
                                              static_cast<double>(std::abs(want)),
                                              temperature * std::log(static_cast<double>(length))});
              REQUIRE(std::abs(static_cast<double>(static_cast<long double>(y[j]) - want)) <=
                      2 * epsilon * size);
              const hillock::log_sum_exp<T> alone{t};
              REQUIRE(alone.forward(slice) == y[j]);
              const wide p = slices::softmax(slice, static_cast<long double>(t));
              long double dot = 0, dot_size = 0;
              for (Index i = 0; i < length; ++i) {
                const long double truth = p[at(i)] * static_cast<long double>(y[j]);
                // A probability below the smallest normal number may be 0.
                if (p[at(i)] >= static_cast<long double>(support::smallest_normal<T>))
                  REQUIRE(reference::ulps_off(dx(i, j), truth) <= 5);
                else
                  REQUIRE(std::abs(dx(i, j)) <= 2 * support::smallest_normal<T> * std::abs(y[j]));
                dot += p[at(i)] * static_cast<long double>(dx(i, j));
                dot_size += p[at(i)] * std::abs(static_cast<long double>(dx(i, j)));
              }
              const auto vanished =
                  static_cast<double>(support::smallest_normal<T> * dx.cwiseAbs().maxCoeff());
              REQUIRE(std::abs(static_cast<double>(static_cast<long double>(change[j]) - dot)) <=
                      16 * epsilon * static_cast<double>(dot_size) +
                          static_cast<double>(length) * vanished);
              const array<T> lone_dx = alone.backward(slice, y[j]);
              REQUIRE(difference(matrix<T>(lone_dx.matrix()), matrix<T>(dx.col(j))) == "");
              REQUIRE(alone.jvp(slice, array<T>(dx.col(j))) == change[j]);
            }
            const matrix<T> turned = x.transpose();
            const hillock::log_sum_exp<T, hillock::per_row> by_row{t};
            const Eigen::Matrix<T, Eigen::Dynamic, 1> z = by_row.forward(turned);
            REQUIRE(difference(matrix<T>(z.transpose()), matrix<T>(y)) == "");
            REQUIRE(difference(matrix<T>(by_row.backward(turned, z).transpose()), dx) == "");
            Eigen::Matrix<T, 1, Eigen::Dynamic> sum = y;
            sum += f.forward(x);
            REQUIRE(difference(matrix<T>(sum), matrix<T>(y + y)) == "");
          }
    const hillock::log_sum_exp<T> f;
    const T inf = infinity<T>, nan = support::nan<T>;
    using vector = Eigen::Array<T, 3, 1>;
    CHECK(f.forward(vector(-inf, -inf, -inf)) == -inf);
    CHECK(f.forward(vector(1, inf, -inf)) == inf);
    CHECK(f.forward(vector(inf, inf, 0)) == inf);
    CHECK(std::isnan(f.forward(vector(inf, nan, 0))));
    CHECK(std::isnan(f.forward(vector(0, nan, 0))));
    CHECK((vector(f.backward(vector(-inf, -inf, -inf), T(2))) == 0).all());
    CHECK(vector(f.backward(vector(-inf, 1, 1), inf))[0] == 0);
    const Eigen::Array<bool, 3, 1> kept(true, false, true), none(false, false, false);
    CHECK(f.forward(vector(1, 5, 2), kept) == f.forward(vector(1, -inf, 2)));
    CHECK(f.forward(vector(1, 5, 2), none) == -inf);
    CHECK(vector(f.backward(vector(1, 5, 2), T(1), kept))[1] == 0);
  });
}

}  // namespace

TEST_CASE("backward and jvp are products with the Jacobian") {
  check_jacobians<float>();
  check_jacobians<double>();
}
TEST_CASE("a slice gives the same bytes in any place and storage order") {
  check_places<float>();
  check_places<double>();
}
TEST_CASE("masks, infinities and NaN stay in their slice") {
  check_masks_and_edges<float>();
}
TEST_CASE("log_softmax is right to 4 ulp, whatever the spread") {
  check_log_softmax_digits<float>();
  check_log_softmax_digits<double>();
}
TEST_CASE("log_softmax stays finite where it is long or far apart") {
  const array<float> x = logits<float>(65536, 2e4, 3);
  const array<float> ones = array<float>::Ones(65536);
  CHECK(array<float>(hillock::log_softmax<float>{}.forward(x)).isFinite().all());
  CHECK(array<float>(hillock::log_softmax<float>{}.backward(x, ones)).isFinite().all());
}
TEST_CASE("sparsemax is the projection on the simplex") {
  check_sparsemax_digits<float>();
  check_sparsemax_digits<double>();
}
TEST_CASE("hardmax takes the first maximum") {
  check_hardmax<float>();
  check_hardmax<double>();
}
TEST_CASE("log_sum_exp, its gradient and its edges") {
  check_log_sum_exp<float>();
  check_log_sum_exp<double>();
}

TEST_CASE("the destination may be the argument, though its shape changes") {
  const hillock::log_sum_exp<float, hillock::per_column> f;
  const Eigen::ArrayXXf x = Eigen::ArrayXXf::Random(5, 7), want = f.forward(x);
  Eigen::ArrayXXf y = x;
  y = f.forward(y);
  CHECK(difference(y, want) == "");
  y = x;
  y = f.forward(y + 0);
  CHECK(difference(y, want) == "");
}

TEST_CASE("gradients are what differences tell") {
  for_each_case([](auto c) {
    using Case = decltype(c);
    const typename Case::template function<double, hillock::whole> f{0.8};
    CAPTURE(f.name);
    const array<double> x = logits<double>(9, Case::spread, 1), dy = logits<double>(9, 2, 2);
    const array<double> dx = f.backward(x, dy);
    for (Index i = 0; i < x.size(); ++i) {
      const double h = 1e-5;
      const auto loss = [&](double step) {
        array<double> moved = x;
        moved[i] += step;
        const array<double> y = f.forward(moved);
        return (y * dy).sum();
      };
      const double slope = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
      CHECK(std::abs(slope - dx[i]) <= 1e-9);
    }
  });
}

TEST_CASE("half and bfloat16 are computed in float, long double as itself") {
  // (Both of them for each function would be the same reading and writing: softmax.cpp has that.)
  using half_array = Eigen::Array<Eigen::half, Eigen::Dynamic, 1>;
  using bfloat_array = Eigen::Array<Eigen::bfloat16, Eigen::Dynamic, 1>;
  const array<float> wide_x = logits<float>(30, 4, 21);
  const half_array x = wide_x.cast<Eigen::half>();
  const half_array y = hillock::log_softmax<Eigen::half>{}.forward(x);
  const array<float> wide_y = hillock::log_softmax<float>{}.forward(array<float>(x.cast<float>()));
  for (Index i = 0; i < x.size(); ++i) CHECK(y[i] == static_cast<Eigen::half>(wide_y[i]));
  const half_array z = hillock::sparsemax<Eigen::half>{}.forward(x);
  CHECK(std::abs(z.cast<float>().sum() - 1) < 0.02f);
  const bfloat_array b = wide_x.cast<Eigen::bfloat16>(), db = b.reverse();
  const bfloat_array dx = hillock::softmin<Eigen::bfloat16>{}.backward(b, db);
  const array<float> wide_dx = hillock::softmin<float>{}.backward(array<float>(b.cast<float>()),
                                                                  array<float>(db.cast<float>()));
  for (Index i = 0; i < b.size(); ++i) CHECK(dx[i] == static_cast<Eigen::bfloat16>(wide_dx[i]));
  const hillock::log_sum_exp<Eigen::half> smooth;  // whose values are lone numbers
  const hillock::log_sum_exp<float> wide;
  const array<float> given = x.cast<float>();
  CHECK(smooth.forward(x) == static_cast<Eigen::half>(wide.forward(given)));
  CHECK(smooth.jvp(x, x) == static_cast<Eigen::half>(wide.jvp(given, given)));
  const Eigen::Array<Eigen::half, 30, 1> by_row =
      hillock::log_sum_exp<Eigen::half, hillock::per_row>{}.backward(x, x);
  for (Index i = 0; i < x.size(); ++i) CHECK(by_row[i] == x[i]);

  const array<long double> long_x = wide_x.cast<long double>();
  const array<long double> long_y = hillock::log_softmax<long double>{}.forward(long_x);
  const auto truth = log_softmax(long_x, 1);
  for (Index i = 0; i < long_x.size(); ++i) CHECK(std::abs(long_y[i] - truth[at(i)]) <= 1e-17L);
  const array<long double> long_z = hillock::sparsemax<long double>{}.forward(long_x);
  CHECK(std::abs(long_z.sum() - 1) < 1e-17L);
}

namespace {

template <typename F, typename X>
void check_allocations(const F& f, const X& x) {
  X out = x;
  CHECK(support::allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(support::allocations_of([&] { out += f.backward(x, x); }) == 0);
}

template <typename Axis>
void check_allocations(const matrix<float>& x) {
  using support::allocations_of;
  for (const float temperature : {1.f, 0.3f}) {
    check_allocations(hillock::log_softmax<float, Axis>{temperature}, x);
    check_allocations(hillock::softmin<float, Axis>{temperature}, x);
    check_allocations(hillock::sparsemax<float, Axis>{temperature}, x);
  }
  matrix<float> out = x;
  const hillock::log_sum_exp<float, Axis> f;
  matrix<float> values = f.forward(x);
  CHECK(allocations_of([&] { values = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { values += f.jvp(x, x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, values); }) == 0);
  const hillock::hardmax<float, Axis> hardmax;
  CHECK(allocations_of([&] { out = hardmax.forward(x); }) == 0);
}

}  // namespace

TEST_CASE("no call allocates") {
  slices::for_each_length([](const matrix<float>& x) {
    check_allocations<hillock::per_column>(x);
    check_allocations<hillock::per_row>(x);
  });
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("wrong shapes are named") {
  using support::complaint;
  using axis = hillock::per_column;
  const Eigen::MatrixXf x = logits<float>(3, 4, 1, 1), other = logits<float>(4, 3, 1, 1);
  const mask small = mask::Constant(3, 3, true);
  Eigen::MatrixXf out = x;
  const hillock::log_softmax<float, axis> f;
  CHECK(complaint([&] { out = f.backward(x, other); }) ==
        "hillock: log_softmax.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK(complaint([&] { out = f.jvp_from_output(x, other); }) ==
        "hillock: log_softmax.jvp_from_output: v is 4 x 3, but y is 3 x 4");
  CHECK(complaint([&] { out = f.forward(x, small); }) ==
        "hillock: log_softmax.forward: mask is 3 x 3, but x is 3 x 4");
  CHECK(complaint([&] { out = f.backward(x, x, small); }) ==
        "hillock: log_softmax.backward: mask is 3 x 3, but x is 3 x 4");
  CHECK(complaint([&] { out = f.forward(x, Eigen::Array<bool, 4, 1>::Constant(true)); }) ==
        "hillock: log_softmax.forward: mask is 4 x 1, but x is 3 x 4");
  CHECK(complaint([&] { out = f.forward(Eigen::MatrixXf(0, 4)); }).find("empty") !=
        std::string::npos);
  CHECK(complaint([] { hillock::sparsemax<float>{0.f}; }) ==
        "hillock: sparsemax: temperature must be finite and > 0, but is 0");
  const hillock::log_sum_exp<float, axis> lse;
  CHECK(complaint([&] { out = lse.backward(x, Eigen::Vector3f(1, 2, 3)); }) ==
        "hillock: log_sum_exp.backward: dy is 3 x 1, but y is 1 x 4");
  CHECK(complaint([&] { out = lse.jvp(x, other); }) ==
        "hillock: log_sum_exp.jvp: v is 4 x 3, but x is 3 x 4");
  CHECK(out == x);
}
#endif
