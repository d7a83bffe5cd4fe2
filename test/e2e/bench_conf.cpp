// sluice bench conf: the routes of a conf under load, without its backends, and without a trace of it elsewhere.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/bench.hpp"
#include "support/catch.hpp"
#include "support/conf_server.hpp"
#include "support/temporary.hpp"

using namespace sluice::test;

namespace {

/// The route of that title.
const json::object& route_of(const json::object& result, std::string_view title) {
    for (const auto& route : result.at("routes").as_array())
        if (route.at("route").as_string() == json::string_view(title.data(), title.size())) return route.as_object();
    FAIL("there is no " << title << " in " << json::serialize(result));
    return result;
}

json::object drive(Words words) {
    words.insert(words.begin(), "conf");
    return measure(words);
}

}  // namespace

TEST_CASE("bench conf drives every route of a conf, with backends of its own") {
    const ConfFolder folder;
    folder.write_file("bench.conf", R"(user nobody; pid @ROOT@/x.pid; error_log @ROOT@/e.log; events {}
http {
  access_log @ROOT@/a.log;
  upstream api { server 10.255.255.1:80; server app.invalid:81 backup; }
  server { listen 80; server_name one.test;
    location / { proxy_pass http://10.255.255.2:80; }
    location /api/ { proxy_pass http://api; }
    location = /gone { return 410; }
    location ~ \.txt$ { root /nowhere; }
    location @named { return 503; } }
  server { listen 443 ssl; server_name two.test; ssl_certificate missing.crt; ssl_certificate_key missing.key;
    location / { proxy_pass https://10.255.255.3; } }
}
)");
    const auto result =
        drive({folder / "bench.conf", "-c", "4", "-n", "200", "--backend", "api=size=10k;fail=50%;latency=1ms..2ms",
               "--backend", "10.255.255.2:80=status=201", "--backend", "size=7"});
    const auto& api = route_of(result, "location /api/");
    CHECK(number(api, "answers") == 200);
    CHECK(number(api, "status/500") > 50);
    CHECK(number(api, "status/200") > 50);
    CHECK(number(api, "latency_ms/min") >= 1);
    CHECK(api.at("leads_to") == "to api");
    CHECK(number(api, "line") == 7);
    CHECK(number(api, "cpu_us") > 1);
    CHECK(number(api, "cpu_us") < 100000);
    CHECK(number(route_of(result, "location = /gone"), "status/410") == 200);
    CHECK(number(route_of(result, "location ~ \\.txt$"), "status/404") == 200);
    std::size_t roots = 0;
    for (const auto& route : result.at("routes").as_array()) {
        if (route.at("route") != "location /") continue;
        ++roots;
        const auto& whole = route.as_object();
        const bool secure = whole.at("secure").as_bool();
        CHECK(whole.at("host") == (secure ? "two.test" : "one.test"));
        CHECK(number(whole, secure ? "status/200" : "status/201") == 200);
    }
    CHECK(roots == 2);
    CHECK(result.at("not_driven").as_array().empty());
    CHECK(number(route_of(result, "location @named"), "status/503") == 200);
    CHECK_FALSE(std::filesystem::exists(folder / "a.log"));  // nothing is written where the conf says
    CHECK_FALSE(std::filesystem::exists(folder / "e.log"));
}

TEST_CASE("bench conf gets to named and internal locations, and to sites without a name") {
    const ConfFolder folder;
    folder.write_file("bench.conf", R"(events {}
http {
  upstream api { server 10.255.255.1:80; server 10.255.255.2:80; }
  server { listen 80; server_name one.test;
    location / { proxy_pass http://api; proxy_intercept_errors on; error_page 503 = @busy; error_page 502 = @dead; }
    location @busy { return 421; }
    location @dead { return 422; }
    location @asked { return 423; }
    location /kept/ { internal; proxy_pass http://api; }
    location /inner/ { internal; return 425; }
    location /sent { return 426; }
    location = /nobody { internal; return 427; }
    rewrite ^/r(\d+)$ /inner/$1 last; }
  server { listen 80; location /nameless { return 428; } }
}
)");
    const auto result = drive({folder / "bench.conf", "-c", "4", "-n", "100", "--backend", "api=status=201"});
    for (const auto& [title, status] : {std::pair("location @busy", 421),
                                        {"location @dead", 422},
                                        {"location @asked", 423},
                                        {"location /kept/", 201},
                                        {"location /inner/", 425},
                                        {"location = /nobody", 427},
                                        {"location /nameless", 428},
                                        {"location /", 201}}) {
        INFO(title);
        const auto& route = route_of(result, title);
        CHECK(number(route, "status/" + std::to_string(status)) == 100);
        CHECK(number(route, "failed") == 0);
        CHECK(route.at("doubt") == "");
    }
    CHECK(route_of(result, "location @dead").at("from") == "location /, its backend breaks off");
    CHECK(result.at("routes").at(0).at("route") == "location /");  // in the order of the conf
}

TEST_CASE("bench conf says what is wrong") {
    const ConfFolder folder;
    folder.write_file("good.conf",
                      "events {}\nhttp { upstream api { server 10.0.0.1; } server { listen 80; location / { proxy_pass "
                      "http://api; } } }\n");
    folder.write_file("bad.conf", "events {}\nhttp { server { lisen 80; } }\n");
    folder.write_file("none.conf", "events {}\n");
    const auto said = [&](Words words) {
        words.insert(words.begin(), "conf");
        const Outcome outcome = bench(words);
        CHECK(outcome.output.empty());
        return std::to_string(outcome.status) + " " + outcome.errors;
    };
    CHECK(said({}) == "2 sluice bench conf: which conf? as in sluice bench conf /etc/nginx/nginx.conf\n");
    CHECK(said({"/nowhere/at/all"}) == "2 sluice bench conf: \"/nowhere/at/all\": cannot be read\n");
    CHECK(said({folder / "good.conf", "--backend", "apo=latency=5ms"}) ==
          "2 sluice bench conf: --backend \"apo=latency=5ms\": the conf has no upstream and no peer of that name; "
          "there are api\n");
    CHECK(said({folder / "good.conf", "--rate", "x"}).starts_with("2 sluice bench conf: --rate \"x\": "));
    CHECK(said({folder / "bad.conf"}).find("bad.conf:2:17: error: ") != std::string::npos);
    CHECK(said({folder / "none.conf"}) ==
          "1 sluice bench conf: " + (folder / "none.conf") + " has no server that could be driven\n");
}

TEST_CASE("bench conf that is ended leaves nothing behind") {
    const ConfFolder folder;
    folder.write_file("bench.conf", "events {}\nhttp { server { listen 80; location / { return 200; } } }\n");
    const Temporary scratch;
    const auto is_empty = [&] {
        return std::filesystem::directory_iterator(scratch.path()) == std::filesystem::directory_iterator();
    };
    Process process(Words{"/usr/bin/env", "TMPDIR=" + scratch.path(), SLUICE_BINARY, "bench", "conf",
                          folder / "bench.conf", "-d", "1m"});
    const auto end = std::chrono::steady_clock::now() + patience;
    while (is_empty() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    process.signal(SIGTERM);
    process.wait();
    CHECK(is_empty());
}
