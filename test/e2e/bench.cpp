// sluice bench against scripted servers: what it counts, what it measures, and what other generators say of the same.
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "support/bench.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;
namespace json = boost::json;

namespace {

std::string url(const Origin& origin, std::string_view target = "/") {
    return "http://" + origin.address() + std::string(target);
}

/// The one trouble that there should be, and how often.
void only(const json::object& result, const std::string& trouble, double count) {
    INFO(json::serialize(result.at("troubles")));
    CHECK(number(result, "troubles/" + trouble) == count);
    CHECK(number(result, "failed") == count);
}

}  // namespace

TEST_CASE("so many requests, each answered and counted once") {
    Origin origin([](Origin::Visit& visit) {
        for (;;) {
            const auto request = visit.read_request();
            if (request.start_line == "GET /missing HTTP/1.1")
                visit.send("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
            else
                visit.send(ok("hello"));
        }
    });
    const auto result = measure({"-c", "4", "-t", "2", "-n", "300", url(origin), url(origin, "/missing"), url(origin)});
    CHECK(number(result, "answers") == 300);
    CHECK(number(result, "status/200") == 200);
    CHECK(number(result, "status/404") == 100);
    CHECK(number(result, "classes/4xx") == 100);
    CHECK(number(result, "failed") == 0);
    CHECK(number(result, "connections") == 4);
    CHECK(number(result, "body_bytes") == 200 * 5 + 100 * 2);
    CHECK(number(result, "latency_ms/count") == 300);
    CHECK(number(result, "latency_ms/p50") > 0);
    CHECK(number(result, "latency_ms/max") >= number(result, "latency_ms/p99"));
    CHECK(origin.requests() == 300);
}

TEST_CASE("every way in which an answer can be framed") {
    Origin origin([](Origin::Visit& visit) {
        for (;;) {
            const auto request = visit.read_request();
            const auto& line = request.start_line;
            if (line.find("/chunked") != line.npos)
                visit.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nabcd\r\n1\r\ne\r\n0\r\nA: "
                    "b\r\n\r\n");
            else if (line.find("/interim") != line.npos)
                visit.send(
                    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No "
                    "Content\r\n\r\n");
            else if (line.starts_with("HEAD"))
                visit.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            else if (line.find("/until-close") != line.npos) {
                visit.send("HTTP/1.1 200 OK\r\n\r\nabc");
                return visit.close();
            } else
                visit.send(ok(std::string(700'000, 'x')));
        }
    });
    const auto list = std::filesystem::temp_directory_path() / ("sluice-bench-" + std::to_string(getpid()));
    std::ofstream(list) << "# kinds\nGET " << url(origin, "/chunked") << " weight=2\n"
                        << url(origin, "/interim") << "\nHEAD " << url(origin) << '\n'
                        << url(origin, "/until-close") << '\n'
                        << url(origin, "/large") << '\n';
    const auto result = measure({"-c", "2", "-n", "60", "--urls", list});
    std::filesystem::remove(list);
    CHECK(number(result, "answers") == 60);
    CHECK(number(result, "failed") == 0);
    CHECK(number(result, "status/204") == 10);
    CHECK(number(result, "body_bytes") == 20 * 5 + 10 * 3 + 10 * 700'000);
}

TEST_CASE("bodies, methods, fields and new connections go out as asked") {
    Origin origin(ok("x"));
    const auto result = measure({"--new-connections", "-c", "2", "-n", "10", "-X", "PUT", "-H", "X-Test: yes",
                                 "--body-size", "100k", url(origin, "/up?a=b")});
    CHECK(number(result, "answers") == 10);
    CHECK(number(result, "connections") == 10);
    const auto seen = origin.last();
    CHECK(seen.start_line == "PUT /up?a=b HTTP/1.1");
    CHECK(seen["X-Test"] == "yes");
    CHECK(seen["Connection"] == "close");
    CHECK(seen.body.size() == 102400);
    const auto some = measure({"--per-connection", "5", "-c", "1", "-n", "20", url(origin)});
    CHECK(number(some, "connections") == 4);
}

TEST_CASE("a kept connection that was closed is made anew, and no failure") {
    Origin origin([](Origin::Visit& visit) {
        visit.read_request();
        visit.send(ok("and goodbye"));
        visit.close();
    });
    const auto result = measure({"-c", "2", "-n", "40", url(origin)});
    CHECK(number(result, "answers") == 40);
    CHECK(number(result, "failed") == 0);
    CHECK(number(result, "connections") == 40);
    CHECK(number(result, "retried") > 0);
}

TEST_CASE("failures are told apart") {
    using Script = void (*)(Origin::Visit&);
    const std::pair<Script, std::string> rows[] = {
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.close();
         },
         "closed"},
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.reset();
         },
         "reset"},
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
             visit.close();
         },
         "short_body"},
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.send("HTTP/1.1 200 OK\r\nContent-Le");
             visit.close();
         },
         "short_body"},
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.send("SSH-2.0-OpenSSH\r\n\r\n");
             visit.close();
         },
         "malformed"},
        {[](Origin::Visit& visit) {
             visit.read_request();
             visit.read_request();
         },
         "timeout"},
    };
    for (const auto& [script, trouble] : rows) {
        INFO(trouble);
        Origin origin(script);
        const auto result = measure({"-c", "2", "-n", "6", "--timeout", "300ms", url(origin)}, 1);
        CHECK(number(result, "answers") == 0);
        only(result, trouble, 6);
    }
}

