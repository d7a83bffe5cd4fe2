#include "route/field_values.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace sluice::route {

namespace {

constexpr char as_in_variable(char c) { return c == '-' ? '_' : core::lower(c); }

bool is_called(const http::Field& field, std::string_view key) {
    return field.name.size() == key.size() &&
           std::equal(key.begin(), key.end(), field.name.begin(),
                      [](char a, char b) { return core::lower(a) == as_in_variable(b); });
}

std::string_view without_leading_spaces(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// "name = value;..." at the start of `text`: the value.
std::optional<std::string_view> pair_value(std::string_view text, std::string_view name) {
    if (!core::iequals(text.substr(0, name.size()), name)) return std::nullopt;
    text = without_leading_spaces(text.substr(name.size()));
    if (!text.starts_with('=')) return std::nullopt;
    text = without_leading_spaces(text.substr(1));
    return text.substr(0, text.find(';'));
}

std::optional<std::string_view> cookie_in(std::string_view line, std::string_view name) {
    for (;;) {
        if (const auto value = pair_value(line, name)) return value;
        const auto end = line.find_first_of(";,");
        if (end == line.npos) return std::nullopt;
        line = without_leading_spaces(line.substr(end + 1));
    }
}

}  // namespace

Value field_value(const http::Fields& fields, std::string_view key, std::string_view separator, core::Arena& arena) {
    const auto called = [&](const http::Field& field) { return is_called(field, key); };
    const auto first = std::find_if(fields.begin(), fields.end(), called);
    if (first == fields.end()) return Value::absent();
    auto next = std::find_if(first + 1, fields.end(), called);
    if (next == fields.end()) return {first->value};
    core::ArenaText all(arena);
    for (all += first->value; next != fields.end(); next = std::find_if(next + 1, fields.end(), called))
        (all += separator) += next->value;
    return {all.view()};
}

std::optional<std::string_view> cookie_value(const http::Fields& fields, std::string_view name) {
    for (const http::Field& field : fields)
        if (core::iequals(field.name, "cookie"))
            if (const auto value = cookie_in(field.value, name)) return value;
    return std::nullopt;
}

std::optional<std::string_view> set_cookie_value(const http::Fields& fields, std::string_view name) {
    for (const http::Field& field : fields)
        if (core::iequals(field.name, "set-cookie"))
            if (const auto value = pair_value(field.value, name)) return value;
    return std::nullopt;
}

std::optional<std::string_view> argument_value(std::string_view args, std::string_view name) {
    if (name.empty()) return std::nullopt;
    for (;;) {
        const auto argument = args.substr(0, args.find('&'));
        if (argument.size() > name.size() && argument[name.size()] == '=' &&
            core::iequals(argument.substr(0, name.size()), name))
            return argument.substr(name.size() + 1);
        if (argument.size() == args.size()) return std::nullopt;
        args.remove_prefix(argument.size() + 1);
    }
}

}  // namespace sluice::route
