// Whole confs, and what they say of a request, without a socket: the decision and its error pages as server/serve
// follows them. Tables of requests and answers, both in one line of text.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "route/decide.hpp"
#include "route/destination.hpp"
#include "route/file_path.hpp"
#include "route/find_file.hpp"
#include "support/scope.hpp"

namespace sluice::test {

/// Knows addresses, and every name but those with "nowhere" in them; no system is asked.
inline compile::Resolved resolve_in_tests(const std::string& host, std::uint16_t port) {
    if (const auto literal = net::Address::parse(host, port)) return {{*literal}, ""};
    if (host.find("nowhere") != std::string::npos) return {{}, "Name or service not known"};
    return {{*net::Address::parse("192.0.2.1", port)}, ""};
}

/// A conf from its text; `files` are what it may include. Look at conf.ok() before anything else.
inline std::shared_ptr<route::Snapshot> compile_text(std::string text, std::map<std::string, std::string> files = {}) {
    files["main.conf"] = std::move(text);
    config::Conf conf = config::parse(config::MemoryFiles(std::move(files)), "main.conf");
    config::check(conf);
    compile::Options options;
    options.prefix = "/prefix/";
    options.resolve = resolve_in_tests;
    return compile::compile(std::move(conf), options);
}

inline std::string said(const route::Snapshot& snapshot) {
    return config::render(snapshot.conf.diagnostics, snapshot.conf.sources);
}

/// One request: "[METHOD] TARGET [HOST] [+Name:value]... [@PORT]". Without more it is a GET of HTTP/1.1 for
/// "example.test" to port 80 of 127.0.0.1; the host "-" is that of an HTTP/1.0 request without one.
struct Asked {
    std::string head;
    std::uint16_t port = 80;

    explicit Asked(std::string_view line) {
        std::string method = "GET", target, host = "example.test", fields;
        bool has_host = false;
        std::size_t at = 0;
        while (at < line.size()) {
            const auto end = std::min(line.find(' ', at), line.size());
            const std::string word(line.substr(at, end - at));
            at = end + 1;
            if (word.starts_with('+'))
                fields += word.substr(1, word.find(':') - 1) + ": " + word.substr(word.find(':') + 1) + "\r\n";
            else if (word.starts_with('@'))
                port = static_cast<std::uint16_t>(std::stoi(word.substr(1)));
            else if (target.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == word.npos)
                method = word;
            else if (target.empty())
                target = word;
            else if (!std::exchange(has_host, true))
                host = word;
        }
        head = method + ' ' + target + (host == "-" ? " HTTP/1.0\r\n" : " HTTP/1.1\r\nHost: " + host + "\r\n") +
               fields + "\r\n";
    }
};

/// Answers requests by the conf alone.
class Decider {
  public:
    explicit Decider(std::shared_ptr<const route::Snapshot> snapshot) : snapshot_(std::move(snapshot)) {}

    route::Tools& tools() { return tools_; }

    /// Follows one request to its end; `use(scope, decision)` sees what it ends with.
    template <class Use>
    void ask(const Asked& asked, Use use, route::Trace* trace = nullptr) {
        const auto* listening = find_listening(asked.port);
        REQUIRE(listening);
        const auto local = *net::Address::parse("127.0.0.1", asked.port);
        const auto client = *net::Address::parse("127.0.0.1", 40000);
        exchange::SilentRequester requester;
        exchange::Exchange x;
        x.client = &client;
        x.local = &local;
        x.requester = &requester;
        route::Scope scope(*snapshot_, *listening, x, tools_);
        REQUIRE(http::parse_request_head(asked.head, 0, {.odd_names = true}, x.head).state == http::HeadState::complete);
        x.framing = http::frame_request(x.head);
        x.target = http::parse_target(x.head);
        if (x.target.error)
            return use(scope, route::Decision{route::Decision::Kind::refuse, 400, {}, x.target.error, {}});
        use(scope, route::decide(scope, trace));
    }

