// SPDX-License-Identifier: MIT
#pragma once

#include "bench.hpp"

namespace bench {

/// What users write where they have no hillock, over Eigen and over std. A function that has no
/// form here is measured alone. T is float or double.
template <typename T>
std::vector<contender<Eigen::Array<T, Eigen::Dynamic, 1>>> forms_by_hand();

}  // namespace bench
