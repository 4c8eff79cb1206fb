#pragma once

#include <fmt/format.h>

#include <cstring>
#include <string>
#include <string_view>

namespace ballast::test {

// Writes tars member by member (POSIX ustar), also those that no tool would write.
//
//   TarBuilder().directory("etc").file("etc/passwd", "root").bytes()
class TarBuilder {
  public:
    TarBuilder& file(const std::string& path, const std::string& bytes, unsigned mode = 0644) {
        return member('0', path, bytes.size(), "", mode).data(bytes);
    }
    TarBuilder& directory(const std::string& path) { return member('5', path, 0, "", 0755); }
    TarBuilder& symlink(const std::string& path, const std::string& target) {
        return member('2', path, 0, target, 0777);
    }
    TarBuilder& hard_link(const std::string& path, const std::string& target) {
        return member('1', path, 0, target, 0644);
    }

    // A header alone: `size` may be a lie. Paths up to 100 bytes.
    TarBuilder& member(char type, const std::string& path, std::uint64_t size, const std::string& target,
                       unsigned mode) {
        std::string header(512, '\0');
        const auto put = [&](std::size_t at, std::string_view text) {
            std::memcpy(header.data() + at, text.data(), text.size());
        };
        put(0, std::string_view(path).substr(0, 100));
        put(100, fmt::format("{:07o}", mode));
        put(108, "0000000");
        put(116, "0000000");
        put(124, fmt::format("{:011o}", size));
        put(136, "00000000000");
        put(148, "        ");
        header[156] = type;
        put(157, std::string_view(target).substr(0, 100));
        put(257, "ustar");
        put(263, "00");
        unsigned sum = 0;
        for (const char byte : header) sum += static_cast<unsigned char>(byte);
        put(148, fmt::format("{:06o}", sum));
        header[154] = '\0';
        m_bytes += header;
        return *this;
    }

    std::string bytes() const { return m_bytes + std::string(1024, '\0'); }

  private:
    TarBuilder& data(const std::string& bytes) {
        m_bytes += bytes;
        m_bytes.append((512 - bytes.size() % 512) % 512, '\0');
        return *this;
    }

    std::string m_bytes;
};

}  // namespace ballast::test
