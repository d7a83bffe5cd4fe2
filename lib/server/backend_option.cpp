#include <algorithm>

#include "core/text.hpp"
#include "server/option_parts.hpp"

namespace sluice::server {

namespace {

constexpr std::uint32_t largest_number = 65'535;
constexpr std::int64_t longest_milliseconds = std::int64_t{365} * 24 * 3600 * 1000;

/// Sets `out`, or returns what is wrong.
std::string read_number(std::string_view text, std::uint32_t least, std::uint32_t& out) {
    const auto number = core::parse_number<std::uint32_t>(text);
    if (!number || *number < least || *number > largest_number)
        return join(
            {in_quotes(text), " is not a number from ", std::to_string(least), " to ", std::to_string(largest_number)});
    out = *number;
    return "";
}

std::string read_time(std::string_view text, core::Duration& out) {
    const auto milliseconds = core::parse_milliseconds(text);
    if (!milliseconds) return join({in_quotes(text), " is not a time such as 10s, 500ms or 1m30s"});
    if (*milliseconds > longest_milliseconds) return join({in_quotes(text), " is over a year"});
    out = std::chrono::milliseconds(*milliseconds);
    return "";
}

struct Parameter {
    std::string_view name;
    std::string_view example;  // of its value; "" if it takes none
    std::string (*set)(BackendOption&, std::string_view value);
};

constexpr Parameter parameters[] = {
    {"weight", "2", [](BackendOption& b, std::string_view v) { return read_number(v, 1, b.weight); }},
    {"max_fails", "3", [](BackendOption& b, std::string_view v) { return read_number(v, 0, b.health.max_fails); }},
    {"fail_timeout", "10s", [](BackendOption& b, std::string_view v) { return read_time(v, b.health.fail_timeout); }},
    {"backup", "", [](BackendOption& b, std::string_view) { return b.backup = true, std::string(); }},
};

std::string unknown_parameter(std::string_view name) {
    std::string_view names[std::size(parameters)];
    std::ranges::transform(parameters, names, &Parameter::name);
    return join({"no such parameter ", in_quotes(name), "; ", suggestion(name, names)});
}

/// `seen`: one bit for each row of `parameters`.
std::string read_parameter(std::string_view text, BackendOption& out, unsigned& seen) {
    if (text.empty()) return "a parameter is missing after \";\", such as weight=2";
    const std::size_t equals = text.find('=');
    const std::string_view name = core::trim(text.substr(0, equals));
    const Parameter* row = std::ranges::find(parameters, name, &Parameter::name);
    if (row == std::end(parameters)) return unknown_parameter(name);
    const unsigned bit = 1u << (row - parameters);
    if (seen & bit) return join({name, " is given twice"});
    seen |= bit;
    if (row->example.empty() && equals != std::string_view::npos) return join({name, " takes no value"});
    if (!row->example.empty() && equals == std::string_view::npos)
        return join({name, " needs a value, as in ", name, "=", row->example});
    const std::string_view value = equals == std::string_view::npos ? "" : core::trim(text.substr(equals + 1));
    const std::string message = row->set(out, value);
    return message.empty() ? "" : join({name, " ", message});
}

std::string read_backend_address(std::string_view text, AddressText& out) {
    if (text.find_first_of(" \t") != std::string_view::npos && text.find('=') != std::string_view::npos)
        return "parameters follow a semicolon, as in 'localhost:9001;weight=2'";
    ParsedAddress parsed = parse_address(text);
    if (!parsed.message.empty()) return parsed.message;
    out = std::move(parsed.address);
    if (out.family == AddressText::Family::unix_path) return "";
    if (text.starts_with('*')) return "\"*\" is for --listen; a backend is one host, as in localhost:9001";
    if (out.port == 0) return "port 0 is for --listen; a backend has a port from 1 to 65535";
    if (out.host.empty()) out.host = "127.0.0.1";
    return "";
}

}  // namespace

ParsedBackend parse_backend(std::string_view text) {
    ParsedBackend out;
    const std::size_t semicolon = text.find(';');
    out.message = read_backend_address(core::trim(text.substr(0, semicolon)), out.backend.address);
    unsigned seen = 0;
    for (std::size_t at = semicolon; at != std::string_view::npos && out.message.empty();) {
        const std::size_t next = text.find(';', at + 1);
        const std::size_t length = next == std::string_view::npos ? next : next - at - 1;
        out.message = read_parameter(core::trim(text.substr(at + 1, length)), out.backend, seen);
        at = next;
    }
    return out;
}

}  // namespace sluice::server
