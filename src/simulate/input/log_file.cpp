#include "simulate/input/log_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/sort/spinsort/spinsort.hpp>

#include "base/interrupt.hpp"
#include "base/size.hpp"
#include "simulate/input/lambda_log.hpp"
#include "simulate/input/text_window.hpp"

namespace ballast {
namespace {

// So much goes on at once: it stays in the processor's cache while every simulation reads it.
constexpr std::size_t k_block = 8192;

bool earlier(const Invocation& a, const Invocation& b) {
    return a.start_us < b.start_us;
}

class LogFile {
  public:
    LogFile(TextWindow text, LogFormat format, std::unique_ptr<LogParser> parser, std::size_t window)
        : m_text(std::move(text)), m_format(format), m_parser(std::move(parser)), m_window(window) {}

    LogFormat format() const { return m_format; }
    // Whether records are grouped by function rather than ordered by time.
    bool by_function() const { return m_format == LogFormat::azure_2019; }
    const LogFacts& facts() const { return m_parser->facts(); }
    std::uint64_t bytes_read() const { return m_text.bytes_read(); }

    Result<std::span<const Invocation>> next() {
        if (m_given == m_sorted) BALLAST_CHECK(refill());
        const std::size_t count = std::min(m_sorted - m_given, k_block);
        const std::span<const Invocation> block(m_held.data() + m_given, count);
        m_given += count;
        return block;
    }

  private:
    // Lets go what was given; reads until the window is full, sorts it, and marks its first half as to be
    // given. Those of the other half may have earlier ones still to come.
    Result<void> refill() {
        m_held.erase(m_held.begin(), m_held.begin() + static_cast<std::ptrdiff_t>(m_given));
        m_given = 0;
        m_sorted = 0;
        const std::size_t wanted = by_function() ? 1 : m_window;
        while (!m_ended && m_held.size() < wanted) BALLAST_CHECK(read_some());
        if (by_function()) {
            m_sorted = m_held.size();
            return {};
        }
        if (!std::is_sorted(m_held.begin(), m_held.end(), earlier))
            boost::sort::spinsort(m_held.begin(), m_held.end(), earlier);
        m_sorted = m_ended ? m_held.size() : m_held.size() / 2;
        if (m_sorted > 0) m_let_go_us = m_held[m_sorted - 1].start_us;
        return {};
    }

    Result<void> read_some() {
        BALLAST_CHECK(check_interrupt(m_text.name()));
        m_read.clear();
        const auto consumed = m_parser->parse(m_text.text(), m_text.is_last(), m_read);
        if (!consumed) {
            const auto& fault = consumed.error();
            return m_text.fault(fault.offset, fault.message, fault.hint);
        }
        for (const auto& invocation : m_read) {
            if (invocation.start_us >= m_let_go_us || by_function()) continue;
            return m_text.fault(
                *consumed,
                fmt::format("up to here, an invocation began before {} others that came earlier in the log",
                            format_count(m_window / 2)),
                "sort the log by time, or hold back more with --window");
        }
        m_held.insert(m_held.end(), m_read.begin(), m_read.end());
        // One row of many invocations goes on in the next call: it needs no more text.
        if (*consumed == 0 && !m_read.empty()) return {};
        BALLAST_TRY(const bool more, m_text.advance(*consumed));
        if (more || !m_read.empty()) return {};
        m_ended = true;
        const std::string_view fault = m_parser->fault_at_end();
        if (fault.empty()) return {};
        return fail(ErrorCode::corrupt, m_text.name(), fault,
                    fmt::format("it was read in format {}; say another with --format", to_string(m_format)));
    }

