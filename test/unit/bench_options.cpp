// The command lines of sluice bench: what they mean, and what is said of wrong ones.
#include <fstream>

#include "bench/mock.hpp"
#include "bench/options.hpp"
#include "support/catch.hpp"
#include "support/temporary.hpp"

using namespace sluice::bench;

namespace {

using Words = std::vector<std::string>;
const std::string url = "http://localhost:8080/";

Options right(Words words) {
    auto parsed = parse_options(words);
    CHECK(parsed.message == "");
    return parsed.options;
}

std::string wrong(Words words, Command command = Command::bench) { return parse_options(words, command).message; }

}  // namespace

TEST_CASE("what is meant without flags") {
    const Plan plan = plan_of(right({url}));
    CHECK_FALSE(plan.open());
    REQUIRE(plan.phases.size() == 1);
    CHECK(plan.phases[0].connections_from == 50);
    CHECK(plan.phases[0].seconds == 10);
    CHECK(plan.threads == 1);
    CHECK(plan.tls.verify);
    CHECK(plan.requests.at(0).label == "GET /");
}

TEST_CASE("flags, with their values in the same word or the next") {
    const Options o = right({"-c8",
                             "-t",
                             "2",
                             "--for=3s",
                             "-R",
                             "2.5k",
                             "--arrivals",
                             "poisson",
                             "--timeout=500ms",
                             "--warmup",
                             "1s",
                             "-X",
                             "PUT",
                             "-H",
                             "A: b",
                             "-H",
                             "C: d",
                             "--body-size",
                             "2k",
                             "--order=random",
                             "-k",
                             "--tls=1.2",
                             "--resume",
                             "--seed",
                             "7",
                             "--json",
                             "-",
                             "-q",
                             url,
                             url});
    CHECK(o.wanted.size() == 2);
    CHECK(o.body.size() == 2048);
    const Plan plan = plan_of(o);
    CHECK(plan.connections == 8);
    CHECK(plan.threads == 2);
    CHECK(plan.poisson);
    CHECK(plan.random);
    CHECK(plan.timeout == 0.5);
    CHECK_FALSE(plan.tls.verify);
    CHECK(plan.tls.version == "1.2");
    CHECK(plan.seed == 7);
    REQUIRE(plan.phases.size() == 2);
    CHECK_FALSE(plan.phases[0].counts);
    CHECK(plan.phases[0].seconds == 1);
    CHECK(plan.phases[1].rate_from == 2500);
    CHECK(plan.phases[1].seconds == 3);
    CHECK(plan.origins.size() == 1);
    CHECK(plan.requests.at(1).bytes.starts_with("PUT / HTTP/1.1\r\n"));
    CHECK(o.outputs.json == "-");
    CHECK(o.outputs.quiet);
}

TEST_CASE("a body makes it a POST, and requests without a time have no end but their number") {
    const Plan plan = plan_of(right({"-b", "{}", "-n", "100", url}));
    CHECK(plan.requests.at(0).label == "POST /");
    CHECK(plan.requests_limit == 100);
    CHECK(plan.phases[0].seconds > 86400);
    CHECK(plan_of(right({"-b", "@/dev/null", url})).requests.at(0).bytes.ends_with("Content-Length: 0\r\n\r\n"));
    CHECK(plan_of(right({"--new-connections", url})).per_connection == 1);
    CHECK(plan_of(right({"--per-connection", "9", url})).per_connection == 9);
}

TEST_CASE("connecting elsewhere keeps the names") {
    const Plan plan = plan_of(right({"--connect", "127.0.0.1:9443", "https://example.com/x", "https://example.com/y"}));
    REQUIRE(plan.origins.size() == 1);
    CHECK(plan.origins[0].host == "127.0.0.1");
    CHECK(plan.origins[0].port == 9443);
    CHECK(plan.origins[0].sni == "example.com");
    CHECK(plan.requests[0].bytes.find("Host: example.com\r\n") != std::string::npos);
    const Plan local = plan_of(right({"--connect", "unix:/run/s", "--sni", "other", "https://example.com/"}));
    CHECK(local.origins[0].unix_path == "/run/s");
    CHECK(local.origins[0].sni == "other");
}

