#include "analyze/zip_estimate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/memory_package.hpp"

namespace ballast {
namespace {

using test::MemoryPackage;

// Bytes that are the same on every machine; the fewer `letters`, the better they compress.
std::string noise(std::size_t size, std::uint64_t seed, unsigned letters) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
        seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        byte = static_cast<char>((seed >> 33U) % letters);
    }
    return bytes;
}

// Text with repetitions near and far, as programs and documents have.
std::string prose(std::size_t size, std::uint64_t seed) {
    const std::string words = noise(4000, 7, 26);
    std::string text;
    while (text.size() < size) {
        seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        text += words.substr((seed >> 33U) % 3900, 3 + (seed >> 50U) % 20);
    }
    text.resize(size);
    return text;
}

std::uint64_t deflated(const std::string& bytes) {
    z_stream stream = {};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    std::string in = bytes;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return std::min<std::uint64_t>(stream.total_out, bytes.size());
}

struct Files {
    MemoryPackage package;
    std::uint64_t zip_bytes = 22;

    void add(const std::string& path, const std::string& bytes) {
        package.file(path, bytes);
        zip_bytes += 30 + 46 + 2 * path.size() + deflated(bytes);
    }
};

double error_of(const Files& files) {
    const auto estimate = static_cast<double>(estimate_zip(files.package).value().bytes);
    return estimate / static_cast<double>(files.zip_bytes) - 1;
}

TEST(ZipEstimate, IsExactToOnePercentWhereAllIsDeflated) {
    Files files;
    for (int i = 0; i < 100; ++i)
        files.add("f" + std::to_string(i) + ".js", prose(static_cast<std::size_t>(50 + i * 90), 5));
    files.add("large.js", prose(400'000, 9));
    EXPECT_NEAR(error_of(files), 0, 0.01);
}

TEST(ZipEstimate, IsCloseWhereItIsSampled) {
    Files files;
    for (unsigned i = 0; i < 20; ++i) files.add("lib/l" + std::to_string(i) + ".so.1", prose(700'000, i));
    for (unsigned i = 0; i < 400; ++i)
        files.add("src/s" + std::to_string(i) + ".js", prose(3000 + i * 20, i + 50));
    for (unsigned i = 0; i < 5; ++i) files.add("img/p" + std::to_string(i) + ".png", noise(800'000, i, 256));
    files.add("zero.bin", std::string(3'000'000, '\0'));
    EXPECT_NEAR(error_of(files), 0, 0.04);
}

TEST(ZipEstimate, WhatDoesNotCompressCountsAsItIs) {
    Files files;
    for (unsigned i = 0; i < 8; ++i) files.add("p" + std::to_string(i) + ".png", noise(500'000, i, 256));
    EXPECT_NEAR(error_of(files), 0, 0.001);
}

TEST(ZipEstimate, IsTheSameEveryTime) {
    Files files;
    for (unsigned i = 0; i < 300; ++i) files.add("s" + std::to_string(i), prose(10'000 + i, i));
    const auto first = estimate_zip(files.package).value().bytes;
    for (int round = 0; round < 10; ++round) EXPECT_EQ(estimate_zip(files.package).value().bytes, first);
}

TEST(ZipEstimate, ReadsASampleOnly) {
    MemoryPackage package;
    for (int i = 0; i < 2000; ++i) package.file(std::to_string(i), std::string(5000, 'x'));
    ASSERT_TRUE(estimate_zip(package));
    EXPECT_LE(package.opened().size(), 256U);
}

TEST(ZipEstimate, OfAnEmptyPackageIsTheEmptyZip) {
    EXPECT_EQ(estimate_zip(MemoryPackage()).value().bytes, 22U);
    MemoryPackage empty_file;
    empty_file.file("a", "");
    EXPECT_EQ(estimate_zip(empty_file).value().bytes, 22U + 76U + 2U);
}

TEST(ZipEstimate, PassesOnWhatCannotBeRead) {
    MemoryPackage package;
    package.file("a", std::string(100, 'x')).damage("a");
    EXPECT_EQ(estimate_zip(package).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace ballast
