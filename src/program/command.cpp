#include "program/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>

#include "base/interrupt.hpp"
#include "base/nearest_word.hpp"
#include "program/output.hpp"

namespace ballast {
namespace {

// CLI11 takes a word like "[a,b]" apart wherever a list may stand, a program's own arguments behind '--'
// among them. So such words reach it behind a mark, which each option takes off again.
constexpr char k_mark = '\x1f';

std::string marked(std::string word) {
    // Of "--option=[a,b]" too.
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::size_t value = equals == std::string::npos ? 0 : equals + 1;
    const bool is_list = word.substr(value).starts_with('[') && word.ends_with(']');
    if (is_list || word.substr(value).starts_with(k_mark)) word.insert(value, 1, k_mark);
    return word;
}

std::string unmarked(const std::string& word) {
    return word.starts_with(k_mark) ? word.substr(1) : word;
}

const CLI::Validator& unmark() {
    static const CLI::Validator k_validator(
        [](std::string& word) {
            word = unmarked(word);
            return std::string();
        },
        "");
    return k_validator;
}

// As the user called it: "ballast pack".
std::string called(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app.get_name() : app.get_name() + " " + chosen.front()->get_name();
}

// The first word that nobody expected, and what was probably meant.
Error unexpected_word(const CLI::App& app, const std::string& word) {
    std::vector<std::string> known;
    if (app.get_subcommands().empty()) {
        for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
        return {ErrorCode::usage, "command line", "'" + word + "' is not a command", suggestion(word, known)};
    }
    const CLI::App* command = app.get_subcommands().front();
    const std::string what = "'" + word + "' was not expected";
    if (command->get_name() == "exec")
        return {ErrorCode::usage, "command line", what, "put '--' before the program and its arguments"};
    for (const auto* option : command->get_options()) {
        for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string nearest = word.starts_with("--") ? nearest_word(word, known) : "";
    return {
        ErrorCode::usage, "command line", what,
        nearest.empty() ? fmt::format("see '{} --help'", called(app)) : "did you mean '" + nearest + "'?"};
}

int usage_status(const CLI::App& app, const CLI::ParseError& error) {
    // --help comes as an "error" with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    const auto unexpected = app.remaining(true);
    const bool is_unexpected =
        dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unexpected.empty();
    print_error(app.get_name(), is_unexpected ? unexpected_word(app, unmarked(unexpected.front()))
                                              : Error{ErrorCode::usage, "command line", error.what(),
                                                      "see '" + called(app) + " --help'"});
    return static_cast<int>(ErrorCode::usage);
}

// A flag with an empty value is a variable that was not set, as in --version "$TAG": to pass over it
// would mean another version than was meant. A program's own arguments may be empty.
Result<void> check_not_empty(const CLI::App& command) {
    for (const auto* option : command.get_options()) {
        if (option->count() == 0 || option->get_items_expected_max() == 0) continue;
        const auto& values = option->results();
        const auto end = option->get_positional() ? values.begin() + 1 : values.end();
        if (std::find(values.begin(), end, "") != end)
            return fail(ErrorCode::usage, option->get_name(), "is empty", "leave it out, or say what it is");
    }
    for (const auto* chosen : command.get_subcommands()) BALLAST_CHECK(check_not_empty(*chosen));
    return {};
}

}  // namespace

Option Option::required() {
    m_option->required();
    return *this;
}

Option Option::between(std::uint32_t least, std::uint32_t most) {
    m_option->check(CLI::Range(least, most));
    return *this;
}

Option Option::between(double least, double most) {
    m_option->check(CLI::Range(least, most));
    return *this;
}

Option Option::one_of(const std::vector<std::string>& words) {
    m_option->check(CLI::IsMember(words));
    return *this;
}

Option Option::excludes(Option other) {
    m_option->excludes(other.m_option);
    return *this;
}

Option Option::needs(Option other) {
    m_option->needs(other.m_option);
    return *this;
}

Option Option::repeatable() {
    // CLI11 would take a '--' behind the list for the list's end.
    m_option->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
}

Option Option::separated_by(char separator) {
    m_option->delimiter(separator);
    return *this;
}

Option Option::hidden() {
    m_option->group("");
    return *this;
}

void Command::section(const std::string& title) {
    m_section = title;
}

template <typename Value>
Option Command::option(std::string_view name, Value& value, const std::string& description) {
    const auto space = name.find(' ');
    auto* option =
        m_app->add_option(std::string(name.substr(0, space)), value, description)->group(m_section);
    option->transform(unmark());
    if (space != std::string_view::npos) option->type_name(std::string(name.substr(space + 1)));
    return Option(option);
}

template Option Command::option(std::string_view, std::string&, const std::string&);
template Option Command::option(std::string_view, std::uint32_t&, const std::string&);
template Option Command::option(std::string_view, std::uint64_t&, const std::string&);
template Option Command::option(std::string_view, std::optional<std::int64_t>&, const std::string&);
template Option Command::option(std::string_view, std::optional<std::uint32_t>&, const std::string&);
template Option Command::option(std::string_view, std::optional<std::uint64_t>&, const std::string&);
template Option Command::option(std::string_view, std::optional<double>&, const std::string&);
template Option Command::option(std::string_view, std::vector<std::string>&, const std::string&);
template Option Command::option(std::string_view, std::vector<std::uint32_t>&, const std::string&);

Option Command::flag(std::string_view name, bool& value, const std::string& description) {
    return Option(m_app->add_flag(std::string(name), value, description)->group(m_section));
}

void Command::examples(const std::vector<std::string>& lines) {
    m_app->footer(fmt::format("Examples:\n  {}", fmt::join(lines, "\n  ")));
}

void Command::set_action(Action action) {
    m_app->callback([chosen = m_chosen, action = std::move(action)] { *chosen = action; });
}

Program::Program(const std::string& name, const std::string& description)
    : m_app(std::make_unique<CLI::App>(description, name)) {
    m_app->require_subcommand(0, 1);
    // Not CLI11's own, which ends by an exception: the first one costs a static program 6 ms.
    const auto show_version = [this] {
        m_chosen = [this]() -> Result<int> {
            BALLAST_CHECK(print(m_app->get_name() + " " BALLAST_VERSION "\n"));
            return 0;
        };
    };
    m_app->add_flag_callback("--version", show_version, "Display program version information and exit");
}

Program::~Program() = default;

std::string Program::name() const {
    return m_app->get_name();
}

Command Program::add(const std::string& name, const std::string& description) {
    return Command(m_app->add_subcommand(name, description), &m_chosen);
}

void Program::footer(const std::string& text) {
    m_app->footer(text);
}

int Program::run(int argc, const char* const* argv) {
    catch_interrupts();
    try {
        std::vector<std::string> words;
        for (int i = argc - 1; i > 0; --i) words.push_back(marked(argv[i]));
        m_app->parse(std::move(words));  // the last one first
        if (!m_chosen) {
            std::fputs(m_app->help().c_str(), stderr);
            return static_cast<int>(ErrorCode::usage);
        }
        const auto usable = check_not_empty(*m_app);
        const auto result = usable ? m_chosen() : Result<int>(pass_on(usable));
        if (result) return *result;
        print_error(name(), result.error());
        return static_cast<int>(result.error().code);
    } catch (const CLI::ParseError& error) {
        return usage_status(*m_app, error);
    } catch (const std::exception& error) {
        // Ours do not throw; a library or the allocator did.
        print_error(name(), Error{ErrorCode::unavailable, "internal", error.what()});
        return static_cast<int>(ErrorCode::unavailable);
    }
}

}  // namespace ballast
