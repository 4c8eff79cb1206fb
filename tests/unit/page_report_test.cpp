#include "page/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>

#include "base/file.hpp"
#include "page/assets.hpp"

namespace ballast {
namespace {

using testing::HasSubstr;
using testing::Not;

Report example(const std::string& name) {
    Report report("About " + name, "it has " + name);
    report.add(ReportFact{name, std::uint64_t{5}, Unit::bytes, name});
    ReportTable table = {name, name, {{name}, {"Size", Unit::bytes}}};
    table.rows = {{name, std::uint64_t{7}}, {Cell(), -3.5}};
    report.add(table);
    ReportChart chart = {name};
    chart.series = {{name, {{1, 2}}, {name}}};
    chart.limits = {{ReportLimit::Axis::y, 3, name}};
    report.add(chart);
    ReportTreemap treemap = {name};
    treemap.kinds = {name};
    treemap.top = {name, 5, 3, 1, 0, {{name, 5, 3, 1, 0}}};
    report.add(treemap);
    report.attach({{"name", name}});
    return report;
}

// The text of the element with an id, as a browser sees it: up to the first end tag.
std::string script_of(const std::string& html, const std::string& id) {
    const std::size_t start = html.find('>', html.find("id=\"" + id + "\"")) + 1;
    return html.substr(start, html.find("</script", start) - start);
}

constexpr const char* k_evil = "</script><script>alert(1)</script><!-- <b> & \"'\xE2\x80\xA8 \xFF";

TEST(Report, NoTextLeavesItsPlace) {
    const std::string html = example(k_evil).html();
    EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(html, Not(HasSubstr("<b> &")));
    const auto page = nlohmann::json::parse(script_of(html, "page"));
    EXPECT_EQ(page["sections"].size(), 3U);
    EXPECT_THAT(page["sections"][0]["rows"][0][0].get<std::string>(), HasSubstr("</script><script>alert(1)"));
    EXPECT_THAT(page["facts"][0]["label"].get<std::string>(), HasSubstr("\\xff"))
        << "as printable() shows it";
    EXPECT_THAT(html, HasSubstr("<title>About &lt;/script&gt;"));
}

TEST(Report, EmbeddedJsonIsPlainAsciiWithoutWhatHtmlLooksFor) {
    const nlohmann::ordered_json json = {{k_evil, "é\xFF"}};
    const std::string text = embeddable_json(json);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                            [](char c) { return c >= ' ' && c < 127 && c != '<' && c != '>' && c != '&'; }));
    EXPECT_EQ(nlohmann::json::parse(text).begin().value(), "é\xEF\xBF\xBD");
}

TEST(Report, KeepsNumbersAsTheyAre) {
    Report report("t", "s");
    ReportTable table = {"n", "", {{"a", Unit::bytes}, {"b"}, {"c"}}};
    table.rows = {{std::uint64_t{9'007'199'254'740'991}, std::int64_t{-5}, 0.25}};
    report.add(table);
    const auto page = nlohmann::json::parse(script_of(report.html(), "page"));
    EXPECT_EQ(page["sections"][0]["rows"].dump(), "[[9007199254740991,-5,0.25]]");
}

TEST(Report, LeavesOutATableWithoutRows) {
    Report report("t", "s");
    report.add(ReportTable{"empty", "", {{"a"}}});
    EXPECT_TRUE(nlohmann::json::parse(script_of(report.html(), "page"))["sections"].empty());
}

TEST(Report, AsksNothingOfTheNetworkAndRunsItsOwnScriptsOnly) {
    const std::string html = example("x").html();
    const std::string head = html.substr(0, html.find("</head>"));
    EXPECT_THAT(head, HasSubstr("default-src 'none'"));
    EXPECT_TRUE(std::regex_search(
        head, std::regex("script-src 'sha256-[A-Za-z0-9+/]{43}=' 'sha256-[A-Za-z0-9+/]{43}='\"")));
    EXPECT_THAT(head, Not(HasSubstr("script-src 'unsafe")));
    const std::string body = html.substr(0, html.find(report_assets().library.substr(0, 200)));
    for (const auto* outside : {"src=", "href=", "url(", "@import"})
        EXPECT_THAT(body, Not(HasSubstr(outside)));
}

TEST(Report, BringsTheLibraryAndItsLicences) {
    const ReportAssets assets = report_assets();
    EXPECT_GT(assets.library.size(), 500'000U);
    EXPECT_EQ(assets.library.find("</script"), std::string_view::npos) << "it would end its own element";
    EXPECT_EQ(assets.library.find("<!--"), std::string_view::npos);
    EXPECT_EQ(assets.script.find("</script"), std::string_view::npos);
    EXPECT_EQ(assets.style.find("</style"), std::string_view::npos);
    for (const auto* text : {"Apache License", "Apache ECharts", "Mike Bostock", "Baidu Inc.", "Microsoft"})
        EXPECT_NE(assets.licences.find(text), std::string_view::npos) << text;
    EXPECT_THAT(example("x").html(), HasSubstr("Licensed to the Apache Software Foundation"));
}

TEST(Report, IsWrittenWholeOrNotAtAll) {
    const auto directory = TemporaryDirectory::create().value();
    const std::string path = directory.path() + "/page.html";
    ASSERT_TRUE(write_report(example("x"), path));
    EXPECT_EQ(read_file(path, 1 << 24).value(), example("x").html());
    EXPECT_FALSE(write_report(example("x"), directory.path() + "/none/page.html"));
}

}  // namespace
}  // namespace ballast
