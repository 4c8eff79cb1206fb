#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/elsewhere.hpp"
#include "compare/executables.hpp"
#include "compare/measure_offload.hpp"
#include "compare/node_bundle.hpp"
#include "compare/pack_executables.hpp"
#include "compare/predict_offload.hpp"

namespace ballast {

// How a figure came about: counted or timed here, calculated by a model of Ballast's own, or arithmetic with
// figures that others published.
enum class Basis : std::uint8_t { measured, predicted, cited };
std::string_view basis_name(Basis basis);

// What a way needs of other services, for the bill. Of one version.
struct Usage {
    double s3_gets_per_cold = 0;
    std::uint64_t s3_bytes = 0;
    std::uint64_t registry_bytes = 0;
    std::uint64_t nfs_bytes = 0;  // of EFS, or of S3 Files' fast storage
    double nfs_read_bytes_per_cold = 0;
    std::uint64_t tmp_bytes = 0;  // of /tmp
};

// What the user's rate makes of a way: simulated (docs/simulate.md).
struct Bill {
    double cold_share = 0;
    double p50_ms = 0;  // of all invocations, wait included
    double p99_ms = 0;
    double usd_a_month = 0;
};

// One way to deploy the package, against the package as it is.
struct Way {
    std::string id;            // "as_is", "upx", "offloaded", "offloaded:GROUP"...
    std::string name;          // for people
    std::string missing = {};  // why it was not tried; then there are no figures
    std::optional<std::uint64_t> package_bytes = {};
    Basis size_basis = Basis::measured;
    std::uint64_t limit_bytes = 0;
    std::optional<double> cold_ms = {};  // what a cold start takes longer, besides each_ms; may be negative
    std::optional<double> each_ms = {};  // what each invocation takes longer, cold or warm
    Basis time_basis = Basis::measured;
    std::vector<std::string> changes = {};  // what has to be done for it
    std::vector<std::string> faults = {};   // what does not work any more
    std::string untested = {};              // why nobody knows whether it does; empty when it was seen
    Usage usage = {};
    double per_cold_usd = 0;  // what others than Lambda charge for the usage: a cold start,
    double month_usd = 0;     // and a month
    std::optional<Bill> bill = {};

    bool tried() const { return missing.empty(); }
    bool fits() const { return package_bytes && *package_bytes <= limit_bytes; }
    bool works() const { return tried() && faults.empty(); }
};

struct Recommendation {
    std::string way;       // its id
    std::string sentence;  // what to do
    std::string reason;    // and why
};

// What was done with a package, and what came of it.
struct Experiment {
    std::string package;  // as the user named it
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t limit_bytes = 0;
    TimeModel model = {};
    ElsewhereModel elsewhere = {};
    std::vector<Executable> executables = {};
    std::array<PackedPackage, k_packers.size()> packed = {};  // in the order of k_packers
    NodeBundle bundle = {};
    OffloadPrediction offload = {};
    std::optional<OffloadMeasure> offload_measured = {};
    std::string offload_fault = {};  // why it could not be measured
    ElsewhereTree whole = {};        // all of the package
    std::vector<Way> ways = {};      // the package as it is first
    Recommendation recommendation = {};
    std::string rate = {};  // what the bills are for, for people; "" without

    const Way* find(std::string_view id) const;  // nullptr without
    const PackedPackage& packed_by(Packer packer) const { return packed[static_cast<std::size_t>(packer)]; }
};

// A number that the models take, as the reports tell it.
struct ModelInput {
    const char* key;  // for programs
    double value;
    const char* title;  // for people
    double factor;      // of what people read
    const char* unit;
};
std::vector<ModelInput> model_inputs(const Experiment& experiment);

}  // namespace ballast
