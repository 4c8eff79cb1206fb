#pragma once

#include "program/command.hpp"

// The commands of the build-time program, one file each.

namespace ballast {

void add_analyze_command(CLI::App& app, Action& action);
void add_why_command(CLI::App& app, Action& action);
void add_plan_command(CLI::App& app, Action& action);
void add_pack_command(CLI::App& app, Action& action);
void add_layer_command(CLI::App& app, Action& action);
void add_push_command(CLI::App& app, Action& action);
void add_versions_command(CLI::App& app, Action& action);
void add_diff_command(CLI::App& app, Action& action);
void add_gc_command(CLI::App& app, Action& action);
void add_compare_command(CLI::App& app, Action& action);
void add_simulate_command(CLI::App& app, Action& action);
void add_verify_command(CLI::App& app, Action& action, const SlimSource& source);

}  // namespace ballast