    /// "200 text", "302 http://…", "404 page", "200 proxy HOST URI", "200 file PATH", "close".
    std::string answer(std::string_view line) {
        std::string out;
        ask(Asked(line), [&](route::Scope& scope, route::Decision decision) { out = follow(scope, decision); });
        return out;
    }

    /// What the error log was told last of files.
    const std::string& log() const { return log_; }

  private:
    using Kind = route::Decision::Kind;

    const route::Listening* find_listening(std::uint16_t port) const {
        for (const auto& listening : snapshot_->listening)
            if (listening.address.port() == port) return &listening;
        return nullptr;
    }

    static std::string in_words(int status, std::string_view what) {
        return std::to_string(status) + (what.empty() ? "" : " ") + std::string(what);
    }

    std::string follow(route::Scope& scope, route::Decision decision) {
        for (;;) {
            int status = decision.status;
            const auto shown = [&](int own) { return scope.error_status ? scope.error_status : own; };
            switch (decision.kind) {
                case Kind::close:
                    return "close";
                case Kind::respond:
                    return in_words(shown(status), decision.text);
                case Kind::redirect:
                    if (std::string_view(decision.why) != "error_page" && route::has_error_page(scope, status)) break;
                    if (decision.text.empty()) return in_words(status, "page");
                    return in_words(status, route::absolute_location(scope, decision.text));
                case Kind::serve: {
                    const auto* pass = std::get_if<route::ProxyPass>(&scope.route->content);
                    route::FileAnswer files;
                    auto elsewhere = route::try_files(scope, files);
                    if (!elsewhere && !pass) {
                        files = route::find_file(scope);
                        elsewhere = files.decision;
                        if (!elsewhere) return in_words(shown(200), "file " + std::string(route::path_of_uri(scope)->path));
                    }
                    if (elsewhere) {
                        log_.assign(files.log);
                        decision = *elsewhere;
                        if (decision.kind != Kind::refuse) continue;
                        status = decision.status;
                        break;
                    }
                    const auto there = route::find_destination(scope, *pass);
                    if (there.authority.empty()) {
                        status = 500;
                        break;
                    }
                    const int peers = status_of_peer(there.uri);
                    if (!route::intercepts(scope, peers))
                        return in_words(shown(peers),
                                        "proxy " + std::string(there.host) + ' ' + std::string(there.uri));
                    status = peers;
                    break;
                }
                case Kind::refuse:
                    break;
            }
            const auto instead = route::on_error(scope, status);
            if (!instead) return in_words(status, "page");
            decision = *instead;
        }
    }

    /// The peers of these tables answer "/…status-503…" with that, and all else with 200.
    static int status_of_peer(std::string_view uri) {
        const auto at = uri.find("status-");
        return at == uri.npos ? 200 : std::atoi(std::string(uri.substr(at + 7, 3)).c_str());
    }

    std::shared_ptr<const route::Snapshot> snapshot_;
    core::BufferPool buffers_;
    http::DateCache dates_;
    core::ManualClock clock_;
    core::Rng rng_{1};
    route::Tools tools_{buffers_, dates_, clock_, rng_, {}};
    std::string log_;
};

struct Row {
    const char* request;
    const char* answer;
};

/// `http` is what stands in the block of that name.
inline void check_rows(std::string_view http, const std::vector<Row>& rows) {
    const auto snapshot = compile_text("events {}\nhttp {\n" + std::string(http) + "\n}\n");
    INFO(said(*snapshot));
    REQUIRE(snapshot->conf.ok());
    Decider decider(snapshot);
    for (const Row& row : rows) {
        INFO(row.request);
        CHECK(decider.answer(row.request) == row.answer);
    }
}

/// The same for what stands in a server that listens on port 80.
inline void check_server(std::string_view server, const std::vector<Row>& rows) {
    check_rows("server {\nlisten 80;\n" + std::string(server) + "\n}", rows);
}

}  // namespace sluice::test
