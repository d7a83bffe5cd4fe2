// Fields of answers: add_header, add_trailer, expires.
#include "compile/values.hpp"
#include "route/expires.hpp"

namespace sluice::compile::tables {

namespace {

using route::AddHeader;
using route::HeaderSettings;
using route::Inherit;

AddHeader read_header(Level& level, const Directive& d) {
    AddHeader out;
    out.name = d.args[0].value;
    out.value = level.c.text(d.args[1]);
    out.always = d.args.size() > 2;
    return out;
}

void set_add_header(Level& level, const Directive& d) {
    auto header = read_header(level, d);
    if (core::iequals(header.name, "last-modified"))
        header.kind = AddHeader::Kind::last_modified;
    else if (core::iequals(header.name, "etag"))
        header.kind = AddHeader::Kind::replaces;
    level.list(level.settings.answer.headers).push_back(std::move(header));
}

void set_add_trailer(Level& level, const Directive& d) {
    level.list(level.settings.answer.trailers).push_back(read_header(level, d));
}

Inherit read_inherit(const Directive& d) {
    const auto& word = d.args[0].value;
    return word == "off" ? Inherit::off : word == "merge" ? Inherit::merge : Inherit::on;
}

void set_add_header_inherit(Level& level, const Directive& d) {
    level.settings.answer.inherit_headers = read_inherit(d);
}
void set_add_trailer_inherit(Level& level, const Directive& d) {
    level.settings.answer.inherit_trailers = read_inherit(d);
}

void set_expires(Level& level, const Directive& d) {
    auto& answer = level.settings.answer;
    const bool modified = d.args.size() > 1;
    const auto& value = d.args.back();
    if (modified && d.args[0].value != "modified")
        return level.c.error(d.args[0].span, "\"" + d.args[0].value +
                                                 "\" is not \"modified\", the only word that may stand before a time");
    answer.expires_varies = value.value.find('$') != std::string::npos;
    if (answer.expires_varies) {
        answer.expires_text = level.c.text(value);
        answer.expires.kind = modified ? route::Expires::Kind::modified : route::Expires::Kind::access;
        return;
    }
    const char* why = "";
    const auto parsed = route::parse_expires(value.value, modified, why);
    if (!parsed)
        return level.c.error(
            value.span, "\"" + value.value + "\" is no value of expires: " + why,
            modified ? "as in expires modified 24h" : "a time as in 30d, -1 or @15h30m; or epoch, max, off");
    answer.expires = *parsed;
}

/// One list at the end of its level.
void finish_list(Level& level, route::Shared<AddHeader>& list, const route::Shared<AddHeader>& around,
                 Inherit inherit) {
    const bool own = level.own.contains(&list);
    if (inherit == Inherit::off && !own) list = nullptr;
    if (inherit != Inherit::merge || !own || !around) return;
    auto& all = level.list(list);
    all.insert(all.end(), around->begin(), around->end());
}

constexpr Setter table[] = {
    {"add_header", set_add_header},   {"add_header_inherit", set_add_header_inherit},
    {"add_trailer", set_add_trailer}, {"add_trailer_inherit", set_add_trailer_inherit},
    {"expires", set_expires},
};

}  // namespace

std::span<const Setter> headers() { return table; }

}  // namespace sluice::compile::tables

namespace sluice::compile {

void finish_headers(Level& level, const route::HeaderSettings& around) {
    auto& answer = level.settings.answer;
    tables::finish_list(level, answer.headers, around.headers, answer.inherit_headers);
    tables::finish_list(level, answer.trailers, around.trailers, answer.inherit_trailers);
}

}  // namespace sluice::compile
