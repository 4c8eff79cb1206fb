#include "compare/experiment.hpp"

namespace ballast {

std::string_view basis_name(Basis basis) {
    constexpr std::array<std::string_view, 3> k_names = {"measured", "predicted", "cited"};
    return k_names.at(static_cast<std::size_t>(basis));
}

const Way* Experiment::find(std::string_view id) const {
    for (const auto& way : ways) {
        if (way.id == id) return &way;
    }
    return nullptr;
}

}  // namespace ballast
