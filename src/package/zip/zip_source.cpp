#include "package/zip/zip_source.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "base/file.hpp"
#include "base/size.hpp"

namespace ballast {
namespace {

struct ZipError {
    zip_error_t value = {};
    ZipError() { zip_error_init(&value); }
    ZipError(const ZipError&) = delete;
    ZipError& operator=(const ZipError&) = delete;
    ~ZipError() { zip_error_fini(&value); }
};

// libzip starts its texts with a capital.
std::string lower_case_text(zip_error_t* error) {
    std::string text = zip_error_strerror(error);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

zip_int64_t report_size(void* data, zip_uint64_t length, std::uint64_t bytes) {
    if (length < sizeof(zip_stat_t)) return -1;
    auto* const stat = static_cast<zip_stat_t*>(data);
    zip_stat_init(stat);
    stat->size = bytes;
    stat->valid = ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
}

// Sets `position` from a ZIP_SOURCE_SEEK or _SEEK_WRITE command's arguments.
zip_int64_t seek(std::uint64_t& position, std::uint64_t bytes, void* data, zip_uint64_t length,
                 ZipError& error) {
    const zip_int64_t at = zip_source_seek_compute_offset(position, bytes, data, length, &error.value);
    if (at < 0) return -1;
    position = static_cast<std::uint64_t>(at);
    return 0;
}

// libzip reads a directory in pieces of some fifty bytes and entries in 8 KiB. Read-ahead spares it two
// system calls an entry: opening 10,000 entries takes half the time.
struct RangeSource {
    static constexpr std::size_t k_buffer_bytes = 64 * k_kib;

    int fd = -1;
    std::uint64_t start = 0;
    std::uint64_t bytes = 0;
    std::uint64_t position = 0;
    std::vector<std::byte> buffer = {};  // of the range's bytes from `buffered_at`
    std::uint64_t buffered_at = 0;
    ZipError error = {};
};

// Fills the buffer from the position on, as far as one call gives.
bool fill_buffer(RangeSource& source) {
    source.buffer.resize(static_cast<std::size_t>(
        std::min<std::uint64_t>(RangeSource::k_buffer_bytes, source.bytes - source.position)));
    source.buffered_at = source.position;
    const auto at = static_cast<off_t>(source.start + source.position);
    ssize_t count = -1;
    do {
        count = ::pread(source.fd, source.buffer.data(), source.buffer.size(), at);
    } while (count < 0 && errno == EINTR);
    const int saved_errno = errno;
    source.buffer.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0) return true;
    zip_error_set(&source.error.value, count < 0 ? ZIP_ER_READ : ZIP_ER_EOF, count < 0 ? saved_errno : 0);
    return false;
}

zip_int64_t read_range(RangeSource& source, void* data, zip_uint64_t length) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(length, source.bytes - source.position));
    std::span<std::byte> out(static_cast<std::byte*>(data), wanted);
    while (!out.empty()) {
        const bool is_buffered = source.position >= source.buffered_at &&
                                 source.position - source.buffered_at < source.buffer.size();
        if (!is_buffered && !fill_buffer(source)) return -1;
        const auto ready = std::span(source.buffer).subspan(source.position - source.buffered_at);
        const std::size_t count = std::min(ready.size(), out.size());
        std::copy_n(ready.begin(), count, out.begin());
        out = out.subspan(count);
        source.position += count;
    }
    return static_cast<zip_int64_t>(wanted);
}

