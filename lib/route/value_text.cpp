#include "route/value_text.hpp"

#include <algorithm>
#include <charconv>

namespace sluice::route {

char* write_number(char* at, std::uint64_t number) { return std::to_chars(at, at + number_room, number).ptr; }

char* write_seconds(char* at, core::Duration duration) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count() / 1000, 0));
    at = write_number(at, ms / 1000);
    *at++ = '.';
    for (const std::uint64_t unit : {100, 10, 1}) *at++ = static_cast<char>('0' + ms / unit % 10);
    return at;
}

Value number_value(Scope& scope, std::uint64_t number) {
    char text[number_room];
    return {scope.arena.keep({text, write_number(text, number)})};
}

Value seconds_value(Scope& scope, core::Duration duration) {
    char text[number_room];
    return {scope.arena.keep({text, write_seconds(text, duration)})};
}

Value ip_value(Scope& scope, const net::Address& address) {
    char text[net::Address::text_room];
    return {scope.arena.keep({text, address.write_ip(text)})};
}

Value client_ip_value(Scope& scope) {
    if (!scope.x.client) return Value::absent();
    if (scope.client_ip_of != scope.x.client) {
        scope.client_ip = ip_value(scope, *scope.x.client).text;
        scope.client_ip_of = scope.x.client;
    }
    return {scope.client_ip};
}

Value port_value(Scope& scope, std::uint16_t port) { return port == 0 ? Value{""} : number_value(scope, port); }

}  // namespace sluice::route
