// Confs made ready for sluice bench conf, and their routes.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "bench/routes.hpp"
#include "bench/stage.hpp"
#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

namespace sluice::test {

inline std::uint16_t next_port(void* at) { return (*static_cast<std::uint16_t*>(at))++; }
inline bool all_readable(const std::string&) { return true; }
inline bool none_readable(const std::string&) { return false; }

inline bench::Staged staged(const std::string& text, bool (*readable)(const std::string&) = all_readable) {
    const config::MemoryFiles files(
        {{"/etc/n/n.conf", text}, {"/etc/n/more.conf", "location /more { return 204; }\n"}});
    auto conf = config::parse(files, "/etc/n/n.conf");
    config::check(conf);
    std::string wrong;
    for (const auto& diagnostic : conf.diagnostics.all()) wrong += config::render(diagnostic, conf.sources);
    INFO(wrong);
    REQUIRE(conf.ok());
    std::uint16_t port = 9001;
    return bench::stage(conf,
                        {"/tmp/s/", "/etc/n/", next_port, &port, readable, "/tmp/s/own.crt", "/tmp/s/own.key", "root"});
}

/// The routes of a conf, each with its request.
struct Found {
    bench::Staged staged;
    std::shared_ptr<route::Snapshot> snapshot;
    std::vector<bench::DrivenRoute> routes;
    std::size_t asked = 0;  // how often the decision was, for them

    const bench::DrivenRoute& operator[](std::string_view title) const {
        const auto at = std::ranges::find(routes, title, &bench::DrivenRoute::title);
        if (at == routes.end()) FAIL("there is no " << title);
        return *at;
    }
};

inline Found find(const std::string& text, const bench::Usual& usual = {"GET", {}}) {
    Found out{staged(text), {}, {}, 0};
    auto conf = config::parse(config::MemoryFiles({{"staged.conf", out.staged.text}}), "staged.conf");
    config::check(conf);
    out.snapshot = compile::compile(std::move(conf), {.prefix = "/nowhere/", .error_log = "", .only_check = true});
    std::string wrong;
    for (const auto& diagnostic : out.snapshot->conf.diagnostics.all())
        wrong += config::render(diagnostic, out.snapshot->conf.sources);
    INFO(wrong);
    REQUIRE(out.snapshot->conf.ok());
    out.routes = bench::find_routes(*out.snapshot, out.staged, usual, &out.asked);
    return out;
}

}  // namespace sluice::test
