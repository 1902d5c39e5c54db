// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <string_view>

namespace hillock {
inline namespace HILLOCK_ABI {

/// Another name for an activation, and the activation as parse reads it.
struct preset {
  std::string_view name, meaning;
};

/// hard_sigmoid::pytorch(), whose slope of exactly 1/6 no parameter can say.
inline constexpr std::string_view exact_sixth = "pytorch:hard_sigmoid";

/// What else activations are called, and what the frameworks mean by a name, with their defaults.
/// (Keras 3 has two for leaky_relu: the function, which files name leaky_relu, has a slope of 0.2,
/// the layer, LeakyReLU, one of 0.3.)
///
/// Sources, each in its documentation of the year 2025: PyTorch, torch.nn; JAX, jax.nn; Keras 3,
/// keras.activations and keras.layers; Keras 2, tf.keras 2.15; ONNX, the operators' newest
/// versions, by their types and in small letters; without prefix also the names that hidden_act has
/// in Hugging Face Transformers' configurations, of the functions that hillock has.
inline constexpr preset presets[] = {
    {"linear", "identity"},
    {"logistic", "sigmoid"},
    {"soft_sign", "softsign"},
    {"hard_silu", "hard_swish"},
    {"logsigmoid", "log_sigmoid"},
    {"thresholded_relu", "threshold"},
    {"hardswish", "hard_swish"},
    {"hardtanh", "hard_tanh"},
    {"hardshrink", "hard_shrink"},
    {"softshrink", "soft_shrink"},
    {"tanhshrink", "tanh_shrink"},
    {"gelu_accurate", "gelu_tanh"},
    {"gelu_fast", "gelu_tanh"},
    {"gelu_new", "gelu_tanh"},
    {"gelu_python", "gelu"},
    {"gelu_python_tanh", "gelu_tanh"},
    {"gelu_pytorch_tanh", "gelu_tanh"},
    {"quick_gelu", "gelu_quick"},
    {"relu2", "squared_relu"},

    {"pytorch:celu", "celu"},
    {"pytorch:elu", "elu"},
    {"pytorch:gelu", "gelu"},
    {"pytorch:gelu_tanh", "gelu_tanh"},
    {exact_sixth, exact_sixth},
    {"pytorch:hardsigmoid", exact_sixth},
    {"pytorch:hardshrink", "hard_shrink"},
    {"pytorch:hardswish", "hard_swish"},
    {"pytorch:hardtanh", "hard_tanh"},
    {"pytorch:identity", "identity"},
    {"pytorch:leaky_relu", "leaky_relu(slope=0.01)"},
    {"pytorch:logsigmoid", "log_sigmoid"},
    {"pytorch:mish", "mish"},
    {"pytorch:relu", "relu"},
    {"pytorch:relu6", "relu6"},
    {"pytorch:selu", "selu"},
    {"pytorch:sigmoid", "sigmoid"},
    {"pytorch:silu", "silu"},
    {"pytorch:softplus", "softplus"},
    {"pytorch:softshrink", "soft_shrink"},
    {"pytorch:softsign", "softsign"},
    {"pytorch:tanh", "tanh"},
    {"pytorch:tanhshrink", "tanh_shrink"},
    {"pytorch:threshold", "threshold"},

    {"jax:celu", "celu"},
    {"jax:elu", "elu"},
    {"jax:gelu", "gelu_tanh"},
    {"jax:hard_sigmoid", exact_sixth},
    {"jax:hard_silu", "hard_swish"},
    {"jax:hard_swish", "hard_swish"},
    {"jax:hard_tanh", "hard_tanh"},
    {"jax:identity", "identity"},
    {"jax:leaky_relu", "leaky_relu(slope=0.01)"},
    {"jax:log_sigmoid", "log_sigmoid"},
    {"jax:mish", "mish"},
    {"jax:relu", "relu"},
    {"jax:relu6", "relu6"},
    {"jax:selu", "selu"},
    {"jax:sigmoid", "sigmoid"},
    {"jax:silu", "silu"},
    {"jax:soft_sign", "softsign"},
    {"jax:softplus", "softplus"},
    {"jax:sparse_plus", "sparse_plus"},
    {"jax:sparse_sigmoid", "sparse_sigmoid"},
    {"jax:squareplus", "squareplus"},
    {"jax:swish", "silu"},
    {"jax:tanh", "tanh"},

    {"keras3:celu", "celu"},
    {"keras3:elu", "elu"},
    {"keras3:exponential", "exponential"},
    {"keras3:gelu", "gelu"},
    {"keras3:hard_shrink", "hard_shrink"},
    {"keras3:hard_sigmoid", exact_sixth},
    {"keras3:hard_silu", "hard_swish"},
    {"keras3:hard_swish", "hard_swish"},
    {"keras3:hard_tanh", "hard_tanh"},
    {"keras3:leaky_relu", "leaky_relu(slope=0.2)"},
    {"keras3:LeakyReLU", "leaky_relu(slope=0.3)"},
    {"keras3:linear", "identity"},
    {"keras3:log_sigmoid", "log_sigmoid"},
    {"keras3:mish", "mish"},
    {"keras3:relu", "relu"},
    {"keras3:relu6", "relu6"},
    {"keras3:selu", "selu"},
    {"keras3:sigmoid", "sigmoid"},
    {"keras3:silu", "silu"},
    {"keras3:soft_shrink", "soft_shrink"},
    {"keras3:softplus", "softplus"},
    {"keras3:softsign", "softsign"},
    {"keras3:sparse_plus", "sparse_plus"},
    {"keras3:sparse_sigmoid", "sparse_sigmoid"},
    {"keras3:squareplus", "squareplus"},
    {"keras3:swish", "silu"},
    {"keras3:tanh", "tanh"},
    {"keras3:tanh_shrink", "tanh_shrink"},
    {"keras3:threshold", "threshold"},
    {"keras2:elu", "elu"},
    {"keras2:exponential", "exponential"},
    {"keras2:gelu", "gelu"},
    {"keras2:hard_sigmoid", "hard_sigmoid(slope=0.2)"},
    {"keras2:leaky_relu", "leaky_relu(slope=0.3)"},
    {"keras2:linear", "identity"},
    {"keras2:mish", "mish"},
    {"keras2:relu", "relu"},
    {"keras2:selu", "selu"},
    {"keras2:sigmoid", "sigmoid"},
    {"keras2:softplus", "softplus"},
    {"keras2:softsign", "softsign"},
    {"keras2:swish", "silu"},
    {"keras2:tanh", "tanh"},
    {"keras2:thresholded_relu", "threshold(theta=1, value=0)"},

    {"onnx:celu", "celu"},
    {"onnx:elu", "elu"},
    {"onnx:exp", "exponential"},
    {"onnx:gelu", "gelu"},
    {"onnx:hard_sigmoid", "hard_sigmoid(slope=0.2, offset=0.5)"},
    {"onnx:hard_swish", "hard_swish"},
    {"onnx:identity", "identity"},
    {"onnx:leaky_relu", "leaky_relu(slope=0.01)"},
    {"onnx:mish", "mish"},
    {"onnx:relu", "relu"},
    {"onnx:selu", "selu"},
    {"onnx:shrink", "hard_shrink"},
    {"onnx:sigmoid", "sigmoid"},
    {"onnx:softplus", "softplus"},
    {"onnx:softsign", "softsign"},
    {"onnx:swish", "swish"},
    {"onnx:tanh", "tanh"},
    {"onnx:thresholded_relu", "threshold(theta=1, value=0)"},

    {"onnx:Celu", "celu"},
    {"onnx:Elu", "elu"},
    {"onnx:Exp", "exponential"},
    {"onnx:Gelu", "gelu"},
    {"onnx:HardSigmoid", "hard_sigmoid(slope=0.2, offset=0.5)"},
    {"onnx:HardSwish", "hard_swish"},
    {"onnx:Identity", "identity"},
    {"onnx:LeakyRelu", "leaky_relu(slope=0.01)"},
    {"onnx:Mish", "mish"},
    {"onnx:Relu", "relu"},
    {"onnx:Selu", "selu"},
    {"onnx:Shrink", "hard_shrink"},
    {"onnx:Sigmoid", "sigmoid"},
    {"onnx:Softplus", "softplus"},
    {"onnx:Softsign", "softsign"},
    {"onnx:Swish", "swish"},
    {"onnx:Tanh", "tanh"},
    {"onnx:ThresholdedRelu", "threshold(theta=1, value=0)"},
};

namespace detail {

/// The text that a name stands for: itself, if it is no preset's.
constexpr std::string_view meaning_of(std::string_view name) {
  for (const preset& p : presets)
    if (p.name == name) return p.meaning;
  return name;
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
