// A string with $variables, taken apart once and put together for each request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vars/names.hpp"

namespace sluice::vars {

struct Part {
    enum class Kind : std::uint8_t { literal, variable, capture };
    Kind kind = Kind::literal;
    std::uint32_t index = 0;  // of a variable as Names gave it; of a capture 1 to 9
    std::string text;         // of a literal; of a variable its name
};

/// What is wrong in the text of a template.
struct Mistake {
    enum class Kind : std::uint8_t { invalid_name, unclosed_brace, unknown_variable };
    Kind kind{};
    std::size_t offset = 0;  // bytes of the text, the "$" with them
    std::size_t length = 0;
    std::string name;
};

/// Immutable once compiled; read by all workers.
class Template {
  public:
    /// The empty string.
    Template() = default;

    /// This text and nothing else, also where it has a "$".
    static Template literal(std::string text);

    /// By nginx's rules: $name, ${name}, $1 to $9; names are of letters, digits and "_". Adds what is wrong to
    /// `mistakes`; if anything is, what comes back is not to be used.
    static Template compile(std::string_view text, Names& names, std::vector<Mistake>& mistakes);

    /// Puts a text in front that has no variables.
    void prepend(std::string_view text) {
        if (!text.empty()) parts_.insert(parts_.begin(), Part{Part::Kind::literal, 0, std::string(text)});
    }

    std::span<const Part> parts() const { return parts_; }
    bool is_constant() const;
    bool has_captures() const;

    /// `read(const Part&)` gives the value of a variable or a capture, which need not live longer than until the next
    /// call. `out` is anything with `append(std::string_view)`.
    template <class Out, class Read>
    void append_to(Out& out, Read&& read) const {
        for (const Part& part : parts_) out.append(text_of(part, read));
    }

    /// The value. Of a single part it is the part's own text, nothing is copied; else it is appended to `out`, and good
    /// until `out` changes. What `read` gives must not lie in `out`.
    template <class Read>
    std::string_view evaluate(std::string& out, Read&& read) const {
        if (parts_.empty()) return {};
        if (parts_.size() == 1) return text_of(parts_[0], read);
        const std::size_t start = out.size();
        append_to(out, read);
        return std::string_view(out).substr(start);
    }

  private:
    template <class Read>
    static std::string_view text_of(const Part& part, Read& read) {
        return part.kind == Part::Kind::literal ? std::string_view(part.text) : std::string_view(read(part));
    }

    std::vector<Part> parts_;
};

}  // namespace sluice::vars
