#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/package_settings.hpp"
#include "compare/run_experiment.hpp"

namespace ballast {

// The flags of `ballast compare`, and what they mean.
struct CompareFlags : ConfigFlags {
    std::string package;
    std::string html;
    bool json = false;
    bool markdown = false;
    bool quiet = false;

    std::vector<std::string> programs;
    std::size_t most_programs = 8;
    std::string argument;
    unsigned rounds = 20;
    std::vector<std::string> entries;
    std::string esbuild;
    std::string upx;
    std::vector<std::string> without;

    std::string burst;
    std::string burst_rate;
    std::string network_rate;
    std::string first_byte;
    std::optional<double> cores;
    std::string zstd_rate;
    std::optional<double> read_share;  // percent

    std::optional<double> rate;
    std::vector<std::string> traces;
    std::string service = "100ms";
    std::string init;
    std::uint32_t memory_mb = 1024;
    std::string arch = "x86";
    std::uint64_t seed = 1;
};

void add_compare_flags(Command& command, CompareFlags& flags);

// Errors: usage, naming the flag.
Result<CompareOptions> compare_options_of(const CompareFlags& flags);

}  // namespace ballast
