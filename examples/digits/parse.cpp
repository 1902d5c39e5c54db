// SPDX-License-Identifier: MIT
#include "parse.hpp"

template hillock::any_activation<float> hillock::parse<float>(std::string_view);