TEST_CASE("who cannot be reached, and who is gone in the middle") {
    const Port nobody;
    const Outcome refused = bench({"http://" + nobody.address() + "/"});
    CHECK(refused.status == 1);
    CHECK(refused.errors == "sluice bench: cannot connect to " + nobody.address() + ": Connection refused\n");
    CHECK(refused.output.empty());
    CHECK(bench({"http://unix:/nowhere/at/all:/"}).status == 1);
    CHECK(bench({"--rate", "x", "http://a/"}).status == 2);

    // From the 20th request on nobody is answered, until the server is gone.
    std::atomic<unsigned> count{0};
    Origin origin([&](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            if (++count < 20) visit.send(ok("x"));
        }
    });
    std::thread leaver([&] {
        origin.wait_for_requests(20);
        origin.stop();
    });
    const auto result = measure({"-c", "2", "-n", "200", url(origin)});
    leaver.join();
    CHECK(number(result, "answers") == 19);
    CHECK(number(result, "troubles/connect") > 0);
    CHECK(number(result, "answers") + number(result, "failed") == 200);
}

TEST_CASE("an open loop sends what its schedule says, phase by phase") {
    Origin origin(ok("x"));
    const auto result = measure({"-t", "2", "-c", "8", "--phase", "rate=200;for=500ms;name=calm", "--phase",
                                 "rate=200..1000;for=500ms", url(origin)});
    CHECK(number(result, "due") == 400);
    CHECK(number(result, "answers") == 400);
    CHECK(number(result, "failed") == 0);
    CHECK(number(result, "phases/0/due") == 100);
    CHECK(number(result, "phases/1/due") == 300);
    CHECK(result.at("phases").at(0).at("name") == "calm");
    CHECK(origin.requests() == 400);
    const auto poisson = measure({"-R", "400", "--arrivals", "poisson", "-d", "1s", "--warmup", "200ms", url(origin)});
    CHECK(std::abs(number(poisson, "answers") - 400) < 120);  // six deviations
    CHECK(number(poisson, "failed") == 0);
}

TEST_CASE("a server that pauses for a second: an open loop shows it where a closed loop hides it") {
    std::atomic<unsigned> count{0};
    std::atomic<std::int64_t> until{0};
    const auto now = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
    const auto script = [&](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            if (++count == 300) until = (now() + std::chrono::seconds(1)).count();
            visit.work(std::chrono::steady_clock::duration(until) - now());
            visit.send(ok("x"));
        }
    };
    Origin origin(script);
    const auto open = measure({"-c", "2", "-R", "500", "-d", "3s", url(origin)});
    CHECK(number(open, "answers") == 1500);
    CHECK(number(open, "latency_ms/p99.9") > 900);
    CHECK(number(open, "latency_ms/p75") > 100);  // a third of all were due in the pause, half a second late on average
    count = 0;
    const auto closed = measure({"-c", "2", "-n", "6000", url(origin)});
    CHECK(number(closed, "answers") == 6000);
    CHECK(number(closed, "latency_ms/max") > 900);
    CHECK(number(closed, "latency_ms/p99.9") < 500);  // two of 6000
}

