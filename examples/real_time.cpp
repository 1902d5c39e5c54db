// A network of an audio plug-in: blocks of samples, in place, and nothing is allocated once it is
// set up. Eigen's counting of mallocs proves it.
#include <cstdlib>
#include <iostream>

inline void allocation_on_the_audio_thread() {
  std::cerr << "malloc was called\n";
  std::abort();
}
#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(condition) ((condition) ? void() : allocation_on_the_audio_thread())
#include <hillock/hillock.hpp>

// [process]
class network {
 public:
  network(Eigen::Index channels, Eigen::Index block)
      : weights_(Eigen::MatrixXf::Identity(channels, channels) / 2), hidden_(channels, block) {}

  /// channels x time, in place.
  void process(Eigen::Ref<Eigen::MatrixXf> samples) {
    auto hidden = hidden_.leftCols(samples.cols());
    hidden.noalias() = weights_ * samples;
    hidden = tanh_.forward(hidden);
    samples = swiglu_.forward(samples, hidden);
  }

 private:
  hillock::tanh<float> tanh_;
  hillock::swiglu<float> swiglu_;
  Eigen::MatrixXf weights_, hidden_;
};
// []

int main() {
  network net(8, 64);
  Eigen::MatrixXf samples = Eigen::MatrixXf::Constant(8, 64, 0.5F);
  Eigen::internal::set_is_malloc_allowed(false);
  for (int i = 0; i < 100; ++i) net.process(samples.leftCols(i % 2 == 0 ? 64 : 48));
  Eigen::internal::set_is_malloc_allowed(true);
  std::cout << "100 blocks of 8 channels, no malloc\n";
  return samples.allFinite() ? 0 : 1;
}
// prints
// 100 blocks of 8 channels, no malloc
