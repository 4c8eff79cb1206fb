#pragma once

#include <string_view>

namespace ballast {

// The roots that AWS's endpoints in all commercial and China regions chain to, as PEM: Amazon Root CA 1 to 4
// and Starfield Services Root Certificate Authority - G2. Valid until 2037 and later. Source:
// https://www.amazontrust.com/repository/, the same bytes as in Debian's ca-certificates.
extern const std::string_view k_amazon_roots;

}  // namespace ballast
