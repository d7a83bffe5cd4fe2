// Which question to which OCSP responder has its turn, and what becomes of those behind one that fails.
#include "server/ocsp_desk.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::server;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const tls::OcspQuestion> question_of(const std::string& responder, const std::string& words) {
    auto out = std::make_shared<tls::OcspQuestion>();
    out->responder.host = responder;
    out->responder.text = responder + "/";
    out->request = words;
    out->about = words;
    return out;
}

/// A desk whose responders are the test.
struct Desk {
    struct Asked {
        std::string responder, words;
        OcspFetcher::Done done;
    };
    boost::asio::io_context control;
    core::ManualClock clock;
    std::vector<std::string> log;
    std::vector<Asked> asked;  // and not yet answered
    std::map<std::string, unsigned> ends, never_asked;
    std::shared_ptr<const void> somebody = std::make_shared<char>();
    OcspDesk desk{control, clock, [this](exchange::Level level, const std::string& text) { log.push_back((level == exchange::Level::error ? "error " : "info ") + text); },
                  [this](OcspDesk::Question question, OcspFetcher::Done done) { asked.push_back({question->responder.host, question->request, std::move(done)}); }};

    OcspDesk::Done count(const std::string& words) {
        return [this, words](const OcspVerdict& verdict) {
            ++ends[words];
            CHECK_FALSE(verdict.answer);  // nothing here is an answer
            if (!verdict.asked) ++never_asked[words];
        };
    }
    void ask(const std::string& responder, const std::string& words, OcspDesk::Asker asker) {
        desk.post(question_of(responder, words), asker, count(words));
        control.restart();
        control.poll();
    }
    void ask(const std::string& responder, const std::string& words) { ask(responder, words, somebody); }
    void ask_when_idle(const std::string& responder, const std::string& words) {
        desk.ask_when_idle(question_of(responder, words), somebody, count(words));
        control.restart();
        control.poll();
    }
    std::string under_way() const {
        std::string out;
        for (const auto& one : asked) out += (out.empty() ? "" : " ") + one.responder + ":" + one.words;
        return out;
    }
    void end(std::size_t which, OcspFetched fetched) {
        const auto done = std::move(asked.at(which).done);
        asked.erase(asked.begin() + static_cast<std::ptrdiff_t>(which));
        done(std::move(fetched));
    }
    void answer(std::size_t which = 0) { end(which, {"", "OCSP responder answered with status 404", "1.2.3.4:80", true}); }
    void fail(std::size_t which = 0) { end(which, {"", "connect() failed (111: Connection refused)", "1.2.3.4:80", false}); }
};

}  // namespace

TEST_CASE("one responder is asked one question until it has answered, then several") {
    Desk desk;
    for (int i = 0; i < 12; ++i) desk.ask("a", std::to_string(i));
    CHECK(desk.under_way() == "a:0");
    desk.answer();
    CHECK(desk.under_way() == "a:1 a:2 a:3 a:4 a:5 a:6 a:7 a:8");
    desk.clock.advance(2min);  // it may have died meanwhile
    desk.answer(7);
    CHECK(desk.asked.size() == 8);
    CHECK(desk.asked.back().words == "9");
}

TEST_CASE("a dead responder holds up nobody else's") {
    Desk desk;
    for (int i = 0; i < 1000; ++i) desk.ask("dead", std::to_string(i));
    desk.ask("alive", "x");
    CHECK(desk.under_way() == "dead:0 alive:x");
    // Responders that are many: each has its turn, whoever came first.
    for (int i = 0; i < 300; ++i) desk.ask("r" + std::to_string(i), "y");
    CHECK(desk.asked.size() == OcspDesk::most_under_way);
    desk.ask("alive", "z");
    desk.answer(1);  // alive
    CHECK(desk.asked.size() == OcspDesk::most_under_way);
    for (int i = 0; i < 60 && desk.asked.back().responder != "alive"; ++i) desk.answer(1);
    CHECK(desk.asked.back().responder == "alive");
}

