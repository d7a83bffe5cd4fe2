#include "route/uri.hpp"

#include <array>

namespace sluice::route {

namespace {

using Table = std::array<bool, 256>;

constexpr bool in(const Table& table, char c) { return table[static_cast<unsigned char>(c)]; }

/// What a plain path may hold without a closer look.
constexpr Table plain = [] {
    Table table{};
    table.fill(true);
    for (const char c : std::string_view{"/%?#+"}) table[std::size_t(c)] = false;
    return table;
}();

/// Whether the segment that begins at `at` is "." or "..", as far as it stands there unquoted.
bool is_dots(std::string_view target, std::size_t at) {
    std::size_t end = at;
    while (end < target.size() && target[end] == '.' && end - at < 3) ++end;
    const bool ends = end == target.size() || target[end] == '/' || target[end] == '?';
    return end > at && end - at <= 2 && ends;
}

/// Whether the slash at `at` begins something that has to be rewritten.
bool slash_is_special(std::string_view target, std::size_t at, bool merge_slashes) {
    if (at + 1 == target.size()) return false;
    const char next = target[at + 1];
    return (next == '/' && merge_slashes) || (next == '.' && is_dots(target, at + 1));
}

std::string_view args_of(std::string_view after_question) { return after_question.substr(0, after_question.find('#')); }

/// Takes the path as it is; false if it has to be rewritten.
bool take_plain(std::string_view target, bool merge_slashes, NormalUri& out) {
    std::size_t at = 0;
    for (;; ++at) {
        while (at < target.size() && in(plain, target[at])) ++at;
        if (at == target.size() || target[at] == '?') break;
        if (target[at] == '+')
            out.plus = true;
        else if (target[at] != '/' || slash_is_special(target, at, merge_slashes))
            return false;
    }
    out.path = target.substr(0, at);
    if (at < target.size()) out.args = args_of(target.substr(at + 1));
    return true;
}

/// Writes a path segment by segment.
class Rewriter {
  public:
    Rewriter(std::string& out, bool merge_slashes) : out_(out), merge_(merge_slashes) { out_.assign(1, '/'); }

    void add(char c) { out_ += c; }

    /// At a slash. False: ".." above the root.
    bool end_segment() {
        const std::string_view segment = std::string_view(out_).substr(begin_);
        if (segment == "." || segment == "..") {
            if (!drop_dots()) return false;
        } else if (!segment.empty() || !merge_) {
            out_ += '/';
        }
        begin_ = out_.size();
        return true;
    }

    /// At the end of the path. False: ".." above the root.
    bool drop_dots() {
        const std::string_view segment = std::string_view(out_).substr(begin_);
        const bool up = segment == "..";
        if (!up && segment != ".") return true;
        out_.resize(begin_);
        if (!up) return true;
        if (out_.size() == 1) return false;
        out_.pop_back();
        out_.resize(out_.rfind('/') + 1);
        return true;
    }

  private:
    std::string& out_;
    const bool merge_;
    std::size_t begin_ = 1;  // of the segment under way
};

constexpr const char* above_root = "\"..\" leads above the root";
constexpr const char* bad_quote = "a '%' without two hexadecimal digits behind it";
constexpr const char* zero_byte = "\"%00\" in the path";

/// Decodes the "%XX" at the front of `rest` and takes it off; nullptr or what is wrong.
const char* take_quoted(std::string_view& rest, char& c) {
    if (rest.size() < 3) return bad_quote;
    const std::size_t high = hex_digit(rest[1]), low = hex_digit(rest[2]);
    if (high > 15 || low > 15) return bad_quote;
    c = static_cast<char>(high << 4 | low);
    rest.remove_prefix(3);
    return c == '\0' ? zero_byte : nullptr;
}

/// Rewrites the path up to '?' or '#', which `rest` then begins with; nullptr or what is wrong.
const char* rewrite(std::string_view& rest, Rewriter& out, NormalUri& flags) {
    while (!rest.empty() && rest.front() != '?' && rest.front() != '#') {
        char c = rest.front();
        if (c == '%') {
            flags.quoted = true;
            if (const char* error = take_quoted(rest, c)) return error;
        } else {
            rest.remove_prefix(1);
        }
        flags.plus |= c == '+';
        if (c != '/')
            out.add(c);
        else if (!out.end_segment())
            return above_root;
    }
    return out.drop_dots() ? nullptr : above_root;
}

}  // namespace

NormalUri normalise_uri(std::string_view target, bool merge_slashes, std::string& storage) {
    NormalUri out;
    if (target.starts_with('?')) {
        out.path = "/";
        out.args = args_of(target.substr(1));
        out.changed = true;
        return out;
    }
    if (!target.starts_with('/')) {
        out.error = "the path does not begin with a slash";
        return out;
    }
    if (take_plain(target, merge_slashes, out)) return out;
    storage.clear();
    storage.reserve(target.size());
    Rewriter rewriter(storage, merge_slashes);
    std::string_view rest = target.substr(1);
    out.error = rewrite(rest, rewriter, out);
    if (out.error) return out;
    out.path = storage;
    out.changed = storage != target.substr(0, target.size() - rest.size());
    if (rest.starts_with('?')) out.args = args_of(rest.substr(1));
    return out;
}

namespace {
bool is_safe(std::string_view path) {
    if (path.find('\0') != path.npos) return false;
    if (path == ".." || path.starts_with("../") || path.ends_with("/..")) return false;
    return path.find("/../") == path.npos;
}
}  // namespace

InnerUri read_inner_uri(std::string_view text, std::string& storage) {
    InnerUri out;
    const auto mark = text.find('?');
    const auto path = text.substr(0, mark);
    if (mark != text.npos) out.args = text.substr(mark + 1);
    if (path.empty() || !is_safe(path)) return out;
    storage.clear();
    unescape(path, Unescape::all, storage);
    out.path = storage;
    out.safe = is_safe(storage);
    return out;
}

}  // namespace sluice::route
