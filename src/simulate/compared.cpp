#include "simulate/compared.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_text.hpp"
#include "base/relative_path.hpp"

namespace ballast {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_max_name_bytes = 200;
constexpr double k_most_ms = static_cast<double>(k_most_duration_us) / 1000;
constexpr double k_most_usd = 1e9;
constexpr double k_most_tmp_bytes = 1e15;

// One way of the file, read field by field.
class Row {
  public:
    Row(const Json& row, const std::string& file, std::size_t index)
        : m_row(row), m_file(file), m_where(fmt::format("ways[{}]", index)) {}

    Result<std::string> name() const {
        const auto found = m_row.find("name");
        if (found == m_row.end() || !found->is_string()) return wrong("name", "is not a text");
        const auto& text = found->get_ref<const std::string&>();
        if (text.empty() || text.size() > k_max_name_bytes) return wrong("name", "is empty, or too long");
        return printable(text);
    }

    // Nothing where there is none, or null. Errors: corrupt when it is not a number, or not between.
    Result<std::optional<double>> number(const char* key, double least, double most) const {
        const auto found = m_row.find(key);
        if (found == m_row.end() || found->is_null()) return std::optional<double>();
        if (!found->is_number()) return wrong(key, "is not a number");
        const double value = found->get<double>();
        if (!(value >= least && value <= most))
            return wrong(key, fmt::format("is not between {:.15g} and {:.15g}", least, most));
        return std::optional(value);
    }

    Result<bool> works() const {
        const auto found = m_row.find("works");
        if (found == m_row.end() || found->is_null()) return true;
        if (!found->is_boolean()) return wrong("works", "is neither true nor false");
        return found->get<bool>();
    }

    // Of one that does not work: it may not have been tried.
    std::string why_not() const {
        const auto found = m_row.find("missing");
        if (found == m_row.end() || !found->is_string()) return "it does not work";
        return "it was not tried: " + printable(found->get_ref<const std::string&>());
    }

  private:
    tl::unexpected<Error> wrong(const char* key, const std::string& what) const {
        return fail(ErrorCode::corrupt, m_file, m_where + "." + key + " " + what,
                    "write it with 'ballast compare PACKAGE --json > FILE'");
    }

    const Json& m_row;
    const std::string& m_file;
    std::string m_where;
};

std::int64_t microseconds(double ms) {
    return std::llround(ms * 1000);
}

Result<void> add_row(const Row& row, ComparedStrategies& compared) {
    Strategy strategy;
    BALLAST_TRY(strategy.name, row.name());
    BALLAST_TRY(const auto cold_ms, row.number("cold_ms", -k_most_ms, k_most_ms));
    BALLAST_TRY(const auto each_ms, row.number("each_ms", -k_most_ms, k_most_ms));
    BALLAST_TRY(const auto per_cold_usd, row.number("per_cold_usd", 0, k_most_usd));
    BALLAST_TRY(const auto month_usd, row.number("month_usd", 0, k_most_usd));
    BALLAST_TRY(const auto tmp_bytes, row.number("tmp_bytes", 0, k_most_tmp_bytes));
    BALLAST_TRY(const bool works, row.works());
    if (!works || !cold_ms) {
        compared.left_out.push_back(
            {strategy.name, works ? "what it adds to a cold start is not known" : row.why_not()});
        return {};
    }
    strategy.recorded_plus_us = microseconds(*cold_ms);
    strategy.each_us = microseconds(each_ms.value_or(0));
    strategy.usd_per_cold = per_cold_usd.value_or(0);
    strategy.usd_per_month = month_usd.value_or(0);
    strategy.tmp_gb = paid_tmp_gb(static_cast<std::uint64_t>(tmp_bytes.value_or(0)));
    compared.strategies.push_back(std::move(strategy));
    return {};
}

}  // namespace

Result<ComparedStrategies> parse_compared(std::string_view text, const std::string& file) {
    const Json json = parse_json(text);
    const auto rows = json.is_object() ? json.find("ways") : json.end();
    if (json.is_discarded() || !json.is_object() || rows == json.end() || !rows->is_array()) {
        return fail(ErrorCode::corrupt, file, "is not a report of 'ballast compare --json'",
                    "write one with 'ballast compare PACKAGE --json > FILE'");
    }
    if (rows->size() > k_max_compared) {
        return fail(ErrorCode::corrupt, file,
                    fmt::format("has {} ways, more than {}", rows->size(), k_max_compared));
    }
    ComparedStrategies compared;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        if (!(*rows)[i].is_object())
            return fail(ErrorCode::corrupt, file, fmt::format("ways[{}] is not a way", i));
        BALLAST_CHECK(add_row(Row((*rows)[i], file, i), compared));
    }
    if (compared.strategies.empty())
        return fail(ErrorCode::usage, file, "has no way whose cold start is known",
                    "name strategies with --strategy");
    return compared;
}

}  // namespace ballast
