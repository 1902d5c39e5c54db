// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/activations.hpp>
#include <hillock/core/runs.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// What any_activation asks of an activation F of T: its verbs over n numbers that lie one after
/// the other, and its facts. Outputs may be inputs.
template <typename T>
struct erased_verbs {
  using unary = void (*)(const void* f, const T* x, T* y, Eigen::Index n);
  using binary = void (*)(const void* f, const T* x, const T* dy, T* dx, Eigen::Index n);

  std::string_view name;
  unary forward, derivative, second_derivative;
  binary backward, backward_from_output;  // the latter null if f' cannot be had from y
  bool (*output_form_holds)(const void* f);
  std::string (*text)(const void* f);
};

template <typename F>
struct erase {
  using T = typename F::scalar;
  using numbers = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
  using constants = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;

  static const F& self(const void* f) { return *static_cast<const F*>(f); }

  static void forward(const void* f, const T* x, T* y, Eigen::Index n) {
    numbers(y, n) = self(f).forward(constants(x, n));
  }
  static void derivative(const void* f, const T* x, T* y, Eigen::Index n) {
    numbers(y, n) = self(f).derivative(constants(x, n));
  }
  static void second_derivative(const void* f, const T* x, T* y, Eigen::Index n) {
    numbers(y, n) = self(f).second_derivative(constants(x, n));
  }
  static void backward(const void* f, const T* x, const T* dy, T* dx, Eigen::Index n) {
    numbers(dx, n) = self(f).backward(constants(x, n), constants(dy, n));
  }
  static constexpr typename erased_verbs<T>::binary backward_from_output() {
    if constexpr (F::has_output_form())
      return [](const void* f, const T* y, const T* dy, T* dx, Eigen::Index n) {
        numbers(dx, n) = self(f).backward_from_output(constants(y, n), constants(dy, n));
      };
    else
      return nullptr;
  }
  static bool output_form_holds(const void* f) { return self(f).output_form_holds(); }

  /// "leaky_relu(slope=0.2, max=6)": the parameters that differ from their defaults. (As texts, for
  /// 0 is -0.) Or a preset's name.
  static std::string text(const void* f) {
    if (const std::string_view preset = self(f).preset(); !preset.empty())
      return std::string(preset);
    std::string text(F::name);
    if constexpr (F::parameter_count > 0) {
      const F usual;
      bool differs = false;
      for (std::size_t i = 0; i < F::parameter_count; ++i) {
        const std::string value = number_text(self(f).parameter_values()[i]);
        if (value == number_text(usual.parameter_values()[i])) continue;
        text += (differs ? ", " : "(") + std::string(F::parameters[i].name) + "=" + value;
        differs = true;
      }
      if (differs) text += ")";
    }
    return text;
  }

  static constexpr erased_verbs<T> verbs{F::name,
                                         &forward,
                                         &derivative,
                                         &second_derivative,
                                         &backward,
                                         backward_from_output(),
                                         &output_form_holds,
                                         &text};
};

template <typename List>
struct largest_of;
template <typename... F>
struct largest_of<std::tuple<F...>> {
  static constexpr std::size_t size = (std::max)({sizeof(F)...});
  static constexpr std::size_t alignment = (std::max)({alignof(F)...});
};

}  // namespace detail

/// Any elementwise activation of T, chosen at run time: what a model file names.
///
///     hillock::any_activation<float> f = hillock::parse<float>("leaky_relu(slope=0.2)");
///     f.forward(x, y);
///
/// A small value, which allocates nothing; safe to share among threads. The results are bit for bit
/// those of the activation that it holds.
///
/// x, dy, y and dx are Eigen arrays or matrices of T of any storage order and stride, maps and
/// blocks included; an expression is evaluated first, which allocates, as does an output such as
/// y.reverse(). An output that owns its memory is resized to the shape of x; another must have it.
/// Outputs may be the inputs; partial overlap is not allowed. Throws std::invalid_argument where
/// shapes differ; outputs are untouched then.
template <typename T>
class any_activation {
  static_assert(detail::has_packets<T>, "hillock: any_activation is over float or double");

 public:
  using scalar = T;

  /// The identity.
  any_activation() : any_activation(identity<T>()) {}

  template <typename F, std::enable_if_t<detail::is_elementwise<F>, int> = 0>
  any_activation(const F& f) : verbs_(verbs_of<F>()) {
    static_assert(std::is_trivially_copyable_v<F> && sizeof(F) <= sizeof held_,
                  "hillock: any_activation holds activations of hillock/activations.hpp");
    std::memcpy(held_, &f, sizeof f);
  }