    TextWindow m_text;
    LogFormat m_format;
    std::unique_ptr<LogParser> m_parser;
    std::size_t m_window;
    std::vector<Invocation> m_held;
    std::vector<Invocation> m_read;
    std::size_t m_given = 0;   // of m_held, from its front
    std::size_t m_sorted = 0;  // may be given
    std::int64_t m_let_go_us = INT64_MIN;
    bool m_ended = false;
};

// Several logs as one: always the earliest of their next ones. A heap of logs.
class MergedLogs final : public LogSource {
  public:
    void add(TextWindow text, const LogOptions& options, std::size_t window) {
        const LogFormat format = options.format ? *options.format : detect_log_format(text.text());
        std::unique_ptr<LogParser> parser;
        if (format == LogFormat::lambda) {
            parser = make_lambda_log_parser();
        } else if (format == LogFormat::azure_2019) {
            parser = make_azure_2019_parser(options.azure_durations, options.seed, m_names);
        } else {
            parser = make_csv_log_parser(format, options.units, m_names);
        }
        m_logs.emplace_back(std::move(text), format, std::move(parser), window);
    }

    LogFormat format() const override { return m_logs.front().format(); }
    bool by_function() const { return m_logs.back().by_function(); }

    LogFacts facts() const override {
        LogFacts all;
        all.functions = static_cast<std::uint32_t>(std::max<std::size_t>(m_names.size(), 1));
        for (const auto& log : m_logs) {
            all.bytes += log.bytes_read();
            all.skipped += log.facts().skipped;
            all.failed_inits += log.facts().failed_inits;
            all.dated = all.dated || log.facts().dated;
        }
        return all;
    }

    Result<std::span<const Invocation>> next() override {
        if (m_logs.size() == 1) return m_logs.front().next();
        if (!m_begun) BALLAST_CHECK(begin());
        m_block.clear();
        while (m_block.size() < k_block && !m_heads.empty()) {
            std::pop_heap(m_heads.begin(), m_heads.end(), later);
            Head& head = m_heads.back();
            m_block.push_back(head.rest.front());
            head.rest = head.rest.subspan(1);
            if (head.rest.empty()) {
                BALLAST_TRY(head.rest, m_logs[head.log].next());
            }
            if (head.rest.empty()) {
                m_heads.pop_back();
            } else {
                std::push_heap(m_heads.begin(), m_heads.end(), later);
            }
        }
        return std::span<const Invocation>(m_block);
    }

  private:
    struct Head {
        std::span<const Invocation> rest;
        std::size_t log;
    };
    static bool later(const Head& a, const Head& b) {
        if (a.rest.front().start_us != b.rest.front().start_us)
            return a.rest.front().start_us > b.rest.front().start_us;
        return a.log > b.log;
    }

    Result<void> begin() {
        m_begun = true;
        for (std::size_t i = 0; i < m_logs.size(); ++i) {
            BALLAST_TRY(const auto block, m_logs[i].next());
            if (!block.empty()) m_heads.push_back({block, i});
        }
        std::make_heap(m_heads.begin(), m_heads.end(), later);
        return {};
    }

    FunctionNames m_names;
    std::vector<LogFile> m_logs;
    std::vector<Head> m_heads;
    std::vector<Invocation> m_block;
    bool m_begun = false;
};

}  // namespace

Result<std::unique_ptr<LogSource>> open_logs(const std::vector<std::string>& paths,
                                             const LogOptions& options) {
    auto logs = std::make_unique<MergedLogs>();
    const std::size_t window =
        std::max<std::size_t>(options.window / std::max<std::size_t>(paths.size(), 1), 1024);
    for (const auto& path : paths) {
        BALLAST_TRY(auto text, TextWindow::open(path));
        logs->add(std::move(text), options, window);
        if (logs->by_function() && paths.size() > 1) {
            return fail(ErrorCode::usage, path, "is grouped by function and cannot be merged with other logs",
                        "simulate one day at a time");
        }
    }
    return logs;
}

Result<std::unique_ptr<LogSource>> memory_log(std::string_view bytes, const std::string& name,
                                              const LogOptions& options) {
    BALLAST_TRY(auto stream, memory_byte_stream(bytes, name));
    BALLAST_TRY(auto text, TextWindow::over(std::move(stream), name));
    auto logs = std::make_unique<MergedLogs>();
    logs->add(std::move(text), options, std::max<std::size_t>(options.window, 2));
    return logs;
}

}  // namespace ballast
