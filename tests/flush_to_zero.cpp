// SPDX-License-Identifier: MIT
// Audio hosts set the processor to flush denormal results to zero and to read denormal inputs as
// zeros. All bounds, limits and signs hold there too, at a denormal x those of x or of 0.
#include "accuracy.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace {

#if defined(__SSE2__) || defined(_M_X64)
constexpr bool can_flush = true;
class flushing {
 public:
  static constexpr bool denormals_are_zero = true;
  flushing() : before_(_mm_getcsr()) { _mm_setcsr(before_ | ftz | daz); }
  ~flushing() { _mm_setcsr(before_); }
  flushing(const flushing&) = delete;

 private:
  static constexpr unsigned ftz = 0x8000, daz = 0x0040;
  unsigned before_;
};
#elif defined(__aarch64__) && defined(__GNUC__)
constexpr bool can_flush = true;
class flushing {
 public:
  static constexpr bool denormals_are_zero = true;
  flushing() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    __asm__ volatile("msr fpcr, %0" : : "r"(before_ | fz));
  }
  ~flushing() { __asm__ volatile("msr fpcr, %0" : : "r"(before_)); }
  flushing(const flushing&) = delete;

 private:
  static constexpr unsigned long fz = 1ul << 24;
  unsigned long before_ = 0;
};
#else
constexpr bool can_flush = false;
using flushing = accuracy::as_it_is;
#endif

}  // namespace

TEST_CASE("the processor does flush") {
  volatile float tiny = support::smallest_normal<float>;
  {
    [[maybe_unused]] const flushing state;
    volatile float half = tiny / 2;
    CHECK((half == 0) == can_flush);
  }
  volatile float half = tiny / 2;
  CHECK(half != 0);
}

TEST_CASE("flushing float and double are right to the stated bounds in the tables") {
  accuracy::check_tables<float, flushing>();
  accuracy::check_tables<double, flushing>();
}

TEST_CASE("flushing float and double are right to the stated bounds over all exponents") {
  accuracy::check_spreads<float, double, flushing>(100000);
  if (accuracy::long_double_is_wider) accuracy::check_spreads<double, long double, flushing>(40000);
}
