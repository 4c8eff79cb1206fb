"""Each check on made-up trees: that it finds what it is for, says where, and finds nothing in what is right."""

import pathlib
import tempfile
import unittest

import file_length
import headers
import labels
import layers
import names_of_tests
import one_definition
import source
import width_of_pages


class CheckTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="ballast-lint-")
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name)
        self.src = self.top / "src"
        self.src.mkdir()

    def write(self, path, text):
        full = self.top / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)

    def in_namespace(self, path, text):
        self.write(path, f"namespace ballast {{\n{text}\n}}  // namespace ballast\n")

    def assert_faults(self, found, *expected):
        """One fault for each of `expected`, in order, that holds its words."""
        found = [fault.replace(f"{self.top}/", "") for fault in found]
        self.assertEqual(len(found), len(expected), found)
        for fault, words in zip(found, expected):
            self.assertIn(words, fault)


class Source(unittest.TestCase):
    def read(self, text):
        found = source.read(text)
        return [[f"{line} {name}" for line, name in names] for names in found]

    def test_declarations_and_types_are_told_with_their_lines(self):
        types, declared, defined = self.read("""#pragma once
namespace ballast {
// A comment with struct Fake { and a brace.
enum class Kind : std::uint8_t { one, two };
struct Value : Base<int(char)> {
    int count = 0;
    void member() const;
    struct Inner {};
};
template <typename T>
class Box final {
    T m_value{};
};
struct Forward;
[[nodiscard]] Result<std::function<void(int)>> make(const Value& value, Options options = {});
template <typename Call>
    requires std::invocable<Call>
int guarded(Call call) {
    return call();
}
inline bool operator==(const Value& a, const Value& b) { return a.count == b.count; }
using Name = int (*)(char);
inline constexpr int k_most = limit(3);
extern const char* k_text;
}  // namespace ballast
""")
        self.assertEqual(types, ["4 ballast::Kind", "5 ballast::Value", "10 ballast::Box"])
        self.assertEqual(declared, ["15 ballast::make", "16 ballast::guarded", "21 ballast::operator=="])
        self.assertEqual(defined, [])

    def test_definitions_are_told_but_those_of_anonymous_namespaces(self):
        types, declared, defined = self.read(r"""#include "a.hpp"
#define MACRO(x) \
    void made_by_macro() { x; }
namespace ballast {
namespace {
struct Hidden {};
void hidden() {}
}  // namespace
const std::map<int, std::string> k_names = {{1, "void fake() {"}, {2, R"(} struct Fake {)"}};
Box::Box(int count) : m_count{count}, m_names(other.names()), m_last{} {
    if (count) { return; }
}
Box::~Box() = default;
Result<Value> Box::open(std::string_view name) const noexcept { return {}; }
struct Box::Parts {
    int count() const { return 1; }
};
Box& Box::operator=(Box&& other) noexcept { return *this; }
std::vector<int> list(char sign) { return sign == '{' ? std::vector<int>{1} : std::vector<int>{}; }
static int own() { return 1'000'000; }
}  // namespace ballast
extern "C" {
int ballast_version() { return 1; }
}
""")
        self.assertEqual(types, ["15 ballast::Box::Parts"])
        self.assertEqual(declared, [])
        self.assertEqual(defined, ["10 ballast::Box::Box", "13 ballast::Box::~Box", "14 ballast::Box::open", "18 ballast::Box::operator=", "19 ballast::list", "23 ballast_version"])


