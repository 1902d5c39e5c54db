// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/celu.hpp>
#include <hillock/elu.hpp>
#include <hillock/exponential.hpp>
#include <hillock/gaussian.hpp>
#include <hillock/gelu.hpp>
#include <hillock/hard_sigmoid.hpp>
#include <hillock/identity.hpp>
#include <hillock/relu.hpp>
#include <hillock/selu.hpp>
#include <hillock/sigmoid.hpp>
#include <hillock/softplus.hpp>
#include <hillock/softsign.hpp>
#include <hillock/squareplus.hpp>
#include <hillock/tanh.hpp>
#include <hillock/tanh_shrink.hpp>

#include <tuple>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Every elementwise activation, in alphabetical order. Tests, benches and the demo walk this.
template <typename T>
using activations = std::tuple<celu<T>, elu<T>, exponential<T>, gaussian<T>, gelu<T>,
                               hard_sigmoid<T>, identity<T>, relu<T>, selu<T>, sigmoid<T>,
                               softplus<T>, softsign<T>, squareplus<T>, tanh<T>, tanh_shrink<T>>;

}  // namespace HILLOCK_ABI
}  // namespace hillock
