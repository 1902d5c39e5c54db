// SPDX-License-Identifier: MIT
// ONNX Runtime on models of one node, whose input and output are bound to arrays before. Its
// package on npm has the library, but no header: what is used of its C interface is declared here.
#include "peers.hpp"

#include <dlfcn.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

// -- A model, as ONNX's onnx.proto has it ---------------------------------------------------------
// A message of Protocol Buffers is its fields in a row. A field is a key, 8 times the number that
// the .proto gives it plus the kind of what follows, and that.

/// Seven bits a byte, the lowest first; the eighth says that more follow.
std::string varint(std::uint64_t v) {
  std::string bytes;
  for (; v >= 128; v >>= 7) bytes += static_cast<char>(v % 128 + 128);
  return bytes + static_cast<char>(v);
}
std::string integer(unsigned field, std::uint64_t v) {
  return varint(8 * field) + varint(v);
}
/// A text, or a message within another.
std::string nested(unsigned field, const std::string& v) {
  return varint(8 * field + 2) + varint(v.size()) + v;
}
std::string real(unsigned field, float v) {
  char bytes[sizeof v];  // the lowest first, as processors that run ONNX Runtime have them
  std::memcpy(bytes, &v, sizeof v);
  return varint(8 * field + 5) + std::string(bytes, sizeof v);
}

constexpr int float_type = 1;  // TensorProto.FLOAT

/// The field of a node that holds a float attribute, and one that holds a text.
std::string attribute(const char* name, float v) {
  return nested(5, nested(1, name) + real(2, v) + integer(20, 1));
}
std::string attribute(const char* name, const char* v) {
  return nested(5, nested(1, name) + nested(4, v) + integer(20, 3));
}

/// The fields of a graph for a constant number, and for an input (11) or output (12) of any shape.
std::string constant(const std::string& name, float v) {
  return nested(5, integer(2, float_type) + real(4, v) + nested(8, name));
}
std::string tensor(unsigned field, const char* name) {
  return nested(field, nested(1, name) + nested(2, nested(1, integer(1, float_type))));
}

/// The operators that are ONNX Runtime's own. One of them is what it makes of x * Sigmoid(x); the
/// Swish of later versions of ONNX takes it twice as long.
constexpr const char* own_operators = "com.microsoft";

/// An operator and what it has beside x: further fields of its node, or further inputs.
struct function {
  const char *name, *code;
  std::string fields = {};
  std::vector<float> more_inputs = {};
};

std::string model(const function& f) {
  const std::string code = f.code;
  std::string node = nested(1, "x"), constants;
  for (const float v : f.more_inputs) {
    const std::string name = "input " + std::to_string(constants.size());
    node += nested(1, name);
    constants += constant(name, v);
  }
  node += nested(2, "y") + nested(4, code.substr(0, code.find('('))) + f.fields;
  const std::string graph =
      nested(1, node) + nested(2, f.name) + constants + tensor(11, "x") + tensor(12, "y");
  constexpr unsigned format = 9, operators = 20;  // versions: the first that have Gelu
  return integer(1, format) + nested(7, graph) + nested(8, integer(2, operators)) +
         nested(8, nested(1, own_operators) + integer(2, 1));
}

const function functions[] = {
    {"relu", "Relu"},
    {"leaky_relu", "LeakyRelu(alpha=0.01)", attribute("alpha", 0.01f)},
    {"relu6", "Clip(0, 6)", {}, {0, 6}},
    {"hard_tanh", "Clip(-1, 1)", {}, {-1, 1}},
    {"hard_sigmoid", "HardSigmoid"},
    {"hard_swish", "HardSwish"},
    {"threshold", "ThresholdedRelu"},
    {"hard_shrink", "Shrink"},
    {"soft_shrink", "Shrink(bias=0.5)", attribute("bias", 0.5f)},
    {"elu", "Elu"},
    {"celu", "Celu"},
    {"selu", "Selu"},
    {"silu", "QuickGelu(alpha=1)", nested(7, own_operators) + attribute("alpha", 1)},
    {"swish", "QuickGelu(alpha=1)", nested(7, own_operators) + attribute("alpha", 1)},
    {"gelu_quick", "QuickGelu", nested(7, own_operators)},
    {"gelu", "Gelu"},
    {"gelu_tanh", "Gelu(approximate=tanh)", attribute("approximate", "tanh")},
    {"sigmoid", "Sigmoid"},
    {"tanh", "Tanh"},
    {"softplus", "Softplus"},
    {"softsign", "Softsign"},
    {"mish", "Mish"},
    {"exponential", "Exp"},
};
const function slice_functions[] = {{"softmax", "Softmax"}, {"log_softmax", "LogSoftmax"}};

// -- The C interface ------------------------------------------------------------------------------

using handle = void*;
using status = handle;  // null if all went well

/// A function of any type.
struct entry {
  void (*function)();
  template <typename F>
  operator F*() const {
    return reinterpret_cast<F*>(function);
  }
};

