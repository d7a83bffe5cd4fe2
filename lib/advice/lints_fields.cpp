// Names of header fields as they stand in directives.
#include <algorithm>

#include "advice/lint_rows.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::in_quotes;

bool names_field(std::string_view directive) {
    constexpr std::string_view names[] = {"add_header",       "add_trailer",       "proxy_set_header",
                                          "proxy_hide_header", "proxy_pass_header", "real_ip_header"};
    return std::ranges::find(names, directive) != std::end(names);
}

void find_colon(const View& view, Report& report) {
    each_directive(view.top(), [&](const config::Directive& d, const Level& level) {
        if (level.context & (config::in::entries | config::in::opaque) || !names_field(d.name.value) || d.args.empty()) return;
        const std::string& name = d.args[0].value;
        const auto colon = name.find(':');
        if (colon == name.npos || name.find('$') < colon) return;
        const std::string value = name.substr(colon + 1);
        report.add(d.args[0].span, concat({"the colon in ", in_quotes(name), " becomes part of the field's name"}),
                   concat({"write ", d.name.value, " ", name.substr(0, colon), value.empty() ? "" : " ", value,
                           d.args.size() > 1 ? " ..." : "", ";"}));
    });
}

constexpr Lint table[] = {
    {.code = "SL027",
     .name = "colon-in-field-name",
     .summary = "a colon in the name of a header field",
     .explanation = R"(Name and value of a field are two words here, with a space between them. A colon behind the name
belongs to the name: "Host:: ..." goes out, which no one reads as Host, and which may be refused as a bad request.

Wrong:
    proxy_set_header Host: $host;
    add_header X-Frame-Options: DENY;

Right:
    proxy_set_header Host $host;
    add_header X-Frame-Options DENY;
)",
     .find = find_colon},
};

}  // namespace

std::span<const Lint> rows::fields() { return table; }

}  // namespace sluice::advice
