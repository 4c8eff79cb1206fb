#include "store/s3/aws_profile.hpp"

#include "base/environment.hpp"
#include "base/file.hpp"

namespace ballast {
namespace {

constexpr std::string_view k_blank = " \t\r";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(k_blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(k_blank) - first + 1);
}

// A comment behind a value starts with a blank and '#' or ';'.
std::string_view without_comment(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if ((text[i] == '#' || text[i] == ';') && k_blank.find(text[i - 1]) != std::string_view::npos)
            return trim(text.substr(0, i));
    }
    return text;
}

std::string path_of(const char* variable, const char* name) {
    if (std::string path = environment(variable); !path.empty()) return path;
    const std::string home = environment("HOME");
    return home.empty() ? std::string() : home + "/.aws/" + name;
}

std::string read_or_empty(const std::string& path) {
    constexpr std::size_t k_max_bytes = 1U << 20U;
    if (path.empty()) return {};
    auto text = read_file(path, k_max_bytes);
    return text ? std::move(*text) : std::string();
}

}  // namespace

std::string setting(const AwsProfile& profile, std::string_view name) {
    const auto at = profile.find(name);
    return at == profile.end() ? std::string() : at->second;
}

std::map<std::string, AwsProfile, std::less<>> parse_aws_file(std::string_view text) {
    std::map<std::string, AwsProfile, std::less<>> sections;
    AwsProfile* section = nullptr;
    std::string parent;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view content = trim(line);
        if (content.empty() || content.starts_with('#') || content.starts_with(';')) continue;
        if (content.starts_with('[')) {
            const auto close = content.find(']');
            section = close == std::string_view::npos
                          ? nullptr
                          : &sections[std::string(trim(content.substr(1, close - 1)))];
            parent.clear();
            continue;
        }
        const auto equals = content.find('=');
        if (section == nullptr || equals == std::string_view::npos) continue;
        const std::string name(trim(content.substr(0, equals)));
        const std::string value(without_comment(trim(content.substr(equals + 1))));
        const bool indented = k_blank.find(line.front()) != std::string_view::npos;
        if (indented && !parent.empty()) {
            (*section)[parent + "." + name] = value;
        } else {
            (*section)[name] = value;
            parent = value.empty() ? name : std::string();
        }
    }
    return sections;
}

Result<AwsProfile> load_aws_profile() {
    const std::string chosen = environment("AWS_PROFILE");
    const std::string name = chosen.empty() ? "default" : chosen;
    auto config = parse_aws_file(read_or_empty(path_of("AWS_CONFIG_FILE", "config")));
    auto credentials = parse_aws_file(read_or_empty(path_of("AWS_SHARED_CREDENTIALS_FILE", "credentials")));

    auto in_config = config.find("profile " + name);
    if (in_config == config.end() && name == "default") in_config = config.find(name);
    const auto in_credentials = credentials.find(name);
    if (in_config == config.end() && in_credentials == credentials.end() && !chosen.empty()) {
        return fail(ErrorCode::usage, "AWS_PROFILE", "there is no profile '" + chosen + "'",
                    "name one of ~/.aws/config or ~/.aws/credentials");
    }
    AwsProfile profile;
    if (in_config != config.end()) profile = in_config->second;
    if (in_credentials != credentials.end()) {
        for (const auto& [key, value] : in_credentials->second) profile[key] = value;
    }
    if (const auto services = profile.find("services"); services != profile.end()) {
        if (const auto section = config.find("services " + services->second); section != config.end()) {
            profile.insert(section->second.begin(), section->second.end());
        }
    }
    return profile;
}

}  // namespace ballast