TEST_CASE("wrong command lines") {
    const sluice::test::Temporary folder;
    const std::string earlier = folder / "earlier.json";
    std::ofstream(earlier) << R"({"latency_ms":{"distribution":[[0,1,1],[100,2,9]]}})";
    const std::pair<Words, std::string> rows[] = {
        {{}, "which URL? as in sluice bench http://localhost:8080/"},
        {{"-c", "0", url}, "--connections \"0\": is no number from 1 to 100000"},
        {{"-c", "x", url}, "--connections \"x\": is no number from 1 to 100000"},
        {{"-c"}, "--connections: needs a value, as in --connections 50"},
        {{"-c", "--for", "1s", url}, "--connections: needs a value, as in --connections 50"},
        {{"-c", "2", "-c", "3", url}, "--connections: is given twice"},
        {{"--for", "soon", url}, "--for \"soon\": is no time above 0 and up to 7d, as 10s, 500ms and 1m30s are"},
        {{"--rate", "-5", url}, "--rate \"-5\": is no rate: requests per second up to 10m, as 500, 2.5k and 1m are"},
        {{"--rate", "0", url}, "--rate \"0\": is no rate: requests per second up to 10m, as 500, 2.5k and 1m are"},
        {{"--phase", "rate=x;for=1s", url},
         "--phase \"rate=x;for=1s\": \"x\" is no rate: requests per second up to 10m, as in rate=500 or rate=100..5k"},
        {{"--arrivals", "uniform", "-R", "5", url}, "--arrivals \"uniform\": is neither constant nor poisson"},
        {{"--arrivals", "poisson", url}, "--arrivals: goes only with --rate, or phases with a rate"},
        {{"--duration", "5s", url}, "\"--duration\": no such flag; did you mean --for?"},
        {{"--conections=5", url}, "\"--conections\": no such flag; did you mean --connections?"},
        {{"--zzzzzzzz", url}, "\"--zzzzzzzz\": no such flag; --help shows all"},
        {{"-Z", url}, "\"-Z\": no such flag; --help shows all"},
        {{"--insecure=yes", url}, "--insecure: takes no value"},
        {{"-X", "G T", url}, "--method \"G T\": is no method, as GET and POST are"},
        {{"-H", "oops", url}, "--header \"oops\": is no field, as 'Name: value' is"},
        {{"-b", "@/nowhere/at/all", url}, "--body \"@/nowhere/at/all\": cannot be read"},
        {{"-b", "x", "--body-size", "5", url}, "--body and --body-size: only one of them can be the body"},
        {{"--body-size", "2t", url}, "--body-size \"2t\": is no size, as 2048, 64k and 10m are; 256m at most"},
        {{"-b", "@/", url}, "--body \"@/\": cannot be read"},
        {{"--urls", "/nowhere/at/all"}, "--urls \"/nowhere/at/all\": cannot be read"},
        {{"--order", "best", url}, "--order \"best\": is neither turns nor random"},
        {{"--connect", "http://a/", url},
         "--connect \"http://a/\": is no address, as 127.0.0.1:8080 or unix:/run/app.sock"},
        {{"--tls", "1.1", url}, "--tls \"1.1\": is neither 1.2 nor 1.3"},
        {{"--ca", "/nowhere/at/all", url}, "--ca \"/nowhere/at/all\": cannot be read"},
        {{"--key", "/dev/null", url}, "--key: goes only with --cert"},
        {{"--plot", "x.png", url}, "--plot \"x.png\": is no name of an SVG file, as latency.svg is"},
        {{"--compare", "/dev/null", url}, "--compare \"/dev/null\": is no JSON: incomplete JSON"},
        {{"--json", "/nowhere/at/all/x", url}, "--json \"/nowhere/at/all/x\": cannot be written"},
        {{"--plot", "/nowhere/at/all/x.svg", url}, "--plot \"/nowhere/at/all/x.svg\": cannot be written"},
        {{"--compare", earlier, url}, "--compare: goes only with --plot FILE.svg, which shows it"},
        {{"--rate", "5", "--phase", "rate=5;for=1s", url},
         "--rate and --phase: a phase has its own rate; only one of them can hold"},
        {{"--phase", "rate=5;for=1s", "--phase", "connections=5;for=1s", url},
         "--phase: either all phases have a rate, or all have connections"},
        {{"--phase", "connections=5;for=1s", "-c", "5", url},
         "--connections and --phase: the phases have their own numbers of connections"},
        {{"-t", "9", "-c", "4", url}, "--threads \"9\": is more than the 4 connections to share"},
        {{"ftp://x/"}, "\"ftp://x/\": there is no \"ftp\" here: http:// or https://"},
        {{"--backend", "size=1k", url}, "\"--backend\": no such flag; --help shows all"},
    };
    for (const auto& [words, message] : rows) {
        std::string shown;
        for (const auto& word : words) shown += word + ' ';
        INFO(shown);
        CHECK(wrong(words) == message);
    }
    CHECK(wrong({url}, Command::conf) == "\"" + url + "\": is no flag; the conf's routes are driven, no URLs");
    CHECK(wrong({"--backend", "api=latenzy=5ms"}, Command::conf) ==
          "--backend \"api=latenzy=5ms\": there is no \"latenzy=5ms\"; did you mean \"latency\"?, as in "
          "api=latency=5ms..20ms;size=2k;fail=1%");
}

