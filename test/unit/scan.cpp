// The scans of a head against a byte at a time, for every place in texts shorter and longer than what is loaded at
// once.
#include "http/scan.hpp"

#include <string>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

struct Scan {
    const char* name;
    const char* (*run)(const char* begin, const char* p, const char* end);
    const scan::Table& allowed;
};

const Scan scans[] = {
    {"value_end", scan::value_end, scan::value_table},
    {"target_end", scan::target_end, scan::target_table},
    {"path_end", scan::path_end, scan::path_table},
    {"token_end", scan::token_end, scan::token_table},
    {"plain_end", scan::plain_end, scan::plain_table},
};

/// Text of what every scan lets pass, some of it no letter, with `stop` at `place`.
std::string text_of(std::size_t size, std::size_t place, char stop) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += "abcXYZ-t0_"[i % 10];
    if (place < size) text[place] = stop;
    return text;
}

}  // namespace

TEST_CASE("every scan ends at the first byte that its table refuses") {
    for (const Scan& s : scans) {
        INFO(s.name);
        for (std::size_t size = 0; size <= 40; ++size) {
            for (std::size_t from = 0; from <= size; ++from) {
                for (std::size_t place = 0; place <= size; ++place) {
                    for (const char stop : {'\r', ' ', ':', '\x7f', '?', '#', '\t', '\x80'}) {
                        const std::string text = text_of(size, place, stop);
                        const char* const begin = text.data();
                        const char* const end = begin + size;
                        const char* const expected = scan::end_in(s.allowed, begin + from, end);
                        if (s.run(begin, begin + from, end) != expected) FAIL(size << " " << from << " " << place);
                    }
                }
            }
        }
    }
    SUCCEED();
}

TEST_CASE("every byte stops the scans whose table refuses it") {
    for (const Scan& s : scans) {
        INFO(s.name);
        for (int c = 0; c < 256; ++c) {
            std::string text(24, 'a');
            text[3] = text[20] = static_cast<char>(c);
            const char* const begin = text.data();
            const bool allowed = s.allowed[static_cast<std::size_t>(c)];
            CHECK(s.run(begin, begin, begin + 24) == begin + (allowed ? 24 : 3));
            CHECK(s.run(begin, begin + 4, begin + 24) == begin + (allowed ? 24 : 20));
        }
    }
}

TEST_CASE("words are compared byte for byte") {
    const std::string word = "HTTP/1.1";
    CHECK(scan::same<8>(word.data(), "HTTP/1.1"));
    for (std::size_t i = 0; i < word.size(); ++i) {
        std::string other = word;
        other[i] ^= 0x20;
        CHECK(!scan::same<8>(other.data(), "HTTP/1.1"));
        CHECK(scan::same<7>(other.data(), "HTTP/1.") == (i == 7));
        CHECK(scan::same<3>(other.data(), "HTT") == (i >= 3));
    }
}
