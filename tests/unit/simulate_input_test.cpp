#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "simulate/input/fields.hpp"
#include "simulate/input/log_file.hpp"
#include "simulate/input/log_parser.hpp"
#include "simulate/random.hpp"

namespace ballast {
namespace {

// 2024-01-31T10:00:00Z
constexpr std::int64_t k_ten = 1'706'695'200 * k_second_us;

struct ReadLog {
    LogFormat format = LogFormat::lambda;
    std::vector<Invocation> invocations = {};
    LogFacts facts = {};
};

Result<ReadLog> read_log(std::string_view text, const LogOptions& options = {}) {
    BALLAST_TRY(const auto log, memory_log(text, "test.log", options));
    ReadLog read{.format = log->format()};
    for (;;) {
        BALLAST_TRY(const auto block, log->next());
        if (block.empty()) break;
        read.invocations.insert(read.invocations.end(), block.begin(), block.end());
    }
    read.facts = log->facts();
    return read;
}

// What a test expects of one invocation.
void expect_invocation(const Invocation& invocation, std::int64_t start_us, std::int64_t duration_us,
                       std::uint32_t init_us, std::uint16_t memory_mb, Truth truth) {
    EXPECT_EQ(invocation.start_us, start_us);
    EXPECT_EQ(invocation.duration_us, duration_us);
    EXPECT_EQ(invocation.init_us, init_us);
    EXPECT_EQ(invocation.memory_mb, memory_mb);
    EXPECT_EQ(invocation.truth, truth);
}

std::string error_of(std::string_view text, const LogOptions& options = {}) {
    const auto read = read_log(text, options);
    if (read) return "no error";
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    return read.error().object + ": " + read.error().message;
}

constexpr std::string_view k_cold_report =
    "REPORT RequestId: 8c1f0a4e-1111-2222-3333-444444444444\tDuration: 4.42 ms\tBilled Duration: 338 ms\t"
    "Memory Size: 1152 MB\tMax Memory Used: 75 MB\tInit Duration: 333.05 ms\t";
constexpr std::string_view k_warm_report =
    "REPORT RequestId: 9d1f0a4e-1111-2222-3333-444444444444\tDuration: 1500.00 ms\tBilled Duration: 1500 ms\t"
    "Memory Size: 1152 MB\tMax Memory Used: 76 MB\t";

std::string cat(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) all += part;
    return all;
}

TEST(LambdaLog, ReadsReportsOfAnExportAndPassesOverTheRest) {
    const auto read = read_log(cat(
        {"2024-01-31T10:00:00.000Z INIT_START Runtime Version: nodejs:20.v9\n"
         "2024-01-31T10:00:00.100Z START RequestId: 8c1f0a4e Version: $LATEST\n"
         "2024-01-31T10:00:00.100Z 2024-01-31T10:00:00.100Z\t8c1f0a4e\tINFO\tREPORT of the day\n"
         "2024-01-31T10:00:01.000Z ",
         k_cold_report,
         "\nXRAY TraceId: 1-5e\tSegmentId: 5a\tSampled: true\t\n"
         "2024-01-31T10:00:09.000Z ",
         k_warm_report,
         "\r\n"
         "2024-01-31T10:00:19.000Z INIT_REPORT Init Duration: 10009.13 ms\tPhase: init\tStatus: timeout\n"}));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->format, LogFormat::lambda);
    ASSERT_EQ(read->invocations.size(), 2U);
    // A REPORT line is written at the end: the request came before its duration and its init.
    expect_invocation(read->invocations[0], k_ten + k_second_us - 4'420 - 333'050, 4'420, 333'050, 1152,
                      Truth::cold);
    expect_invocation(read->invocations[1], k_ten + 9 * k_second_us - 1'500'000, 1'500'000, 0, 1152,
                      Truth::warm);
    EXPECT_EQ(read->facts.failed_inits, 1U);
    EXPECT_TRUE(read->facts.dated);
}

