#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "cli/commands.hpp"
#include "cli/own_program.hpp"
#include "cli/package_settings.hpp"
#include "cli/store_flags.hpp"
#include "compare/experiment_json.hpp"
#include "compare/experiment_page.hpp"
#include "compare/experiment_text.hpp"
#include "compare/run_experiment.hpp"
#include "program/common_flags.hpp"
#include "program/output.hpp"
#include "simulate/distribution.hpp"

namespace ballast {
namespace {

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

void add_experiment_flags(Command& command, CompareFlags& flags) {
    command.section("Experiment");
    command
        .option("--program NAME", flags.programs,
                "an executable that every invocation starts, by path or name; may be repeated (default: the "
                "mean of the largest)")
        .repeatable();
    command.option("--programs N", flags.most_programs, "how many executables to start (default: 8); 0: none")
        .between(0U, 1000U);
    command.option("--argument ARG", flags.argument,
                   "the argument to start them with (default: the first of --version, -v, --help and the "
                   "like that works)");
    command.option("--rounds N", flags.rounds, "how many pairs of starts, at most (default: 20)")
        .between(1U, 10'000U);
    command
        .option("--entry PATH", flags.entries,
                "a JavaScript file of the function to bundle; may be repeated (default: by package.json)")
        .repeatable();
    command.option("--esbuild DIR", flags.esbuild,
                   "the directory of an installed esbuild (default: npm installs one)");
    command.option("--upx FILE", flags.upx, "the upx to use (default: found in PATH)");
    command.option("--without", flags.without, "skip strip, upx, gzexe or esbuild; may be repeated")
        .one_of({"strip", "upx", "gzexe", "esbuild"})
        .repeatable();
}

void add_model_flags(Command& command, CompareFlags& flags) {
    command.section("Model of a cold start (docs/codec.md)");
    command.option("--network-burst SIZE", flags.burst,
                   "how many bytes come at the burst's rate (default: 300MB)");
    command.option("--network-burst-rate SIZE", flags.burst_rate,
                   "bytes a second during the burst (default: 600MB)");
    command.option("--network-rate SIZE", flags.network_rate,
                   "bytes a second after the burst (default: 73.5MB)");
    command.option("--first-byte TIME", flags.first_byte,
                   "how long it takes until the first byte comes (default: 100ms)");
    command.option("--cores N", flags.cores, "how many cores decode (default: 2)").between(0.05, 64.0);
    command.option("--decode-rate SIZE", flags.zstd_rate,
                   "bytes a second that one core decodes with zstd (default: 668MB)");
    command
        .option("--read-share PERCENT", flags.read_share,
                "what a start reads of an image or mount, in percent (default: 6.5)")
        .between(0.0, 100.0);
}

void add_rate_flags(Command& command, CompareFlags& flags) {
    command.section("Who waits, and the bill (docs/simulate.md)");
    const Option rate = command.option("--rate R", flags.rate, "requests a second").between(1e-6, 1e5);
    command.option("--trace FILE", flags.traces, "or a log of invocations; may be repeated")
        .excludes(rate)
        .repeatable();
    command.option("--service TIME", flags.service, "how long a request takes, with --rate (default: 100ms)");
    command.option("--init TIME", flags.init,
                   "how long a cold start takes now, where no log says (default: nothing)");
    command
        .option("--memory MB", flags.memory_mb,
                "the function's memory in MB, where no log says (default: 1024)")
        .between(128U, 10'240U);
    command.option("--arch", flags.arch, "x86 (default) or arm").one_of({"x86", "arm"});
    command.option("--seed N", flags.seed, "the seed of what is drawn at random (default: 1)");
}

enum class Zero : std::uint8_t { refused, allowed };

Result<void> set_rate(double& value, const std::string& text, std::string_view flag,
                      Zero zero = Zero::refused) {
    if (text.empty()) return {};
    BALLAST_TRY(const std::uint64_t bytes, parse_size(text));
    if (bytes == 0 && zero == Zero::refused)
        return fail(ErrorCode::usage, flag, "must not be 0", "write it like 75MB, a second");
    value = static_cast<double>(bytes);
    return {};
}

Result<TimeModel> model_of(const CompareFlags& flags) {
    TimeModel model;
    BALLAST_CHECK(set_rate(model.burst_bytes, flags.burst, "--network-burst", Zero::allowed));
    BALLAST_CHECK(set_rate(model.burst_rate, flags.burst_rate, "--network-burst-rate"));
    BALLAST_CHECK(set_rate(model.base_rate, flags.network_rate, "--network-rate"));
    BALLAST_CHECK(set_rate(model.zstd_decode_rate, flags.zstd_rate, "--decode-rate"));
    if (flags.cores) model.cores = *flags.cores;
    if (!flags.first_byte.empty()) {
        BALLAST_TRY(const std::int64_t us, parse_span_us(flags.first_byte, "--first-byte"));
        model.first_byte_seconds = static_cast<double>(us) / 1e6;
    }
    return model;
}

Result<BillOptions> bill_options_of(const CompareFlags& flags) {
    BillOptions bill;
    bill.rate = flags.rate;
    bill.traces = flags.traces;
    BALLAST_TRY(bill.service, parse_distribution(flags.service, "--service"));
    if (!flags.init.empty()) BALLAST_SET(bill.init, parse_distribution(flags.init, "--init"));
    bill.memory_mb = static_cast<std::uint16_t>(flags.memory_mb);
    bill.architecture = flags.arch == "arm" ? Architecture::arm : Architecture::x86;
    bill.seed = flags.seed;
    return bill;
}

void add_compare_flags(Command& command, CompareFlags& flags) {
    command.option("PACKAGE", flags.package, "a directory or a zip").required();
    add_json_and_markdown_flags(command, flags.json, flags.markdown);
    add_html_flag(command, flags.html);
    add_quiet_flag(command, flags.quiet);
    add_config_flags(command, flags);
    add_experiment_flags(command, flags);
    add_model_flags(command, flags);
    add_rate_flags(command, flags);
}

// Errors: usage, naming the flag.
Result<CompareOptions> options_of(const CompareFlags& flags) {
    CompareOptions options;
    const auto is_left_out = [&](std::string_view name) {
        return std::find(flags.without.begin(), flags.without.end(), name) != flags.without.end();
    };
    if (!is_left_out("strip")) options.strip = find_tool("strip");
    if (!is_left_out("gzexe")) options.gzexe = find_tool("gzexe");
    if (!is_left_out("upx")) options.upx = find_tool("upx");
    if (!flags.upx.empty()) {
        std::error_code error;
        options.upx = std::filesystem::absolute(flags.upx, error).string();
        if (!std::filesystem::is_regular_file(options.upx, error) || ::access(options.upx.c_str(), X_OK) != 0)
            return fail(ErrorCode::usage, "--upx", "'" + printable(flags.upx) + "' cannot be executed");
    }
    options.executables = {flags.most_programs, flags.programs, flags.argument,
                           !(options.strip + options.upx + options.gzexe).empty()};
    options.bundle = {flags.entries, flags.esbuild, flags.rounds, is_left_out("esbuild")};
    options.rounds = flags.rounds;
    BALLAST_TRY(options.model, model_of(flags));
    if (flags.read_share) options.elsewhere.read_share = *flags.read_share / 100;
    options.measure = !flags.store.empty();
    BALLAST_TRY(options.bill, bill_options_of(flags));
    return options;
}

Result<int> run_compare(const CompareFlags& flags) {
    BALLAST_TRY(CompareOptions options, options_of(flags));
    BALLAST_TRY(options.run_program, find_run_program({}));
    // What cannot be done at the end is better known now.
    if (!flags.html.empty()) BALLAST_CHECK(check_report_target(flags.html));
    BALLAST_TRY(const LoadedPackage loaded, load_package(flags.package, flags));
    const Say say = [&](const std::string& step) {
        if (!flags.quiet) fmt::print(stderr, "compare: {}\n", step);
    };
    BALLAST_TRY(const Experiment experiment, run_experiment(loaded.inventory, loaded.config, options, say));
    if (!flags.html.empty()) BALLAST_CHECK(write_report(experiment_page(experiment), flags.html));
    BALLAST_CHECK(print(flags.json       ? json_text(experiment_json(experiment))
                        : flags.markdown ? experiment_markdown(experiment)
                                         : experiment_text(experiment, colours_of_stdout())));
    return 0;
}

}  // namespace

void add_compare_command(Program& program) {
    Command command = program.add(
        "compare",
        "Try the ways to slim a package, and say which is worth it: it may well be none of Ballast's");
    add_compare_flags(command, command.runs<CompareFlags>(run_compare));
    command.examples({"ballast compare function/",
                      "ballast compare function/ --program bin/gs --rate 0.05 --service 2s",
                      "ballast compare function.zip --store s3://bucket/ballast --html compare.html",
                      "ballast compare function/ --json > compare.json"});
}

}  // namespace ballast
