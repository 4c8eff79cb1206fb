#include "store/s3/listing.hpp"

#include <charconv>

#include "base/relative_path.hpp"
#include "store/s3/endpoint.hpp"
#include "store/s3/refusal.hpp"
#include "store/s3/xml.hpp"

namespace ballast {

Result<ListingPage> parse_listing(std::string_view xml, std::string_view name_in_errors,
                                  std::string_view prefix) {
    ListingPage page;
    ObjectInfo object;
    std::string key;
    bool is_list = false;
    BALLAST_CHECK(parse_xml(xml, name_in_errors, [&](std::string_view path, std::string_view text) {
        if (path == "ListBucketResult/Contents/Key") key = text;
        if (path == "ListBucketResult/Contents/Size")
            std::from_chars(text.data(), text.data() + text.size(), object.bytes);
        if (path == "ListBucketResult/Contents/LastModified")
            object.modified = parse_iso_time(text).value_or(StoreTime());
        if (path == "ListBucketResult/NextContinuationToken") page.next = text;
        if (path == "ListBucketResult") is_list = true;
        if (path != "ListBucketResult/Contents") return;
        const auto decoded = percent_decode(key, name_in_errors);
        if (decoded && decoded->starts_with(prefix)) {
            object.key = decoded->substr(prefix.size());
            if (relative_path_fault(object.key).empty()) page.objects.push_back(object);
        }
        object = {};
    }));
    if (!is_list)
        return fail(ErrorCode::usage, name_in_errors, "the answer is not a list of objects",
                    "check that the endpoint speaks S3");
    return page;
}

}  // namespace ballast
