#include "compare/ways.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/size.hpp"
#include "classify/lambda_limits.hpp"
#include "format/selection.hpp"

namespace ballast {
namespace {

class WayMaker {
  public:
    explicit WayMaker(const Experiment& experiment) : m_experiment(experiment) {}

    std::vector<Way> make() {
        add_as_is();
        for (const Packer packer : k_packers) add_packed(packer);
        add_bundled();
        add_stripped_bundle();
        add_offloaded();
        add_container();
        add_mounts();
        return std::move(m_ways);
    }

  private:
    // Good until the next one is added.
    Way& add(std::string id, std::string name) {
        Way& made = m_ways.emplace_back();
        made.id = std::move(id);
        made.name = std::move(name);
        made.limit_bytes = m_experiment.limit_bytes;
        return made;
    }

    void add_as_is() {
        Way& made = add("as_is", "as it is");
        made.package_bytes = m_experiment.bytes;
        made.cold_ms = 0;
        made.each_ms = 0;
    }

    static std::string name_of(Packer packer) {
        if (packer == Packer::strip) return "stripped";
        return "executables packed by " + std::string(packer_name(packer));
    }

    void add_packed(Packer packer) {
        const PackedPackage& result = m_experiment.packed_by(packer);
        Way& made =
            add(packer == Packer::strip ? "stripped" : std::string(packer_name(packer)), name_of(packer));
        if (result.tool.empty()) {
            made.missing = fmt::format("{} is not installed, or was left out", packer_name(packer));
        } else if (!result.files.empty() && packed_count(result) == 0) {
            made.missing = fmt::format("{} leaves all as they are: {}", packer_name(packer),
                                       result.files.front().refused);
        } else if (result.files.empty()) {
            made.missing = packer == Packer::strip ? "nothing in the package can be stripped"
                                                   : "the package has no executables";
        } else {
            made.package_bytes = result.package_bytes;
            made.cold_ms = 0;
            // Stripping changes nothing that is loaded: what was timed is the machine's noise.
            made.each_ms = packer == Packer::strip ? std::optional<double>(0) : result.added_ms;
            made.faults = result.faults;
            if (packer != Packer::strip && !result.added_ms && made.faults.empty())
                made.untested = "no changed program could be started here";
            made.changes.push_back(packer == Packer::strip
                                       ? "run strip over ELF files in the build"
                                       : fmt::format("run {} over {} in the build", packer_name(packer),
                                                     counted(packed_count(result), "executable")));
            if (packer == Packer::gzexe)
                made.changes.emplace_back("gzip, tail and a writable /tmp where the function runs");
        }
    }

    static std::size_t packed_count(const PackedPackage& result) {
        return static_cast<std::size_t>(std::count_if(result.files.begin(), result.files.end(),
                                                      [](const auto& one) { return one.refused.empty(); }));
    }

    void add_bundled() {
        const NodeBundle& bundle = m_experiment.bundle;
        Way& made = add("bundled", "bundled by esbuild");
        made.missing = bundle.missing;
        if (!made.tried()) return;
        made.package_bytes = bundle.package_bytes;
        if (bundle.load) made.cold_ms = bundle.load->added_ms;
        made.each_ms = 0;
        if (!bundle.works) made.faults.push_back(bundle.fault);
        made.untested = bundle.load_fault;
        made.changes.emplace_back("an esbuild step in the build");
        if (!bundle.kept.empty())
            made.changes.push_back(fmt::format("packages that stay in node_modules: {}", bundle.kept.size()));
        if (!bundle.dynamic.empty())
            made.changes.push_back(
                fmt::format("calls to check, which esbuild cannot follow: {}", bundle.dynamic.size()));
        if (!bundle.orphaned.empty())
            made.changes.push_back(
                fmt::format("name other entries with --entry: {} and what else is not "
                            "in the bundle find no packages any more",
                            bundle.orphaned.front()));
        made.changes.emplace_back("check files that packages read beside themselves");
    }

    // What costs no start: both. They are about different files, since a package with ELF files stays.
    void add_stripped_bundle() {
        const PackedPackage& stripped = m_experiment.packed_by(Packer::strip);
        const NodeBundle& bundle = m_experiment.bundle;
        if (stripped.tool.empty() || packed_count(stripped) == 0 || !bundle.missing.empty()) return;
        Way made = m_ways.back();
        made.id = "stripped_bundled";
        made.name = "stripped and bundled";
        std::uint64_t saved = 0;
        for (const auto& file : stripped.files) saved += file.before - file.after;
        made.faults.insert(made.faults.end(), stripped.faults.begin(), stripped.faults.end());
        made.package_bytes = bundle.package_bytes - std::min(bundle.package_bytes, saved);
        made.changes.insert(made.changes.begin(), "run strip over ELF files in the build");
        m_ways.push_back(std::move(made));
    }

