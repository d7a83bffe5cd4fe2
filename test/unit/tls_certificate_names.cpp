// Names of certificates with variables: which values stay below the folder that the conf speaks of.
#include <string>
#include <vector>

#include "route/variable_pairs.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"

using namespace sluice;

TEST_CASE("a variable in a certificate's name leads to no folder above") {
    struct Row {
        std::string name, one, value;  // as the conf has it with $1; what $1 is; all of it then
        bool leads_out;
    };
    const std::vector<Row> rows{
        {"/c/$1.crt", "a", "/c/a.crt", false},
        {"/c/$1.crt", "a..b", "/c/a..b.crt", false},
        {"/c/$1.crt", "a/../b", "/c/a/../b.crt", true},
        {"/c/$1", "..", "/c/..", true},
        {"/c/../d/$1.crt", "a", "/c/../d/a.crt", false},
        {"/c/../d/$1.crt", "../a", "/c/../d/../a.crt", true},
        {"../c/$1.crt", "a", "../c/a.crt", false},
        // What only touches the variable is no folder of the conf's.
        {"/c/..$1", "/a.crt", "/c/../a.crt", true},
        {"/c/..$1", "a.crt", "/c/..a.crt", false},
        {"/c/$1../a", "x/", "/c/x/../a", true},
        {"/c/$1/../a", "", "/c//../a", true},
        {"$1", "/c/a.crt", "/c/a.crt", false},
        {"$1", "../a.crt", "../a.crt", true},
        {"/c/$1.crt", std::string("a\0", 2), std::string("/c/a\0.crt", 9), true},
    };
    for (const auto& row : rows) {
        test::TableOfNames none;
        std::vector<vars::Mistake> mistakes;
        const auto name = vars::Template::compile(row.name, none, mistakes);
        INFO(row.name << " with " << row.one);
        CHECK(mistakes.empty());
        CHECK(route::leads_out(row.value, name) == row.leads_out);
    }
}
