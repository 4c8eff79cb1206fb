#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulate/input/azure_2019.hpp"
#include "simulate/input/byte_stream.hpp"
#include "simulate/input/csv_log.hpp"
#include "simulate/input/log_parser.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

struct LogOptions {
    std::optional<LogFormat> format = {};  // nothing: seen in the log
    CsvUnits units = {};
    Azure2019Durations azure_durations = Azure2019Durations();
    std::uint64_t seed = 1;
    // Logs are ordered by the ends of invocations, or not quite: this many invocations are held back and
    // sorted by their starts. 32 bytes each, and half as much while they are sorted.
    std::size_t window = std::size_t{1} << 20;
};

// One log, or several as one: then merged by time. Keeps `window` invocations in memory, whatever the logs'
// sizes. Errors of next(): corrupt, also when an invocation comes after later ones that were let go already.
class LogSource : public InvocationSource {
  public:
    // What all of them are; the first's where they differ.
    virtual LogFormat format() const = 0;
};

// `paths`: "-" is standard input. Blocks, to see each log's format. `options` outlives the source.
// Errors: not_found and so on; usage when logs that are grouped by function are to be merged.
Result<std::unique_ptr<LogSource>> open_logs(const std::vector<std::string>& paths,
                                             const LogOptions& options);

// The same of one log in memory, for tests. `bytes` and `options` outlive the source.
Result<std::unique_ptr<LogSource>> memory_log(std::string_view bytes, const std::string& name,
                                              const LogOptions& options);

}  // namespace ballast