TEST_CASE("all who wait for a responder that fails are told at once; then it rests, longer each time") {
    Desk desk;
    for (int i = 0; i < 5; ++i) desk.ask("a", std::to_string(i));
    desk.fail();
    CHECK(desk.ends.size() == 5);
    CHECK(desk.never_asked.size() == 4);
    REQUIRE(desk.log.size() == 5);
    CHECK(desk.log[0] == "error connect() failed (111: Connection refused) while requesting certificate status, responder: a, peer: 1.2.3.4:80, certificate: \"0\"");
    CHECK(desk.log[1] == "info the OCSP responder is not asked, as it has just failed: connect() failed (111: Connection refused) while requesting certificate status, responder: a, peer: 1.2.3.4:80, certificate: \"1\"");
    for (const int seconds : {1, 2, 4, 8, 16, 32, 32, 32}) {
        CAPTURE(seconds);
        desk.clock.advance(std::chrono::seconds(seconds) - 1ms);
        desk.ends.clear();
        desk.ask("a", "early");
        CHECK(desk.asked.empty());
        CHECK(desk.ends["early"] == 1);
        CHECK(desk.log.back() == "info the OCSP responder is not asked, as it failed a moment ago: connect() failed (111: Connection refused) while requesting certificate status, responder: a, certificate: \"early\"");
        desk.clock.advance(1ms);
        desk.ask("a", "again");
        REQUIRE(desk.under_way() == "a:again");
        // Nobody waits for what comes of it, which may take a minute.
        for (const std::string words : {"again", "beside"}) {
            desk.ends.clear();
            desk.ask("a", words);
            CHECK(desk.ends[words] == 1);
            CHECK(desk.log.back() == "info the OCSP responder is asked one question to see if it answers again: connect() failed (111: Connection refused) while requesting certificate status, responder: a, certificate: \"" + words + '"');
        }
        desk.fail();
    }
    desk.clock.advance(32s);
    desk.ask("other", "x");  // for which it is not forgotten
    desk.answer();
    desk.ask("a", "good");
    desk.ends.clear();
    desk.ask("a", "too early");
    CHECK(desk.ends["too early"] == 1);
    desk.answer();
    desk.ask("a", "x");
    desk.clock.advance(1s);
    desk.fail();  // the first again
    desk.clock.advance(1s);
    desk.ask("a", "y");
    CHECK(desk.under_way() == "a:y");
}

TEST_CASE("a question that alone is not answered keeps out nobody else") {
    Desk desk;
    desk.ask("a", "0");
    desk.answer();
    desk.ask("a", "odd");
    desk.ask("a", "1");
    desk.clock.advance(1s);
    desk.answer(1);
    desk.ask("a", "2");
    desk.fail(0);
    CHECK(desk.under_way() == "a:2");
    desk.ask("a", "3");
    CHECK(desk.under_way() == "a:2 a:3");
    // Several that fail together are one failure.
    desk.clock.advance(1s);
    desk.fail();
    desk.clock.advance(1ms);
    desk.fail();
    desk.clock.advance(1s);
    desk.ask("a", "4");
    CHECK(desk.under_way() == "a:4");
}

TEST_CASE("the same question is asked once; of clients that have left, not at all") {
    Desk desk;
    desk.ask("a", "0");
    desk.ask("a", "0");
    auto leaving = std::make_shared<char>();
    desk.ask("a", "1", leaving);
    desk.ask("a", "2", leaving);
    desk.ask("a", "2");
    CHECK(desk.under_way() == "a:0");
    leaving.reset();
    desk.answer();
    CHECK(desk.ends["0"] == 2);
    CHECK(desk.under_way() == "a:2");
    desk.answer();
    CHECK(desk.ends["2"] == 1);
    CHECK(desk.ends.count("1") == 0);
}

TEST_CASE("clients go before what nobody waits for") {
    Desk desk;
    for (int i = 0; i < 20; ++i) desk.ask_when_idle("a", "idle" + std::to_string(i));
    desk.ask("a", "client");
    CHECK(desk.under_way() == "a:idle0");
    desk.answer();
    CHECK(desk.asked.front().words == "client");
    CHECK(desk.asked.size() == 8);
}

TEST_CASE("a queue has an end, of which those that have left are no part") {
    Desk desk;
    auto leaving = std::make_shared<char>();
    for (std::size_t i = 0; i < OcspDesk::most_askers; ++i) desk.desk.post(question_of("a", std::to_string(i % 50)), leaving, desk.count("many"));
    desk.ask("a", "over");
    CHECK(desk.never_asked["over"] == 1);
    CHECK(desk.log.back() == "error too many wait for the OCSP responder while requesting certificate status, responder: a, certificate: \"over\"");
    leaving.reset();
    desk.ask("a", "next");
    CHECK(desk.ends.count("next") == 0);
    desk.answer();
    CHECK(desk.under_way() == "a:next");
}

TEST_CASE("those who have left are no part of the question that is under way, either") {
    Desk desk;
    auto leaving = std::make_shared<char>();
    for (std::size_t i = 0; i < OcspDesk::most_askers; ++i) desk.desk.post(question_of("a", "slow"), leaving, desk.count("slow"));
    desk.ask("a", "over");
    CHECK(desk.never_asked["over"] == 1);
    leaving.reset();
    desk.ask("a", "next");
    desk.ask("a", "slow");  // joins those who have all left
    CHECK(desk.ends.count("next") == 0);
    CHECK(desk.under_way() == "a:slow");
    desk.answer();
    CHECK(desk.ends["slow"] == 1);
    CHECK(desk.under_way() == "a:next");
}

TEST_CASE("responders have an end, too; those of which nothing is known any more are forgotten") {
    Desk desk;
    for (std::size_t i = 0; i < OcspDesk::most_responders; ++i) {
        desk.ask("r" + std::to_string(i), "x");
        desk.answer();
    }
    desk.ask("over", "x");
    CHECK(desk.log.back().starts_with("error too many OCSP responders are asked while "));
    desk.clock.advance(OcspPace::trust);
    desk.ask("next", "x");
    CHECK(desk.under_way() == "next:x");
}
