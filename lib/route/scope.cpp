#include "route/scope.hpp"

#include <algorithm>

namespace sluice::route {

namespace {
constexpr int deepest = 16;  // values that need values that need values
}

Scope::Scope(const Snapshot& conf, const Listening& where, exchange::Exchange& exchange, Tools& lent)
    : snapshot(conf),
      listening(where),
      x(exchange),
      tools(lent),
      arena(lent.buffers),
      site(&conf.sites[where.default_site]),
      route(&site->root) {}

Value Scope::get(const Variable& variable) {
    if (variable.slot == Variable::no_slot) return variable.read(*this, variable);
    if (!slots_) slots_ = arena.make_array<Slot>(snapshot.kept_variables);
    Slot& slot = slots_[variable.slot];
    if (slot.known && !variable.is_volatile) return slot.value;
    if (depth >= deepest) return {""};
    ++depth;
    const Value value = variable.read(*this, variable);
    --depth;
    if (variable.read != read_slot) slot = {value, true};
    return value;
}

void Scope::set(std::uint32_t number, std::string_view text) {
    const Variable& variable = snapshot.variables[number];
    if (variable.write) return variable.write(*this, text);
    if (variable.slot == Variable::no_slot) return;
    if (!slots_) slots_ = arena.make_array<Slot>(snapshot.kept_variables);
    slots_[variable.slot] = {{text}, true};
}

std::string_view Scope::part(const vars::Part& part) {
    switch (part.kind) {
        case vars::Part::Kind::literal: return part.text;
        case vars::Part::Kind::variable: return get(part.index).text;
        case vars::Part::Kind::capture: return capture(part.index);
    }
    return {};
}

std::string_view Scope::evaluate(const vars::Template& text) {
    const auto parts = text.parts();
    if (parts.empty()) return {};
    if (parts.size() == 1) return part(parts[0]);
    // Each value before the text grows: reading one may itself write into the arena.
    boost::container::small_vector<std::string_view, 8> values;
    std::size_t size = 0;
    for (const auto& p : parts) size += values.emplace_back(part(p)).size();
    char* const out = arena.allocate(size);
    char* at = out;
    for (const auto value : values) at = std::copy(value.begin(), value.end(), at);
    return {out, size};
}

bool Scope::match(const Matcher& matcher, std::string_view subject) {
    core::Captures captures;
    const auto outcome = matcher.regex.match(subject, captures);
    if (outcome == core::Match::limit) gave_up = matcher.regex.pattern();
    if (outcome != core::Match::yes) return false;
    take_captures(subject, captures);
    set_groups(matcher, subject, captures);
    return true;
}

void Scope::take_captures(std::string_view subject, const core::Captures& captures) {
    subject_ = subject;
    capture_count_ = captures.size();
    captures_ = arena.make_array<std::string_view>(capture_count_);
    for (std::size_t i = 0; i < capture_count_; ++i) captures_[i] = captures.of(subject, i);
}

std::string_view Scope::capture(std::size_t number) const { return number < capture_count_ ? captures_[number] : std::string_view{}; }

void Scope::set_groups(const Matcher& matcher, std::string_view subject, const core::Captures& captures) {
    for (const auto& group : matcher.groups) set(group.variable, captures.of(subject, group.number));
}

namespace {
/// Texts copied: those of the message go with its buffer.
const http::Fields* keep(const http::Fields& fields, std::optional<http::Fields>& kept, core::Arena& arena) {
    kept.emplace();
    for (const auto& f : fields) kept->push_back({arena.keep(f.name), arena.keep(f.value), f.id});
    return &*kept;
}
}  // namespace

void Scope::keep_peer_fields(const http::Fields& fields) {
    if (snapshot.keeps_peer_fields) peer_fields = keep(fields, peer_, arena);
}

void Scope::keep_sent_fields(const http::Fields& fields) {
    if (snapshot.keeps_peer_fields) sent_fields = keep(fields, sent_, arena);
}

void Scope::keep_sent_trailers(const http::Fields& fields) {
    if (snapshot.keeps_peer_fields) x.record.sent_trailers = keep(fields, sent_trailers_, arena);
}

void Scope::carry(const http::Field& field) {
    if (!carried) carried = std::make_unique<http::Fields>();
    carried->push_back({arena.keep(field.name), arena.keep(field.value), field.id});
}

Value read_slot(Scope&, const Variable&) { return {""}; }

Value read_map(Scope& scope, const Variable& variable) {
    const auto& map = *static_cast<const vars::Map*>(variable.source);
    const auto text = scope.evaluate(map.source());
    core::Captures captures;
    const auto found = map.find(text, captures);
    if (found.limit) scope.gave_up = map.variable();
    if (found.regex) {
        if (captures.size() > 1) scope.take_captures(text, captures);
        for (const auto& group : found.groups) scope.set(group.variable, captures.of(text, group.number));
    }
    return {scope.evaluate(*found.value)};
}

Value read_split(Scope& scope, const Variable& variable) {
    const auto& split = *static_cast<const vars::Split*>(variable.source);
    return {split.find(scope.evaluate(split.source()))};
}

Value read_geo(Scope& scope, const Variable& variable) {
    const auto& geo = *static_cast<const vars::Geo*>(variable.source);
    std::optional<vars::Ip> ip;
    if (const auto source = geo.source())
        ip = vars::parse_ip(scope.get(*source).text);
    else if (const auto bytes = scope.x.client->ip_bytes(); !bytes.empty())
        ip = vars::Ip(bytes);
    if (!ip) return {geo.find_without_address()};
    if (!geo.has_proxies()) return {geo.find(*ip)};
    boost::container::small_vector<std::string_view, 4> forwarded;
    for (const auto& f : scope.x.head.fields)
        if (f.id == http::FieldId::x_forwarded_for) forwarded.push_back(f.value);
    return {geo.find(geo.client(*ip, {forwarded.data(), forwarded.size()}))};
}

}  // namespace sluice::route
