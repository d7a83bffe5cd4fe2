#include "http/status.hpp"

#include "support/catch.hpp"

using sluice::http::status_phrase;

TEST_CASE("phrases are nginx's where it has its own") {
    CHECK(status_phrase(200) == "OK");
    CHECK(status_phrase(302) == "Moved Temporarily");
    CHECK(status_phrase(405) == "Not Allowed");
    CHECK(status_phrase(408) == "Request Time-out");
    CHECK(status_phrase(413) == "Request Entity Too Large");
    CHECK(status_phrase(414) == "Request-URI Too Large");
    CHECK(status_phrase(416) == "Requested Range Not Satisfiable");
    CHECK(status_phrase(502) == "Bad Gateway");
    CHECK(status_phrase(503) == "Service Temporarily Unavailable");
    CHECK(status_phrase(504) == "Gateway Time-out");
}

TEST_CASE("codes without a phrase have an empty one") {
    for (const int status : {-1, 0, 99, 199, 299, 306, 418, 444, 494, 499, 512, 599, 600, 1000})
        CHECK(status_phrase(status).empty());
}

TEST_CASE("law: phrases are words") {
    int phrases = 0;
    for (int status = 100; status < 600; ++status) {
        const std::string_view phrase = status_phrase(status);
        phrases += !phrase.empty();
        for (const char c : phrase) CHECK((c == ' ' || c == '-' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')));
    }
    CHECK(phrases == 60);
}
