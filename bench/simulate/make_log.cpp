// Writes a log as CloudWatch exports it, of about as many bytes as asked for: make_log BYTES [text|json] >
// LOG 20 requests a second at random, of 200 ms on average, with START, END and a line of the function's own
// around each report; one in 500 has an init time.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "simulate/random.hpp"
#include "simulate/workload.hpp"

namespace {

using namespace ballast;

std::string date(std::int64_t us) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(us / 1000)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const bool json = argc > 2 && std::string_view(argv[2]) == "json";
    const auto source = make_workload(
        {.rate = 20, .length_us = 3000 * k_day_us, .service = Distribution::exponential(200'000)});
    Random random(2);
    std::uint64_t written = 0;
    std::string text;
    while (written < wanted) {
        text.clear();
        const auto block = source->next().value();
        for (const auto& request : block) {
            const std::int64_t begin_us = 1'706'695'200 * k_second_us + request.start_us;
            const bool cold = random() % 500 == 0;
            const double init_ms = cold ? 300 + static_cast<double>(random() % 10'000) / 100 : 0;
            const double ms = static_cast<double>(request.duration_us) / 1000;
            const auto end = date(begin_us + request.duration_us + static_cast<std::int64_t>(init_ms * 1000));
            const auto begin = date(begin_us);
            const auto id =
                fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random() & 0xFFFFFFFF, random() & 0xFFFF,
                            random() & 0xFFF, random() & 0xFFF, random() & 0xFFFFFFFFFFFF);
            const auto billed = static_cast<std::int64_t>(ms + init_ms) + 1;
            if (json) {
                text += fmt::format(
                    R"({} {{"time":"{}","type":"platform.start","record":{{"requestId":"{}","version":"$LATEST"}}}})"
                    "\n",
                    begin, begin, id);
                text += fmt::format(
                    R"({} {{"timestamp":"{}","level":"INFO","message":"rendered page {}","requestId":"{}"}})"
                    "\n",
                    begin, begin, random() % 100, id);
                text += fmt::format(
                    R"({} {{"time":"{}","type":"platform.report","record":{{"requestId":"{}","metrics":{{"durationMs":{:.2f},"billedDurationMs":{},"memorySizeMB":1024,"maxMemoryUsedMB":{})",
                    end, end, id, ms, billed, 75 + random() % 200);
                if (cold) text += fmt::format(R"(,"initDurationMs":{:.2f})", init_ms);
                text += "},\"status\":\"success\"}}\n";
                continue;
            }
            text += fmt::format("{} START RequestId: {} Version: $LATEST\n", begin, id);
            text += fmt::format("{} {}\t{}\tINFO\trendered page {} of document {}\n", begin, begin, id,
                                random() % 100, random() % 100'000);
            text += fmt::format("{} END RequestId: {}\n", end, id);
            text += fmt::format(
                "{} REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\tMemory Size: 1024 "
                "MB\tMax Memory Used: {} MB\t",
                end, id, ms, billed, 75 + random() % 200);
            if (cold) text += fmt::format("Init Duration: {:.2f} ms\t", init_ms);
            text += '\n';
        }
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 1;
        written += text.size();
    }
    return 0;
}