/// What is used of the library's table of functions. A function keeps its place there in all
/// versions, for new ones are appended.
struct interface {
  const entry* table;
  explicit interface(const entry* all) : table(all) {}

  const char* (*const message)(status) = table[2];
  status (*const create_environment)(int log_level, const char* name, handle*) = table[3];
  status (*const create_session)(handle environment, const void* model, std::size_t bytes,
                                 handle options, handle*) = table[8];
  status (*const create_session_options)(handle*) = table[10];
  status (*const set_threads_in_node)(handle session_options, int) = table[24];
  status (*const set_threads_of_nodes)(handle session_options, int) = table[25];
  status (*const create_run_options)(handle*) = table[39];
  status (*const create_tensor)(handle memory, void* data, std::size_t bytes,
                                const std::int64_t* shape, std::size_t dimensions, int type,
                                handle*) = table[49];
  status (*const describe_memory)(int allocator, int kind, handle*) = table[69];
  void (*const release_tensor)(handle) = table[96];
  status (*const run)(handle session, handle run_options, handle binding) = table[133];
  status (*const create_binding)(handle session, handle*) = table[134];
  void (*const release_binding)(handle) = table[135];
  status (*const bind_input)(handle binding, const char* name, handle tensor) = table[136];
  status (*const bind_output)(handle binding, const char* name, handle tensor) = table[137];
};

/// The interface, or null without a library that has all of it, as those since version 5.
const interface* find_interface() {
  struct base {
    const entry* (*table)(std::uint32_t version);
    const char* (*version)();
  };
  const handle library = dlopen(HILLOCK_BENCH_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
  const handle get = library ? dlsym(library, "OrtGetApiBase") : nullptr;
  const entry* table = get ? reinterpret_cast<const base* (*)()>(get)()->table(5) : nullptr;
  return table ? new interface(table) : nullptr;
}
/// Never null where it is called.
const interface* onnx() {
  static const interface* found = find_interface();
  return found;
}

void expect(status s) {
  if (s) throw std::runtime_error(onnx()->message(s));
}

/// A new object of the library.
template <typename Create, typename... From>
handle made(Create create, From... from) {
  handle object = nullptr;
  expect(create(from..., &object));
  return object;
}

handle single_threaded() {
  const handle options = made(onnx()->create_session_options);
  expect(onnx()->set_threads_in_node(options, 1));
  expect(onnx()->set_threads_of_nodes(options, 1));
  return options;
}

/// Sessions last until the program ends: at exit the library may be gone before them.
handle session_of(const function& f) {
  constexpr int errors = 3;
  static const handle environment = made(onnx()->create_environment, errors, "hillock");
  static const handle options = single_threaded();
  const std::string bytes = model(f);
  return made(onnx()->create_session, environment, bytes.data(), bytes.size(), options);
}

struct releases_tensor {
  void operator()(handle tensor) const { onnx()->release_tensor(tensor); }
};
struct releases_binding {
  void operator()(handle binding) const { onnx()->release_binding(binding); }
};
using owned_tensor = std::unique_ptr<void, releases_tensor>;
using owned_binding = std::unique_ptr<void, releases_binding>;

/// An array as a tensor with a slice per row.
template <typename Array>
owned_tensor in_place(Array& a) {
  constexpr int arena = 1, for_all = 0;
  static const handle memory = made(onnx()->describe_memory, arena, for_all);
  const std::int64_t shape[] = {a.cols(), a.rows()};
  const auto bytes = static_cast<std::size_t>(a.size()) * sizeof(float);
  return owned_tensor(
      made(onnx()->create_tensor, memory, a.data(), bytes, shape, std::size(shape), float_type));
}

/// A session with its input and its output.
struct call {
  handle session;
  owned_tensor x, y;
  owned_binding binding;

  template <typename Array>
  call(handle s, arrays<Array>& a)
      : session(s), x(in_place(a.x)), y(in_place(a.out)), binding(made(onnx()->create_binding, s)) {
    expect(onnx()->bind_input(binding.get(), "x", x.get()));
    expect(onnx()->bind_output(binding.get(), "y", y.get()));
  }
  void run() const {
    static const handle options = made(onnx()->create_run_options);
    expect(onnx()->run(session, options, binding.get()));
  }
};

template <typename Array>
void enrol(std::vector<contender<Array>>& all, const function& f) {
  const auto session = std::make_shared<handle>();
  const auto prepared = std::make_shared<prepared_for<call>>();
  const auto make = [=](arrays<Array>& a) {
    if (!*session) *session = session_of(f);
    return call(*session, a);
  };
  all.push_back({f.name, "forward", std::string("onnxruntime: ") + f.code,
                 [=](arrays<Array>& a) { (*prepared)(a, make).run(); }});
}

[[maybe_unused]] const bool enrolled = [] {
  if (!onnx()) return false;
  for (const function& f : functions) enrol(elementwise_peers(), f);
  for (const function& f : slice_functions) enrol(softmax_peers(), f);
  return true;
}();

}  // namespace
}  // namespace bench