  /// "leaky_relu(slope=0.2)": the name, and those parameters that differ from their defaults; or
  /// the name of a preset whose parameters do not say all, "pytorch:hard_sigmoid". parse makes the
  /// same activation of it.
  std::string name() const { return verbs_->text(held_); }

  /// y = f(x).
  template <typename X, typename Y>
  void forward(const X& x, Y&& y) const {
    unary("forward", verbs_->forward, x, y);
  }
  /// f(x) of one number.
  T operator()(T x) const {
    verbs_->forward(held_, &x, &x, 1);
    return x;
  }

  /// y = f'(x).
  template <typename X, typename Y>
  void derivative(const X& x, Y&& y) const {
    unary("derivative", verbs_->derivative, x, y);
  }

  /// y = f''(x).
  template <typename X, typename Y>
  void second_derivative(const X& x, Y&& y) const {
    unary("second_derivative", verbs_->second_derivative, x, y);
  }

  /// dx = dy f'(x).
  template <typename X, typename G, typename D>
  void backward(const X& x, const G& dy, D&& dx) const {
    binary("backward", verbs_->backward, x, dy, dx, "x");
  }

  /// Can f' be had from y = f(x)?
  bool output_form_holds() const {
    return verbs_->backward_from_output != nullptr && verbs_->output_form_holds(held_);
  }

  /// dx = dy f'(x), computed from y = f(x). Throws std::invalid_argument unless
  /// output_form_holds().
  template <typename Y, typename G, typename D>
  void backward_from_output(const Y& y, const G& dy, D&& dx) const {
    if (!output_form_holds())
      detail::fail(name() +
                   ": backward_from_output does not hold, since several x with unlike "
                   "derivatives share one y; call backward");
    binary("backward_from_output", verbs_->backward_from_output, y, dy, dx, "y");
  }

 private:
  template <typename F>
  static constexpr const detail::erased_verbs<T>* verbs_of() {
    static_assert(std::is_same_v<typename F::scalar, T>,
                  "hillock: the activation and any_activation differ in scalar");
    if constexpr (std::is_same_v<typename F::scalar, T>)
      return &detail::erase<F>::verbs;
    else
      return nullptr;
  }

  template <typename X>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, X>();
  }
  template <typename Y>
  static constexpr bool is_output() {
    return detail::is_output_of<T, Y>();
  }

  /// An output of the shape of x.
  template <typename X, typename Y>
  void fit(const X& x, Y& y, std::string_view verb) const {
    if (detail::can_take_shape_of(x, y)) return detail::take_shape_of(x, y);
    detail::expect_shape_of(x, y, verbs_->name, verb, "the output", "the input");
  }

  template <typename X, typename Y>
  void unary(std::string_view verb, typename detail::erased_verbs<T>::unary run, const X& x,
             Y& y) const {
    if constexpr (is_argument<X>() && is_output<Y>()) {
      decltype(auto) in = detail::in_memory(x.derived());  // x may be made of y
      fit(x, y, verb);
      write([&](Eigen::Index n, T* to, const T* from) { run(held_, from, to, n); }, y, in);
    }
  }

  template <typename X, typename G, typename D>
  void binary(std::string_view verb, typename detail::erased_verbs<T>::binary run, const X& x,
              const G& dy, D& dx, std::string_view first) const {
    if constexpr (is_argument<X>() && is_argument<G>() && is_output<D>()) {
      detail::expect_shape_of(x, dy, verbs_->name, verb, "dy", first);
      decltype(auto) in = detail::in_memory(x.derived());
      decltype(auto) factor = detail::in_memory(dy.derived());
      fit(x, dx, verb);
      write([&](Eigen::Index n, T* to, const T* from, const T* by) { run(held_, from, by, to, n); },
            dx, in, factor);
    }
  }

  /// run(n, out, in...), in a temporary where the output's memory can't be had: out.reverse().
  template <typename Run, typename Out, typename... In>
  static void write(const Run& run, Out& out, const In&... in) {
    if constexpr (detail::is_in_memory<Out>) {
      detail::run_over_all(run, out, in...);
    } else {
      typename Out::PlainObject result(out.rows(), out.cols());
      detail::run_over_all(run, result, in...);
      out = result;
    }
  }

  using list = detail::largest_of<activations<T>>;
  alignas(list::alignment) unsigned char held_[list::size];
  const detail::erased_verbs<T>* verbs_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
