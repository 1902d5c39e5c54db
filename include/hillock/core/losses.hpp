// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/slices.hpp>

// What losses share: where they put one loss per slice, or their sum.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// One loss per slice, and their sum; null where not asked for.
template <typename T>
struct losses {
  T* each;
  running_sum<math::lanes<real<T>>>* sum;

  template <typename V>
  HILLOCK_INLINE void put(const place& at, const V& loss) const {
    real<T> lane[V::width];
    store(loss, lane);
    for (int i = 0; i < at.lanes; ++i) {
      if (each) each[at.first + i] = static_cast<T>(lane[i]);
      if (sum) sum->add(lane[i]);
    }
  }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
