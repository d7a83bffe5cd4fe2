// $variables: rows with a name, what it stands for, and how its value is found.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::route {

class Scope;
struct Variable;

/// `found` is false for what is not there at all: "-" in a log, "" elsewhere. The text lives as long as the exchange.
struct Value {
    std::string_view text;
    bool found = true;

    static Value absent() { return {{}, false}; }
};

/// Reads a value. Runs on the exchange's worker; allocates from its arena only.
using Read = Value (*)(Scope& scope, const Variable& variable);
/// For those few that `set` may change.
using Write = void (*)(Scope& scope, std::string_view text);

/// One that every conf has. A name that ends in "_" is a family: $arg_…, $http_….
struct VariableRow {
    std::string_view name;
    Read read;
    std::string_view doc;
    Write write = nullptr;
};

/// One in use by a conf.
struct Variable {
    static constexpr std::uint32_t no_slot = 0xffffffff;

    std::string name;
    Read read = nullptr;
    Write write = nullptr;
    std::uint32_t slot = no_slot;  // where an exchange keeps its value: those that the conf defines
    std::string key;               // of a family: what follows the prefix, as the row wants it
    const void* source = nullptr;  // the map, geo or split_clients
    bool is_volatile = false;
    bool is_plain = false;  // see is_plain()
};

/// All rows, by module; see variables_*.cpp.
std::span<const std::span<const VariableRow>> variable_tables();

/// The row of a name, or of its family; nullptr.
const VariableRow* find_variable(std::string_view name);

/// Whether the values of a row hold no control characters, being checked when they came or made here: they can stand in a
/// field as they are. False for what may have been decoded.
bool is_plain(const VariableRow& row);

/// What map, geo and split_clients read with.
Value read_map(Scope& scope, const Variable& variable);
Value read_geo(Scope& scope, const Variable& variable);
Value read_split(Scope& scope, const Variable& variable);
/// What `set` and named groups have put there; "" if nothing has.
Value read_slot(Scope& scope, const Variable& variable);

}  // namespace sluice::route
