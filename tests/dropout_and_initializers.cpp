// SPDX-License-Identifier: MIT
// What goes with activations in training: alpha_dropout, initial weights, gains.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/activations.hpp>
#include <hillock/alpha_dropout.hpp>
#include <hillock/any_activation.hpp>
#include <hillock/initializers.hpp>

namespace {

using Eigen::Dynamic;
using Eigen::Index;
using slices::matrix;
using slices::row_matrix;
using support::difference;
using mask = Eigen::Array<bool, Dynamic, Dynamic>;

/// Mean and variance lie within 5 standard errors of what they should be. (The fourth moment is
/// that of a normal distribution or less.)
template <typename X>
void check_moments(const X& x, double mean, double variance) {
  const double n = static_cast<double>(x.size());
  const double average = x.mean();
  const double spread = (x.array() - average).square().mean();
  CHECK(std::abs(average - mean) < 5 * std::sqrt(variance / n));
  CHECK(std::abs(spread - variance) < 5 * variance * std::sqrt(2 / n));
}

}  // namespace

TEST_CASE("alpha_dropout keeps mean 0 and variance 1") {
  std::mt19937_64 generator(11);
  matrix<double> x(500, 400), y;
  hillock::lecun_normal(x, generator, 20);  // variance 20^2 / 400
  check_moments(x, 0, 1);
  for (const double rate : {0., 0.05, 0.3, 0.9}) {
    CAPTURE(rate);
    const hillock::alpha_dropout<double> dropout(rate);
    mask kept;
    dropout.forward(x, y, kept, generator);
    const double n = 200000, share = static_cast<double>(kept.count()) / n;
    CHECK(std::abs(share - (1 - rate)) <= 5 * std::sqrt(rate * (1 - rate) / n));
    check_moments(y, 0, 1);
    const double c = -1.7580993408473766, a = dropout.a(), b = dropout.b(), q = 1 - rate;
    CHECK(std::abs(a - std::pow(q + c * c * q * (1 - q), -0.5)) < 1e-15 * a);
    CHECK(std::abs(b + a * (1 - q) * c) <= 1e-15 * std::abs(b));
    for (Index i = 0; i < x.size(); ++i)
      REQUIRE(std::abs(y(i) - (a * (kept(i) ? x(i) : c) + b)) <= 1e-14);
  }
}

TEST_CASE("alpha_dropout passes back what it kept") {
  const hillock::alpha_dropout<float> dropout(0.4f);
  const matrix<float> x = slices::logits<float>(13, 9, 3, 1),
                      dy = slices::logits<float>(13, 9, 2, 2);
  std::mt19937 generator(5);
  const auto [y, kept] = dropout.forward(x, generator);
  CHECK(kept.any());
  CHECK(!kept.all());
  const matrix<float> dx = dropout.backward(dy, kept);
  for (Index i = 0; i < x.size(); ++i) CHECK(dx(i) == (kept(i) ? dropout.a() * dy(i) : 0));
  // The same draws again, in place and in another storage order.
  row_matrix<float> a = x;
  Eigen::Matrix<bool, Dynamic, Dynamic, Eigen::RowMajor> again;
  generator.seed(5);
  dropout.forward(a, a, again, generator);
  CHECK(difference(a, y) == "");
  CHECK((again.array() == kept).all());
  a = dy;
  a = dropout.backward(a, kept.matrix());
  CHECK(difference(a, dx) == "");
  generator.seed(5);
  const auto [z, last] = dropout.forward(x.array().reverse().reverse(), generator);
  CHECK(difference(z, y) == "");
  // Without training nothing happens.
  CHECK(&dropout.forward(x) == &x);
  CHECK(&dropout.backward(dy) == &dy);
  // NaN only where it is kept; a gradient that is dropped does not matter.
  const Eigen::ArrayXf nan = Eigen::ArrayXf::Constant(100, support::nan<float>);
  const auto [some, those] = dropout.forward(nan, generator);
  CHECK((some.isNaN() == those).all());
  CHECK((Eigen::ArrayXf(dropout.backward(nan, those)).isNaN() == those).all());
  const Eigen::Array<Eigen::half, Dynamic, 1> small = x.col(0).array().cast<Eigen::half>();
  const auto [h, hm] = hillock::alpha_dropout<Eigen::half>(0.5f).forward(small, generator);
  CHECK(h.cast<float>().isFinite().all());
}

