// SPDX-License-Identifier: MIT
// One value per input: the bytes of an element are those of a call of a lone number, at every place
// in memory, in place, and through packets and the loop. (layouts.hpp has the forms of calls.)
#include "support.hpp"

namespace {

using Eigen::Index;
using support::array;
using support::places;
using support::verb;

/// What calls of lone numbers give, for every verb.
template <typename T>
struct single_calls {
  array<T> x, dy, y;
  std::array<array<T>, support::verbs.size()> results;

  single_calls(const support::activation<T>& f, const array<T>& x_, const array<T>& dy_)
      : x(x_), dy(dy_), y(x_) {
    for (Index i = 0; i < x.size(); ++i) y[i] = f(x[i]);
    for (const verb v : support::verbs) {
      array<T>& result = results[static_cast<std::size_t>(v)];
      result = x;
      if (f.has(v))
        for (Index i = 0; i < x.size(); ++i) result[i] = f.lone(v, argument(v)[i], dy[i]);
    }
  }

  const array<T>& argument(verb v) const { return v == verb::backward_from_output ? y : x; }
  const array<T>& of(verb v) const { return results[static_cast<std::size_t>(v)]; }
};

/// Keeps the first of many differences: Catch2 would spend a minute on counting successes.
class first_difference {
 public:
  template <typename X, typename Y>
  void check(verb v, const char* what, const X& got, const Y& want) {
    if (!text_.empty()) return;
    text_ = support::difference(got, want);
    if (!text_.empty())
      text_ = std::string(support::verb_names[static_cast<std::size_t>(v)]) + ", " + what + ": " +
              text_;
  }
  void report() const { CHECK(text_ == ""); }

 private:
  std::string text_;
};

/// body(f, verb, single calls, difference) for all activations, verbs and instruction sets.
template <typename T, typename Body>
void for_each_case(Index count, Body body) {
  support::for_each_setting<T>([&](const support::activation<T>& f, const reference::table&) {
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      const single_calls<T> want(f, support::mixture<T>(count),
                                 support::mixture<T>(count).reverse());
      first_difference difference;
      for (const verb v : support::verbs)
        if (f.has(v)) body(f, v, want, difference);
      difference.report();
    });
  });
}

/// n results at an offset, the arguments at another; nothing beside them is written.
template <typename T>
void check_place(const support::activation<T>& f, verb v, const single_calls<T>& want, Index n,
                 Index offset, first_difference& difference) {
  const Index there = (offset * 5) % 17;
  const array<T> around = array<T>::Constant(n + 17, T(42));
  array<T> buffer = around;
  f.assign(v, {want.argument(v).data() + there, want.dy.data() + there, buffer.data() + offset, n});
  difference.check(v, "results", buffer.segment(offset, n), want.of(v).segment(there, n));
  difference.check(v, "before", buffer.head(offset), around.head(offset));
  difference.check(v, "after", buffer.tail(17 - offset), around.tail(17 - offset));
}

template <typename T>
void sizes_and_offsets() {
  for_each_case<T>(67 + 17, [](const auto& f, verb v, const auto& want, auto& difference) {
    for (Index n = 1; n <= 67; ++n)
      for (Index offset = 0; offset <= 16; ++offset) check_place(f, v, want, n, offset, difference);
  });
  // Where a loop treats its beginning apart.
  for_each_case<T>(700 + 17, [](const auto& f, verb v, const auto& want, auto& difference) {
    for (const Index n : {100, 127, 128, 129, 255, 256, 257, 263, 511, 512, 523, 699})
      for (Index offset = 0; offset <= 16; offset += 5)
        check_place(f, v, want, n, offset, difference);
  });
}

template <typename T>
void strides() {
  for_each_case<T>(3 * 67, [](const auto& f, verb v, const auto& want, auto& difference) {
    for (const Index n : {1, 2, 3, 5, 8, 17, 33, 67})
      for (Index in = 1; in <= 3; ++in)
        for (Index out = 1; out <= 3; ++out) {
          array<T> buffer = array<T>::Constant(n * out, T(42));
          f.assign(v, {want.argument(v).data(), want.dy.data(), buffer.data(), n, in, out});
          for (Index i = 0; i < n * out; ++i) {
            const T wanted = i % out ? T(42) : want.of(v)[i / out * in];
            if (!support::same_bits(buffer[i], wanted) &&
                !(std::isnan(buffer[i]) && std::isnan(wanted)))
              difference.check(v, "strides", array<T>::Constant(1, buffer[i]),
                               array<T>::Constant(1, wanted));
          }
        }
  });
}

template <typename T>
void in_place() {
  for_each_case<T>(300, [](const auto& f, verb v, const auto& want, auto& difference) {
    for (const Index n : {1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 67, 131, 256, 263, 300}) {
      array<T> x = want.argument(v).head(n), dy = want.dy.head(n), a = x;
      f.assign(v, {a.data(), dy.data(), a.data(), n});
      difference.check(v, "the result in the argument", a, want.of(v).head(n));
      a = dy;
      f.assign(v, {x.data(), a.data(), a.data(), n});
      difference.check(v, "the result in dy", a, want.of(v).head(n));
    }
  });
}

/// Lone numbers, packets inside a larger expression and the loop, over all exponents.
template <typename T>
void registers() {
  support::for_each_setting<T>([](const support::activation<T>& f, const reference::table& table) {
    const array<T> x = support::to_array(support::spread<T>(30000, support::centers_of(table), 5));
    const array<T> dy = array<T>::LinSpaced(x.size(), T(-3), T(4));
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      const single_calls<T> want(f, x, dy);
      first_difference difference;
      for (const verb v : support::verbs) {
        if (!f.has(v)) continue;
        array<T> loop(x.size());
        f.assign(v, {want.argument(v).data(), dy.data(), loop.data(), x.size()});
        difference.check(v, "the loop", loop, want.of(v));
        difference.check(v, "packets", f.in_expression(v, want.argument(v), dy), want.of(v));
      }
      difference.report();
    });
  });
}

}  // namespace

TEST_CASE("every size and offset") {
  sizes_and_offsets<float>();
  sizes_and_offsets<double>();
}
TEST_CASE("strides") {
  strides<float>();
  strides<double>();
}
TEST_CASE("in place") {
  in_place<float>();
  in_place<double>();
}
TEST_CASE("lone numbers, packets and the loop, over all exponents") {
  registers<float>();
  registers<double>();
}
