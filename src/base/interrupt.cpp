#include "base/interrupt.hpp"

#include <csignal>

namespace ballast {
namespace {

volatile std::sig_atomic_t g_stop = 0;

void request_stop(int) {
    g_stop = 1;
}

}  // namespace

void catch_interrupts() {
    struct sigaction action = {};
    action.sa_handler = &request_stop;
    // A second signal kills at once, in case a loop does not ask.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    // A terminal that closes; not under nohup, which has it ignored.
    struct sigaction present = {};
    if (::sigaction(SIGHUP, nullptr, &present) == 0 && present.sa_handler != SIG_IGN)
        ::sigaction(SIGHUP, &action, nullptr);
}

void release_interrupts() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    struct sigaction present = {};
    if (::sigaction(SIGHUP, nullptr, &present) == 0 && present.sa_handler == &request_stop)
        std::signal(SIGHUP, SIG_DFL);
    // One that came before would be lost.
    if (g_stop != 0) std::raise(SIGTERM);
}

bool interrupt_requested() {
    return g_stop != 0;
}

Result<void> check_interrupt(std::string_view object) {
    if (interrupt_requested()) return fail(ErrorCode::interrupted, object, "stopped by a signal");
    return {};
}

}  // namespace ballast
