#pragma once

#include <cstdint>

// What AWS Lambda and S3 charge, in US dollars: us-east-1, October 2025, from aws.amazon.com/lambda/pricing
// and aws.amazon.com/s3/pricing. The only place of these numbers; docs/simulate.md, "Money", explains them.

namespace ballast {

enum class Architecture : std::uint8_t { x86, arm };

struct LambdaPrices {
    double gb_second;                   // of execution on demand, init included
    double provisioned_gb_second;       // of provisioned concurrency, while it is configured
    double provisioned_used_gb_second;  // of execution on it
    double request = 0.0000002;
    double tmp_gb_second = 0.0000000309;  // of /tmp above 512 MB
};

inline constexpr const char* k_prices_date = "2025-10";
inline constexpr const char* k_prices_region = "us-east-1";
inline constexpr double k_s3_get = 0.0004 / 1000;
inline constexpr double k_s3_gb_month = 0.023;
// aws.amazon.com/ecr/pricing; aws.amazon.com/efs/pricing: Standard, elastic throughput. S3 Files charges the
// same for its fast storage and for reading it.
inline constexpr double k_ecr_gb_month = 0.10;
inline constexpr double k_efs_gb_month = 0.30;
inline constexpr double k_efs_read_gb = 0.03;

constexpr LambdaPrices lambda_prices(Architecture architecture) {
    if (architecture == Architecture::arm) {
        return {.gb_second = 0.0000133334,
                .provisioned_gb_second = 0.0000033334,
                .provisioned_used_gb_second = 0.0000077778};
    }
    return {.gb_second = 0.0000166667,
            .provisioned_gb_second = 0.0000041667,
            .provisioned_used_gb_second = 0.0000097222};
}

// Monthly figures are for 30 days.
inline constexpr double k_month_seconds = 30.0 * 86'400;

}  // namespace ballast