TEST_CASE("without training alpha_dropout is the identity, also of what is about to vanish") {
  const hillock::alpha_dropout<float> dropout;
  const Eigen::ArrayXf x = Eigen::ArrayXf::Ones(64);
  CHECK(&dropout.forward(x) == &x);
  const auto& y = dropout.forward(Eigen::ArrayXf(x));
  const auto& dx = dropout.backward(x + x);
  CHECK(y.sum() == 64);
  CHECK(dx.sum() == 128);
}

TEST_CASE("initial weights have the variance that their name tells") {
  std::mt19937 generator(17);
  const Index out = 300, in = 500;
  const auto check = [&](double variance, double limit, auto fill) {
    const auto of = [&](auto zero) {
      using T = decltype(zero);
      matrix<T> w(out, in);
      fill(w);
      const matrix<double> wide = w.template cast<double>();
      check_moments(wide, 0, variance);
      if (limit > 0) {
        CHECK(wide.cwiseAbs().maxCoeff() <= limit);
        CHECK(wide.cwiseAbs().maxCoeff() >= 0.999 * limit);
      } else {
        CHECK(wide.cwiseAbs().maxCoeff() > 4 * std::sqrt(variance));
      }
    };
    of(0.f);
    of(0.0);
  };
  const double fan = in, mean = (in + out) / 2.;
  check(2 / fan, 0, [&](auto& w) { hillock::he_normal(w, generator); });
  check(2 / fan, std::sqrt(6 / fan) * (1 + 1e-7),
        [&](auto& w) { hillock::he_uniform(w, generator); });
  check(1 / fan, 0, [&](auto& w) { hillock::lecun_normal(w, generator); });
  check(9 / fan, std::sqrt(27 / fan) * (1 + 1e-7),
        [&](auto& w) { hillock::lecun_uniform(w, generator, 3); });
  check(1 / mean, 0, [&](auto& w) { hillock::glorot_normal(w, generator); });
  check(4 / mean, std::sqrt(12 / mean) * (1 + 1e-7),
        [&](auto& w) { hillock::glorot_uniform(w, generator, 2); });
}

TEST_CASE("normal numbers are normal, and those that the documentation tells") {
  std::mt19937 generator(23);
  Eigen::VectorXd z(100000);
  hillock::detail::normal_numbers normal;
  for (double& number : z) number = normal(generator);
  for (const double t : {-2., -1., 0., 0.5, 1.5, 3.}) {
    const double p = std::erfc(-t / std::sqrt(2.)) / 2;
    const double share = static_cast<double>((z.array() < t).count()) / 100000;
    CHECK(std::abs(share - p) < 5 * std::sqrt(p * (1 - p) / 100000));
  }
  const double neighbours = (z.head(99999).array() * z.tail(99999).array()).mean();
  CHECK(std::abs(neighbours) < 5 / std::sqrt(99999.));

  std::mt19937 again(23);
  const auto next = [&] {
    const std::uint64_t high = again(), low = again();
    return std::ldexp(static_cast<double>(high << 21 | low >> 11), -52) - 1;
  };
  for (Index i = 0; i < 1000;) {
    const double x = next(), y = next(), s = x * x + y * y;
    if (s >= 1) continue;
    const double radius = std::sqrt(-2 * std::log(s) / s);
    CHECK(std::abs(z[i++] - x * radius) < 1e-13);
    CHECK(std::abs(z[i++] - y * radius) < 1e-13);
  }
}

TEST_CASE("weights are the same in every storage order, in blocks and maps") {
  std::mt19937 generator(1), again(1);
  matrix<float> w(5, 7), big = matrix<float>::Constant(7, 9, 3);
  row_matrix<float> by_rows(5, 7);
  hillock::he_normal(w, generator);
  hillock::he_normal(by_rows, again);
  CHECK(difference(by_rows, w) == "");
  again.seed(1);
  hillock::he_normal(big.block(1, 1, 5, 7), again);
  CHECK(difference(matrix<float>(big.block(1, 1, 5, 7)), w) == "");
  CHECK((big.col(0).array() == 3).all());
  matrix<float> none(0, 0);
  hillock::glorot_uniform(none, again);
  CHECK(none.size() == 0);
}

