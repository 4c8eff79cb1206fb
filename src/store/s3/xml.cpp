#include "store/s3/xml.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <memory>
#include <vector>

namespace ballast {
namespace {

constexpr std::size_t k_max_depth = 16;
constexpr std::size_t k_max_text_bytes = 64U << 10U;

struct State {
    const XmlElement& element;
    XML_Parser parser;
    std::string path = {};
    std::vector<std::size_t> lengths = {};  // of the path, before each open element
    std::string text = {};

    static State& of(void* data) { return *static_cast<State*>(data); }
};

void XMLCALL start(void* data, const XML_Char* name, const XML_Char** /*attributes*/) {
    auto& state = State::of(data);
    if (state.lengths.size() >= k_max_depth) {
        XML_StopParser(state.parser, XML_FALSE);
        return;
    }
    state.lengths.push_back(state.path.size());
    if (!state.path.empty()) state.path += '/';
    state.path += name;
    state.text.clear();
}

void XMLCALL end(void* data, const XML_Char* /*name*/) {
    auto& state = State::of(data);
    state.element(state.path, state.text);
    state.path.resize(state.lengths.back());
    state.lengths.pop_back();
    state.text.clear();
}

void XMLCALL characters(void* data, const XML_Char* text, int bytes) {
    auto& state = State::of(data);
    if (state.text.size() + static_cast<std::size_t>(bytes) > k_max_text_bytes) {
        XML_StopParser(state.parser, XML_FALSE);
        return;
    }
    state.text.append(text, static_cast<std::size_t>(bytes));
}

// A document type can define entities that grow without bound; no answer of S3 has one.
void XMLCALL start_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    XML_StopParser(State::of(data).parser, XML_FALSE);
}

}  // namespace

Result<void> parse_xml(std::string_view xml, std::string_view name_in_errors, const XmlElement& element) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree);
    State state{element, parser.get()};
    XML_SetUserData(parser.get(), &state);
    XML_SetElementHandler(parser.get(), start, end);
    XML_SetCharacterDataHandler(parser.get(), characters);
    XML_SetStartDoctypeDeclHandler(parser.get(), start_doctype);
    if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) != XML_STATUS_OK) {
        return fail(ErrorCode::corrupt, name_in_errors,
                    fmt::format("not the XML that S3 answers with: {} in line {}",
                                XML_ErrorString(XML_GetErrorCode(parser.get())),
                                XML_GetCurrentLineNumber(parser.get())));
    }
    return {};
}

}  // namespace ballast
