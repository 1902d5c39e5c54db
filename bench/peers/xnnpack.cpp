// SPDX-License-Identifier: MIT
// XNNPACK's operators, set up before.
#include "peers.hpp"

#include <xnnpack.h>

#include <stdexcept>

namespace bench {
namespace {

void expect(xnn_status status) {
  if (status != xnn_status_success) throw std::runtime_error("XNNPACK failed");
}

using create = xnn_status (*)(std::size_t channels, xnn_operator_t*);
using setup = xnn_status (*)(xnn_operator_t, std::size_t batch, const float*, float*, pthreadpool_t);

/// One channel for elementwise functions; a slice's length for softmax.
struct function {
  const char *name, *code;
  create make;
  setup prepare;
};

// clang-format off
#define FUNCTION(name, kind, ...)                                                               \
  {name, #kind, [](std::size_t n, xnn_operator_t* op) {                                          \
     return xnn_create_##kind##_nc_f32(n, n, n, ##__VA_ARGS__, 0, op); }, xnn_setup_##kind##_nc_f32}
// clang-format on
constexpr float infinite = std::numeric_limits<float>::infinity();

const function functions[] = {
    FUNCTION("relu", clamp, 0, infinite), FUNCTION("relu6", clamp, 0, 6),
    FUNCTION("hard_tanh", clamp, -1, 1),  FUNCTION("leaky_relu", leaky_relu, 0.01f),
    FUNCTION("elu", elu, 1),              FUNCTION("celu", elu, 1),
    FUNCTION("sigmoid", sigmoid),         FUNCTION("hard_swish", hardswish),
};
const function softmax = FUNCTION("softmax", softmax);

struct deleter {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using prepared = std::unique_ptr<xnn_operator, deleter>;

template <typename Array>
prepared prepare(const function& f, arrays<Array>& a) {
  const auto channels = static_cast<std::size_t>(Array::ColsAtCompileTime == 1 ? 1 : a.x.rows());
  const auto batch = static_cast<std::size_t>(a.x.size()) / channels;
  xnn_operator_t op = nullptr;
  expect(f.make(channels, &op));
  prepared owned(op);
  expect(f.prepare(op, batch, a.x.data(), a.out.data(), nullptr));
  return owned;
}

template <typename Array>
void enrol(std::vector<contender<Array>>& all, const function& f) {
  const auto state = std::make_shared<prepared_for<prepared>>();
  const auto make = [f](arrays<Array>& a) { return prepare(f, a); };
  all.push_back({f.name, "forward", std::string("xnnpack: ") + f.code, [=](arrays<Array>& a) {
                   expect(xnn_run_operator((*state)(a, make).get(), nullptr));
                 }});
}

[[maybe_unused]] const bool enrolled = [] {
  if (xnn_initialize(nullptr) != xnn_status_success) return false;
  for (const function& f : functions) enrol(elementwise_peers(), f);
  enrol(softmax_peers(), softmax);
  return true;
}();

}  // namespace
}  // namespace bench