class Headers(CheckTest):
    def test_a_file_that_implements_its_header_is_right(self):
        self.in_namespace("src/base/a.hpp", "struct A {\n    void go();\n};\nint run(int a);")
        self.in_namespace("src/base/a.cpp", "namespace {\nint helper() { return 1; }\n}\nvoid A::go() {}\nint run(int a) { return helper(); }")
        self.in_namespace("src/base/main.cpp", "int main() { return 0; }")
        self.assert_faults(headers.faults(self.src))

    def test_a_function_of_another_header_is_found(self):
        self.in_namespace("src/base/a.hpp", "int run(int a);")
        self.in_namespace("src/pack/b.hpp", "int walk();")
        self.in_namespace("src/pack/b.cpp", "int walk() { return 1; }\nint run(int a) { return a; }")
        self.assert_faults(headers.faults(self.src), "src/pack/b.cpp:3: defines ballast::run, which base/a.hpp declares")

    def test_a_member_of_another_headers_class_is_found(self):
        self.in_namespace("src/base/a.hpp", "class A {\n    void go();\n};")
        self.in_namespace("src/base/a_more.hpp", "int more();")
        self.in_namespace("src/base/a_more.cpp", "int more() { return 1; }\nvoid A::go() {}")
        self.assert_faults(headers.faults(self.src), "src/base/a_more.cpp:3: defines ballast::A::go, which base/a.hpp declares")

    def test_overloads_belong_to_the_header_beside_them(self):
        for name in ("a", "b"):
            self.in_namespace(f"src/base/{name}.hpp", f"int size(const Kind_{name}& kind);")
            self.in_namespace(f"src/base/{name}.cpp", f"int size(const Kind_{name}& kind) {{ return 1; }}")
        self.assert_faults(headers.faults(self.src))

    def test_a_file_without_its_header_is_found(self):
        self.in_namespace("src/base/a.hpp", "int run();")
        self.in_namespace("src/base/b.cpp", "namespace {\nint run() { return 1; }\n}")
        self.assert_faults(headers.faults(self.src), "src/base/b.cpp:1: has no b.hpp beside it")

    def test_a_function_that_nobody_declares_is_found(self):
        self.in_namespace("src/base/a.hpp", "int run();")
        self.in_namespace("src/base/a.cpp", "int run() { return 1; }\nint helper() { return 1; }")
        self.assert_faults(headers.faults(self.src), "src/base/a.cpp:3: defines ballast::helper, which no header declares")

    def test_headers_that_are_named_may_be_implemented_by_many(self):
        self.in_namespace("src/cli/commands.hpp", "void add_gc_command(App& app);\nvoid add_pack_command(App& app);")
        self.in_namespace("src/cli/gc.cpp", "void add_gc_command(App& app) {}")
        self.in_namespace("src/cli/pack.cpp", "void add_pack_command(App& app) {}")
        self.assert_faults(headers.faults(self.src))


class OneDefinition(CheckTest):
    def test_a_type_that_two_files_define_is_found(self):
        self.in_namespace("src/pack/a.hpp", "class Reader {};")
        self.in_namespace("src/hydrate/b.hpp", "class Reader;\nstruct Reader {\n    int at;\n};")
        self.assert_faults(one_definition.faults(self.src), "src/pack/a.hpp:2: defines ballast::Reader, which src/hydrate/b.hpp:3 defines too")

    def test_types_of_one_file_alone_may_have_one_name(self):
        self.in_namespace("src/base/a.cpp", "namespace {\nstruct Row {};\n}")
        self.in_namespace("src/base/b.cpp", "namespace {\nstruct Row {};\n}\nstruct A {\n    struct Row {};\n};\nstruct B {\n    struct Row {};\n};")
        self.assert_faults(one_definition.faults(self.src))


class FileLength(CheckTest):
    def test_a_file_of_401_lines_is_found(self):
        self.write("src/page/browser/a.js", "x\n" * 400)
        self.write("src/page/browser/b.css", "x\n" * 401)
        self.assert_faults(file_length.faults(self.src), "src/page/browser/b.css:401: is 401 lines long")


