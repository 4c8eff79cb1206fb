#include "compare/predict_offload.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "pack/contents.hpp"
#include "pack/frame_choice.hpp"
#include "pack/frame_plan.hpp"
#include "pack/sampled_frames.hpp"

namespace ballast {
namespace {

constexpr std::size_t k_least_of_group = 3;
// Of the manifest: digest, path and place of a file, as trees of 1,000 to 10,000 files had.
constexpr std::uint64_t k_manifest_bytes_a_file = 130;

// What a group's samples became, per byte.
struct Ratio {
    double bytes = 0;  // of the samples
    double zstd = 0;   // decoded
    double lz4 = 0;
    double raw = 0;
    double compressed = 0;

    void add(const SampledFrame& frame, Codec codec) {
        const auto whole = static_cast<double>(frame.bytes);
        bytes += whole;
        (codec == Codec::raw ? raw : codec == Codec::zstd ? zstd : lz4) += whole;
        const std::uint64_t encoded = codec == Codec::raw    ? frame.bytes
                                      : codec == Codec::zstd ? frame.zstd_bytes
                                                             : frame.lz4_bytes;
        compressed += static_cast<double>(encoded);
    }
};

class Predictor {
  public:
    Predictor(const Package& package, const Config& config, const Plan& plan, const TimeModel& model,
              const PlannedTree& tree)
        : m_package(package), m_config(config), m_plan(plan), m_model(model), m_tree(tree) {}

    Result<OffloadPrediction> run() {
        std::vector<std::uint32_t> contents;
        for (std::uint32_t i = 0; i < m_tree.contents.size(); ++i) {
            if (m_tree.contents[i].bytes > 0) contents.push_back(i);
        }
        const auto frames = plan_frames(m_tree, contents, m_config.frame_bytes);
        const auto chosen = choose_frames(frames);
        FrameChoice choice = FrameChoice::from(m_config);
        BALLAST_TRY(const auto samples, sample_frames(m_package, m_tree, frames, chosen, choice));
        std::uint64_t content_bytes = 0;
        for (const auto& content : m_tree.contents) content_bytes += content.bytes;
        std::uint64_t sampled_bytes = 0;
        for (const auto& sample : samples) sampled_bytes += sample.bytes;
        const double scale = static_cast<double>(content_bytes) /
                             static_cast<double>(std::max<std::uint64_t>(sampled_bytes, 1));
        choice.zstd_threshold = choose_zstd_threshold(m_model, samples, scale);
        std::vector<Ratio> ratios(m_plan.group_names.size());
        for (std::size_t i = 0; i < samples.size(); ++i)
            ratios[group_of(frames[chosen[i]])].add(samples[i], choice.codec_of(samples[i]));
        OffloadPrediction prediction = predict(ratios);
        prediction.sampled_bytes = sampled_bytes;
        return prediction;
    }

  private:
    std::uint16_t group_of(const PlannedFrame& frame) const {
        return m_tree.contents[frame.pieces.front().content].group;
    }

    // Spread evenly over each group's frames.
    std::vector<std::size_t> choose_frames(const std::vector<PlannedFrame>& frames) const {
        std::vector<std::vector<std::size_t>> by_group(m_plan.group_names.size());
        for (std::size_t i = 0; i < frames.size(); ++i) by_group[group_of(frames[i])].push_back(i);
        std::vector<std::size_t> chosen;
        for (const auto& group : by_group) {
            const std::size_t part =
                k_sampled_frames * group.size() / std::max<std::size_t>(frames.size(), 1);
            for (const std::size_t i : spread_evenly(std::max(part, k_least_of_group), group.size()))
                chosen.push_back(group[i]);
        }
        return chosen;
    }

