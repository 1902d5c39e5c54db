// SPDX-License-Identifier: MIT
// oneDNN 2, with primitives that exist.
#include "peers.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <string>
#include <unordered_map>

namespace bench {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using arguments = std::unordered_map<int, memory>;

struct device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};
device& cpu() {
  static device all;
  return all;
}

template <typename Array>
memory::desc shape(const Array& a) {
  return {{a.cols(), a.rows()}, memory::data_type::f32, memory::format_tag::ab};
}
template <typename Array>
memory in_place(const memory::desc& as, Array& a) {
  return {as, cpu().engine, a.data()};
}

/// A primitive with its memory.
struct call {
  dnnl::primitive primitive;
  arguments with;
  void run() const {
    primitive.execute(cpu().stream, with);
    cpu().stream.wait();
  }
};

template <typename Array, typename Make>
void add(std::vector<contender<Array>>& all, const char* function, const char* pass,
         const std::string& code, Make make) {
  const auto prepared = std::make_shared<prepared_for<call>>();
  all.push_back({function, pass, "onednn: " + code,
                 [=](arrays<Array>& a) { (*prepared)(a, make).run(); }});
}

struct function {
  const char *name, *code;
  algorithm forward;
  float alpha = 0, beta = 0;
  algorithm from_output = algorithm::undef;
};

const function functions[] = {
    {"relu", "eltwise_relu", algorithm::eltwise_relu, 0, 0,
     algorithm::eltwise_relu_use_dst_for_bwd},
    {"leaky_relu", "eltwise_relu(0.01)", algorithm::eltwise_relu, 0.01f, 0,
     algorithm::eltwise_relu_use_dst_for_bwd},
    {"relu6", "eltwise_clip_v2(0, 6)", algorithm::eltwise_clip_v2, 0, 6,
     algorithm::eltwise_clip_v2_use_dst_for_bwd},
    {"hard_tanh", "eltwise_clip_v2(-1, 1)", algorithm::eltwise_clip_v2, -1, 1,
     algorithm::eltwise_clip_v2_use_dst_for_bwd},
    {"hard_swish", "eltwise_hardswish", algorithm::eltwise_hardswish},
    {"elu", "eltwise_elu(1)", algorithm::eltwise_elu, 1, 0, algorithm::eltwise_elu_use_dst_for_bwd},
    {"celu", "eltwise_elu(1)", algorithm::eltwise_elu, 1, 0,
     algorithm::eltwise_elu_use_dst_for_bwd},
    {"tanh", "eltwise_tanh", algorithm::eltwise_tanh, 0, 0,
     algorithm::eltwise_tanh_use_dst_for_bwd},
    {"sigmoid", "eltwise_logistic", algorithm::eltwise_logistic, 0, 0,
     algorithm::eltwise_logistic_use_dst_for_bwd},
    {"exponential", "eltwise_exp", algorithm::eltwise_exp, 0, 0,
     algorithm::eltwise_exp_use_dst_for_bwd},
    {"silu", "eltwise_swish(1)", algorithm::eltwise_swish, 1},
    {"swish", "eltwise_swish(1)", algorithm::eltwise_swish, 1},
    {"gelu_quick", "eltwise_swish(1.702)", algorithm::eltwise_swish, 1.702f},
    {"gelu", "eltwise_gelu_erf", algorithm::eltwise_gelu_erf},
    {"gelu_tanh", "eltwise_gelu_tanh", algorithm::eltwise_gelu_tanh},
    {"softplus", "eltwise_soft_relu", algorithm::eltwise_soft_relu},
    {"log_sigmoid", "eltwise_logsigmoid", algorithm::eltwise_logsigmoid},
    {"mish", "eltwise_mish", algorithm::eltwise_mish},
};

dnnl::eltwise_forward::primitive_desc forward_of(algorithm kind, const function& f,
                                                 const memory::desc& as) {
  return {{dnnl::prop_kind::forward_training, kind, as, f.alpha, f.beta}, cpu().engine};
}

call forward(const function& f, arrays<column>& a) {
  const auto as = shape(a.x);
  return {dnnl::eltwise_forward(forward_of(f.forward, f, as)),
          {{DNNL_ARG_SRC, in_place(as, a.x)}, {DNNL_ARG_DST, in_place(as, a.out)}}};
}
/// From x, or from y: which says kind.
call backward(algorithm kind, int argument, column arrays<column>::*given, const function& f,
              arrays<column>& a) {
  const auto as = shape(a.x);
  const dnnl::eltwise_backward::primitive_desc how({kind, as, as, f.alpha, f.beta}, cpu().engine,
                                                   forward_of(kind, f, as));
  return {dnnl::eltwise_backward(how),
          {{argument, in_place(as, a.*given)},
           {DNNL_ARG_DIFF_DST, in_place(as, a.dy)},
           {DNNL_ARG_DIFF_SRC, in_place(as, a.out)}}};
}

void enrol(const function& f) {
  auto& all = elementwise_peers();
  add(all, f.name, "forward", f.code, [f](arrays<column>& a) { return forward(f, a); });
  add(all, f.name, "backward", f.code, [f](arrays<column>& a) {
    return backward(f.forward, DNNL_ARG_SRC, &arrays<column>::x, f, a);
  });
  if (f.from_output != algorithm::undef)
    add(all, f.name, "from_output", f.code, [f](arrays<column>& a) {
      return backward(f.from_output, DNNL_ARG_DST, &arrays<column>::y, f, a);
    });
}

template <typename Forward, typename Backward>
void enrol_softmax(const char* name) {
  using dnnl::prop_kind;
  const auto how = [](const memory::desc& as) {
    return typename Forward::primitive_desc({prop_kind::forward_training, as, 1}, cpu().engine);
  };
  add(softmax_peers(), name, "forward", name, [=](arrays<table>& a) -> call {
    const auto as = shape(a.x);
    return {Forward(how(as)),
            {{DNNL_ARG_SRC, in_place(as, a.x)}, {DNNL_ARG_DST, in_place(as, a.out)}}};
  });
  add(softmax_peers(), name, "from_output", name, [=](arrays<table>& a) -> call {
    const auto as = shape(a.x);
    return {Backward(typename Backward::primitive_desc({as, as, 1}, cpu().engine, how(as))),
            {{DNNL_ARG_DST, in_place(as, a.y)},
             {DNNL_ARG_DIFF_DST, in_place(as, a.dy)},
             {DNNL_ARG_DIFF_SRC, in_place(as, a.out)}}};
  });
}

[[maybe_unused]] const bool enrolled = [] {
  for (const function& f : functions) enrol(f);
  enrol_softmax<dnnl::softmax_forward, dnnl::softmax_backward>("softmax");
  enrol_softmax<dnnl::logsoftmax_forward, dnnl::logsoftmax_backward>("log_softmax");
  return true;
}();

}  // namespace
}  // namespace bench
