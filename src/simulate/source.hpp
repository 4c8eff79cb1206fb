#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

// What a log says about itself, apart from its invocations. Complete once the log has been read.
struct LogFacts {
    std::uint64_t bytes = 0;         // uncompressed
    std::uint64_t skipped = 0;       // records that are no invocation: failures, other kinds
    std::uint64_t failed_inits = 0;  // inits over the limit, or that failed: cold starts without an init time
    std::uint32_t functions = 1;
    bool dated = false;  // times are dates, not seconds since the log's own zero
};

// Where invocations come from, a block at a time. Not thread-safe.
class InvocationSource {
  public:
    virtual ~InvocationSource() = default;

    // The next ones, valid until the next call; empty at the end. Of each function in order of their starts.
    // Errors: corrupt, naming file and line; those of reading.
    virtual Result<std::span<const Invocation>> next() = 0;

    virtual LogFacts facts() const = 0;
};

}  // namespace ballast
