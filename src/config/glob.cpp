#include "config/glob.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

// Follows dir.c and wildmatch.c of git 2.39 in what matches; tests/unit/config_patterns_test.cpp
// compares the two.

namespace ballast {
namespace {

using Bytes = std::bitset<256>;

std::size_t index_of(char c) {
    return static_cast<unsigned char>(c);
}

// git's own classes, which know ASCII only and leave vertical tab and form feed out of "space": pairs of a
// first and a last byte.
struct NamedClass {
    std::string_view name;
    std::string_view ranges;
};
constexpr std::array k_classes = {
    NamedClass{"alnum", "09AZaz"},   NamedClass{"alpha", "AZaz"},
    NamedClass{"blank", "  \t\t"},   NamedClass{"cntrl", {"\0\x1F\x7F\x7F", 4}},
    NamedClass{"digit", "09"},       NamedClass{"graph", "!~"},
    NamedClass{"lower", "az"},       NamedClass{"print", " ~"},
    NamedClass{"punct", "!/:@[`{~"}, NamedClass{"space", "  \t\n\r\r"},
    NamedClass{"upper", "AZ"},       NamedClass{"xdigit", "09AFaf"},
};

// Adds the class to `bytes`; false when there is none of that name.
bool add_class(std::string_view name, Bytes& bytes) {
    const auto* const named = std::ranges::find(k_classes, name, &NamedClass::name);
    if (named == k_classes.end()) return false;
    for (auto ranges = named->ranges; !ranges.empty(); ranges.remove_prefix(2)) {
        for (auto byte = index_of(ranges[0]); byte <= index_of(ranges[1]); ++byte) bytes.set(byte);
    }
    return true;
}

}  // namespace

class Glob::Compiler {
  public:
    explicit Compiler(std::string_view text) : m_text(text) {}

    Result<std::vector<Token>> run() {
        // git compares what stands before the first special byte by itself and gives wildmatch the
        // rest, where "**" then stands at a start: "lib**/x" matches "libs/a/x".
        m_start = std::min(m_text.find_first_of("*?[\\"), m_text.size());
        while (m_at < m_text.size()) {
            switch (m_text[m_at]) {
                case '*':
                    add_stars();
                    break;
                case '?': {
                    Bytes bytes;
                    bytes.set();
                    add_one(bytes);
                    ++m_at;
                    break;
                }
                case '[':
                    BALLAST_CHECK(add_bracket());
                    break;
                case '\\':
                    if (++m_at == m_text.size()) return refuse("a '\\' at the end escapes nothing");
                    [[fallthrough]];
                default: {
                    Token token;
                    token.bytes.set(index_of(m_text[m_at]));
                    m_tokens.push_back(token);
                    ++m_at;
                }
            }
        }
        return std::move(m_tokens);
    }

  private:
    tl::unexpected<Error> refuse(std::string_view message) const {
        return fail(ErrorCode::usage, m_text, message);
    }

    void add_one(Bytes bytes) {
        bytes.reset(index_of('/'));
        m_tokens.push_back({Token::Kind::one, bytes});
    }

    void add_stars() {
        const std::size_t first = m_at;
        while (m_at < m_text.size() && m_text[m_at] == '*') ++m_at;
        const auto rest = m_text.substr(m_at);
        const bool starts_component = first == m_start || m_text[first - 1] == '/';
        const bool ends_component = rest.empty() || rest.starts_with('/') || rest.starts_with("\\/");
        if (m_at - first < 2 || !starts_component || !ends_component) {
            m_tokens.push_back({Token::Kind::star});
        } else if (rest.starts_with('/')) {
            // "**/**/" is "**/".
            if (m_tokens.empty() || m_tokens.back().kind != Token::Kind::directories) {
                m_tokens.push_back({Token::Kind::directories});
            }
            ++m_at;
        } else {
            m_tokens.push_back({Token::Kind::anything});
        }
    }

    // The byte at m_at, or the one that a '\\' there escapes.
    Result<char> take_escaped() {
        if (m_text[m_at] == '\\') ++m_at;
        if (m_at >= m_text.size()) return refuse("'[' is not closed");
        return m_text[m_at];
    }

