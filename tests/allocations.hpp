// SPDX-License-Identifier: MIT
// Counts what calls allocate: Eigen asserts that they do not, and malloc itself is replaced where
// that can be. To be included before anything else, by one file of a program.
#pragma once
#define EIGEN_RUNTIME_NO_MALLOC

// Eigen's assertion, on with or without NDEBUG.
void note_failed_assertion(const char* text);
#define eigen_assert(condition) ((condition) ? void() : note_failed_assertion(#condition))

#include "support.hpp"

#include <atomic>
#include <cstdlib>

namespace support {

inline std::atomic<bool> counting{false};
inline std::atomic<long> failed_assertions{0};
inline std::atomic<long> mallocs{0};

/// How many times body() allocates.
template <typename Body>
long allocations_of(Body body) {
  const long before = mallocs + failed_assertions;
  counting = true;
  Eigen::internal::set_is_malloc_allowed(false);
  body();
  Eigen::internal::set_is_malloc_allowed(true);
  counting = false;
  return mallocs + failed_assertions - before;
}

}  // namespace support

void note_failed_assertion(const char* text) {
  if (support::counting) {
    ++support::failed_assertions;
  } else {
    std::fprintf(stderr, "Eigen's assertion fails: %s\n", text);
    std::abort();
  }
}

// A sanitizer has replaced malloc already.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && \
    !__has_feature(memory_sanitizer)
#define COUNTS_MALLOC 1
#endif
#else
#define COUNTS_MALLOC 1
#endif
#endif

#if defined(COUNTS_MALLOC)
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++support::mallocs;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++support::mallocs;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++support::mallocs;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++support::mallocs;
  return __libc_memalign(alignment, size);
}
}
#endif
