// Who may come, and whose address counts: allow, deny, satisfy, the real_ip family.
#include "compile/values.hpp"
#include "config/words.hpp"

namespace sluice::compile {

void Compiler::seal_lists() {
    for (const auto& list : access_lists) list->seal();
    for (const auto& list : trusted_lists) list->seal();
}

namespace tables {

namespace {

using config::concat;
using config::in_quotes;
using route::RealIpSettings;
using route::Settings;

/// The level's own list: the first line of a level takes the place of what was inherited.
template <class List, class... From>
List& own_list(Level& level, std::shared_ptr<const List>& member, std::vector<std::shared_ptr<List>>& all, From... from) {
    if (level.own.insert(&member).second || !member) {
        all.push_back(std::make_shared<List>(from...));
        member = all.back();
    }
    return const_cast<List&>(*member);
}

std::optional<vars::Network> read_network(Compiler& c, const Word& word) {
    const auto parsed = vars::parse_network(word.value);
    if (!parsed) return std::nullopt;
    if (parsed->low_bits)
        c.warning(word.span, "low-bits", concat({"the low bits of ", in_quotes(word.value), " do not count"}),
                  concat({"write ", vars::to_string(parsed->network)}));
    return parsed->network;
}

template <bool allows>
void add_rule(Level& level, const Directive& d) {
    auto& list = own_list(level, level.settings.access, level.c.access_lists);
    const Word& word = d.args[0];
    const route::AccessRule rule{allows, d.span};
    if (word.value == "all") return list.add_all(rule);
    if (word.value == "unix:") return list.add_unix(rule);
    if (const auto network = read_network(level.c, word)) return list.add(*network, rule);
    level.c.error(word.span, concat({in_quotes(word.value), " is not an address or a network"}), "as in 10.0.0.1, 10.0.0.0/8, 2001:db8::/32 or all");
}

void set_satisfy(Level& level, const Directive& d) {
    level.settings.satisfy = d.args[0].value == "any" ? route::Satisfy::any : route::Satisfy::all;
}

void add_trusted(Level& level, const Directive& d) {
    auto& list = own_list(level, level.settings.real_ip.from, level.c.trusted_lists, d.span);
    const Word& word = d.args[0];
    if (word.value == "unix:") return list.add_unix();
    if (const auto network = read_network(level.c, word)) return list.add(*network);
    if (word.value.find_first_of("/:") != std::string::npos)
        return level.c.error(word.span, concat({in_quotes(word.value), " is not an address, a network or a name"}),
                             "as in 10.0.0.1, 10.0.0.0/8, 2001:db8::/32, unix: or proxy.example.com");
    const auto resolved = level.c.options.resolve(word.value, 0);
    if (!resolved.error.empty())
        return level.c.error(word.span, concat({"cannot resolve ", in_quotes(word.value), ": ", resolved.error}), "write the address, as in set_real_ip_from 10.0.0.1;");
    for (const auto& address : resolved.addresses) {
        const vars::Ip ip(address.ip_bytes());
        list.add({ip, static_cast<std::uint8_t>(ip.size * 8)});
    }
}

void set_real_ip_header(Level& level, const Directive& d) {
    using Source = RealIpSettings::Source;
    auto& real_ip = level.settings.real_ip;
    real_ip.field = d.args[0].value;
    // As in nginx the list of all lines is read only under the name spelled like this.
    real_ip.source = real_ip.field == "X-Forwarded-For"  ? Source::x_forwarded_for
                     : real_ip.field == "proxy_protocol" ? Source::proxy_protocol
                                                         : Source::field;
}

constexpr Setter table[] = {
    {"allow", add_rule<true>},
    {"deny", add_rule<false>},
    {"satisfy", set_satisfy},
    {"set_real_ip_from", add_trusted},
    {"real_ip_header", set_real_ip_header},
    {"real_ip_recursive", set<&Settings::real_ip, &RealIpSettings::recursive>},
};

}  // namespace

std::span<const Setter> access() { return table; }

}  // namespace tables

}  // namespace sluice::compile
