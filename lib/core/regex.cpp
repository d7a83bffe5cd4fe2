#define PCRE2_CODE_UNIT_WIDTH 8

#include "core/regex.hpp"

#include <pcre2.h>

#include <algorithm>

namespace sluice::core {

namespace {

// Bounds of one match. A URI of 8 KiB against an ordinary pattern takes some thousands of steps; a pattern that
// explodes reaches half a million in one to three milliseconds.
constexpr std::uint32_t most_steps = 500'000;
constexpr std::uint32_t deepest = 10'000;      // without machine code only
constexpr std::uint32_t most_heap_kib = 1024;  // without machine code only
constexpr std::size_t first_jit_stack = 32 << 10;
constexpr std::size_t largest_jit_stack = 512 << 10;

template <auto Function>
struct Call {
    template <class T>
    void operator()(T* p) const {
        Function(p);
    }
};

template <class T>
T* must(T* p) {
    if (!p) __builtin_trap();  // out of memory
    return p;
}

/// What a match writes to, one per thread and shared by all patterns.
class Scratch {
  public:
    Scratch() {
        pcre2_set_match_limit(context_.get(), most_steps);
        pcre2_set_depth_limit(context_.get(), deepest);
        pcre2_set_heap_limit(context_.get(), most_heap_kib);
        if (stack_) pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
    }

    pcre2_match_data* data() const { return data_.get(); }
    pcre2_match_context* context() const { return context_.get(); }

  private:
    std::unique_ptr<pcre2_match_data, Call<pcre2_match_data_free>> data_{
        must(pcre2_match_data_create(Captures::room, nullptr))};
    std::unique_ptr<pcre2_jit_stack, Call<pcre2_jit_stack_free>> stack_{
        pcre2_jit_stack_create(first_jit_stack, largest_jit_stack, nullptr)};
    std::unique_ptr<pcre2_match_context, Call<pcre2_match_context_free>> context_{
        must(pcre2_match_context_create(nullptr))};
};

Scratch& scratch() {
    thread_local Scratch out;
    return out;
}

std::string message_of(int code) {
    PCRE2_UCHAR text[256];
    pcre2_get_error_message(code, text, sizeof text);
    return reinterpret_cast<const char*>(text);
}

template <class T>
T info(const pcre2_code* code, std::uint32_t what) {
    T out{};
    pcre2_pattern_info(code, what, &out);
    return out;
}

/// Each entry of PCRE2's table: the number in two bytes, the name, a zero.
std::vector<Regex::Name> names_of(const pcre2_code* code) {
    const auto count = info<std::uint32_t>(code, PCRE2_INFO_NAMECOUNT);
    const auto size = info<std::uint32_t>(code, PCRE2_INFO_NAMEENTRYSIZE);
    const auto* entry = info<PCRE2_SPTR>(code, PCRE2_INFO_NAMETABLE);
    std::vector<Regex::Name> out;
    for (std::uint32_t i = 0; i < count; ++i, entry += size)
        out.push_back({reinterpret_cast<const char*>(entry + 2), std::uint32_t{entry[0]} << 8 | entry[1]});
    std::ranges::sort(out, {}, &Regex::Name::group);
    return out;
}

constexpr std::string_view old_utf = "(*UTF8)";
constexpr std::string_view new_utf = "(*UTF)";

}  // namespace

void Regex::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }

RegexOutcome Regex::compile(std::string_view pattern, Options options) {
    auto shared = std::make_shared<Shared>();
    shared->pattern = pattern;
    shared->options = options;
    std::string text(pattern);
    std::size_t dropped = 0;
    if (pattern.starts_with(old_utf)) {
        text.replace(0, old_utf.size(), new_utf);
        dropped = old_utf.size() - new_utf.size();
    }

    int error = 0;
    std::size_t offset = 0;
    const std::uint32_t flags = options.caseless ? PCRE2_CASELESS : 0;
    shared->code.reset(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), flags, &error, &offset, nullptr));
    const pcre2_code* code = shared->code.get();
    if (!code) return {std::nullopt, {message_of(error), std::min(offset + dropped, pattern.size())}};

    shared->groups = info<std::uint32_t>(code, PCRE2_INFO_CAPTURECOUNT);
    shared->names = names_of(code);
    if (!shared->names.empty() && shared->names.back().group >= Captures::room) {
        const Name& name = shared->names.back();
        return {std::nullopt,
                {"the group \"" + name.text + "\" is number " + std::to_string(name.group) + ", and only the first " +
                     std::to_string(Captures::room - 1) + " can be captured; write groups without a name as (?:...)",
                 pattern.find("<" + name.text + ">") == pattern.npos ? 0 : pattern.find("<" + name.text + ">") + 1}};
    }
    // Where machine code is not to be had, PCRE2 interprets.
    const bool jitted = pcre2_jit_compile(shared->code.get(), PCRE2_JIT_COMPLETE) == 0;
    shared->fast = jitted && !(info<std::uint32_t>(code, PCRE2_INFO_ALLOPTIONS) & PCRE2_UTF);
    return {Regex(std::move(shared)), {}};
}

Match Regex::match(std::string_view subject, Captures& out) const {
    const Scratch& with = scratch();
    const auto* text = reinterpret_cast<PCRE2_SPTR>(subject.data() ? subject.data() : "");
    const auto run = shared_->fast ? pcre2_jit_match : pcre2_match;
    const int count = run(shared_->code.get(), text, subject.size(), 0, 0, with.data(), with.context());
    if (count < 0) {
        const bool gave_up = count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT ||
                             count == PCRE2_ERROR_HEAPLIMIT || count == PCRE2_ERROR_JIT_STACKLIMIT ||
                             count == PCRE2_ERROR_NOMEMORY || count == PCRE2_ERROR_RECURSELOOP;
        return gave_up ? Match::limit : Match::no;
    }
    // PCRE2 counts up to the last group that matched, or says 0 where there are more than it has room for.
    const std::size_t* offsets = pcre2_get_ovector_pointer(with.data());
    const std::size_t set = count == 0 ? Captures::room : static_cast<std::size_t>(count);
    out.size_ = std::min<std::size_t>(shared_->groups + 1, Captures::room);
    for (std::size_t i = 0; i < out.size_; ++i) {
        const bool there = i < set && offsets[2 * i] != PCRE2_UNSET && offsets[2 * i] <= offsets[2 * i + 1];
        out.spans_[i] = there ? Captures::Span{static_cast<std::uint32_t>(offsets[2 * i]),
                                               static_cast<std::uint32_t>(offsets[2 * i + 1])}
                              : Captures::Span{Captures::absent, Captures::absent};
    }
    return Match::yes;
}

}  // namespace sluice::core