TEST(LambdaLog, FindsTheTimeWhereCloudWatchsToolsPutIt) {
    const std::string report(k_warm_report);
    std::string escaped = report;
    for (auto at = escaped.find('\t'); at != std::string::npos; at = escaped.find('\t'))
        escaped.replace(at, 1, "\\t");
    const std::vector<std::string> lines = {
        // aws logs tail, sam logs, the console's CSV, filter-log-events --output text
        "2024-01-31T10:00:02.000000+00:00 2024/01/31/[$LATEST]0a1b2c " + report,
        "2024/01/31/[$LATEST]0a1b2c 2024-01-31T10:00:02.000000 " + report,
        "2024-01-31T12:00:02+02:00 " + report,
        "timestamp,message\n1706695202000,\"" + report + "\"",
        "EVENTS\t3740\t1706695202000\t2024/01/31/[$LATEST]0a\t" + report,
        // filter-log-events in JSON, on one line and spread; time last
        R"({"events":[{"logStreamName":"s","timestamp":1706695202000,"message":")" + escaped + R"(\n"}]})",
        "{\n \"events\": [\n  {\n   \"timestamp\": 1706695202000,\n   \"message\": \"" + escaped +
            "\\n\",\n  }\n ]\n}",
        R"({"message":")" + escaped + R"(","timestamp":1706695202000})",
    };
    for (const auto& text : lines) {
        const auto read = read_log(text);
        ASSERT_TRUE(read.has_value()) << text << read.error().message;
        ASSERT_EQ(read->invocations.size(), 1U) << text;
        EXPECT_EQ(read->invocations[0].start_us, k_ten + 500'000) << text;
        EXPECT_EQ(read->invocations[0].duration_us, 1'500'000) << text;
    }
}

TEST(LambdaLog, ReadsSeveralReportsOfOneLine) {
    const auto read = read_log(cat(
        {R"({"messageType":"DATA_MESSAGE","logEvents":[)"
         R"({"id":"1","timestamp":1706695202000,"message":"REPORT RequestId: a\tDuration: 1.00 ms\t"},)"
         R"({"id":"2","timestamp":1706695203000,"message":"REPORT RequestId: b\tDuration: 2.00 ms\tRestore Duration: 300.5 ms\t"}]})"}));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(read->invocations.size(), 2U);
    expect_invocation(read->invocations[0], k_ten + 1'999'000, 1'000, 0, 0, Truth::warm);
    // SnapStart restores in place of an init.
    expect_invocation(read->invocations[1], k_ten + 3'000'000 - 2'000 - 300'500, 2'000, 300'500, 0,
                      Truth::cold);
}

constexpr std::string_view k_platform_report =
    R"({"time":"2024-01-31T10:00:01.000Z","type":"platform.report","record":{"requestId":"8c1f","metrics":)"
    R"({"durationMs":4.42,"billedDurationMs":338,"memorySizeMB":256,"maxMemoryUsedMB":75,"initDurationMs":333.05},)"
    R"("spans":[{"name":"responseLatency","durationMs":99}],"status":"success"}})";

TEST(LambdaLog, ReadsReportsInJson) {
    std::string escaped(k_platform_report);
    for (auto at = escaped.find('"'); at != std::string::npos; at = escaped.find('"', at + 2))
        escaped.insert(at, "\\");
    for (const std::string& text : {
             std::string(k_platform_report),
             "2024-01-31T10:00:01.100Z " + std::string(k_platform_report),
             "[" + std::string(k_platform_report) + "]",
             "{\n \"timestamp\": 1,\n \"message\": \"" + escaped + "\\n\",\n",
             R"({"events":[{"timestamp":1,"message":")" + escaped + R"("},{"message":"{\"a\":1}"}]})",
         }) {
        const auto read = read_log(text);
        ASSERT_TRUE(read.has_value()) << text << read.error().message;
        ASSERT_EQ(read->invocations.size(), 1U) << text;
        expect_invocation(read->invocations[0], k_ten + k_second_us - 4'420 - 333'050, 4'420, 333'050, 256,
                          Truth::cold);
    }
    // Written in another order or with blanks it is the same.
    const auto other = read_log(
        R"( { "type" : "platform.report", "record": {"metrics": {"initDurationMs": 333.05, "durationMs": 4.42e0, "memorySizeMB": 256}},)"
        R"( "time": "2024-01-31T10:00:01.000Z" } )");
    ASSERT_TRUE(other.has_value()) << other.error().message;
    ASSERT_EQ(other->invocations.size(), 1U);
    expect_invocation(other->invocations[0], k_ten + k_second_us - 4'420 - 333'050, 4'420, 333'050, 256,
                      Truth::cold);
    const auto failed = read_log(cat(
        {k_platform_report, "\n",
         R"({"time":"2024-01-31T10:00:30.000Z","type":"platform.initReport","record":{"phase":"init","status":"timeout"}})"}));
    ASSERT_TRUE(failed.has_value());
    EXPECT_EQ(failed->facts.failed_inits, 1U);
}

