#pragma once

#include "program/command.hpp"
#include "run/slim_source.hpp"

// The start-up commands, which both programs have. This header lists what several files implement:
// add_x_command() is in x.cpp.

namespace ballast {

void add_hydrate_command(Program& program, const SlimSource& source);
void add_exec_command(Program& program, const SlimSource& source);
void add_path_command(Program& program, const SlimSource& source);
void add_wrapper_command(Program& program, const SlimSource& source);
void add_extension_command(Program& program, const SlimSource& source);
void add_doctor_command(Program& program, const SlimSource& source);

}  // namespace ballast