zip_int64_t range_command(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto* const source = static_cast<RangeSource*>(state);
    switch (command) {
        case ZIP_SOURCE_OPEN:
            source->position = 0;
            return 0;
        case ZIP_SOURCE_READ:
            return read_range(*source, data, length);
        case ZIP_SOURCE_CLOSE:
            source->buffer = std::vector<std::byte>();  // an archive that is written has a source a file
            return 0;
        case ZIP_SOURCE_STAT:
            return report_size(data, length, source->bytes);
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&source->error.value, data, length);
        case ZIP_SOURCE_FREE:
            delete source;
            return 0;
        case ZIP_SOURCE_SEEK:
            return seek(source->position, source->bytes, data, length, source->error);
        case ZIP_SOURCE_TELL:
            return static_cast<zip_int64_t>(source->position);
        case ZIP_SOURCE_SUPPORTS:
            return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                                  ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                                  ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
        default:
            zip_error_set(&source->error.value, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

struct OutputSource {
    ZipOutput* output = nullptr;
    ZipError error = {};
};

zip_int64_t write_output(OutputSource& source, const void* data, zip_uint64_t length) {
    ZipOutput& output = *source.output;
    Fd borrowed(output.fd);
    const auto written = pwrite_all(borrowed, std::span(static_cast<const std::byte*>(data), length),
                                    output.position, output.name);
    borrowed.release();
    if (!written) {
        if (!output.failure) output.failure = written.error();
        zip_error_set(&source.error.value, ZIP_ER_WRITE, EIO);
        return -1;
    }
    output.position += length;
    output.bytes = std::max(output.bytes, output.position);
    return static_cast<zip_int64_t>(length);
}

zip_int64_t output_command(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto* const source = static_cast<OutputSource*>(state);
    ZipOutput& output = *source->output;
    switch (command) {
        case ZIP_SOURCE_BEGIN_WRITE:
            output.position = 0;
            return 0;
        case ZIP_SOURCE_WRITE:
            return write_output(*source, data, length);
        case ZIP_SOURCE_SEEK_WRITE:
            return seek(output.position, output.bytes, data, length, source->error);
        case ZIP_SOURCE_TELL_WRITE:
            return static_cast<zip_int64_t>(output.position);
        // Publishing and removing are for the file's owner.
        case ZIP_SOURCE_COMMIT_WRITE:
        case ZIP_SOURCE_ROLLBACK_WRITE:
        case ZIP_SOURCE_REMOVE:
        case ZIP_SOURCE_OPEN:
        case ZIP_SOURCE_READ:
        case ZIP_SOURCE_CLOSE:
        case ZIP_SOURCE_SEEK:
        case ZIP_SOURCE_TELL:
            return 0;
        case ZIP_SOURCE_STAT:
            return report_size(data, length, output.bytes);
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&source->error.value, data, length);
        case ZIP_SOURCE_FREE:
            delete source;
            return 0;
        case ZIP_SOURCE_SUPPORTS:
            return zip_source_make_command_bitmap(
                ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
                ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE,
                ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE,
                ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_REMOVE, -1);
        default:
            zip_error_set(&source->error.value, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

// Opens the source, which the handle then owns.
Result<ZipHandle> open_source(zip_source_t* source, int flags, const std::string& archive) {
    if (source == nullptr) return fail(ErrorCode::unavailable, archive, "out of memory");
    ZipError error;
    ZipHandle handle(zip_open_from_source(source, flags, &error.value));
    if (handle) return handle;
    zip_source_free(source);
    return fail(ErrorCode::corrupt, archive, "cannot be read as a zip: " + lower_case_text(&error.value));
}

}  // namespace

zip_source_t* make_range_source(const Fd& fd, std::uint64_t start, std::uint64_t length) {
    auto state = std::make_unique<RangeSource>();
    state->fd = fd.value();
    state->start = start;
    state->bytes = length;
    zip_source_t* source = zip_source_function_create(&range_command, state.get(), nullptr);
    if (source != nullptr) (void)state.release();  // ZIP_SOURCE_FREE deletes it
    return source;
}

Result<ZipHandle> open_zip_for_reading(const Fd& fd, std::uint64_t length, const std::string& archive) {
    // libzip turns each entry's time into a time_t by mktime(3), which keeps one lock for the process
    // anyway; ours is one that ThreadSanitizer sees.
    static std::mutex opening;
    const std::lock_guard lock(opening);
    return open_source(make_range_source(fd, 0, length), ZIP_RDONLY, archive);
}

Result<ZipHandle> open_zip_for_writing(ZipOutput& output) {
    auto state = std::make_unique<OutputSource>();
    state->output = &output;
    zip_source_t* source = zip_source_function_create(&output_command, state.get(), nullptr);
    if (source != nullptr) (void)state.release();
    return open_source(source, ZIP_CREATE | ZIP_TRUNCATE, output.name);
}

std::string zip_failure(zip_t* archive) {
    return lower_case_text(zip_get_error(archive));
}

}  // namespace ballast
