// What servers, credential endpoints and ~/.aws say to the s3: store. The first byte says which: 'l' a list
// of objects, 'r' a refusal, 'c' credentials, 'p' a profile file, 'u' a store's URL, 'd' a date.

#include <cstdlib>

#include "base/relative_path.hpp"
#include "store/s3/aws_profile.hpp"
#include "store/s3/credential_sources.hpp"
#include "store/s3/listing.hpp"
#include "store/s3/location.hpp"
#include "store/s3/refusal.hpp"

namespace {

using namespace ballast;

void require(bool holds) {
    if (!holds) std::abort();
}

void list(std::string_view text) {
    const auto page = parse_listing(text, "fuzz", "pre/");
    if (!page)
        return require(page.error().code == ErrorCode::corrupt || page.error().code == ErrorCode::usage);
    for (const auto& object : page->objects) require(relative_path_fault(object.key).empty());
}

void refuse(std::string_view text) {
    const HttpHead head{.status = 403,
                        .headers = {{"date", std::string(text.substr(0, 40))},
                                    {"retry-after", std::string(text.substr(0, 10))}}};
    const Refusal refusal = read_refusal(head, text);
    const auto location = parse_s3_url("s3://bucket/p", {}).value();
    const Error error = refusal_error(refusal, location, {"s3:GetObject", "k"}, Signed::yes);
    require(error.message.find('\n') == std::string::npos && error.message.size() < 2000);
}

void credentials(std::string_view text) {
    const auto found = parse_credentials_json(text, "fuzz");
    if (!found) return require(found.error().code == ErrorCode::corrupt);
    require(found->credentials.session_token.find('\n') == std::string::npos);
}

void url(std::string_view text) {
    const auto location = parse_s3_url(std::string(text), {});
    if (!location) return require(location.error().code == ErrorCode::usage);
    require(!location->server().host.empty());
    require(location->path_of("k").front() == '/');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    if (all.empty()) return 0;
    const std::string_view text = all.substr(1);
    switch (all.front()) {
        case 'l':
            list(text);
            break;
        case 'r':
            refuse(text);
            break;
        case 'c':
            credentials(text);
            break;
        case 'p':
            (void)parse_aws_file(text);
            break;
        case 'u':
            url(text);
            break;
        case 'd':
            (void)parse_http_date(text);
            (void)parse_iso_time(text);
            break;
        default:
            break;
    }
    return 0;
}
