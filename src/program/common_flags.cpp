#include "program/common_flags.hpp"

namespace ballast {

Option add_json_flag(Command& command, bool& json) {
    return command.flag("--json", json, "print JSON");
}

void add_json_and_markdown_flags(Command& command, bool& json, bool& markdown) {
    const Option other = add_json_flag(command, json);
    command.flag("--markdown", markdown, "print Markdown, for a comment in a merge request").excludes(other);
}

void add_html_flag(Command& command, std::string& file) {
    command.option("--html FILE", file, "also write the report as one self-contained page");
}

void add_quiet_flag(Command& command, bool& quiet) {
    command.flag("--quiet", quiet, "show no progress");
}

}  // namespace ballast
