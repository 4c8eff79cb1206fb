#include "config/config.hpp"

#include "base/root_path.hpp"
#include "config/checks.hpp"

namespace ballast {
namespace {

using Check = std::optional<Fault> (*)(std::string_view);

Result<void> set(std::string& setting, const std::string& value, std::string_view name_in_errors,
                 Check check) {
    if (const auto fault = check(value))
        return fail(ErrorCode::usage, name_in_errors, fault->message, fault->hint);
    setting = value;
    return {};
}

}  // namespace

Result<void> set_name(Config& config, const std::string& value, std::string_view name_in_errors) {
    return set(config.name, value, name_in_errors, name_fault);
}

Result<void> set_store(Config& config, const std::string& value, std::string_view name_in_errors) {
    return set(config.store, value, name_in_errors, store_fault);
}

Result<void> set_root(Config& config, const std::string& value, std::string_view name_in_errors) {
    return set(config.root, value, name_in_errors, root_fault);
}

}  // namespace ballast
