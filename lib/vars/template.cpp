#include "vars/template.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace sluice::vars {

namespace {

using Kind = Part::Kind;

bool is_name_char(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '_'; }

class Compiler {
  public:
    Compiler(std::string_view text, Names& names, std::vector<Mistake>& mistakes)
        : text_(text), names_(names), mistakes_(mistakes) {}

    std::vector<Part> run() {
        while (at_ < text_.size()) {
            if (text_[at_] == '$')
                dollar();
            else
                literal();
        }
        return std::move(parts_);
    }

  private:
    void literal();
    void dollar();
    void variable(std::size_t start, std::string_view name);
    void wrong(Mistake::Kind kind, std::size_t start, std::string_view name = {}) {
        mistakes_.push_back({kind, start, at_ - start, std::string(name)});
    }

    std::string_view text_;
    Names& names_;
    std::vector<Mistake>& mistakes_;
    std::vector<Part> parts_;
    std::size_t at_ = 0;
};

void Compiler::literal() {
    const std::size_t end = std::min(text_.find('$', at_), text_.size());
    parts_.push_back({Kind::literal, 0, std::string(text_.substr(at_, end - at_))});
    at_ = end;
}

void Compiler::dollar() {
    const std::size_t start = at_++;
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first >= '1' && first <= '9') {
        ++at_;
        parts_.push_back({Kind::capture, static_cast<std::uint32_t>(first - '0'), ""});
        return;
    }
    const bool brace = first == '{';
    if (brace) ++at_;
    const std::size_t name_start = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    const std::string_view name = text_.substr(name_start, at_ - name_start);
    if (brace) {
        if (at_ == text_.size() || text_[at_] != '}')
            return wrong(name.empty() ? Mistake::Kind::invalid_name : Mistake::Kind::unclosed_brace, start, name);
        ++at_;
    }
    if (name.empty()) return wrong(Mistake::Kind::invalid_name, start);
    variable(start, name);
}

void Compiler::variable(std::size_t start, std::string_view name) {
    if (const auto index = names_.index_of(name))
        parts_.push_back({Kind::variable, *index, std::string(name)});
    else
        wrong(Mistake::Kind::unknown_variable, start, name);
}

}  // namespace

Template Template::literal(std::string text) {
    Template out;
    if (!text.empty()) out.parts_.push_back({Kind::literal, 0, std::move(text)});
    return out;
}

Template Template::compile(std::string_view text, Names& names, std::vector<Mistake>& mistakes) {
    Template out;
    out.parts_ = Compiler(text, names, mistakes).run();
    return out;
}

bool Template::is_constant() const {
    return std::ranges::all_of(parts_, [](const Part& part) { return part.kind == Kind::literal; });
}

bool Template::has_captures() const {
    return std::ranges::any_of(parts_, [](const Part& part) { return part.kind == Kind::capture; });
}

}  // namespace sluice::vars
