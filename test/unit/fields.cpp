#include <array>
#include <string>

#include "http/head.hpp"
#include "support/catch.hpp"

using namespace sluice::http;

namespace {

struct Named {
    const char* name;
    FieldId id;
};

constexpr std::array<Named, 45> names = {{
    {"accept-encoding", FieldId::accept_encoding},
    {"accept-ranges", FieldId::accept_ranges},
    {"authorization", FieldId::authorization},
    {"cache-control", FieldId::cache_control},
    {"connection", FieldId::connection},
    {"content-encoding", FieldId::content_encoding},
    {"content-length", FieldId::content_length},
    {"content-range", FieldId::content_range},
    {"content-type", FieldId::content_type},
    {"date", FieldId::date},
    {"etag", FieldId::etag},
    {"expect", FieldId::expect},
    {"expires", FieldId::expires},
    {"host", FieldId::host},
    {"if-match", FieldId::if_match},
    {"if-modified-since", FieldId::if_modified_since},
    {"if-none-match", FieldId::if_none_match},
    {"if-range", FieldId::if_range},
    {"if-unmodified-since", FieldId::if_unmodified_since},
    {"keep-alive", FieldId::keep_alive},
    {"last-modified", FieldId::last_modified},
    {"location", FieldId::location},
    {"proxy-authenticate", FieldId::proxy_authenticate},
    {"proxy-authorization", FieldId::proxy_authorization},
    {"proxy-connection", FieldId::proxy_connection},
    {"range", FieldId::range},
    {"referer", FieldId::referer},
    {"refresh", FieldId::refresh},
    {"server", FieldId::server},
    {"set-cookie", FieldId::set_cookie},
    {"te", FieldId::te},
    {"trailer", FieldId::trailer},
    {"transfer-encoding", FieldId::transfer_encoding},
    {"upgrade", FieldId::upgrade},
    {"user-agent", FieldId::user_agent},
    {"www-authenticate", FieldId::www_authenticate},
    {"x-accel-buffering", FieldId::x_accel},
    {"x-accel-charset", FieldId::x_accel},
    {"x-accel-expires", FieldId::x_accel},
    {"x-accel-limit-rate", FieldId::x_accel},
    {"x-accel-redirect", FieldId::x_accel},
    {"x-forwarded-for", FieldId::x_forwarded_for},
    {"x-forwarded-host", FieldId::x_forwarded_host},
    {"x-forwarded-proto", FieldId::x_forwarded_proto},
    {"x-real-ip", FieldId::x_real_ip},
}};

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
    return text;
}

}  // namespace

TEST_CASE("every field sluice acts on is known in any case") {
    for (const Named& row : names) {
        INFO(row.name);
        CHECK(field_id(row.name) == row.id);
        CHECK(field_id(upper(row.name)) == row.id);
    }
}

TEST_CASE("law: a known name with any one byte changed is not known as itself") {
    for (const Named& row : names) {
        for (std::size_t at = 0; at < std::string_view(row.name).size(); ++at) {
            for (int c = 0; c < 256; ++c) {
                std::string name = row.name;
                const char good = name[at];
                name[at] = static_cast<char>(c);
                const bool same = name[at] == good || upper(std::string(1, good)) == std::string(1, name[at]);
                INFO(row.name << " with byte " << c << " at " << at);
                REQUIRE((field_id(name) == row.id) == same);
            }
        }
        CHECK(field_id(std::string(row.name) + "s") == FieldId::other);
        CHECK(field_id(std::string_view(row.name).substr(1)) == FieldId::other);
    }
    CHECK(field_id("") == FieldId::other);
}

TEST_CASE("find gives the first field with an id") {
    Fields fields;
    for (const Field& f : {Field{"A", "1", FieldId::other}, {"Host", "x", FieldId::host}, {"host", "y", FieldId::host}}) fields.push_back(f);
    REQUIRE(find(fields, FieldId::host));
    CHECK(find(fields, FieldId::host)->value == "x");
    CHECK(find(fields, FieldId::date) == nullptr);
}

TEST_CASE("list_contains looks at whole members") {
    CHECK(list_contains("close", "close"));
    CHECK(list_contains("Keep-Alive, CLOSE", "close"));
    CHECK(list_contains(" ,, \tclose\t ,x", "close"));
    CHECK_FALSE(list_contains("closed, not-close, clo se", "close"));
    CHECK_FALSE(list_contains("", "close"));
    CHECK_FALSE(list_contains(",", "close"));
}

TEST_CASE("idempotent methods are those of RFC 9110 9.2.2") {
    for (const Method method :
         {Method::get, Method::head, Method::put, Method::delete_, Method::options, Method::trace})
        CHECK(is_idempotent(method));
    for (const Method method : {Method::post, Method::patch, Method::connect, Method::other})
        CHECK_FALSE(is_idempotent(method));
}
