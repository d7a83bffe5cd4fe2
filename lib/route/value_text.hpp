// Numbers, times and addresses as texts of variables.
#pragma once

#include <concepts>

#include "route/scope.hpp"

namespace sluice::route {

/// Room for any number or time that is written here.
inline constexpr std::size_t number_room = 32;

/// Decimal digits at `at`; where they end.
char* write_number(char* at, std::uint64_t number);
/// Seconds with three decimals, as nginx writes times; nothing is less than "0.000".
char* write_seconds(char* at, core::Duration duration);

Value number_value(Scope& scope, std::uint64_t number);
Value seconds_value(Scope& scope, core::Duration duration);
/// "127.0.0.1", "::1", "unix:".
Value ip_value(Scope& scope, const net::Address& address);
/// The client's, written once per exchange: fields towards a peer and the log ask for it several times.
Value client_ip_value(Scope& scope);
/// "" where there are no ports.
Value port_value(Scope& scope, std::uint16_t port);

/// A value of text that was never there is absent; one that is there may be empty.
inline Value value_if_set(std::string_view text) { return {text, text.data() != nullptr}; }
inline Value value_if_any(std::string_view text) { return {text, !text.empty()}; }

}  // namespace sluice::route
