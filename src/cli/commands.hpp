#pragma once

#include "program/command.hpp"
#include "run/slim_source.hpp"

// The commands of the build-time program. This header lists what several files implement: add_x_command() is
// in x.cpp.

namespace ballast {

void add_analyze_command(Program& program);
void add_why_command(Program& program);
void add_plan_command(Program& program);
void add_pack_command(Program& program);
void add_layer_command(Program& program);
void add_push_command(Program& program);
void add_versions_command(Program& program);
void add_diff_command(Program& program);
void add_gc_command(Program& program);
void add_compare_command(Program& program);
void add_simulate_command(Program& program);
void add_verify_command(Program& program, const SlimSource& source);

}  // namespace ballast
