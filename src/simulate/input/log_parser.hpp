#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "simulate/input/fields.hpp"
#include "simulate/invocation.hpp"

namespace ballast {

// The forms of logs that are read, in the order of k_formats in log_parser.cpp; docs/simulate.md, "Logs".
enum class LogFormat : std::uint8_t { lambda, insights, csv, lambda_traces, azure_2019, azure_2021 };
std::string_view to_string(LogFormat format);
// Errors: usage, with the names there are.
Result<LogFormat> parse_log_format(std::string_view name);

// Why a parser cannot go on, at which byte of the text it was given.
struct ParseFault {
    std::size_t offset = 0;
    std::string message;
    std::string hint = {};
};

// Names of functions, as small numbers. Shared by all logs of a simulation.
class FunctionNames {
  public:
    static constexpr std::size_t k_most = 1'000'000;
    // The number of a name, UINT32_MAX when there are more than k_most names.
    std::uint32_t number_of(std::string_view name);
    std::size_t size() const { return m_numbers.size(); }

  private:
    std::unordered_map<std::string, std::uint32_t> m_numbers;
};

// Turns a log's text into invocations, piece by piece. The text is hostile: any bytes give invocations that
// keep the promises of invocation.hpp, or a fault.
class LogParser {
  public:
    // What `out` should not much exceed after one call, whatever a single record asks for.
    static constexpr std::size_t k_most_at_once = 65'536;

    virtual ~LogParser() = default;

    // Reads complete records from the front of `text`; `last`: no more text follows. The result is how many
    // bytes were read. None read and nothing in `out` means that more text is needed.
    virtual tl::expected<std::size_t, ParseFault> parse(std::string_view text, bool last,
                                                        std::vector<Invocation>& out) = 0;

    // At the end of the text: why it was no such log at all, or nothing.
    virtual std::string_view fault_at_end() const = 0;
    // But for `bytes` and `functions`.
    const LogFacts& facts() const { return m_facts; }

  protected:
    using Read = tl::expected<void, ParseFault>;
    static tl::unexpected<ParseFault> fault(std::string message, std::string hint = {},
                                            std::size_t offset = 0) {
        return tl::unexpected(ParseFault{offset, std::move(message), std::move(hint)});
    }

    LogFacts m_facts;
};

// A log of CSV records, the first of which is a header.
class CsvParser : public LogParser {
  public:
    tl::expected<std::size_t, ParseFault> parse(std::string_view text, bool last,
                                                std::vector<Invocation>& out) final;
    std::string_view fault_at_end() const final { return m_begun ? "" : "is empty"; }

  protected:
    explicit CsvParser(FunctionNames& names) : m_names(names) {}

    // Reads m_record; may leave some of its invocations to rest_of_record().
    virtual Read record(bool is_first, std::vector<Invocation>& out) = 0;
    // The next of what the last record left; false when there is none.
    virtual bool rest_of_record(std::vector<Invocation>& /*out*/) { return false; }

    FunctionNames& m_names;
    CsvRecord m_record;

  private:
    bool m_begun = false;
};

// What a log that begins with `text` is: by its header where it is CSV, by what its lines hold otherwise.
LogFormat detect_log_format(std::string_view text);

}  // namespace ballast