TEST_CASE("every flag of the help is one, and the help has four examples") {
    for (const Command command : {Command::bench, Command::conf}) {
        const std::string help = help_text(command);
        for (std::size_t at = help.find("--"); at != help.npos; at = help.find("--", at + 2)) {
            const auto end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 2);
            const std::string flag = help.substr(at, end - at);
            if (flag == "--") continue;
            INFO(flag);
            CHECK(wrong({flag, "x", "y"}, command).find("no such flag") == std::string::npos);
        }
        std::size_t examples = 0;
        for (std::size_t at = help.find("\n    sluice bench "); at != help.npos;
             at = help.find("\n    sluice bench ", at + 1))
            ++examples;
        CHECK(examples == 4);
    }
}

TEST_CASE("profiles of mock backends") {
    const auto parsed = parse_backend("api=latency=5ms..20ms;size=2k;fail=1%;reset=0.05%;status=201");
    CHECK(parsed.message == "");
    const MockProfile& p = parsed.profile;
    CHECK(p.name == "api");
    CHECK(p.latency_from == Approx(0.005));
    CHECK(p.latency_to == Approx(0.02));
    CHECK(p.size_from == 2048);
    CHECK(p.size_to == 2048);
    CHECK(p.fail == Approx(0.01));
    CHECK(p.reset == Approx(0.0005));
    CHECK(p.status == 201);
    CHECK(parse_backend("size=0..10k").profile.name == "");
    CHECK(parse_backend("10.0.0.1:80=latency=0").profile.name == "10.0.0.1:80");
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", "says nothing, as api=latency=5ms does"},
        {"latency=9ms..5ms", "\"9ms..5ms\" is no time, as latency=5ms or latency=5ms..20ms"},
        {"api=size=100m", "\"100m\" is no size up to 64m, as size=2k or size=1k..100k"},
        {"fail=2", "\"2\" is no share of requests, as fail=1% or fail=0.5%"},
        {"reset=101%", "\"101%\" is no share of requests, as reset=1% or reset=0.5%"},
        {"status=99", "\"99\" is no status from 200 to 599"},
    };
    for (const auto& [text, message] : rows) {
        INFO(text);
        CHECK(parse_backend(text).message == message);
    }
}
