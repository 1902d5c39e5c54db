// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/celu.hpp>
#include <hillock/elu.hpp>
#include <hillock/exponential.hpp>
#include <hillock/gaussian.hpp>
#include <hillock/gelu.hpp>
#include <hillock/gelu_quick.hpp>
#include <hillock/gelu_tanh.hpp>
#include <hillock/hard_shrink.hpp>
#include <hillock/hard_sigmoid.hpp>
#include <hillock/hard_swish.hpp>
#include <hillock/hard_tanh.hpp>
#include <hillock/identity.hpp>
#include <hillock/leaky_hard_tanh.hpp>
#include <hillock/leaky_relu.hpp>
#include <hillock/leaky_relu6.hpp>
#include <hillock/log_sigmoid.hpp>
#include <hillock/mish.hpp>
#include <hillock/relu.hpp>
#include <hillock/relu6.hpp>
#include <hillock/selu.hpp>
#include <hillock/sigmoid.hpp>
#include <hillock/silu.hpp>
#include <hillock/soft_shrink.hpp>
#include <hillock/softplus.hpp>
#include <hillock/softsign.hpp>
#include <hillock/sparse_plus.hpp>
#include <hillock/sparse_sigmoid.hpp>
#include <hillock/squared_relu.hpp>
#include <hillock/squareplus.hpp>
#include <hillock/swish.hpp>
#include <hillock/tanh.hpp>
#include <hillock/tanh_shrink.hpp>
#include <hillock/threshold.hpp>

#include <tuple>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Every elementwise activation, in alphabetical order. Tests, benches and the demo walk this.
template <typename T>
using activations =
    std::tuple<celu<T>, elu<T>, exponential<T>, gaussian<T>, gelu<T>, gelu_quick<T>, gelu_tanh<T>,
               hard_shrink<T>, hard_sigmoid<T>, hard_swish<T>, hard_tanh<T>, identity<T>,
               leaky_hard_tanh<T>, leaky_relu<T>, leaky_relu6<T>, log_sigmoid<T>, mish<T>, relu<T>,
               relu6<T>, selu<T>, sigmoid<T>, silu<T>, soft_shrink<T>, softplus<T>, softsign<T>,
               sparse_plus<T>, sparse_sigmoid<T>, squared_relu<T>, squareplus<T>, swish<T>, tanh<T>,
               tanh_shrink<T>, threshold<T>>;

}  // namespace HILLOCK_ABI
}  // namespace hillock
