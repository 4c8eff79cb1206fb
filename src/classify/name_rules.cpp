#include "classify/name_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/relative_path.hpp"
#include "classify/name_table.hpp"

namespace ballast {
namespace {

// Every table is sorted, to be searched by halves; the assertions below hold that.
constexpr auto k_code = std::to_array<Name>(
    {"c",   "cc",  "cjs", "class", "clj",    "coffee", "cpp", "cs",  "cts", "cxx",  "dart", "erb", "erl",
     "ex",  "exs", "fs",  "go",    "groovy", "gvy",    "h",   "hpp", "hs",  "java", "js",   "jsx", "kt",
     "kts", "mjs", "mts", "php",   "phtml",  "ps1",    "py",  "pyc", "pyi", "pyw",  "pyx",  "r",   "rake",
     "rb",  "rs",  "ru",  "scala", "svelte", "swift",  "ts",  "tsx", "vb",  "vue"});

constexpr auto k_script =
    std::to_array<Name>({"awk", "bash", "csh", "el", "ksh", "lua", "pl", "pm", "sh", "tcl", "zsh"});

constexpr auto k_text = std::to_array<Name>(
    {"adoc",       "avsc",     "css",    "csv",  "ejs",    "env",  "gql",   "gradle",   "graphql",
     "handlebars", "hbs",      "htm",    "html", "j2",     "jade", "jinja", "jinja2",   "json",
     "json5",      "jsonc",    "jsonl",  "less", "liquid", "lock", "map",   "markdown", "md",
     "mjml",       "mustache", "ndjson", "njk",  "proto",  "pug",  "rst",   "sass",     "scss",
     "sql",        "styl",     "tf",     "tmpl", "toml",   "tpl",  "tsv",   "twig",     "txt",
     "wsdl",       "xhtml",    "xml",    "xsd",  "xsl",    "xslt", "yaml",  "yml"});

constexpr auto k_configuration = std::to_array<Name>({"cfg", "cnf", "conf", "config", "ini", "properties"});

constexpr auto k_media =
    std::to_array<Name>({"avif", "bmp", "doc", "docx", "flac", "gif",  "heic", "ico", "jpeg", "jpg",
                         "m4a",  "mov", "mp3", "mp4",  "odt",  "ogg",  "pdf",  "png", "ppt",  "pptx",
                         "psd",  "svg", "tif", "tiff", "wav",  "webm", "webp", "xls", "xlsx"});

// Fonts, colour profiles, font caches, type libraries, databases of libmagic and Tesseract.
constexpr auto k_resource = std::to_array<Name>(
    {"afm",         "bdf", "cache-10", "cache-7", "cache-8", "cache-9", "eot",  "icc", "icm",
     "mgc",         "otb", "otc",      "otf",     "pcf",     "pfa",     "pfb",  "pfm", "t1",
     "traineddata", "ttc", "ttf",      "typelib", "upp",     "woff",    "woff2"});

constexpr auto k_resource_names = std::to_array<Name>(
    {"fonts.dir", "fonts.scale", "giomodule.cache", "gschemas.compiled", "icon-theme.cache", "icudtl.dat",
     "immodules.cache", "ld.so.cache", "loaders.cache", "locale-archive", "mime.cache"});

// Names without an extension, or with one that says nothing, that a project has. In lower case.
constexpr auto k_text_names = std::to_array<Name>(
    {"authors",  "build",    "changelog",   "changes",     "contributing", "copying",  "dockerfile",
     "gemfile",  "go.mod",   "go.sum",      "gradlew",     "jenkinsfile",  "justfile", "licence",
     "license",  "makefile", "manifest.in", "manifest.mf", "notice",       "pipfile",  "procfile",
     "rakefile", "readme",   "vagrantfile", "version"});

constexpr auto k_project_files = std::to_array<Name>(
    {"Cargo.toml", "Gemfile", "Pipfile", "composer.json", "go.mod", "package.json", "pyproject.toml",
     "requirements.txt", "serverless.yml", "setup.py", "template.yaml", "tsconfig.json"});

std::string lower_case(Name name) {
    std::string lower(name);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

}  // namespace

static_assert(sorted(k_code) && sorted(k_script) && sorted(k_text) && sorted(k_configuration) &&
              sorted(k_media));
static_assert(sorted(k_resource) && sorted(k_resource_names) && sorted(k_text_names));
static_assert(sorted(k_project_files));

NameClass class_of_name(std::string_view path) {
    const std::string name = lower_case(file_name(path));
    if (holds(k_resource_names, name)) return NameClass::resource;
    if (name.starts_with('.')) return NameClass::text;
    const Name with_dot = extension(name);
    const Name suffix = with_dot.empty() ? with_dot : with_dot.substr(1);
    if (holds(k_code, suffix)) return NameClass::code;
    if (holds(k_script, suffix)) return NameClass::script;
    if (holds(k_text, suffix) || holds(k_text_names, name)) return NameClass::text;
    if (holds(k_configuration, suffix)) return NameClass::configuration;
    if (holds(k_media, suffix)) return NameClass::media;
    if (holds(k_resource, suffix)) return NameClass::resource;
    return NameClass::unknown;
}

bool is_surely_text(std::string_view path) {
    const NameClass name = class_of_name(path);
    return is_source_name(name) || name == NameClass::media;
}

bool is_library_name(std::string_view path) {
    const Name name = file_name(path);
    if (name.ends_with(".so") || name.ends_with(".la")) return true;
    const std::size_t at = name.find(".so.");
    return at != Name::npos && name.find_first_not_of("0123456789.", at + 4) == Name::npos;
}

bool is_project_file(std::string_view name) {
    return holds(k_project_files, name);
}

}  // namespace ballast
