// Rows of the language and what the compiler makes of them: they agree, or the conf says so.
#include <set>

#include "compile/compiler.hpp"
#include "config/row.hpp"
#include "support/decide.hpp"

using namespace sluice;
namespace in = config::in;
using config::Row;
using config::Support;

namespace {

/// Where the compiler applies simple directives.
constexpr config::Contexts compiled =
    in::main | in::events | in::http | in::server | in::location | in::server_if | in::location_if | in::limit_except;

template <class Each>
void for_each_row(Each each) {
    for (const auto table : config::tables())
        for (const Row& row : table) each(row);
}

/// Those of Row::contexts in which the row is looked at one by one.
template <class Each>
void for_each_context(config::Contexts contexts, Each each) {
    for (unsigned i = 0; i < in::count; ++i)
        if (contexts & (config::Contexts{1} << i)) each(config::Contexts{1} << i);
}

/// A whole conf around one line; "" where such a line cannot stand alone.
std::string conf_around(const std::string& line, config::Contexts context) {
    switch (context) {
        case in::main:
            return line + "\nevents {}\n";
        case in::events:
            return "events {\n" + line + "\n}\n";
        case in::http:
            return "events {}\nhttp {\n" + line + "\n}\n";
        case in::server:
            return "events {}\nhttp { server {\n" + line + "\n} }\n";
        case in::location:
            return "events {}\nhttp { server { location / {\n" + line + "\n} } }\n";
        case in::location_if:
            return "events {}\nhttp { server { location / { if ($uri) {\n" + line + "\n} } } }\n";
        case in::limit_except:
            return "events {}\nhttp { server { location / { limit_except GET {\n" + line + "\n} } } }\n";
        case in::upstream:
            return "events {}\nhttp { upstream u { server 127.0.0.1:1;\n" + line + "\n} }\n";
        default:
            return "";
    }
}

std::size_t count(const route::Snapshot& snapshot, std::string_view code) {
    std::size_t out = 0;
    for (const auto& d : snapshot.conf.diagnostics.all()) out += d.code == code;
    return out;
}

}  // namespace

TEST_CASE("every directive that is here is compiled") {
    for_each_row([](const Row& row) {
        if (row.support != Support::here || row.block() || compile::is_structural(row.name)) return;
        for_each_context(row.contexts & compiled, [&](config::Contexts context) {
            INFO(row.name << " " << config::describe(context));
            CHECK(compile::find_setter(row.name, context) != nullptr);
        });
    });
}

TEST_CASE("every setter has a row that says it is here") {
    std::set<std::pair<std::string_view, config::Contexts>> seen;
    for (const auto table : compile::setters())
        for (const auto& setter : table) {
            INFO(setter.name);
            CHECK(seen.emplace(setter.name, setter.contexts).second);
            bool here = false;
            for (const Row* row : config::find_rows(setter.name)) here = here || row->support == Support::here;
            CHECK(here);
        }
}

TEST_CASE("what is not in sluice yet is refused by name") {
    std::size_t tried = 0;
    for_each_row([&](const Row& row) {
        if (row.support != Support::later || row.block() || row.name == "include") return;
        for_each_context(row.contexts, [&](config::Contexts context) {
            const std::string text = conf_around(config::example_of(row), context);
            if (text.empty()) return;
            const auto snapshot = test::compile_text(text);
            INFO(text << test::said(*snapshot));
            ++tried;
            CHECK(count(*snapshot, "not-yet") == 1);
        });
    });
    CHECK(tried >= 100);
}

TEST_CASE("what is without effect passes") {
    std::size_t tried = 0;
    for_each_row([&](const Row& row) {
        if (row.support != Support::without_effect || row.block()) return;
        for_each_context(row.contexts, [&](config::Contexts context) {
            const std::string text = conf_around(config::example_of(row), context);
            if (text.empty()) return;
            const auto snapshot = test::compile_text(text);
            INFO(text << test::said(*snapshot));
            ++tried;
            CHECK(snapshot->conf.ok());
        });
    });
    CHECK(tried >= 20);
}

TEST_CASE("what is here passes with its own example, wherever it may stand") {
    for_each_row([](const Row& row) {
        if (row.support != Support::here || row.block() || row.name == "include" || row.name == "server") return;
        for_each_context(row.contexts, [&](config::Contexts context) {
            std::string text = conf_around(config::example_of(row), context);
            if (text.empty()) return;
            if (row.name == "access_log") text.insert(text.find("http {") + 6, " log_format main $uri; ");
            if (row.name == "ssl_certificate") text.insert(text.find("http {") + 6, " ssl_certificate_key a.key; ");
            const auto snapshot = test::compile_text(text);
            INFO(text << test::said(*snapshot));
            CHECK(snapshot->conf.ok());
        });
    });
}