TEST_CASE("a server that does not keep up: patience counts from when a request was due") {
    Origin origin([](Origin::Visit& visit) {
        visit.read_request();
        visit.read_request();
    });
    const auto result = measure({"-c", "1", "-R", "1000", "-d", "300ms", "--timeout", "200ms", url(origin)}, 1);
    CHECK(number(result, "due") == 300);
    CHECK(number(result, "failed") == 300);
    CHECK(number(result, "troubles/unsent") > 0);
    CHECK(number(result, "troubles/timeout") > 0);
    CHECK(number(result, "latency_ms/count") == 300);
    CHECK(number(result, "latency_ms/min") >= 199);
}

TEST_CASE("an interrupt ends it early, with the result so far; nothing is shown where there is no terminal") {
    Origin origin(ok("x"));
    Process process(Words{SLUICE_BINARY, "bench", "-c", "2", "-d", "1m", url(origin)});
    origin.wait_for_requests(50);
    process.signal(SIGINT);
    CHECK(process.wait() == 0);
    const auto said = process.output().wait_for_end();
    CHECK(said.find("ended early") != said.npos);
    CHECK(said.find("latency") != said.npos);
    CHECK(process.errors().wait_for_end() == "");
}

TEST_CASE("TLS: who is trusted, names, sessions taken up, client certificates") {
    const Certificates& files = Certificates::all();
    const ConfServer server("server { listen @LISTEN@ ssl; server_name example.com;\nssl_certificate " +
                            (files / "chain.pem") + "; ssl_certificate_key " + (files / "leaf.key") +
                            ";\nlocation / { return 200 \"$ssl_server_name\"; } }");
    const Words there{"--connect", server.address(), "-c", "2", "-n", "20"};
    const auto with = [&](Words more) {
        more.insert(more.begin(), there.begin(), there.end());
        more.push_back("https://example.com/");
        return more;
    };
    const auto good = measure(with({"--ca", files / "root.crt", "--new-connections", "--resume"}));
    CHECK(number(good, "answers") == 20);
    CHECK(number(good, "resumed") >= 10);
    CHECK(number(good, "body_bytes") == 20 * 11);  // "example.com"
    CHECK(number(measure(with({"--insecure", "--tls", "1.2"})), "answers") == 20);
    only(measure(with({}), 1), "handshake", 20);
    only(measure(with({"--ca", files / "root.crt", "--sni", "other.example"}), 1), "handshake", 20);
    const Outcome told = bench(with({}));
    CHECK(told.output.find("TLS handshake failed: certificate verify failed") != told.output.npos);
    CHECK(bench(with({"--ca", "/dev/null"})).errors.starts_with("sluice bench: --ca \"/dev/null\": "));
}

TEST_CASE("results go to files: JSON, and a plot with an earlier one beside it") {
    Origin origin(ok("x"));
    const Temporary folder;
    const Outcome first =
        bench({"-c", "2", "-n", "200", "--name", "before <it>", "--json", folder / "a.json", url(origin)});
    CHECK(first.status == 0);
    CHECK(first.output.find("200 (200)") != first.output.npos);
    const Outcome second =
        bench({"-c", "2", "-n", "200", "--plot", folder / "b.svg", "--compare", folder / "a.json", url(origin)});
    CHECK(second.status == 0);
    const std::string svg = text_in(folder / "b.svg");
    CHECK(svg.starts_with("<svg "));
    CHECK(svg.find(">before &lt;it&gt;</text>") != svg.npos);
    CHECK(svg.find(">this run</text>") != svg.npos);
    std::ofstream(folder / "no.json") << "{}";
    const Outcome third =
        bench({"-c", "1", "-n", "1", "--plot", folder / "b.svg", "--compare", folder / "no.json", url(origin)});
    CHECK(third.status == 2);
    CHECK(third.errors == "sluice bench: --compare \"" + (folder / "no.json") +
                              "\": is no result that sluice bench --json has written\n");
    const Outcome nowhere = bench({"-n", "1", "-c", "1", "--json", "/nowhere/at/all/x", url(origin)});
    CHECK(nowhere.status == 2);
    CHECK(nowhere.errors == "sluice bench: --json \"/nowhere/at/all/x\": cannot be written\n");
}

