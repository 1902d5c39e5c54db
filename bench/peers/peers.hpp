// SPDX-License-Identifier: MIT
#pragma once

#include "../bench.hpp"

#include <tuple>

namespace bench {

/// Libraries that users could link instead of hillock. Each has a file of its own, which is built
/// where the library is installed and adds its contenders here before main.
using column = Eigen::Array<float, Eigen::Dynamic, 1>;
using table = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic>;  // a slice per column

inline std::vector<contender<column>>& elementwise_peers() {
  static std::vector<contender<column>> all;
  return all;
}
inline std::vector<contender<table>>& softmax_peers() {
  static std::vector<contender<table>> all;
  return all;
}

/// What a library prepares for a call on some arrays: made anew only when others come.
template <typename Prepared>
class prepared_for {
 public:
  template <typename Array, typename Make>
  const Prepared& operator()(arrays<Array>& a, const Make& make) {
    const key now{a.x.data(), a.y.data(), a.dy.data(), a.out.data(), a.x.rows(), a.x.cols()};
    if (!prepared_ || now != key_) {
      prepared_.emplace(make(a));
      key_ = now;
    }
    return *prepared_;
  }

 private:
  using key = std::tuple<const float*, const float*, const float*, const float*, Eigen::Index,
                         Eigen::Index>;
  key key_;
  std::optional<Prepared> prepared_;
};

}  // namespace bench
