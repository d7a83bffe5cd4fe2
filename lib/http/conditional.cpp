#include "http/conditional.hpp"

#include "core/text.hpp"
#include "http/date.hpp"

namespace sluice::http {

namespace {

bool is_weak(std::string_view tag) { return tag.size() > 2 && tag.starts_with("W/"); }

constexpr std::string_view blank = " \t", blank_or_comma = " \t,";

void skip(std::string_view& list, std::string_view what) {
    list.remove_prefix(std::min(list.find_first_not_of(what), list.size()));
}

/// Whether `list` ("*", or entity tags with commas between) has the content's tag. `weak`: "W/" makes no difference.
bool matches(std::string_view list, std::string_view tag, bool weak) {
    if (list == "*") return true;
    if (tag.empty()) return false;
    if (weak && is_weak(tag)) tag.remove_prefix(2);
    while (!list.empty()) {
        if (weak && is_weak(list)) list.remove_prefix(2);
        if (list.starts_with(tag)) {
            list.remove_prefix(tag.size());
            skip(list, blank);
            if (list.empty() || list.front() == ',') return true;
        }
        list.remove_prefix(std::min(list.find(','), list.size()));
        skip(list, blank_or_comma);
    }
    return false;
}

bool is_modified(std::string_view since, const Validators& content, ModifiedSince rule) {
    if (!content.modified || rule == ModifiedSince::off) return true;
    const auto date = parse_date(since);
    if (date == content.modified) return false;
    return rule == ModifiedSince::exact || !date || *date < *content.modified;
}

bool is_unmodified(std::string_view since, const Validators& content) {
    const auto date = parse_date(since);
    return content.modified && date && *date >= *content.modified;
}

}  // namespace

Conditions read_conditions(const Fields& fields) {
    using enum FieldId;
    Conditions out;
    if (!fields.may_have_any(set_of(range, if_match, if_range, if_none_match, if_modified_since, if_unmodified_since))) return out;
    const auto take = [](std::optional<std::string_view>& to, const Field& field) {
        if (!to) to = field.value;
    };
    for (const Field& field : fields) {
        switch (field.id) {
            case range: take(out.range, field); break;
            case if_match: take(out.match, field); break;
            case if_range: take(out.if_range, field); break;
            case if_none_match: take(out.none_match, field); break;
            case if_modified_since: take(out.modified_since, field); break;
            case if_unmodified_since: take(out.unmodified_since, field); break;
            default: break;
        }
    }
    return out;
}

Verdict judge(const Conditions& c, const Validators& content, ModifiedSince rule) {
    if (c.unmodified_since && !is_unmodified(*c.unmodified_since, content)) return Verdict::failed;
    if (c.match && !matches(*c.match, content.etag, false)) return Verdict::failed;
    if (!c.modified_since && !c.none_match) return Verdict::send;
    if (c.modified_since && is_modified(*c.modified_since, content, rule)) return Verdict::send;
    if (c.none_match && !matches(*c.none_match, content.etag, true)) return Verdict::send;
    return Verdict::not_modified;
}

bool range_applies(const Conditions& c, const Validators& content) {
    if (!c.if_range) return true;
    if (c.if_range->size() >= 2 && c.if_range->ends_with('"'))
        return !content.etag.empty() && *c.if_range == content.etag;
    return content.modified && parse_date(*c.if_range) == content.modified;
}

}  // namespace sluice::http
