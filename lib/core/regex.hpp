// Regular expressions as nginx's confs have them: PCRE2 on bytes, compiled to machine code, with bounded cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pcre2_real_code_8;

namespace sluice::core {

/// What a match has captured: offsets into the subject, which the caller must keep as long as he reads views of it.
class Captures {
  public:
    /// Groups that can be kept, the whole match (0) among them. $1 to $9 always fit; compile() refuses names beyond.
    static constexpr std::size_t room = 32;

    /// The number of groups of the pattern that matched, at most `room`; 0 before the first match.
    std::size_t size() const { return size_; }

    /// Whether the group took part in the match.
    bool has(std::size_t group) const { return group < size_ && spans_[group].begin != absent; }

    /// "" for a group that did not take part.
    std::string_view of(std::string_view subject, std::size_t group) const {
        if (!has(group)) return {};
        return subject.substr(spans_[group].begin, spans_[group].end - spans_[group].begin);
    }

    void clear() { size_ = 0; }

  private:
    friend class Regex;
    static constexpr std::uint32_t absent = 0xffffffff;

    struct Span {
        std::uint32_t begin, end;
    };
    std::array<Span, room> spans_;
    std::size_t size_ = 0;
};

enum class Match : std::uint8_t {
    yes,
    no,     // also where a pattern in UTF mode meets a subject that is no UTF-8
    limit,  // given up: too many steps, too deep, or too much memory
};

struct RegexOutcome;

/// A compiled pattern. Immutable: any number of threads may match with it at once. Copies share the compiled code.
class Regex {
  public:
    struct Options {
        bool caseless = false;
    };
    struct Error {
        std::string message;     // PCRE2's, in English
        std::size_t offset = 0;  // bytes into the pattern
    };
    struct Name {
        std::string text;
        std::uint32_t group;
    };

    /// "(*UTF8)" at the front is taken for "(*UTF)", as PCRE 1 spelled it.
    static RegexOutcome compile(std::string_view pattern, Options options);
    static RegexOutcome compile(std::string_view pattern);

    /// Searches the subject; `out` is changed on `yes` only. Takes at most some tens of milliseconds.
    Match match(std::string_view subject, Captures& out) const;

    const std::string& pattern() const { return shared_->pattern; }
    bool caseless() const { return shared_->options.caseless; }
    /// Groups of the pattern without the whole match.
    std::uint32_t groups() const { return shared_->groups; }
    /// In the order of their numbers; one name may stand for several groups ("(?J)").
    std::span<const Name> names() const { return shared_->names; }

  private:
    struct Free {
        void operator()(pcre2_real_code_8* code) const;
    };
    struct Shared {
        std::string pattern;
        Options options;
        std::unique_ptr<pcre2_real_code_8, Free> code;
        std::uint32_t groups = 0;
        bool fast = false;  // has machine code, and no need for a check of the subject
        std::vector<Name> names;
    };
    explicit Regex(std::shared_ptr<const Shared> shared) : shared_(std::move(shared)) {}

    std::shared_ptr<const Shared> shared_;
};

/// Either a regex or why there is none.
struct RegexOutcome {
    std::optional<Regex> regex;
    Regex::Error error;

    explicit operator bool() const { return regex.has_value(); }
};

inline RegexOutcome Regex::compile(std::string_view pattern) { return compile(pattern, Options{}); }

}  // namespace sluice::core
