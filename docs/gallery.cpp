// SPDX-License-Identifier: MIT
// Prints as JSON what the headers state of each activation, and the curves of its picture:
// gallery.py makes docs/gallery.md and the tables of README.md of it.
//
// Curves are computed in long double, which compiles fast and is the same everywhere to the digits
// printed.
#include <hillock/hillock.hpp>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using number = long double;
using numbers = Eigen::Array<number, Eigen::Dynamic, 1>;

/// How far curves go to either side.
constexpr number usual_reach = 5;

std::string text(double x) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.5g", x == 0 ? 0.0 : x);
  return digits;
}
std::string text(number x) {
  return text(static_cast<double>(x));
}
std::string text(bool b) {
  return b ? "true" : "false";
}
std::string quoted(std::string_view s) {
  return '"' + std::string(s) + '"';
}
std::string quoted(double x) {
  return quoted(text(x));
}  // since JSON has no infinity

/// The members of an object, or the elements of a list, between brackets.
std::string joined(const std::vector<std::string>& parts, const char* brackets) {
  std::string all(1, brackets[0]);
  for (const std::string& part : parts) all += (all.size() > 1 ? ",\n" : "") + part;
  return all + brackets[1];
}
std::string list(const std::vector<std::string>& parts) {
  return joined(parts, "[]");
}
std::string member(std::string_view name, const std::string& value) {
  return quoted(name) + ": " + value;
}

// Curves ------------------------------------------------------------------------------------------

/// The last number before the jump of f between a and b, and the first after it; a and b if f does
/// not jump there.
template <typename F>
std::pair<number, number> around_jump(const F& f, number a, number b) {
  const number rise = std::abs(f(b) - f(a));
  if (rise < 0.005L) return {a, b};
  number low = a, high = b;
  for (int i = 0; i < 50; ++i) {
    const number middle = (low + high) / 2;
    (std::abs(f(middle) - f(low)) > std::abs(f(high) - f(middle)) ? high : low) = middle;
  }
  const bool jumps = std::abs(f(high) - f(low)) > rise / 2;
  return jumps ? std::pair(low, high) : std::pair(a, b);
}

/// A list of strokes, each a list of points; where f jumps, a stroke ends.
template <typename F>
std::string strokes(const F& f, number reach) {
  constexpr int steps = 200;
  std::vector<std::string> all, stroke;
  const auto add = [&](number x) { stroke.push_back('[' + text(x) + ", " + text(f(x)) + ']'); };
  add(-reach);
  for (int i = 0; i < steps; ++i) {
    const auto at = [&](int k) { return -reach + k * 2 * reach / steps; };
    const auto [before, after] = around_jump(f, at(i), at(i + 1));
    if (before != at(i) || after != at(i + 1)) {
      add(before);
      all.push_back(list(stroke));
      stroke.clear();
      add(after);
    }
    add(at(i + 1));
  }
  all.push_back(list(stroke));
  return list(all);
}

template <typename F>
std::string curve(const std::string& label, const F& f, number reach = usual_reach) {
  return joined({member("label", quoted(label)), member("strokes", strokes(f, reach))}, "{}");
}

std::string bars(const std::string& label, const numbers& heights) {
  std::vector<std::string> all;
  for (const number h : heights) all.push_back(text(h));
  return joined({member("label", quoted(label)), member("bars", list(all))}, "{}");
}

/// One pair of axes.
std::string panel(std::string_view title, const std::vector<std::string>& curves,
                  const std::string& dots = "[]") {
  return joined(
      {member("title", quoted(title)), member("curves", list(curves)), member("dots", dots)}, "{}");
}

// The list ----------------------------------------------------------------------------------------

/// The values at which a parameter is drawn: its default and one to either side, but for those of
/// which other values tell more.
std::vector<double> settings(std::string_view function, const hillock::parameter& p) {
  const std::map<std::string, std::vector<double>, std::less<>> telling{
      {"hard_sigmoid.slope", {1 / 6., 0.2, 0.5}},   {"leaky_hard_tanh.hi_slope", {0, 0.01, 0.3}},
      {"leaky_hard_tanh.lo_slope", {0, 0.01, 0.3}}, {"leaky_relu.slope", {0.01, 0.1, 0.3}},
      {"leaky_relu6.slope", {0.01, 0.1, 0.3}},      {"swish.beta", {0, 0.5, 1, 4}}};
  const auto found = telling.find(std::string(function) + '.' + std::string(p.name));
  if (found != telling.end()) return found->second;
  const double usual = p.initially;
  if (usual == hillock::infinity) return {1, 2, usual};
  if (p.domain == hillock::domain::finite) return {usual - 0.5, usual, usual + 0.5};
  return {usual / 4, usual, usual * 4};
}

