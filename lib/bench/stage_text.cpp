#include "bench/stage_text.hpp"

#include "config/words.hpp"

namespace sluice::bench {

std::string conf_word(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string Written::words(const config::Directive& d, std::size_t from) const {
    std::string out;
    for (std::size_t i = from; i < d.args.size(); ++i) out += ' ' + word(d.args[i]);
    return out;
}

std::string Written::line(const config::Directive& d) const { return config::concat({word(d.name), words(d), ";"}); }

}  // namespace sluice::bench
