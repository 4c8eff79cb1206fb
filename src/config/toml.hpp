#pragma once

// toml++ as everything here takes it: headers alone, without exceptions (see CMakeLists.txt), and
// without its assertions. Some of those of 3.3 do not hold for broken input ("[\x1b]"), where the code
// behind them goes on to report the error: in a debug build they would abort, and with NDEBUG Clang
// would take them for granted. tests/fuzz/config_fuzz.cpp holds that nothing behind them needs them.

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
