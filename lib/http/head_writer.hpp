// Writes a message head into memory whose size was reckoned before: no checks, no allocation.
#pragma once

#include <charconv>
#include <cstring>
#include <string_view>

#include "http/head.hpp"

namespace sluice::http {

class HeadWriter {
  public:
    explicit HeadWriter(char* out) : begin_(out), out_(out) {}

    void add(std::string_view s) {
        std::memcpy(out_, s.data(), s.size());
        out_ += s.size();
    }
    /// A literal: its length is known, so that copying it takes a store or two and no call.
    template <std::size_t N>
    [[gnu::always_inline]] void add(const char (&literal)[N]) {
        std::memcpy(out_, literal, N - 1);
        out_ += N - 1;
    }
    template <std::size_t N>
    void add(char (&)[N]) = delete;  // a buffer is no literal
    void number(std::uint64_t n) { out_ = std::to_chars(out_, out_ + 20, n).ptr; }
    void field(std::string_view name, std::string_view value) {
        // As they were received, name and value lie in one piece, and one copy does.
        if (value.data() == name.data() + name.size() + 2 && *(value.data() - 2) == ':') {
            add({name.data(), name.size() + 2 + value.size()});
        } else {
            add(name);
            add(": ");
            add(value);
        }
        add("\r\n");
    }
    void field(const Field& f) { field(f.name, f.value); }

    std::string_view written() const { return {begin_, static_cast<std::size_t>(out_ - begin_)}; }

  private:
    char* begin_;
    char* out_;
};

/// The largest head that we write, in bytes: more than buffers and values that anybody sensible configures can make.
constexpr std::size_t most_written = 1024 * 1024;

/// Bytes that all fields take when written.
inline std::size_t written_size(const Fields& fields) {
    std::size_t n = 0;
    for (const auto& f : fields) n += f.name.size() + f.value.size() + 4;
    return n;
}

}  // namespace sluice::http
