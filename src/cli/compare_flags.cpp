#include "cli/compare_flags.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/relative_path.hpp"
#include "base/size.hpp"
#include "simulate/distribution.hpp"

namespace ballast {
namespace {

void add_experiment_flags(CLI::App& command, CompareFlags& flags) {
    const char* group = "Experiment";
    command
        .add_option(
            "--program", flags.programs,
            "an executable that every invocation starts, by path or name; may be repeated (default: the "
            "mean of the largest)")
        ->type_name("NAME")
        ->group(group)
        ->allow_extra_args(false);
    command
        .add_option("--programs", flags.most_programs,
                    "so many executables are started (default: 8); 0: none")
        ->type_name("N")
        ->check(CLI::Range(0U, 1000U))
        ->group(group);
    command
        .add_option(
            "--argument", flags.argument,
            "to start them with (default: the first of --version, -v, --help and the like that works)")
        ->type_name("ARG")
        ->group(group);
    command.add_option("--rounds", flags.rounds, "pairs of starts, at most (default: 20)")
        ->type_name("N")
        ->check(CLI::Range(1U, 10'000U))
        ->group(group);
    command
        .add_option("--entry", flags.entries,
                    "the function's JavaScript, to bundle; may be repeated (default: by package.json)")
        ->type_name("PATH")
        ->group(group)
        ->allow_extra_args(false);
    command
        .add_option("--esbuild", flags.esbuild,
                    "an installed esbuild's directory (default: npm installs one)")
        ->type_name("DIR")
        ->group(group);
    command.add_option("--upx", flags.upx, "the upx to use (default: by PATH)")
        ->type_name("FILE")
        ->group(group);
    command.add_option("--without", flags.without, "leave out strip, upx, gzexe or esbuild; may be repeated")
        ->check(CLI::IsMember({"strip", "upx", "gzexe", "esbuild"}))
        ->group(group)
        ->allow_extra_args(false);
}

void add_model_flags(CLI::App& command, CompareFlags& flags) {
    const char* group = "Model of a cold start (docs/codec.md)";
    command.add_option("--network-burst", flags.burst, "what comes at the burst's rate (default: 300MB)")
        ->type_name("SIZE")
        ->group(group);
    command.add_option("--network-burst-rate", flags.burst_rate, "a second (default: 600MB)")
        ->type_name("SIZE")
        ->group(group);
    command.add_option("--network-rate", flags.network_rate, "a second, after the burst (default: 73.5MB)")
        ->type_name("SIZE")
        ->group(group);
    command.add_option("--first-byte", flags.first_byte, "until the first byte comes (default: 100ms)")
        ->type_name("TIME")
        ->group(group);
    command.add_option("--cores", flags.cores, "that decode (default: 2)")
        ->type_name("N")
        ->check(CLI::Range(0.05, 64.0))
        ->group(group);
    command.add_option("--decode-rate", flags.zstd_rate, "of zstd, a second and core (default: 668MB)")
        ->type_name("SIZE")
        ->group(group);
    command
        .add_option("--read-share", flags.read_share,
                    "what a start reads of an image or mount, in percent (default: 6.5)")
        ->type_name("PERCENT")
        ->check(CLI::Range(0.0, 100.0))
        ->group(group);
}

void add_rate_flags(CLI::App& command, CompareFlags& flags) {
    const char* group = "Who waits, and the bill (docs/simulate.md)";
    auto* rate = command.add_option("--rate", flags.rate, "requests a second")
                     ->type_name("R")
                     ->check(CLI::Range(1e-6, 1e5))
                     ->group(group);
    command.add_option("--trace", flags.traces, "or a log of invocations; may be repeated")
        ->type_name("FILE")
        ->excludes(rate)
        ->group(group)
        ->allow_extra_args(false);
    command.add_option("--service", flags.service, "how long a request takes, with --rate (default: 100ms)")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--init", flags.init, "what a cold start takes now, where no log says (default: nothing)")
        ->type_name("TIME")
        ->group(group);
    command
        .add_option("--memory", flags.memory_mb, "of the function in MB, where no log says (default: 1024)")
        ->type_name("MB")
        ->check(CLI::Range(128U, 10'240U))
        ->group(group);
    command.add_option("--arch", flags.arch, "x86 (default) or arm")
        ->check(CLI::IsMember({"x86", "arm"}))
        ->group(group);
    command.add_option("--seed", flags.seed, "of what is drawn (default: 1)")->type_name("N")->group(group);
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
    if (!flags.init.empty()) {
        BALLAST_TRY(bill.init, parse_distribution(flags.init, "--init"));
    }
    bill.memory_mb = static_cast<std::uint16_t>(flags.memory_mb);
    bill.architecture = flags.arch == "arm" ? Architecture::arm : Architecture::x86;
    bill.seed = flags.seed;
    return bill;
}

}  // namespace

void add_compare_flags(CLI::App& command, CompareFlags& flags) {
    command.add_option("PACKAGE", flags.package, "a directory or a zip")->required();
    command.add_flag("--json", flags.json, "print JSON");
    command.add_flag("--markdown", flags.markdown, "print Markdown, for a comment in a merge request")
        ->excludes("--json");
    command.add_option("--html", flags.html, "write one self-contained page, too")->type_name("FILE");
    command.add_flag("--quiet", flags.quiet, "do not say what is being done");
    add_config_flags(command, flags);
    add_experiment_flags(command, flags);
    add_model_flags(command, flags);
    add_rate_flags(command, flags);
}

Result<CompareOptions> compare_options_of(const CompareFlags& flags) {
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

}  // namespace ballast
