#include "config/words.hpp"

#include "config/unicode.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

constexpr std::size_t longest_shown = 60;

}  // namespace

std::string in_quotes(std::string_view value) {
    std::string out = "\"";
    std::size_t shown = 0;
    while (!value.empty() && shown < longest_shown) {
        const CodePoint c = first_code_point(value);
        if (c.value == '\n')
            out += "\\n";
        else if (c.value == '\t')
            out += "\\t";
        else if (c.value == '\r')
            out += "\\r";
        else if (c.value < 0x20 || c.value == 0x7f || !c.valid)
            out += '?';
        else
            out.append(value.substr(0, c.length));
        value.remove_prefix(c.length);
        ++shown;
    }
    return out + (value.empty() ? "\"" : "...\"");
}

std::string concat(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) out += part;
    return out;
}

std::string list(std::span<const std::string_view> names, std::string_view last) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i != 0) out += i + 1 == names.size() && last != "," ? concat({" ", last, " "}) : ", ";
        out += names[i];
    }
    return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names) {
    const std::string_view near = core::nearest(word, names.data(), names.data() + names.size());
    return near.empty() ? "" : concat({"did you mean ", in_quotes(near), "?"});
}

std::string counted(std::size_t n, std::string_view noun) {
    return concat({std::to_string(n), " ", noun, n == 1 ? "" : "s"});
}

}  // namespace sluice::config
