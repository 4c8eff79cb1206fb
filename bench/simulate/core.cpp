// How many invocations a second the simulator's core takes, on one core: requests are made first and lie in
// memory; then one simulation consumes them, over and over, later each time. Prints a line of JSON a case.

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <vector>

#include "simulate/scenario.hpp"
#include "simulate/workload.hpp"

namespace {

using namespace ballast;

// Of this thread: the machine's other work does not count.
double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Case {
    const char* name;
    double rate;
    Distribution service;
    const char* preset;
    Routing routing = Routing::most_recent;
};

void run(const Case& one, std::uint64_t wanted) {
    std::vector<Invocation> requests;
    Workload workload{.rate = one.rate, .length_us = k_most_time_us, .service = one.service, .seed = 1};
    const auto source = make_workload(workload);
    while (requests.size() < 1'000'000) {
        const auto block = source->next().value();
        requests.insert(requests.end(), block.begin(), block.end());
    }
    // A whole number of hours, so that each round is alike.
    const std::int64_t round_us = requests.back().start_us + k_hour_us - requests.back().start_us % k_hour_us;
    Rules rules;
    rules.platform.expiry = expiry_preset(one.preset).value();
    rules.platform.routing = one.routing;
    rules.strategy.cold = Distribution::fixed(500'000);
    const auto scenario = make_scenario(rules, 1);
    double seconds = 0;
    std::uint64_t done = 0;
    while (done < wanted) {
        const double begin = processor_seconds();
        scenario->consume(requests);
        seconds += processor_seconds() - begin;
        done += requests.size();
        for (auto& request : requests) request.start_us += round_us;
    }
    const Tally& tally = scenario->finish(requests.front().start_us);
    fmt::print(
        R"({{"case": "{}", "invocations": {}, "seconds": {:.4f}, "per_second": {:.0f}, "cold": {}, "most_alive": {}}})"
        "\n",
        one.name, done, seconds, static_cast<double>(done) / seconds, tally.cold, tally.most_alive);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000'000;
    const auto exponential = [](std::int64_t us) { return Distribution::exponential(us); };
    for (const auto& one :
         {Case{"0.1/s, 2 s, 640 s", 0.1, exponential(2'000'000), "2019"},
          Case{"1/s, 10 s, 640 s", 1, exponential(10'000'000), "2019"},
          Case{"10/s, 0.2 s, 640 s", 10, exponential(200'000), "2019"},
          Case{"10/s, 0.2 s always, 640 s", 10, Distribution::fixed(200'000), "2019"},
          Case{"100/s, 0.2 s, 5 to 7 min", 100, exponential(200'000), "2021"},
          Case{"100/s, 0.2 s, spares", 100, exponential(200'000), "2020-spares"},
          Case{"1000/s, 1 s, 640 s", 1000, exponential(1'000'000), "2019"},
          Case{"10/s, 0.2 s, least recent", 10, exponential(200'000), "2019", Routing::least_recent},
          Case{"10/s, 0.2 s, random", 10, exponential(200'000), "2019", Routing::random},
          Case{"10/s, 0.2 s, oldest", 10, exponential(200'000), "2019", Routing::oldest}})
        run(one, wanted);
    return 0;
}
