#include "config/config.hpp"

#include "base/root_path.hpp"
#include "config/checks.hpp"

namespace ballast {
namespace {

using Check = FaultOf (*)(std::string_view);

Result<void> set(std::string& setting, const std::string& value, std::string_view shown, Check check) {
    if (const auto fault = check(value)) return fail(ErrorCode::usage, shown, fault->message, fault->hint);
    setting = value;
    return {};
}

}  // namespace

Result<void> set_name(Config& config, const std::string& value, std::string_view shown) {
    return set(config.name, value, shown, name_fault);
}

Result<void> set_store(Config& config, const std::string& value, std::string_view shown) {
    return set(config.store, value, shown, store_fault);
}

Result<void> set_root(Config& config, const std::string& value, std::string_view shown) {
    return set(config.root, value, shown, root_fault);
}

}  // namespace ballast
