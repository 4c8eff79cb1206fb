#pragma once

#include <string_view>

#include "base/result.hpp"

namespace ballast {

// SIGINT, SIGTERM and SIGHUP (unless it is ignored) set a flag that long loops ask for, so that every owner
// cleans up on the way out. Programs call catch_interrupts() once; the embedding library never touches
// signals.
void catch_interrupts();
bool interrupt_requested();

// From here on these signals end the process at once: for one that waits and has nothing to tidy up.
void release_interrupts();

// Error code interrupted once a stop was requested, naming `object` as what was stopped.
Result<void> check_interrupt(std::string_view object);

}  // namespace ballast
