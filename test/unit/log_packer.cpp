#include "observe/log_packer.hpp"

#include <zlib.h>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::observe;

namespace {

/// What gzip members one after another unpack to; "?" if they are none.
std::string unpacked(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        z_stream stream{};
        REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream.avail_in = static_cast<uInt>(bytes.size());
        int status = Z_OK;
        while (status == Z_OK) {
            char room[4096];
            stream.next_out = reinterpret_cast<Bytef*>(room);
            stream.avail_out = sizeof room;
            status = inflate(&stream, Z_NO_FLUSH);
            out.append(room, sizeof room - stream.avail_out);
        }
        bytes.remove_prefix(bytes.size() - stream.avail_in);
        inflateEnd(&stream);
        if (status != Z_STREAM_END) return "?";
    }
    return out;
}

core::Instant at(int ms) { return core::Instant{} + std::chrono::milliseconds(ms); }

}  // namespace

TEST_CASE("a gzip member unpacks to what went in") {
    for (const int level : {1, 6, 9})
        for (const std::string& text : {std::string("a line\n"), std::string(100'000, 'x')}) CHECK(unpacked(gzip_member(text, level)) == text);
}

TEST_CASE("what is gathered is due when there is enough of it, or when it has waited") {
    LogOptions options;
    options.buffer = 10;
    options.flush = std::chrono::milliseconds(5);
    LogPacker packer(options);
    CHECK_FALSE(packer.is_due(at(100)));
    CHECK(packer.flush_at() == core::never);
    packer.add("abc\n", at(100));
    CHECK_FALSE(packer.is_due(at(104)));
    CHECK(packer.is_due(at(105)));
    packer.add("defgh\n", at(101));
    CHECK(packer.is_due(at(101)));
    CHECK(packer.ready(at(101)) == "abc\ndefgh\n");
    packer.taken(4);
    CHECK(packer.ready(at(101)) == "defgh\n");
    packer.taken(6);
    CHECK(packer.is_empty());
    CHECK(packer.flush_at() == core::never);
}

TEST_CASE("only whole lines are written, and what is given up is counted") {
    LogOptions options;
    options.buffer = 4;
    options.gzip = GENERATE(0, 1);
    LogPacker packer(options);
    packer.add("one\ntwo\nthr", at(0));
    const std::string ready(packer.ready(at(0)));
    CHECK((options.gzip ? unpacked(ready) : ready) == "one\ntwo\n");
    CHECK(packer.give_up() == 2);
    CHECK(packer.ready(at(0)).empty());
    packer.add("ee\n", at(0));
    const std::string rest(packer.ready(at(0)));
    CHECK((options.gzip ? unpacked(rest) : rest) == "three\n");
}
