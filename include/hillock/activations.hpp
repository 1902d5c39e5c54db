// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/elu.hpp>
#include <hillock/gelu.hpp>
#include <hillock/hard_sigmoid.hpp>
#include <hillock/identity.hpp>
#include <hillock/relu.hpp>
#include <hillock/sigmoid.hpp>
#include <hillock/softplus.hpp>
#include <hillock/softsign.hpp>
#include <hillock/tanh.hpp>

#include <tuple>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Every elementwise activation, in alphabetical order. Tests, benches and the demo walk this.
template <typename T>
using activations = std::tuple<elu<T>, gelu<T>, hard_sigmoid<T>, identity<T>, relu<T>, sigmoid<T>,
                               softplus<T>, softsign<T>, tanh<T>>;

}  // namespace HILLOCK_ABI
}  // namespace hillock
