#include "bench/option_values.hpp"

#include <unistd.h>

#include <fstream>
#include <vector>

#include "bench/options.hpp"
#include "bench/phases.hpp"
#include "config/files.hpp"

namespace sluice::bench {

std::string set_choice(bool& out, std::string_view value, std::string_view first, std::string_view second) {
    out = value == first;
    return out || value == second ? "" : config::concat({"is neither ", second, " nor ", first});
}

std::string set_span(double& out, std::string_view value) {
    const auto seconds = parse_span(value);
    if (!seconds) return "is no time above 0 and up to 7d, as 10s, 500ms and 1m30s are";
    out = *seconds;
    return "";
}

std::string set_read_file(std::string& out, std::string_view value) {
    out = value;
    return std::ifstream(out).good() ? "" : "cannot be read";
}

std::string set_written_file(std::string& out, std::string_view value) {
    out = value;
    if (value.empty() || value.ends_with('/')) return "names no file";
    const bool there = access(out.c_str(), F_OK) == 0;
    const std::string folder(config::folder_of(value));
    const std::string target = there ? out : folder.empty() ? "." : folder;
    return access(target.c_str(), W_OK) == 0 ? "" : "cannot be written";
}

std::string read_file(std::string_view path, std::string& out) {
    std::ifstream in{std::string(path), std::ios::binary};
    std::vector<char> piece(1 << 16);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        out.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (out.size() > most_read) return "is larger than 256m";
    }
    return in.eof() ? "" : "cannot be read";
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    std::uint64_t unit = 1;
    if (!text.empty()) switch (core::lower(text.back())) {
            case 'k':
                unit = 1u << 10;
                break;
            case 'm':
                unit = 1u << 20;
                break;
            case 'g':
                unit = 1u << 30;
                break;
        }
    if (unit > 1) text.remove_suffix(1);
    const auto number = core::parse_number<std::uint32_t>(text);
    return number ? std::optional(*number * unit) : std::nullopt;
}

}  // namespace sluice::bench
