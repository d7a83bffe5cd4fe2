// Base64: RFC 4648's own examples, what nginx lets pass, and what it refuses.
#include "core/base64.hpp"

#include <optional>
#include <string>

#include "core/rng.hpp"
#include "support/catch.hpp"

namespace {

using namespace sluice;

std::optional<std::string> decoded(std::string_view text) {
    std::string out(core::base64_room(text.size()), '?');
    const auto size = core::decode_base64(text, out.data());
    if (!size) return std::nullopt;
    REQUIRE(*size <= out.size());
    out.resize(*size);
    return out;
}

std::string encoded(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t j = i; j < i + 3; ++j)
            bits = bits << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? digits[bits >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

struct Row {
    std::string_view text;
    std::optional<std::string> bytes;
};

const Row rows[] = {
    // RFC 4648 10
    {"", ""},
    {"Zg==", "f"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg==", "foob"},
    {"Zm9vYmE=", "fooba"},
    {"Zm9vYmFy", "foobar"},
    // all 64 digits are told apart
    {"+/+/", "\xfb\xff\xbf"},
    // without padding, or with something behind it
    {"Zg", "f"},
    {"Zm8", "fo"},
    {"Zg==Zg==", "f"},
    {"=", ""},
    // not base64
    {"Z", std::nullopt},
    {"Zm9vY", std::nullopt},
    {"Zm 9", std::nullopt},
    {"Zm-9", std::nullopt},
    {"Zm9\xff", std::nullopt},
    {std::string_view("Zm\0v", 4), std::nullopt},
};

}  // namespace

TEST_CASE("base64 is decoded as RFC 4648 and nginx have it") {
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(decoded(row.text) == row.bytes);
    }
}

TEST_CASE("what was encoded comes back") {
    core::Rng rng(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(rng.next());
        CHECK(decoded(encoded(bytes)) == bytes);
    }
}
