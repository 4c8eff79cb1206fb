#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace ballast {

// Shows on stderr how far a long step is. Thread-safe; add() is cheap enough for every block of bytes.
// On a terminal one line is redrawn, at most 10 times a second:
//
//   packing  ████████▌            42 %  106 MB of 253 MB  84.2 MB/s  2 s left
//
// elsewhere (CI, a pipe) a plain line appears every 5 s. Nothing is drawn between calls: a step that
// stalls shows its last state.
class Progress {
  public:
    using Clock = std::chrono::steady_clock;
    enum class Output : std::uint8_t {
        automatic,  // terminal if stderr is one that understands escape codes, else lines
        terminal,
        lines,
        quiet,
    };

    // What tests replace. Empty functions mean stderr and the real clock; 0 columns, stderr's width.
    struct Surroundings {
        std::function<void(std::string_view)> write = {};
        std::function<Clock::time_point()> now = {};
        std::size_t columns = 0;
    };

    // `label` names the step ("packing"). A `total_bytes` of 0 means that nobody knows it.
    Progress(std::string label, std::uint64_t total_bytes, Output output = Output::automatic);
    Progress(std::string label, std::uint64_t total_bytes, Output output, Surroundings surroundings);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Without finish(), as after an error, takes the unfinished line off the terminal.
    ~Progress();

    void add(std::uint64_t bytes);

    // Prints a line of its own, which a bar that is being drawn does not spoil. Quiet prints none.
    void note(std::string_view line);

    // Replaces the bar with one last line: "packing: 253 MB in 3.0 s, 84.2 MB/s". Only the first call counts.
    void finish();

  private:
    void draw(Clock::time_point now);
    void clear_line();
    void update_rate(Clock::time_point now, std::uint64_t done);
    std::string bar_line(std::uint64_t done) const;
    std::string plain_line(std::uint64_t done) const;
    std::string time_left(std::uint64_t done) const;
    double average_rate(Clock::time_point now, std::uint64_t done) const;

    const std::string m_label;
    const std::uint64_t m_total_bytes;
    const Output m_output;
    const Surroundings m_surroundings;
    const Clock::time_point m_start;
    std::atomic<std::uint64_t> m_done_bytes = 0;
    std::atomic<Clock::rep> m_next_draw;  // as a count since the clock's epoch

    std::mutex m_mutex;  // guards all below, and the order of what is written
    Clock::time_point m_rated_at;
    std::uint64_t m_rated_bytes = 0;
    double m_bytes_per_second = 0;
    bool m_line_shown = false;
    bool m_finished = false;
};

}  // namespace ballast