    Result<void> add_bracket() {
        Bytes bytes;
        ++m_at;
        const bool negated = m_at < m_text.size() && (m_text[m_at] == '!' || m_text[m_at] == '^');
        if (negated) ++m_at;
        int previous = -1;  // the start of a range, should a '-' follow
        // The first byte stands for itself, even if it is ']'.
        for (bool first = true;; first = false) {
            if (m_at >= m_text.size()) return refuse("'[' is not closed");
            const char c = m_text[m_at];
            if (c == ']' && !first) break;
            const bool is_range =
                c == '-' && previous >= 0 && m_at + 1 < m_text.size() && m_text[m_at + 1] != ']';
            if (is_range) {
                ++m_at;
                BALLAST_TRY(const char last, take_escaped());
                for (int b = previous; b <= static_cast<int>(index_of(last)); ++b)
                    bytes.set(static_cast<std::size_t>(b));
                previous = -1;
            } else if (c == '[' && m_text.substr(m_at).starts_with("[:")) {
                BALLAST_TRY(const bool taken, add_named_class(bytes));
                if (!taken) bytes.set(index_of('['));
                previous = taken ? -1 : '[';
            } else {
                BALLAST_TRY(const char literal, take_escaped());
                bytes.set(index_of(literal));
                previous = static_cast<int>(index_of(literal));
            }
            ++m_at;
        }
        ++m_at;
        add_one(negated ? ~bytes : bytes);
        return {};
    }

    // At "[:": takes "[:name:]" up to its last byte; false, and nothing taken, when ":]" is missing.
    Result<bool> add_named_class(Bytes& bytes) {
        const std::size_t start = m_at + 2;
        const std::size_t end = m_text.find(']', start);
        if (end == std::string_view::npos) return refuse("'[' is not closed");
        if (end == start || m_text[end - 1] != ':') return false;
        if (!add_class(m_text.substr(start, end - 1 - start), bytes)) {
            return refuse("there is no class '" + std::string(m_text.substr(start - 2, end + 3 - start)) +
                          "'");
        }
        m_at = end;
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_start = 0;
    std::vector<Token> m_tokens;
};

Result<Glob> Glob::compile(std::string_view text) {
    BALLAST_TRY(auto tokens, Compiler(text).run());
    Glob glob;
    glob.m_tokens = std::move(tokens);
    return glob;
}

// State i: the tokens before i have matched what was read. State m_tokens.size(): all have.
class Glob::Run {
  public:
    Run(const std::vector<Token>& tokens, Scratch& scratch) : m_tokens(tokens), m_scratch(scratch) {
        if (m_scratch.seen.size() <= tokens.size()) m_scratch.seen.resize(tokens.size() + 1);
        m_scratch.now.clear();
        begin_step();
        enter(0);
        m_scratch.now.swap(m_scratch.next);
    }

    bool dead() const { return m_scratch.now.empty(); }

    bool accepts() const { return m_accepts; }

    void read(char c) {
        begin_step();
        for (const std::size_t state : m_scratch.now) {
            if (state == m_tokens.size()) continue;
            const auto& token = m_tokens[state];
            switch (token.kind) {
                case Token::Kind::one:
                    if (token.bytes.test(index_of(c))) enter(state + 1);
                    break;
                case Token::Kind::star:
                    if (c != '/') enter(state);
                    break;
                case Token::Kind::anything:
                    enter(state);
                    break;
                case Token::Kind::directories:
                    stay(state);
                    if (c == '/') enter(state + 1);
                    break;
            }
        }
        m_scratch.now.swap(m_scratch.next);
    }

  private:
    void begin_step() {
        m_scratch.next.clear();
        m_accepts = false;
        ++m_scratch.generation;
        if (m_scratch.generation == 0) {
            m_scratch.seen.assign(m_scratch.seen.size(), 0);
            m_scratch.generation = 1;
        }
    }

    // Adds the state and those that are reached from it by reading nothing: at most two more, since
    // the compiler leaves no longer run of tokens that match nothing. So a byte costs no more than the
    // pattern's length.
    void enter(std::size_t state) {
        stay(state);
        while (state < m_tokens.size() && m_tokens[state].kind != Token::Kind::one) stay(++state);
    }

    // Adds the state alone: within "**/", only a '/' leads on.
    void stay(std::size_t state) {
        if (state == m_tokens.size()) m_accepts = true;
        if (m_scratch.seen[state] == m_scratch.generation) return;
        m_scratch.seen[state] = m_scratch.generation;
        m_scratch.next.push_back(static_cast<std::uint16_t>(state));
    }

    const std::vector<Token>& m_tokens;
    Scratch& m_scratch;
    bool m_accepts = false;
};

Glob::Reach Glob::match(std::string_view path, Scratch& scratch) const {
    Reach reach;
    Run run(m_tokens, scratch);
    for (const char c : path) {
        if (c == '/' && run.accepts()) {
            reach.directory = true;
            return reach;
        }
        run.read(c);
        if (run.dead()) return reach;
    }
    reach.whole = run.accepts();
    return reach;
}

}  // namespace ballast