TEST(LambdaLog, NamesTheLineOfWhatItCannotRead) {
    EXPECT_EQ(error_of("a\nb\nREPORT RequestId: x\tDuration: 1.00 ms\t\n"),
              "test.log:3: a REPORT line has no time");
    EXPECT_EQ(error_of("2024-01-31T10:00:00Z REPORT RequestId: x\n"),
              "test.log:1: a REPORT line has no duration");
    EXPECT_EQ(error_of("\n2024-01-31T10:00:00Z REPORT RequestId: x\tDuration: 99999999999999 ms\n"),
              "test.log:2: a REPORT line's duration cannot be read");
    EXPECT_EQ(error_of("{\"type\":\"platform.report\""), "test.log:1: a platform event is not whole JSON");
    EXPECT_EQ(error_of("hello\n"), "test.log: holds no REPORT line and no platform.report event");
}

TEST(InsightsCsv, ReadsExportsWithMessagesInThem) {
    const auto read = read_log(
        "@timestamp,@message,@type,@requestId,@duration,@billedDuration,@initDuration,@memorySize,@"
        "maxMemoryUsed\n"
        "2024-01-31 10:00:09.000,\"REPORT RequestId: b, \"\"x\"\"\n\",REPORT,b,1500.0,1500.0,,1.28E8,7.6E7\n"
        "2024-01-31 10:00:01.000,REPORT,REPORT,a,4.42,338.0,333.05,1.28E8,7.5E7\n"
        "2024-01-31 10:00:00.000,START,START,a,,,,,\n");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->format, LogFormat::insights);
    ASSERT_EQ(read->invocations.size(), 2U);
    // The newest first, as Insights shows them: sorted here.
    expect_invocation(read->invocations[0], k_ten + k_second_us - 4'420 - 333'050, 4'420, 333'050, 128,
                      Truth::cold);
    expect_invocation(read->invocations[1], k_ten + 7'500'000, 1'500'000, 0, 128, Truth::warm);
    EXPECT_EQ(read->facts.skipped, 1U);
}