namespace {

bool is_there(const std::string& program) { return run_to_end({"/bin/sh", "-c", "command -v " + program}).status == 0; }

double number_after(const std::string& text, const std::string& word) {
    const auto at = text.find(word);
    return at == text.npos ? 0 : std::strtod(text.c_str() + at + word.size(), nullptr);
}

/// Of "Latency   1.23ms": milliseconds; 0 if it is not there.
double milliseconds_after(const std::string& text, const std::string& word) {
    const auto at = text.find(word);
    if (at == text.npos) return 0;
    const char* const start = text.c_str() + at + word.size();
    char* end = nullptr;
    const double value = std::strtod(start, &end);
    const std::string unit = std::string(end).substr(0, 2);
    return unit == "us" ? value / 1000 : unit == "ms" ? value : value * 1000;
}

}  // namespace

TEST_CASE("wrk and h2load see the same server in the same way") {
    // 20 ms for each answer: four connections make nearly 200 a second, whoever asks.
    Origin origin([](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            visit.work(std::chrono::milliseconds(20));
            visit.send(ok("x"));
        }
    });
    // What a busy machine does to one of two runs says nothing of either: they have to agree once.
    const std::vector<std::string> closed{"-c", "4", "-d", "1s", url(origin)}, open{"-c", "4", "-R", "100", "-d", "1s", url(origin)};
    const auto agree = [&](const std::vector<std::string>& flags, auto theirs, double epsilon) {
        std::string told;
        for (int attempt = 0; attempt < 10; ++attempt) {
            const auto ours = measure(flags);
            const double rate = number(ours, "rate"), median = number(ours, "latency_ms/p50");
            CHECK(rate <= 201);
            CHECK(median >= 20);
            CHECK(number(ours, "failed") == 0);
            const auto [their_rate, their_median] = theirs();
            if (rate == Approx(their_rate).epsilon(epsilon) && median == Approx(their_median).epsilon(epsilon)) return;
            told += std::to_string(rate) + " and " + std::to_string(their_rate) + " a second, medians of " +
                    std::to_string(median) + " and " + std::to_string(their_median) + " ms\n";
        }
        FAIL(told);
    };
    if (is_there("wrk"))
        agree(
            closed,
            [&] {
                const auto said =
                    run_to_end({"/usr/bin/env", "wrk", "-c4", "-t1", "-d1s", "--latency", url(origin)}).output;
                return std::pair(number_after(said, "Requests/sec:"), milliseconds_after(said, "50%"));
            },
            0.25);
    else
        WARN("wrk is not installed: not compared");
    const auto h2load = [&](const std::vector<std::string>& more, int requests) {
        std::vector<std::string> words{"/usr/bin/env", "h2load", "--h1", "-c4", "-t1", "-n" + std::to_string(requests)};
        words.insert(words.end(), more.begin(), more.end());
        words.push_back(url(origin));
        const auto said = run_to_end(words).output;
        CHECK(said.find(std::to_string(requests) + " succeeded") != said.npos);
        // "time for request:  min  max  mean": with the same pause for each, mean and median are near.
        const auto times = std::min(said.find("time for request:"), said.size());
        std::istringstream in(said.substr(times));
        std::string word, least, most, mean;
        in >> word >> word >> word >> least >> most >> mean;
        const double taken = milliseconds_after(said, "finished in ");
        return std::pair(taken > 0 ? requests * 1000 / taken : 0, milliseconds_after(mean, ""));
    };
    if (is_there("h2load")) {
        agree(closed, [&] { return h2load({}, 200); }, 0.25);
        agree(open, [&] { return h2load({"--rps=25"}, 100); }, 0.1);  // of each of its four clients
    } else
        WARN("h2load is not installed: not compared");
}

TEST_CASE("on a terminal a line shows how it goes, and is gone at the end") {
    if (!is_there("script")) {
        WARN("script (util-linux) is not installed: not looked at");
        return;
    }
    Origin origin(ok("x"));
    const auto command = std::string(SLUICE_BINARY) + " bench -c 2 -R 200 -d 1s " + url(origin);
    const auto said = run_to_end({"/usr/bin/env", "script", "-qec", command, "/dev/null"}).output;
    INFO(said);
    CHECK(said.find("\r[") != said.npos);
    CHECK(said.find(" of 1.0 s  ") != said.npos);
    CHECK(said.find("/s  failed 0  p50 ") != said.npos);
    CHECK(said.find("\r\x1b[K  load") != said.npos);
}
