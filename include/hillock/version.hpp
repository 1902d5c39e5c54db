// SPDX-License-Identifier: MIT
#pragma once

// The version, stated here alone: CMakeLists.txt reads it from this file.
#define HILLOCK_VERSION_MAJOR 0
#define HILLOCK_VERSION_MINOR 1
#define HILLOCK_VERSION_PATCH 0