TEST(PlainCsv, TakesUnitsFromNamesOrFlags) {
    for (const std::string& text :
         {std::string("start_s,duration_ms\n10,1500\n"), std::string("start_ms,duration_s\n10000,1.5\n"),
          std::string("duration_us,time_us,x\r\n1500000,1e7,\r\n"),
          std::string("\xEF\xBB\xBF\"start_s\",\"duration_ms\"\n\"10\",\"1500\"")}) {
        const auto read = read_log(text);
        ASSERT_TRUE(read.has_value()) << text << read.error().message;
        EXPECT_EQ(read->format, LogFormat::csv);
        ASSERT_EQ(read->invocations.size(), 1U);
        expect_invocation(read->invocations[0], 10 * k_second_us, 1'500'000, 0, 0, Truth::unknown);
        EXPECT_FALSE(read->facts.dated);
    }
    LogOptions options;
    options.units = parse_csv_units("s,ms").value();
    const auto headless = read_log("10,1500\n20,1\n", options);
    ASSERT_TRUE(headless.has_value()) << headless.error().message;
    EXPECT_EQ(headless->invocations.size(), 2U);
    EXPECT_EQ(error_of("10,1500\n"), "test.log:1: the duration's unit is not known");
    EXPECT_EQ(error_of("start,duration_ms\n10,1500\n"), "test.log:2: the start's unit is not known");
    const auto dated = read_log(
        "start,duration_ms,cold,function,memory_mb,init_ms\n"
        "2024-01-31T10:00:00Z,1500,true,a,512,250\n2024-01-31T10:00:01Z,1,false,b,512,\n");
    ASSERT_TRUE(dated.has_value()) << dated.error().message;
    expect_invocation(dated->invocations[0], k_ten, 1'500'000, 250'000, 512, Truth::cold);
    EXPECT_EQ(dated->invocations[1].function, 1U);
    EXPECT_EQ(dated->facts.functions, 2U);
    EXPECT_TRUE(dated->facts.dated);
}

TEST(PlainCsv, NamesTheLineOfWhatItCannotRead) {
    EXPECT_EQ(error_of("start_s,duration_ms\n1,2\n3,-4\n"), "test.log:3: '-4' is not a duration");
    EXPECT_EQ(error_of("start_s,duration_ms\n1,2\n3,nan\n"), "test.log:3: 'nan' is not a duration");
    EXPECT_EQ(error_of("start_s,duration_ms\nx,2\n"), "test.log:2: 'x' is not a time");
    EXPECT_EQ(error_of("start_s,duration_ms\n1e300,2\n"), "test.log:2: '1e300' is not a time");
    EXPECT_EQ(error_of("start_s,duration_ms\n1,1e300\n"), "test.log:2: '1e300' is not a duration");
    EXPECT_EQ(error_of("duration_ms,other\n1,2\n"),
              "test.log:1: the header of a log in format csv lacks columns");
    EXPECT_EQ(error_of("", {.format = LogFormat::csv}), "test.log: is empty");
}

TEST(LambdaTraces, ReadsTheRecordedTracesFormat) {
    const auto read = read_log(
        ",is_cold,cpu_info,exist_id,uptime,start_time,end_time,elapsed_time,aws_duration,aws_billed_"
        "duration\n"
        "0,False,\"2,Intel(R) "
        "Xeon(R)\",ffb4,\"1849.88,3693.99\",1706695200662.5,1706695202523.9714,1861.4,1862.32,1900.0\n"
        "1,True,\"2,Intel\",ffb5,\"1,2\",1706695300000,1706695301000,1000,1000.5,1100.0\n");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->format, LogFormat::lambda_traces);
    ASSERT_EQ(read->invocations.size(), 2U);
    expect_invocation(read->invocations[0], k_ten + 662'500, 1'862'320, 0, 0, Truth::warm);
    expect_invocation(read->invocations[1], k_ten + 100 * k_second_us, 1'000'500, 0, 0, Truth::cold);
}

TEST(Azure2021, StartsAreEndsLessDurations) {
    const auto read =
        read_log("app,func,end_timestamp,duration\na,f,5160.5,0.25\na,g,5241,42\nb,f,5243,0.5\na,f,5250,1\n");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->format, LogFormat::azure_2021);
    ASSERT_EQ(read->invocations.size(), 4U);
    expect_invocation(read->invocations[0], 5'160'250'000, 250'000, 0, 0, Truth::unknown);
    EXPECT_EQ(read->invocations[1].start_us, 5'199 * k_second_us);
    EXPECT_EQ(read->facts.functions, 3U);
    EXPECT_EQ(read->invocations[0].function, read->invocations[3].function);
}

TEST(Azure2019, ARowIsAFunctionsMinutes) {
    const std::string log =
        "HashOwner,HashApp,HashFunction,Trigger,480,481,482\no,a,f,http,2,0,1000\no,a,g,timer,0,1,0\n";
    const auto read = read_log(log);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->format, LogFormat::azure_2019);
    ASSERT_EQ(read->invocations.size(), 1003U);
    EXPECT_EQ(read->facts.functions, 2U);
    double sum = 0;
    for (std::size_t i = 0; i < 1003; ++i) {
        const Invocation& invocation = read->invocations[i];
        const std::int64_t minute = invocation.start_us / k_minute_us;
        EXPECT_EQ(invocation.function, i < 1002 ? 0U : 1U);
        EXPECT_EQ(minute, i < 2 ? 480 : i < 1002 ? 482 : 481);
        if (i > 0 && i < 1002) {
            EXPECT_GE(invocation.start_us, read->invocations[i - 1].start_us);
        }
        if (i >= 2 && i < 1002) sum += static_cast<double>(invocation.start_us % k_minute_us);
    }
    // Evenly in the minute: the mean of a thousand is within 4 deviations of its middle.
    EXPECT_NEAR(sum / 1000, 30e6, 4 * 60e6 / std::sqrt(12.0 * 1000));
    EXPECT_EQ(error_of("HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1,x\n"),
              "test.log:2: 'x' is not a count of requests");
    EXPECT_EQ(error_of("HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http,1\no,a,f,http,1\n"),
              "test.log:3: function o/a/f has two rows");
}