    void add_offloaded(const OffloadPart& part) {
        Way& made = part.group.empty()
                        ? add("offloaded", "offloaded")
                        : add("offloaded:" + part.group, "offloaded, starts with " + part.group);
        const auto& measured = m_experiment.offload_measured;
        const OffloadPart& whole = m_experiment.offload.parts.front();
        made.package_bytes = measured ? measured->slim_bytes : m_experiment.offload.slim_bytes;
        made.size_basis = measured ? Basis::measured : Basis::predicted;
        const auto measured_ms = measured ? measured->cold_ms_of(part.group) : std::nullopt;
        made.cold_ms = measured_ms.value_or(1000 * part.estimate.total);
        made.each_ms = 0;
        made.time_basis = measured_ms ? Basis::measured : Basis::predicted;
        made.usage.s3_gets_per_cold =
            std::max(1.0, std::ceil(static_cast<double>(part.work.compressed_bytes) / k_most_range_bytes));
        made.usage.s3_bytes = measured ? measured->fetched_bytes : whole.work.compressed_bytes;
        made.usage.tmp_bytes = part.bytes;
        made.changes = {"'ballast pack' in the deployment", "a bucket, and s3:GetObject for the function",
                        "start through ballast-run (wrapper, extension, or ensure() in the handler)"};
        if (part.bytes > k_max_tmp_bytes) {
            made.faults.push_back(
                fmt::format("the tree of {} does not fit into /tmp, 10 GB at most", format_size(part.bytes)));
        } else if (part.bytes > k_free_tmp_bytes - 32 * k_mib) {
            made.changes.push_back(fmt::format("/tmp of more than {}", format_size(part.bytes)));
        }
    }

    void add_offloaded() {
        const OffloadPrediction& offload = m_experiment.offload;
        if (!offload.missing.empty()) {
            add("offloaded", "offloaded").missing = offload.missing;
            return;
        }
        for (const auto& part : offload.parts) add_offloaded(part);
    }

    Way& add_cited(std::string id, std::string name, const ElsewhereCost& cost) {
        Way& made = add(std::move(id), std::move(name));
        made.cold_ms = cost.cold_ms;
        made.each_ms = cost.each_ms;
        made.time_basis = Basis::cited;
        return made;
    }

    void add_container() {
        Way& made = add_cited("container", "container image",
                              container_cost(m_experiment.elsewhere, m_experiment.whole));
        made.package_bytes = m_experiment.bytes;
        made.limit_bytes = k_max_image_bytes;
        made.usage.registry_bytes = m_experiment.bytes;
        made.changes = {"a Dockerfile, an image build and ECR in the deployment",
                        "the base image's updates become yours; no layers"};
    }

    // What `pack` would take out, mounted instead.
    void add_mounts() {
        const OffloadPrediction& offload = m_experiment.offload;
        if (!offload.missing.empty()) {
            add("efs", "EFS mount").missing = offload.missing;
            add("s3_files", "S3 Files mount").missing = offload.missing;
            return;
        }
        const ElsewhereTree& tree = offload.leaving;
        const auto efs = efs_cost(m_experiment.elsewhere, tree);
        add_mount("efs", "EFS mount", "file system", efs).usage.nfs_bytes = tree.bytes;

        const auto files = s3_files_cost(m_experiment.elsewhere, tree);
        Usage& usage = add_mount("s3_files", "S3 Files mount", "bucket", files).usage;
        usage.s3_bytes = tree.bytes;
        usage.s3_gets_per_cold = files.s3_gets;
        usage.nfs_bytes = tree.bytes - tree.large_bytes;
    }

    Way& add_mount(std::string id, std::string name, std::string_view target, const ElsewhereCost& cost) {
        Way& made = add_cited(std::move(id), std::move(name), cost);
        made.package_bytes = m_experiment.bytes - m_experiment.offload.leaving.bytes;
        made.usage.nfs_read_bytes_per_cold = cost.read_bytes;
        made.changes = {
            "a VPC with mount targets, and the function in it (NAT or endpoints for the internet)",
            fmt::format("deployments that write a version to the {} and remove old ones", target)};
        return made;
    }

    const Experiment& m_experiment;
    std::vector<Way> m_ways;
};

}  // namespace

std::vector<Way> make_ways(const Experiment& experiment) {
    return WayMaker(experiment).make();
}

}  // namespace ballast