TEST_CASE("gains keep the size of signals") {
  const double root = std::sqrt(2.);
  CHECK(std::abs(hillock::gain<hillock::relu>() - root) < 1e-12);
  CHECK(std::abs(hillock::gain<hillock::relu<float>>() - root) < 1e-6);
  for (const double slope : {0.01, 0.2, -0.5, 1., 2.})
    CHECK(std::abs(hillock::gain(hillock::leaky_relu<double>{slope}) -
                   std::sqrt(2 / (1 + slope * slope))) < 1e-12);
  CHECK(std::abs(hillock::gain<hillock::selu>() - 1) < 1e-6);
  CHECK(hillock::gain<hillock::tanh>() == 5. / 3);
  CHECK(hillock::gain<hillock::sigmoid>() == 1);
  CHECK(std::abs(hillock::gain<hillock::identity>() - 1) < 1e-12);
  CHECK(std::abs(hillock::gain<hillock::squared_relu>() - std::sqrt(2 / 3.)) < 1e-9);
  CHECK(std::abs(hillock::gain<hillock::exponential>() - std::exp(-1)) < 1e-9);
  CHECK(std::abs(hillock::gain<hillock::gaussian>() - std::pow(5, 0.25)) < 1e-9);
  const double phi = std::exp(-0.5) / std::sqrt(2 * 3.14159265358979323846);
  const double tail = std::erfc(1 / root) / 2;
  CHECK(std::abs(hillock::gain<hillock::threshold>() - 1 / std::sqrt(phi + tail)) < 1e-6);
  CHECK(std::abs(hillock::gain<hillock::hard_tanh>() - 1 / std::sqrt(1 - 2 * phi)) < 1e-6);
  const auto is_moderate = [](const auto& f) { return std::abs(std::log(hillock::gain(f))) < 2; };
  std::apply([&](const auto&... f) { CHECK((is_moderate(f) && ...)); },
             hillock::activations<double>{});
  CHECK(hillock::gain(hillock::any_activation<double>(hillock::gelu<double>())) ==
        hillock::gain<hillock::gelu>());
  CHECK(hillock::gain(hillock::any_activation<float>(hillock::tanh<float>())) == 5. / 3);
}

TEST_CASE("neither dropout nor initial weights allocate") {
  using support::allocations_of;
  std::mt19937 generator(1);
  const hillock::alpha_dropout<float> dropout;
  for (const Index n : {1, 7, 67, 1003}) {
    const matrix<float> x = slices::logits<float>(5, n, 3, 1), dy = x.reverse();
    matrix<float> out = x;
    mask kept = x.array() > 0;
    CHECK(allocations_of([&] { dropout.forward(x, out, kept, generator); }) == 0);
    CHECK(allocations_of([&] { out = dropout.backward(dy, kept); }) == 0);
    CHECK(allocations_of([&] { hillock::he_normal(out, generator); }) == 0);
  }
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("what is wrong is named") {
  using support::complaint;
  CHECK(complaint([] { hillock::alpha_dropout<float>(1); }) ==
        "hillock: alpha_dropout: rate must lie in [0, 1), but is 1");
  CHECK(complaint([] { hillock::alpha_dropout<float>(-0.5f); }) ==
        "hillock: alpha_dropout: rate must lie in [0, 1), but is -0.5");
  CHECK(complaint([] { hillock::alpha_dropout<double>(support::nan<double>); }) ==
        "hillock: alpha_dropout: rate must lie in [0, 1), but is nan");
  CHECK(complaint([] {
          std::mt19937 generator(1);
          Eigen::Matrix2f y = Eigen::Matrix2f::Zero();
          mask kept;
          hillock::alpha_dropout<float>().forward(Eigen::MatrixXf(2, 3), y, kept, generator);
        }) == "hillock: alpha_dropout.forward: y is 2 x 2, but x is 2 x 3");
  CHECK(complaint([] {
          std::mt19937 generator(1);
          Eigen::MatrixXf y;
          Eigen::Array<bool, 2, 2> kept;
          hillock::alpha_dropout<float>().forward(Eigen::MatrixXf(2, 3), y, kept, generator);
        }) == "hillock: alpha_dropout.forward: kept is 2 x 2, but x is 2 x 3");
  CHECK(complaint([] {
          const Eigen::MatrixXf dy(2, 3);
          const Eigen::MatrixXf dx = hillock::alpha_dropout<float>().backward(dy, mask(3, 2));
        }) == "hillock: alpha_dropout.backward: kept is 3 x 2, but dy is 2 x 3");
  CHECK(complaint([] {
          hillock::gain(hillock::threshold<double>{100, 0});
        }) == "hillock: gain: the mean square of threshold is 0, so that no weights keep it");
}
#endif
