// Laws that every row keeps.
#include <set>
#include <string>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "config/pattern.hpp"
#include "config/row.hpp"
#include "support/catch.hpp"

using namespace sluice::config;

namespace {

constexpr std::string_view blocks[in::count] = {"",
                                                "events {",
                                                "http {",
                                                "http { server {",
                                                "http { server { location / {",
                                                "http { upstream u {",
                                                "http { server { if ($a) {",
                                                "http { server { location / { if ($a) {",
                                                "http { server { location / { limit_except GET {",
                                                "stream {",
                                                "stream { server {",
                                                "stream { upstream u {",
                                                "http { map $a $b {",
                                                "mail {"};

/// A conf with nothing but `line` in one of the contexts.
std::string conf_with(const std::string& line, unsigned context) {
    std::string out = context == 0 ? "" : std::string(blocks[context]);
    out += " " + line + " ";
    for (const char c : blocks[context]) out += c == '{' ? "}" : "";
    return out;
}

std::string errors_of(const std::string& text) {
    Conf conf = parse(MemoryFiles({{"a", text}}), "a");
    check(conf);
    std::string out;
    for (const Diagnostic& d : conf.diagnostics.all())
        if (d.severity == Severity::error && d.code != "never") out += d.message + "; " + d.help + "\n";
    return out;
}

template <class Each>
void for_each_row(Each each) {
    for (const auto table : tables())
        for (const Row& row : table) each(row);
}

}  // namespace

TEST_CASE("rows are complete") {
    std::size_t rows = 0;
    for_each_row([&](const Row& row) {
        INFO(row.name);
        ++rows;
        CHECK(!row.name.empty());
        CHECK(row.contexts != 0);
        CHECK(row.args.least <= row.args.most);
        CHECK(is_well_formed(row.values));
        CHECK(row.doc.ends_with('.'));
        const bool needs_reason = row.support == Support::without_effect || row.support == Support::never;
        CHECK(needs_reason == !row.reason.empty());
        CHECK(find_row(row.name, row.contexts & ~(row.contexts - 1)) != nullptr);
    });
    CHECK(rows >= 450);
}

TEST_CASE("no two rows of a name share a context") {
    std::set<std::pair<std::string_view, unsigned>> seen;
    for_each_row([&](const Row& row) {
        if (row.name == "include") return;
        INFO(row.name);
        for (unsigned i = 0; i < in::count; ++i)
            if (row.contexts & (1u << i)) CHECK(seen.emplace(row.name, i).second);
    });
}

TEST_CASE("every row's example passes its own checks, wherever it may stand") {
    for_each_row([](const Row& row) {
        if (row.name == "include") return;
        std::string line = example_of(row);
        if (const std::size_t dots = line.find("..."); row.block() && dots != line.npos) line.replace(dots, 3, "");
        for (unsigned i = 0; i < in::count; ++i) {
            if (!(row.contexts & (1u << i)) || (1u << i) == in::entries) continue;
            const std::string text = conf_with(line, i);
            INFO(text);
            CHECK(errors_of(text) == "");
        }
    });
}

TEST_CASE("every row refuses contexts that it is not for") {
    for_each_row([](const Row& row) {
        const std::string line = example_of(row);
        for (const unsigned i : {0u, 1u, 2u, 3u, 4u, 5u}) {
            if (find_row(row.name, 1u << i)) continue;
            INFO(conf_with(line, i));
            CHECK(errors_of(conf_with(line, i)).find("is not allowed") != std::string::npos);
        }
    });
}
