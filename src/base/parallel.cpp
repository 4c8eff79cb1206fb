#include "base/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ballast {

unsigned available_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const int count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return static_cast<unsigned>(std::max(count, 1));
}

Result<void> parallel_for(std::size_t count, const std::function<Result<void>(std::size_t)>& work,
                          unsigned threads) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::optional<Error> error;
    std::size_t failed = count;
    const auto run = [&] {
        while (!stop) {
            const std::size_t i = next.fetch_add(1);
            if (i >= count) return;
            if (auto result = work(i); !result) {
                const std::lock_guard lock(mutex);
                // All before it have begun too, so the threads' speed does not decide which is given.
                if (i < failed) {
                    failed = i;
                    error = std::move(result).error();
                }
                stop = true;
            }
        }
    };
    const std::size_t wanted = threads != 0 ? threads : available_cores();
    const std::size_t used = std::min(wanted, std::max<std::size_t>(count, 1));
    std::vector<std::thread> others;
    others.reserve(used - 1);
    for (std::size_t i = 1; i < used; ++i) others.emplace_back(run);
    run();
    for (auto& other : others) other.join();
    if (error) return pass_on(std::move(*error));
    return {};
}

}  // namespace ballast