    OffloadPrediction predict(const std::vector<Ratio>& ratios) const {
        OffloadPrediction prediction;
        OffloadPart whole;
        std::vector<OffloadPart> groups(m_plan.group_names.size());
        std::vector<std::set<std::uint32_t>> contents(groups.size());
        for (std::size_t i = 0; i < m_tree.entries.size(); ++i) {
            if (m_package.entries()[m_tree.entries[i]].kind != EntryKind::file) continue;
            const std::size_t group = m_plan.groups[m_tree.entries[i]];
            ++groups[group].work.files;
            ++whole.work.files;
            // An empty file has none.
            if (m_tree.content_of[i] < m_tree.contents.size()) contents[group].insert(m_tree.content_of[i]);
        }
        for (std::size_t g = 0; g < groups.size(); ++g) {
            groups[g].group = m_plan.group_names[g];
            // What several groups have is in the frames of one of them, and each fetches it.
            fill(groups[g], ratios, {contents[g].begin(), contents[g].end()});
        }
        std::vector<std::uint32_t> all(m_tree.contents.size());
        std::iota(all.begin(), all.end(), 0U);
        fill(whole, ratios, all);
        prediction.parts.push_back(whole);
        if (!m_config.groups.empty())
            prediction.parts.insert(prediction.parts.end(), groups.begin(), groups.end());
        return prediction;
    }

    void fill(OffloadPart& part, const std::vector<Ratio>& ratios,
              const std::vector<std::uint32_t>& contents) const {
        Ratio sum;
        for (const std::uint32_t index : contents) {
            const TreeContent& content = m_tree.contents[index];
            const Ratio& ratio = ratios[content.group];
            part.bytes += content.bytes;
            if (ratio.bytes == 0) continue;
            const double scale = static_cast<double>(content.bytes) / ratio.bytes;
            sum.zstd += scale * ratio.zstd;
            sum.lz4 += scale * ratio.lz4;
            sum.raw += scale * ratio.raw;
            sum.compressed += scale * ratio.compressed;
        }
        const auto rounded = [](double value) { return static_cast<std::uint64_t>(std::llround(value)); };
        part.work.zstd_bytes = rounded(sum.zstd);
        part.work.lz4_bytes = rounded(sum.lz4);
        part.work.raw_bytes = rounded(sum.raw);
        part.work.compressed_bytes = rounded(sum.compressed);
        part.estimate = estimate_cold_start(m_model, part.work);
    }

    const Package& m_package;
    const Config& m_config;
    const Plan& m_plan;
    const TimeModel& m_model;
    const PlannedTree& m_tree;
};

}  // namespace

ElsewhereTree measure_tree(const std::vector<Entry>& entries, const Plan* plan, double threshold) {
    ElsewhereTree tree;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (entry.kind != EntryKind::file) continue;
        if (plan != nullptr && plan->destinations[i] != Destination::leaves) continue;
        tree.bytes += entry.size;
        ++tree.files;
        if (static_cast<double>(entry.size) < threshold) continue;
        tree.large_bytes += entry.size;
        ++tree.large_files;
    }
    return tree;
}

Result<OffloadPrediction> predict_offload(const Inventory& inventory, const Config& config,
                                          const TimeModel& model, const ElsewhereModel& elsewhere,
                                          std::uint64_t run_bytes) {
    auto plan = make_plan(inventory, config);
    if (!plan) {
        if (plan.error().code != ErrorCode::usage) return pass_on(std::move(plan));
        OffloadPrediction nothing;
        nothing.missing = plan.error().object + ": " + plan.error().message;
        return nothing;
    }
    Progress quiet("sampling", plan->leaving_bytes, Progress::Output::quiet);
    BALLAST_TRY(const PlannedTree tree, read_tree(inventory, *plan, quiet));
    BALLAST_TRY(OffloadPrediction prediction,
                Predictor(inventory.package(), config, *plan, model, tree).run());
    prediction.leaving_bytes = plan->leaving_bytes;
    prediction.leaving_files = plan->leaving_files;
    prediction.leaving = measure_tree(inventory.entries(), &*plan, elsewhere.s3_files_threshold);
    prediction.slim_bytes = plan->staying_bytes() + run_bytes + k_manifest_bytes_a_file * plan->leaving_files;
    return prediction;
}

}  // namespace ballast
