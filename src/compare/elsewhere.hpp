#pragma once

#include <cstdint>

namespace ballast {

// Arithmetic about what cannot be measured here: a container image, EFS, S3 Files. Every number has a source,
// or is said to be assumed; docs/compare.md lists them.
struct ElsewhereModel {
    // Of an image's bytes, what a start reads: Brooker and others, "On-demand Container Loading in AWS
    // Lambda", USENIX ATC 2023. Taken for the other two as well, of bytes and of files.
    double read_share = 0.065;
    // The same: images are read in chunks, from the worker's own cache, from the zone's, else from S3.
    double chunk_bytes = 512.0 * 1024;
    double zone_share = 0.33;     // "67% local, 32% per-AZ"; rounded so that all is something
    double zone_ms = 1;           // assumed: one round trip in the zone, with its decryption
    double origin_share = 0.001;  // "<0.1%"
    double origin_ms = 30;        // S3's first byte
    // Amazon EFS user guide, "Performance": reads "as low as 250 microseconds", 500 MiB/s a client where the
    // mount helper of Linux is not used, as on Lambda.
    double efs_open_ms = 0.25;
    double efs_rate = 500.0 * 1024 * 1024;
    // S3 Files (S3 user guide, "Working with Amazon S3 Files"): built on EFS; files of 128 KiB and more are
    // streamed from S3.
    double s3_files_threshold = 128.0 * 1024;
    double s3_rate = 75.0 * 1024 * 1024;  // a stream
    double s3_first_byte_ms = 30;
};

// What the function keeps elsewhere.
struct ElsewhereTree {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t large_bytes = 0;  // of files that S3 Files streams
    std::uint64_t large_files = 0;
};

struct ElsewhereCost {
    double cold_ms = 0;  // a cold start more than any other
    double each_ms = 0;  // each invocation: files that are opened again are asked for again
    double read_bytes = 0;
    double s3_gets = 0;
};

ElsewhereCost container_cost(const ElsewhereModel& model, const ElsewhereTree& image);
ElsewhereCost efs_cost(const ElsewhereModel& model, const ElsewhereTree& tree);
ElsewhereCost s3_files_cost(const ElsewhereModel& model, const ElsewhereTree& tree);

}  // namespace ballast