class Layers(CheckTest):
    def setUp(self):
        super().setUp()
        for folder, others in layers.MAY_INCLUDE.items():
            self.write(f"src/{folder}/CMakeLists.txt", self.target(folder, others))

    def target(self, folder, others):
        return f"# ballast_folder(other)\nballast_folder({folder}\n  {' '.join(f'ballast_{other}' for other in sorted(others))} zlib::zlib)\n"

    def test_the_order_as_it_is_has_no_faults(self):
        self.write("src/base/a.hpp", "#pragma once\n")
        self.write("src/codec/a.cpp", '#include "base/a.hpp"\n#include "codec/b.hpp"\n#include <vector>\n')
        self.assert_faults(layers.faults(self.src))

    def test_an_include_from_above_is_found(self):
        self.write("src/base/a.cpp", '#include "base/a.hpp"\n#include "codec/b.hpp"\n')
        self.assert_faults(layers.faults(self.src), "src/base/a.cpp:2: base must not include codec")

    def test_a_folder_that_has_no_place_is_found(self):
        self.write("src/helpers/CMakeLists.txt", "ballast_folder(helpers)\n")
        self.assert_faults(layers.faults(self.src), "src/helpers: a folder that tests/lint/layers.py does not place")

    def test_links_that_are_not_the_includes_are_found(self):
        self.write("src/codec/CMakeLists.txt", self.target("codec", {"store"}))
        self.assert_faults(layers.faults(self.src), "src/codec/CMakeLists.txt:2: links store, which codec must not include",
                           "src/codec/CMakeLists.txt:2: does not link base")

    def test_a_circle_is_found(self):
        self.assert_faults(layers.order_faults({"base": {"codec"}, "codec": {"base"}}), "base may not include codec, which comes after it")
        self.assert_faults(layers.order_faults(layers.MAY_INCLUDE))

    def test_a_target_of_another_name_is_found(self):
        self.write("src/base/CMakeLists.txt", "ballast_folder(basis)\n")
        self.write("src/elf/CMakeLists.txt", "add_library(elf)\n")
        self.assert_faults(layers.faults(self.src), "src/base/CMakeLists.txt:1: makes the target basis", "src/elf/CMakeLists.txt:1: makes no target")


class Labels(CheckTest):
    def test_every_test_has_exactly_one(self):
        def labelled(name, *values):
            return {"name": name, "properties": [{"name": "LABELS", "value": list(values)}] if values else []}

        self.assert_faults(labels.faults([labelled("unit.a", "unit"), labelled("cli.b", "cli", "slow")]))
        self.assert_faults(labels.faults([labelled("unit.a"), labelled("cli.b", "cli", "field"), labelled("cli.c", "field"), labelled("d", "other")]),
                           "unit.a has none of", "cli.b has cli and field of", "cli.c has the label field", "d has none of")


class NamesOfTests(CheckTest):
    def test_names_of_another_style_are_found(self):
        self.write("tests/unit/a_test.cpp", "TEST(Config, ReadsEveryKey) {}\nTEST_F(Config, reads_every_key) {}\n")
        self.write("tests/cli/test_a.py", "class A:\n    def test_a_key_is_read(self):\n        pass\n    def testKey(self):\n        pass\n")
        self.write("integrations/node/test/a.test.js", "test('the first call is cold', () => {});\ntest('the next is warm.', () => {});\n")
        self.assert_faults(names_of_tests.faults(self.top), "tests/cli/test_a.py:4: testKey is not", "tests/unit/a_test.cpp:2: Config.reads_every_key is not",
                           "integrations/node/test/a.test.js:2: the title 'the next is warm.' ends with a full stop")


class WidthOfPages(CheckTest):
    def test_prose_that_is_too_wide_is_found(self):
        wide = "word " * 30
        self.write("a.md", f"{wide}\n\n| {wide} |\n\n```\n{wide}\n```\n\n{'x' * 130}\n\n- {wide}\n")
        self.assert_faults(width_of_pages.faults([self.top / "a.md"]), "a.md:1: has 150 columns", "a.md:11: has 152 columns")


if __name__ == "__main__":
    unittest.main()
