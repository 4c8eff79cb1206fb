#include "base/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/file.hpp"
#include "base/share.hpp"
#include "base/size.hpp"
#include "base/utf8.hpp"

namespace ballast {
namespace {

using namespace std::chrono_literals;

constexpr auto k_redraw_interval = 100ms;
constexpr auto k_line_interval = 5s;
constexpr double k_rate_memory_seconds = 3;  // how far back the rate that is shown looks
constexpr std::size_t k_bar_columns = 20;
constexpr std::size_t k_default_columns = 80;

double seconds(Progress::Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

void write_to_stderr(std::string_view text) {
    // Progress that nobody can read must not stop the work.
    (void)write_all(STDERR_FILENO, as_bytes(text), "standard error");
}

std::size_t terminal_columns() {
    struct winsize size = {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return k_default_columns;
    return size.ws_col;
}

Progress::Output resolve(Progress::Output output) {
    if (output != Progress::Output::automatic) return output;
    const char* terminal = std::getenv("TERM");
    const bool can_redraw =
        ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
    return can_redraw ? Progress::Output::terminal : Progress::Output::lines;
}

Progress::Surroundings complete(Progress::Surroundings surroundings) {
    if (!surroundings.write) surroundings.write = &write_to_stderr;
    if (!surroundings.now) surroundings.now = &Progress::Clock::now;
    return surroundings;
}

Progress::Clock::duration interval_of(Progress::Output output) {
    if (output == Progress::Output::terminal) return k_redraw_interval;
    return k_line_interval;
}

std::string format_rate(double bytes_per_second) {
    return format_size(static_cast<std::uint64_t>(std::llround(bytes_per_second))) + "/s";
}

std::string format_duration(double duration_seconds) {
    const auto whole = static_cast<std::uint64_t>(std::ceil(duration_seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

Progress::Progress(std::string label, std::uint64_t total_bytes, Output output)
    : Progress(std::move(label), total_bytes, output, Surroundings{}) {}

Progress::Progress(std::string label, std::uint64_t total_bytes, Output output, Surroundings surroundings)
    : m_label(std::move(label)),
      m_total_bytes(total_bytes),
      m_output(resolve(output)),
      m_surroundings(complete(std::move(surroundings))),
      m_start(m_surroundings.now()),
      m_next_draw((m_start + interval_of(m_output)).time_since_epoch().count()),
      m_rated_at(m_start) {}

Progress::~Progress() {
    if (!m_finished) clear_line();
}

void Progress::add(std::uint64_t bytes) {
    m_done_bytes.fetch_add(bytes, std::memory_order_relaxed);
    if (m_output == Output::quiet) return;
    const auto now = m_surroundings.now();
    if (now.time_since_epoch().count() < m_next_draw.load(std::memory_order_relaxed)) return;
    // Whoever draws already shows what was just added, or the next call does: nobody waits here.
    const std::unique_lock lock(m_mutex, std::try_to_lock);
    if (!lock || m_finished) return;
    draw(now);
}

void Progress::note(std::string_view line) {
    if (m_output == Output::quiet) return;
    const std::lock_guard lock(m_mutex);
    const bool redraw = m_line_shown;
    clear_line();
    m_surroundings.write(std::string(line) + "\n");
    if (redraw && !m_finished) draw(m_surroundings.now());
}

void Progress::finish() {
    const std::lock_guard lock(m_mutex);
    if (std::exchange(m_finished, true) || m_output == Output::quiet) return;
    clear_line();
    const auto now = m_surroundings.now();
    const auto done = m_done_bytes.load();
    auto text = fmt::format("{}: {} in {:.1f} s", m_label, format_size(done), seconds(now - m_start));
    if (now > m_start && done > 0) text += ", " + format_rate(average_rate(now, done));
    m_surroundings.write(text + "\n");
}

void Progress::draw(Clock::time_point now) {
    m_next_draw.store((now + interval_of(m_output)).time_since_epoch().count(), std::memory_order_relaxed);
    const auto done = m_done_bytes.load(std::memory_order_relaxed);
    update_rate(now, done);
    if (m_output == Output::lines) {
        m_surroundings.write(plain_line(done) + "\n");
        return;
    }
    m_line_shown = true;
    m_surroundings.write("\r" + bar_line(done) + "\x1b[K");
}

void Progress::clear_line() {
    if (std::exchange(m_line_shown, false)) m_surroundings.write("\r\x1b[K");
}

// An exponential average over the last seconds, started with the average since the beginning: a rate
// that jumps between redraws cannot be read, and one since the beginning hides that a step slowed down.
void Progress::update_rate(Clock::time_point now, std::uint64_t done) {
    const double elapsed = seconds(now - m_rated_at);
    if (elapsed <= 0) return;
    if (m_rated_at == m_start) {
        m_bytes_per_second = average_rate(now, done);
    } else {
        const double recent = static_cast<double>(done - m_rated_bytes) / elapsed;
        const double weight = 1 - std::exp(-elapsed / k_rate_memory_seconds);
        m_bytes_per_second += weight * (recent - m_bytes_per_second);
    }
    m_rated_at = now;
    m_rated_bytes = done;
}

double Progress::average_rate(Clock::time_point now, std::uint64_t done) const {
    return now > m_start ? static_cast<double>(done) / seconds(now - m_start) : 0;
}

std::string Progress::time_left(std::uint64_t done) const {
    if (done >= m_total_bytes || m_bytes_per_second < 1) return {};
    return format_duration(static_cast<double>(m_total_bytes - done) / m_bytes_per_second) + " left";
}

std::string Progress::bar_line(std::uint64_t done) const {
    std::string text = m_label;
    if (m_total_bytes == 0) {
        text += "  " + format_size(done);
    } else {
        text += fmt::format("  {}  {:>3} %  {} of {}", share_bar(done, m_total_bytes, k_bar_columns),
                            std::min<std::uint64_t>(done, m_total_bytes) * 100 / m_total_bytes,
                            format_size(done), format_size(m_total_bytes));
    }
    text += "  " + format_rate(m_bytes_per_second);
    if (const auto left = time_left(done); !left.empty()) text += "  " + left;
    const std::size_t columns = m_surroundings.columns != 0 ? m_surroundings.columns : terminal_columns();
    // A line that wraps cannot be drawn over: on a narrow terminal the plain one, cut if it must be.
    if (display_width(text) < columns) return text;
    text = plain_line(done);
    while (display_width(text) >= columns && !text.empty()) text.pop_back();
    return text;
}

std::string Progress::plain_line(std::uint64_t done) const {
    if (m_total_bytes == 0) {
        return fmt::format("{}: {}, {}", m_label, format_size(done), format_rate(m_bytes_per_second));
    }
    auto text = fmt::format("{}: {} % of {}, {}", m_label,
                            std::min<std::uint64_t>(done, m_total_bytes) * 100 / m_total_bytes,
                            format_size(m_total_bytes), format_rate(m_bytes_per_second));
    if (const auto left = time_left(done); !left.empty()) text += ", " + left;
    return text;
}

}  // namespace ballast
