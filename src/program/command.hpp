#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

// How a program's commands are declared and run: the wall around CLI11, which takes seconds to compile and is
// therefore included by command.cpp alone.

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
class Option;
}  // namespace CLI

namespace ballast {

// A command's work. The result is the exit status, 0 unless a check did not hold.
using Action = std::function<Result<int>()>;

// One option of a command: what else is to be said of it. A handle, which may be copied.
class Option {
  public:
    explicit Option(CLI::Option* option) : m_option(option) {}

    Option required();
    // Both ends are allowed.
    Option between(std::uint32_t least, std::uint32_t most);
    Option between(double least, double most);
    Option one_of(const std::vector<std::string>& words);
    // Not to be given together with `other`.
    Option excludes(Option other);
    // Not to be given without `other`.
    Option needs(Option other);
    // Takes one value each time it is given. A list takes all words up to the next option without this.
    Option repeatable();
    Option separated_by(char separator);
    // --help does not show it.
    Option hidden();

  private:
    CLI::Option* m_option;
};

// One command of a program: its options and what it does. A handle, which may be copied; the program owns the
// rest.
class Command {
  public:
    Command(CLI::App* app, Action* chosen) : m_app(app), m_chosen(chosen) {}

    // Options that are declared from here on stand under this title in --help.
    void section(const std::string& title);

    // `name` is "--store URL", with a word for the value, or "--store"; "PACKAGE" is a positional argument.
    // The parsed value goes to `value`, which keeps what it holds when the option is not given. Values:
    // std::string, std::uint32_t, std::uint64_t, std::optional of std::int64_t, std::uint32_t, std::uint64_t
    // and double, and std::vector of std::string and std::uint32_t; another type needs a line in command.cpp.
    template <typename Value>
    Option option(std::string_view name, Value& value, const std::string& description);
    Option flag(std::string_view name, bool& value, const std::string& description);

    // What --help ends with.
    void examples(const std::vector<std::string>& lines);

    // What is done when the command was chosen: run(flags). The flags are returned, for the command's options
    // to be declared on; they live as long as the program.
    template <typename Flags, typename Run>
    Flags& runs(Run run) {
        const auto flags = std::make_shared<Flags>();
        set_action([flags, run = std::move(run)] { return run(*flags); });
        return *flags;
    }

  private:
    void set_action(Action action);

    CLI::App* m_app;
    Action* m_chosen;
    std::string m_section = "Options";
};

// A program that consists of commands, and its command line.
class Program {
  public:
    Program(const std::string& name, const std::string& description);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    std::string name() const;
    Command add(const std::string& name, const std::string& description);
    // What --help ends with.
    void footer(const std::string& text);

    // Parses the arguments and runs the command that was chosen. Prints errors; the result is the exit
    // status.
    int run(int argc, const char* const* argv);

  private:
    std::unique_ptr<CLI::App> m_app;
    Action m_chosen;
};

}  // namespace ballast