TEST(Azure2019, DurationsFollowThePercentiles) {
    const auto directory = TemporaryDirectory::create();
    const std::string path = directory->path() + "/durations.csv";
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file->write(as_bytes(
        "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,"
        "percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,"
        "percentile_Average_99,percentile_Average_100\no,a,f,1,1,0,1,0,10,100,200,400,1000,2000\n")));
    ASSERT_TRUE(file->commit());
    const auto durations = Azure2019Durations::read(path);
    ASSERT_TRUE(durations.has_value()) << durations.error().message;
    Random random(1);
    std::vector<std::int64_t> drawn;
    for (int i = 0; i < 20'000; ++i) drawn.push_back(durations->draw("o/a/f", random));
    std::ranges::sort(drawn);
    EXPECT_NEAR(static_cast<double>(drawn[5'000]), 100'000, 5'000);
    EXPECT_NEAR(static_cast<double>(drawn[10'000]), 200'000, 10'000);
    EXPECT_NEAR(static_cast<double>(drawn[15'000]), 400'000, 20'000);
    EXPECT_LE(drawn.back(), 2'000'000);
    EXPECT_EQ(durations->draw("o/a/unknown", random), 100'000);
}

std::string gzipped(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
    std::string copy(text);
    stream.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream.avail_in = static_cast<uInt>(copy.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string zstandard(std::string_view text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

TEST(Compressed, GzipAndZstdAreUnpackedAndTheirEndsChecked) {
    std::string text = "start_s,duration_ms\n";
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ",100\n";
    const std::string half = text.substr(0, text.size() / 2);
    const std::string rest = text.substr(text.size() / 2);
    for (const std::string& packed :
         {gzipped(text), zstandard(text), gzipped(half) + gzipped(rest), zstandard(half) + zstandard(rest)}) {
        const auto read = read_log(packed);
        ASSERT_TRUE(read.has_value()) << read.error().message;
        EXPECT_EQ(read->invocations.size(), 100'000U);
        EXPECT_EQ(read->facts.bytes, text.size());
        EXPECT_EQ(error_of(std::string_view(packed).substr(0, packed.size() - 5)),
                  "test.log: its compressed data ends too early");
        // zstd has no sum of its own unless asked for one.
        if (!packed.starts_with("\x1f\x8b")) continue;
        std::string broken = packed;
        broken[packed.size() / 3] = static_cast<char>(broken[packed.size() / 3] ^ 0x55);
        broken[packed.size() / 3 + 1] = static_cast<char>(broken[packed.size() / 3 + 1] ^ 0x55);
        EXPECT_NE(error_of(broken), "no error");
    }
}

TEST(Order, IsRestoredWithinTheWindowAndRefusedBeyond) {
    std::string text = "start_s,duration_ms\n";
    // More than is read at once.
    for (int i = 0; i < 300'000; ++i) text += std::to_string(i % 2 == 0 ? i + 40 : i - 40) + ",100\n";
    LogOptions options;
    options.window = 200;
    const auto read = read_log(text, options);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->invocations.size(), 300'000U);
    EXPECT_TRUE(std::ranges::is_sorted(read->invocations, {}, &Invocation::start_us));
    // Whoever sees the same window of a log that goes back further says where, and what to do.
    text += "5,100\n";
    const auto refused = read_log(text, options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
    EXPECT_TRUE(refused.error().object.starts_with("test.log:3000")) << refused.error().object;
    EXPECT_EQ(refused.error().hint, "sort the log by time, or hold back more with --window");
    options.window = 1'000'000;
    EXPECT_TRUE(read_log(text, options).has_value());
}

TEST(Order, SeveralLogsAreMergedByTime) {
    const auto directory = TemporaryDirectory::create();
    std::vector<std::string> paths;
    for (int log = 0; log < 5; ++log) {
        paths.push_back(directory->path() + "/" + std::to_string(log));
        std::string text = "start_s,duration_ms\n";
        for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 5 + log) + ",100\n";
        auto file = AtomicFile::create(paths.back());
        ASSERT_TRUE(file->write(as_bytes(text)));
        ASSERT_TRUE(file->commit());
    }
    const LogOptions options;
    const auto merged = open_logs(paths, options);
    ASSERT_TRUE(merged.has_value());
    std::int64_t next = 0;
    for (;;) {
        const auto block = (*merged)->next();
        ASSERT_TRUE(block.has_value());
        if (block->empty()) break;
        for (const auto& invocation : *block) ASSERT_EQ(invocation.start_us, next++ * k_second_us);
    }
    EXPECT_EQ(next, 100'000);
}

TEST(Fields, DatesAreRead) {
    const auto us = [](std::string_view text) { return parse_log_time(text).value_or(ParsedTime{-1, 0}).us; };
    EXPECT_EQ(us("2024-01-31T10:00:00Z"), k_ten);
    EXPECT_EQ(us("2024-01-31 10:00:00"), k_ten);
    EXPECT_EQ(us("2024-01-31T10:00:00.123456789Z"), k_ten + 123'456);
    EXPECT_EQ(us("2024-01-31T05:30:00-0430"), k_ten);
    EXPECT_EQ(us("1969-12-31T23:59:59.5Z"), -500'000);
    for (const auto* text : {"2024-02-30T10:00:00Z", "2024-01-31T24:00:00Z", "2024-01-31T1x:00:00Z",
                             "2024-01-31", "", "0000-00-00T00:00:00"})
        EXPECT_FALSE(parse_log_time(text).has_value()) << text;
}

TEST(Fields, MillisecondsAreReadExactly) {
    EXPECT_EQ(parse_milliseconds("333.05 ms"), 333'050);
    EXPECT_EQ(parse_milliseconds("4.42"), 4'420);
    EXPECT_EQ(parse_milliseconds("0.0004"), 0);
    EXPECT_EQ(parse_milliseconds("0.0005"), 1);
    EXPECT_EQ(parse_milliseconds("7"), 7'000);
    EXPECT_EQ(parse_milliseconds("7."), 7'000);
    EXPECT_FALSE(parse_milliseconds(".5").has_value());
    EXPECT_FALSE(parse_milliseconds("99999999999999999999999").has_value());
}

}  // namespace
}  // namespace ballast