template <typename F>
std::string panels() {
  const F f;
  std::vector<std::string> dots;
  number reach = usual_reach;
  for (const hillock::kink& k : f.kinks()) {
    reach = (std::max)(reach, std::ceil(static_cast<number>(k.at) * 1.3L));
    dots.push_back('[' + text(k.at) + ", " + text(k.derivative) + ']');
  }
  std::vector<std::string> all{
      panel(F::name,
            {curve("f", f, reach),
             curve(
                 "f'", [&](number x) { return f.derivative(x); }, reach),
             curve(
                 "f''", [&](number x) { return f.second_derivative(x); }, reach)},
            list(dots))};
  if constexpr (F::parameter_count > 0)
    for (std::size_t i = 0; i < F::parameter_count; ++i) {
      std::vector<std::string> curves;
      for (const double value : settings(F::name, F::parameters[i])) {
        auto values = f.parameter_values();
        values[i] = static_cast<number>(value);
        curves.push_back(curve(std::string(F::parameters[i].name) + " = " + text(value),
                               F::from_parameters(values), reach));
      }
      all.push_back(panel("f by " + std::string(F::parameters[i].name), curves));
    }
  return list(all);
}

std::string description(hillock::smoothness s) {
  switch (s) {
    case hillock::smoothness::jump:
      return "f may jump";
    case hillock::smoothness::continuous:
      return "continuous, f' may jump";
    case hillock::smoothness::once:
      return "f' is continuous, f'' may jump";
    case hillock::smoothness::analytic:
      return "analytic";
  }
  return "";
}

std::string both(const hillock::limits& l) {
  return list({quoted(l.left), quoted(l.right)});
}

template <typename F>
std::string facts() {
  const F f;
  std::vector<std::string> parameters, kinks;
  if constexpr (F::parameter_count > 0)
    for (const hillock::parameter& p : F::parameters)
      parameters.push_back(
          list({quoted(p.name), quoted(p.initially), quoted(hillock::description(p.domain))}));
  for (const hillock::kink& k : f.kinks())
    kinks.push_back(list({quoted(k.at), quoted(k.derivative)}));
  return joined({member("name", quoted(F::name)), member("parameters", list(parameters)),
                 member("errors", list({std::to_string(F::value_error.count),
                                        std::to_string(F::derivative_error.count),
                                        std::to_string(F::second_derivative_error.count)})),
                 member("limits", list({both(f.value_limits()), both(f.derivative_limits()),
                                        both(f.second_derivative_limits())})),
                 member("range", list({quoted(f.range().lowest), quoted(f.range().highest)})),
                 member("kinks", list(kinks)), member("smooth", quoted(description(F::smooth))),
                 member("monotone", text(f.monotone())), member("odd", text(f.odd())),
                 member("from_output", text(F::has_output_form())), member("panels", panels<F>())},
                "{}");
}

template <typename... F>
std::string walk(const std::tuple<F...>*) {
  return list({facts<F>()...});
}

// The others --------------------------------------------------------------------------------------

template <typename F>
std::vector<std::string> by_temperature(const numbers& x, std::vector<double> temperatures) {
  std::vector<std::string> all;
  for (const double t : temperatures)
    all.push_back(bars("t = " + text(t), F(static_cast<number>(t)).forward(x)));
  return all;
}

numbers pair(number a, number b) {
  numbers both(2);
  both << a, b;
  return both;
}

