// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/hard_sigmoid.hpp>
#include <hillock/identity.hpp>
#include <hillock/relu.hpp>
#include <hillock/softsign.hpp>

#include <tuple>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Every elementwise activation, in alphabetical order. Tests, benches and the demo walk this.
template <typename T>
using activations = std::tuple<hard_sigmoid<T>, identity<T>, relu<T>, softsign<T>>;

}  // namespace HILLOCK_ABI
}  // namespace hillock
