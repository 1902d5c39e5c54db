// SPDX-License-Identifier: MIT
// hillock::parse takes the better part of a minute to compile, since it holds every activation:
// parse.cpp does so once for all who include this.
#pragma once

#include <hillock/parse.hpp>

extern template hillock::any_activation<float> hillock::parse<float>(std::string_view);
