// SPDX-License-Identifier: MIT
// PyTorch's C++ interface, into tensors that exist.
#include "peers.hpp"

#include <torch/torch.h>

namespace bench {
namespace {

/// A slice per row, as tensors have it.
struct tensors {
  at::Tensor x, y, dy, out, other;

  template <typename Array>
  explicit tensors(arrays<Array>& a)
      : x(of(a.x)), y(of(a.y)), dy(of(a.dy)), out(of(a.out)), other(at::empty_like(x)) {}

 private:
  template <typename Array>
  static at::Tensor of(Array& a) {
    return at::from_blob(a.data(), {a.cols(), a.rows()}, at::kFloat);
  }
};

template <typename Array>
class collector {
 public:
  explicit collector(std::vector<contender<Array>>& all) : all_(all) {}

  void operator()(const char* function, const char* pass, const char* code,
                  void (*run)(const tensors&)) const {
    const auto views = std::make_shared<prepared_for<tensors>>();
    all_.push_back({function, pass, std::string("torch: ") + code, [=](arrays<Array>& a) {
                      const c10::InferenceMode no_gradients;
                      run((*views)(a, [](arrays<Array>& b) { return tensors(b); }));
                    }});
  }

 private:
  std::vector<contender<Array>>& all_;
};

// clang-format off
#define CODE(...) #__VA_ARGS__, [](const tensors& t) {     \
    [[maybe_unused]] auto [x, y, dy, out, other] = t;      \
    __VA_ARGS__;                                           \
  }

void enrol_elementwise() {
  const collector<column> add(elementwise_peers());
  add("celu", "forward", CODE(at::elu_out(out, x, 1)));
  add("celu", "backward", CODE(at::elu_backward_out(out, dy, 1, 1, 1, false, x)));
  add("elu", "forward", CODE(at::elu_out(out, x)));
  add("elu", "backward", CODE(at::elu_backward_out(out, dy, 1, 1, 1, false, x)));
  add("elu", "from_output", CODE(at::elu_backward_out(out, dy, 1, 1, 1, true, y)));
  add("exponential", "forward", CODE(at::exp_out(out, x)));
  add("gelu", "forward", CODE(at::gelu_out(out, x)));
  add("gelu", "backward", CODE(at::gelu_backward_out(out, dy, x)));
  add("gelu_tanh", "forward", CODE(at::gelu_out(out, x, "tanh")));
  add("gelu_tanh", "backward", CODE(at::gelu_backward_out(out, dy, x, "tanh")));
  add("hard_shrink", "forward", CODE(at::hardshrink_out(out, x)));
  add("hard_shrink", "backward", CODE(at::hardshrink_backward_out(out, dy, x, 0.5)));
  add("hard_swish", "forward", CODE(at::hardswish_out(out, x)));
  add("hard_swish", "backward", CODE(at::hardswish_backward_out(out, dy, x)));
  add("hard_tanh", "forward", CODE(at::hardtanh_out(out, x)));
  add("hard_tanh", "backward", CODE(at::hardtanh_backward_out(out, dy, x, -1, 1)));
  add("leaky_relu", "forward", CODE(at::leaky_relu_out(out, x)));
  add("leaky_relu", "backward", CODE(at::leaky_relu_backward_out(out, dy, x, 0.01, false)));
  add("log_sigmoid", "forward", CODE(at::log_sigmoid_forward_out(out, other, x)));
  add("mish", "forward", CODE(at::mish_out(out, x)));
  add("relu", "forward", CODE(at::clamp_min_out(out, x, 0)));
  add("relu", "backward", CODE(at::threshold_backward_out(out, dy, x, 0)));
  add("relu6", "forward", CODE(at::hardtanh_out(out, x, 0, 6)));
  add("relu6", "backward", CODE(at::hardtanh_backward_out(out, dy, x, 0, 6)));
  add("selu", "forward", CODE(at::elu_out(out, x, 1.6732632423543772, 1.0507009873554805)));
  add("selu", "backward", CODE(at::elu_backward_out(out, dy, 1.6732632423543772, 1.0507009873554805, 1, false, x)));
  add("sigmoid", "forward", CODE(at::sigmoid_out(out, x)));
  add("sigmoid", "from_output", CODE(at::sigmoid_backward_out(out, dy, y)));
  add("silu", "forward", CODE(at::silu_out(out, x)));
  add("silu", "backward", CODE(at::silu_backward_out(out, dy, x)));
  add("soft_shrink", "forward", CODE(at::softshrink_out(out, x)));
  add("soft_shrink", "backward", CODE(at::softshrink_backward_out(out, dy, x, 0.5)));
  add("softplus", "forward", CODE(at::softplus_out(out, x)));
  add("softplus", "backward", CODE(at::softplus_backward_out(out, dy, x, 1, 20)));
  add("swish", "forward", CODE(at::silu_out(out, x)));
  add("swish", "backward", CODE(at::silu_backward_out(out, dy, x)));
  add("tanh", "forward", CODE(at::tanh_out(out, x)));
  add("tanh", "from_output", CODE(at::tanh_backward_out(out, dy, y)));
  add("threshold", "forward", CODE(at::threshold_out(out, x, 1, 0)));
  add("threshold", "backward", CODE(at::threshold_backward_out(out, dy, x, 1)));
}

void enrol_softmax() {
  const collector<table> add(softmax_peers());
  add("softmax", "forward", CODE(at::_softmax_out(out, x, 1, false)));
  add("softmax", "from_output", CODE(at::_softmax_backward_data_out(out, dy, y, 1, at::kFloat)));
  add("log_softmax", "forward", CODE(at::_log_softmax_out(out, x, 1, false)));
  add("log_softmax", "from_output", CODE(at::_log_softmax_backward_data_out(out, dy, y, 1, at::kFloat)));
}
// clang-format on

[[maybe_unused]] const bool enrolled = [] {
  at::set_num_threads(1);
  enrol_elementwise();
  enrol_softmax();
  return true;
}();

}  // namespace
}  // namespace bench
