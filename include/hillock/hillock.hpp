// SPDX-License-Identifier: MIT
#pragma once

// Everything.

#include <hillock/activations.hpp>
#include <hillock/any_activation.hpp>
#include <hillock/parse.hpp>
#include <hillock/softmax.hpp>
#include <hillock/softmax_cross_entropy.hpp>
#include <hillock/version.hpp>