std::string others() {
  numbers logits(6);
  logits << 2, 1.5L, 1, 0, -1, -2;
  const auto of_logits = [&](std::string_view name, const std::vector<std::string>& curves) {
    return member(name, list({panel(std::string(name) + " of 2, 1.5, 1, 0, -1, -2", curves)}));
  };

  std::vector<std::string> sums, smoothed, targets;
  for (const double t : {0.5, 1.0, 2.0}) {
    const hillock::log_sum_exp<number> f(static_cast<number>(t));
    sums.push_back(curve("t = " + text(t), [&](number x) { return f.forward(pair(x, 0)); }));
  }
  hillock::softmax_cross_entropy<number> loss;
  const Eigen::VectorXi label = Eigen::VectorXi::Zero(1);
  for (const double s : {0.0, 0.1, 0.3}) {
    loss.label_smoothing = static_cast<number>(s);
    smoothed.push_back(curve("label_smoothing " + text(s),
                             [&](number x) { return loss.forward(pair(x, 0), label); }));
  }
  const hillock::sigmoid_cross_entropy<number> binary;
  const auto one = [](number x) { return numbers(numbers::Constant(1, x)); };
  for (const double t : {0.0, 0.5, 1.0})
    targets.push_back(curve("t = " + text(t), [&](number x) {
      return binary.forward(one(x), one(static_cast<number>(t)));
    }));

  std::vector<std::string> slopes;
  for (const double s : {0.0, 0.25, 0.5}) {
    const hillock::prelu<number> f(static_cast<number>(s));
    slopes.push_back(curve("slope = " + text(s), [&](number x) {
      const numbers y = f.forward(one(x));
      return y[0];
    }));
  }
  const hillock::rrelu<number> random;
  const auto mean_slope = [&](number x) {
    const numbers y = random.forward(one(x));
    return y[0];
  };
  // Tangents of a parabola.
  hillock::maxout<number> tangents(1, 1, 5);
  tangents.weights << -2, -1, 0, 1, 2;
  tangents.biases = -tangents.weights.cwiseAbs2();
  const auto largest = [&](number x) {
    const numbers y = tangents.forward(Eigen::Matrix<number, 1, 1>(x));
    return y[0];
  };

  const auto gate = [](const std::string& name, const auto& f) {
    return curve(name, [&](number x) {
      const numbers y = f.forward(numbers::Constant(1, 1), numbers::Constant(1, x));
      return y[0];
    });
  };
  const auto half = [&](Eigen::Index i) {
    return [i, one](number x) {
      const numbers y = hillock::crelu<number>{}.forward(one(x));
      return y[i];
    };
  };

  return joined(
      {of_logits("softmax", by_temperature<hillock::softmax<number>>(logits, {0.5, 1, 2})),
       of_logits("log_softmax", by_temperature<hillock::log_softmax<number>>(logits, {0.5, 1, 2})),
       of_logits("softmin", by_temperature<hillock::softmin<number>>(logits, {0.5, 1, 2})),
       of_logits("sparsemax", by_temperature<hillock::sparsemax<number>>(logits, {0.5, 1, 2})),
       of_logits("hardmax", {bars("hardmax", hillock::hardmax<number>{}.forward(logits))}),
       member("log_sum_exp", list({panel("log_sum_exp of x, 0", sums)})),
       member("crelu", list({panel("crelu", {curve("first half", half(0)),
                                             curve("second half", half(1))})})),
       member("gated",
              list({panel("gated(1, x)", {gate("glu", hillock::glu<number>{}),
                                          gate("reglu", hillock::reglu<number>{}),
                                          gate("geglu", hillock::geglu<number>{}),
                                          gate("swiglu", hillock::swiglu<number>{}),
                                          gate("bilinear", hillock::bilinear<number>{})})})),
       member("softmax_cross_entropy",
              list({panel("softmax_cross_entropy of x, 0 at label 0", smoothed)})),
       member("prelu", list({panel("prelu", slopes)})),
       member("rrelu",
              list({panel("rrelu", {curve("slope = 1/8", hillock::leaky_relu<number>(1 / 8.L)),
                                    curve("the mean", mean_slope),
                                    curve("slope = 1/3", hillock::leaky_relu<number>(1 / 3.L))})})),
       member("maxout",
              list({panel("maxout of 5 pieces", {curve("tangents of x^2 / 4", largest)})})),
       member("sigmoid_cross_entropy", list({panel("sigmoid_cross_entropy(x, t)", targets)}))},
      "{}");
}

/// What README.md shows of a tail.
std::string spot() {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.3g", static_cast<double>(hillock::gelu<float>{}(-6)));
  return digits;
}

}  // namespace

int main() {
  const hillock::activations<number>* all = nullptr;
  std::puts(joined({member("version", list({std::to_string(HILLOCK_VERSION_MAJOR),
                                            std::to_string(HILLOCK_VERSION_MINOR),
                                            std::to_string(HILLOCK_VERSION_PATCH)})),
                    member("gelu(-6)", quoted(std::string_view(spot()))),
                    member("activations", walk(all)), member("others", others())},
                   "{}")
                .c_str());
}
