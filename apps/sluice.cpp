// sluice: a reverse proxy and load balancer.
#include <cstdio>
#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "advice/commands.hpp"
#include "bench/command.hpp"
#include "explain/command.hpp"
#include "server/conf_command.hpp"
#include "server/demo.hpp"
#include "server/server.hpp"

namespace {

constexpr int usage_error = 2, start_error = 1;

int serve(const sluice::server::Options& options) {
    sluice::server::Server server;
    if (const auto wrong = server.start(options); !wrong.empty()) {
        std::fprintf(stderr, "sluice: %s\n", wrong.c_str());
        return start_error;
    }
    for (const auto& address : server.addresses()) std::fprintf(stderr, "sluice: listening on %s\n", address.text().c_str());
    std::fprintf(stderr, "sluice: forwarding to %s, %s\n", server.describe_backends().c_str(), options.balance.c_str());
    server.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const sluice::config::DiskFiles files;
    const sluice::advice::DiskModes modes;
    const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
    const sluice::advice::Tools tools{files, modes, sluice::server::check_by_compiling};
    if (const auto status = sluice::advice::run_command(args, tools, std::cout, std::cerr)) return *status;
    if (!args.empty() && args.front() == "explain")
        return sluice::explain::explain_command(std::span(args).subspan(1), std::cout, std::cerr);
    if (!args.empty() && args.front() == "bench")
        return sluice::bench::bench_command(std::span(args).subspan(1), std::cout, std::cerr);
    if (!args.empty() && args.front() == "reason")
        return sluice::explain::reason_command(std::span(args).subspan(1), std::cout, std::cerr);
    if (const auto status = sluice::server::run_conf_command(argc, argv)) return *status;
    const auto parsed = sluice::server::parse_options(argc, argv);
    if (!parsed.message.empty()) {
        std::fprintf(stderr, "sluice: %s\n", parsed.message.c_str());
        return usage_error;
    }
    switch (parsed.options.action) {
        case sluice::server::Options::Action::print:
            std::fputs(parsed.options.print.c_str(), stdout);
            return 0;
        case sluice::server::Options::Action::demo:
            return sluice::server::run_demo(parsed.options);
        case sluice::server::Options::Action::run:
            break;
    }
    return serve(parsed.options);
}
