#pragma once

#include <string>

#include "base/result.hpp"
#include "classify/inventory.hpp"
#include "compare/bill.hpp"
#include "compare/experiment.hpp"
#include "config/config.hpp"

namespace ballast {

struct CompareOptions {
    ExecutableOptions executables = {};
    BundleOptions bundle = {};
    unsigned rounds = 20;  // pairs of starts, at most
    std::string strip;     // where the tools are; "" for none
    std::string upx;
    std::string gzexe;
    TimeModel model = {};
    ElsewhereModel elsewhere = {};
    std::string run_program;  // the ballast-run that a slim package holds
    bool measure = false;     // pack, push to the configuration's store, and hydrate
    BillOptions bill = {};
};

// Makes the experiment; takes a minute or more. `say` is told each step.
// Errors: those of reading the package, of logs and of the disk; usage for a named program or entry that is
// not there; interrupted.
Result<Experiment> run_experiment(const Inventory& inventory, const Config& config,
                                  const CompareOptions& options, const Say& say);

}  // namespace ballast
