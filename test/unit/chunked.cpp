#include "http/chunked.hpp"

#include <array>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

struct Decoded {
    ChunkState state = ChunkState::more;
    std::string payload;
    std::size_t consumed = 0;
    std::string why;

    bool operator==(const Decoded&) const = default;
};

/// Decodes `text` given in pieces of the sizes in `pieces`, the rest in one.
Decoded decode(const std::string& text, const std::vector<std::size_t>& pieces = {}) {
    ChunkDecoder decoder;
    Decoded out;
    std::size_t at = 0;
    for (std::size_t i = 0; at < text.size() && out.state == ChunkState::more; ++i) {
        std::string piece = text.substr(at, i < pieces.size() ? pieces[i] : std::string::npos);
        const ChunkDecoder::Step step = decoder.decode({piece.data(), piece.size()});
        out.payload += piece.substr(0, step.payload);
        out.consumed += step.consumed;
        out.state = step.state;
        out.why = step.why;
        if (step.state == ChunkState::more) REQUIRE(step.consumed == piece.size());
        at += piece.size();
    }
    return out;
}

Decoded byte_by_byte(const std::string& text) { return decode(text, std::vector<std::size_t>(text.size(), 1)); }

const std::array<std::string, 6> good = {
    "0\r\n",
    "5\r\nhello\r\n0\r\n",
    "1\r\na\r\n2\r\nbc\r\n003\r\ndef\r\n000\r\nTrailer: x\r\n\r\n",
    "A;name=value;other\r\n0123456789\r\n0;last\r\n\r\n",
    "1 ; a = \"b\\\"\t;\xe9\" ; c\r\nx\r\n0 \t;x\r\n",
    "10\r\n0\r\n\r\n0\r\n\r\n0\r\n...\r\n0\r\n\r\nGET /",
};

}  // namespace

TEST_CASE("chunks are decoded to the front of their bytes") {
    CHECK(decode(good[0]) == Decoded{ChunkState::done, "", 3, ""});
    CHECK(decode(good[1]) == Decoded{ChunkState::done, "hello", 13, ""});
    CHECK(decode(good[2]) == Decoded{ChunkState::done, "abcdef", 28, ""});
    CHECK(decode(good[3]).payload == "0123456789");
    CHECK(decode(good[4]).payload == "x");
    CHECK(decode(good[5]).payload == "0\r\n\r\n0\r\n\r\n0\r\n...");
    CHECK(decode("5\r\nhel").payload == "hel");
    CHECK(decode("5\r\nhel").state == ChunkState::more);
}

TEST_CASE("law: whole, byte by byte and cut anywhere, the payload is the same") {
    for (const std::string& text : good) {
        INFO(text);
        const Decoded whole = decode(text);
        REQUIRE(whole.state == ChunkState::done);
        REQUIRE(byte_by_byte(text) == whole);
        for (std::size_t cut = 1; cut < text.size(); ++cut) REQUIRE(decode(text, {cut}) == whole);
        for (std::size_t a = 1; a < text.size(); ++a)
            for (std::size_t b = 1; a + b < text.size(); ++b) REQUIRE(decode(text, {a, b}) == whole);
    }
}

TEST_CASE("malformed chunks are refused where they go wrong, however they come") {
    struct Row {
        std::string text;
        std::size_t at;
    };
    const std::vector<Row> rows = {
        {"\r\n", 0},
        {"g\r\n", 0},
        {" 5\r\n", 0},
        {"+5\r\n", 0},
        {"-5\r\n", 0},
        {";a\r\n", 0},
        {"0x5\r\n", 1},
        {"5 \r\n", 2},
        {"5 5\r\n", 2},
        {"5\n", 1},
        {"5\rx", 2},
        {"5;a\n", 3},
        {"5;a\rb", 4},
        {"5;\x01\r\n", 2},
        {"5;\"a\r\nb\"\r\n", 4},
        {"5;\"\\\n\"\r\n", 4},
        {"5;a=<b>\r\n", 4},
        {std::string("5\0\r\n", 4), 1},
        {"1\r\nab", 4},
        {"1\r\na\n", 4},
        {"1\r\na\rb", 5},
        {"1\r\na0\r\n", 4},
        {"1\r\na\r\n\r\n", 6},
        {"1234567890abcdef\r\n", 15},
        {"ffffffffffffffff\r\n", 15},
        {"0_0\r\n", 1},
        {"0,0\r\n", 1},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const Decoded whole = decode(row.text);
        CHECK(whole.state == ChunkState::malformed);
        CHECK(whole.consumed == row.at);
        CHECK(whole.why != "");
        CHECK(byte_by_byte(row.text) == whole);
    }
}

