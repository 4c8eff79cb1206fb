#pragma once

#include <cstddef>
#include <functional>

#include "base/result.hpp"

namespace ballast {

// The cores that this process may run on: a container's limit, not the machine's. At least 1.
unsigned available_cores();

// Calls work(i) for every i below count, in `threads` threads (0: one a core), in no order. After an error no
// further call begins; the error is that of the first i which failed.
Result<void> parallel_for(std::size_t count, const std::function<Result<void>(std::size_t)>& work,
                          unsigned threads = 0);

}  // namespace ballast
