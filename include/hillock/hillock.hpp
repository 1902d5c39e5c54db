// SPDX-License-Identifier: MIT
#pragma once

// Everything.

#include <hillock/activations.hpp>
#include <hillock/alpha_dropout.hpp>
#include <hillock/any_activation.hpp>
#include <hillock/crelu.hpp>
#include <hillock/diagnostics.hpp>
#include <hillock/gated.hpp>
#include <hillock/hardmax.hpp>
#include <hillock/initializers.hpp>
#include <hillock/log_softmax.hpp>
#include <hillock/log_sum_exp.hpp>
#include <hillock/maxout.hpp>
#include <hillock/parse.hpp>
#include <hillock/prelu.hpp>
#include <hillock/rrelu.hpp>
#include <hillock/sigmoid_cross_entropy.hpp>
#include <hillock/softmax.hpp>
#include <hillock/softmax_cross_entropy.hpp>
#include <hillock/softmax_state.hpp>
#include <hillock/softmin.hpp>
#include <hillock/sparsemax.hpp>
#include <hillock/version.hpp>