TEST_CASE("sizes go up to 15 digits, leading zeros aside") {
    ChunkDecoder decoder;
    std::string text = "000000fffffffffffffff\r\nab";
    const ChunkDecoder::Step step = decoder.decode({text.data(), text.size()});
    CHECK(step.payload == 2);
    CHECK(text.substr(0, 2) == "ab");
    CHECK(decoder.left() == 0xfffffffffffffff - 2);
}

TEST_CASE("left is what is to come of the current chunk") {
    ChunkDecoder decoder;
    std::string first = "a\r\n123", second = "4567890", third = "\r\n5";
    CHECK(decoder.left() == 0);
    decoder.decode({first.data(), first.size()});
    CHECK(decoder.left() == 7);
    decoder.decode({second.data(), second.size()});
    CHECK(decoder.left() == 0);
    decoder.decode({third.data(), third.size()});
    CHECK(decoder.left() == 0);
}

TEST_CASE("extensions are bounded over the whole body") {
    const auto body = [](std::size_t bytes) {
        return "1;" + std::string(bytes / 2 - 1, 'x') + "\r\na\r\n1;" + std::string(bytes - bytes / 2 - 1, 'x') +
               "\r\nb\r\n0\r\n";
    };
    CHECK(decode(body(ChunkDecoder::max_extension - 100)).state == ChunkState::done);
    CHECK(decode(body(ChunkDecoder::max_extension + 100)).state == ChunkState::malformed);
    CHECK(decode(std::string(ChunkDecoder::max_extension + 1, '0')).state == ChunkState::malformed);
    CHECK(decode("1" + std::string(ChunkDecoder::max_extension + 2, ' ')).state == ChunkState::malformed);
}

TEST_CASE("nothing is taken after the end") {
    ChunkDecoder decoder;
    std::string end = "0\r\n", more = "5\r\nhello";
    CHECK(decoder.decode({end.data(), end.size()}).state == ChunkState::done);
    const ChunkDecoder::Step step = decoder.decode({more.data(), more.size()});
    CHECK(step.state == ChunkState::done);
    CHECK(step.consumed == 0);
    CHECK(step.payload == 0);
}

TEST_CASE("chunk heads are lower-case hex without leading zeros") {
    const auto written = [](std::uint64_t size) {
        std::array<char, chunk_head_room> out{};
        return std::string(out.data(), write_chunk_head(out.data(), size));
    };
    CHECK(written(0) == "0\r\n");
    CHECK(written(0xf) == "f\r\n");
    CHECK(written(0x10) == "10\r\n");
    CHECK(written(0xabc0) == "abc0\r\n");
    CHECK(written(~std::uint64_t{0}) == "ffffffffffffffff\r\n");
}

TEST_CASE("law: what is written as chunks is decoded to what it was") {
    const std::string payload = "some bytes \r\n0\r\n\r\n that look like framing";
    for (std::size_t size = 1; size <= payload.size(); ++size) {
        std::string text;
        for (std::size_t at = 0; at < payload.size(); at += size) {
            const std::string piece = payload.substr(at, size);
            std::array<char, chunk_head_room> head;
            text.append(head.data(), write_chunk_head(head.data(), piece.size()));
            text += piece + "\r\n";
        }
        text += "0\r\n";
        const Decoded expected{ChunkState::done, payload, text.size(), ""};
        REQUIRE(decode(text) == expected);
        REQUIRE(byte_by_byte(text) == expected);
    }
}
