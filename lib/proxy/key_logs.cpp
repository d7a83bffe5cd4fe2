#include "proxy/key_logs.hpp"

#include "tls/client_contexts.hpp"
#include "tls/server_contexts.hpp"

namespace sluice::proxy {

class KeyLogs::Lines final : public tls::KeyLog {
  public:
    Lines(observe::Logs& logs, observe::LogChannel& channel) : logs_(logs), channel_(channel) {}
    void take(std::string_view line) override {
        text_.assign(line) += '\n';
        logs_.access(channel_, text_);
    }

  private:
    observe::Logs& logs_;
    observe::LogChannel& channel_;
    std::string text_;  // reused
};

KeyLogs::KeyLogs(const route::Snapshot& snapshot, const std::vector<observe::LogChannel*>& channels, observe::Logs& logs, unsigned worker) {
    for (std::size_t i = 0; i < snapshot.files.size(); ++i)
        if (snapshot.files[i].options.secret) logs_[snapshot.files[i].name] = std::make_unique<Lines>(logs, *channels[i]);
    if (logs_.empty()) return;
    const auto follow_peer = [&](const route::Route& route) {
        if (const auto* pass = std::get_if<route::ProxyPass>(&route.content)) follow(pass->tls.get(), worker);
    };
    for (const auto& site : snapshot.sites) {
        follow(site.tls.get(), worker);
        follow_peer(site.root);
        for (const auto* routes : {&site.routes, &site.others})
            for (const auto& route : *routes) follow_peer(route);
    }
}

KeyLogs::~KeyLogs() {
    for (const auto& [context, lines] : followed_) tls::tell_keys_no_more(context, lines);
}

template <class Contexts>
void KeyLogs::follow(const Contexts* contexts, unsigned worker) {
    const auto log = contexts ? logs_.find(contexts->description().key_log) : logs_.end();
    if (log == logs_.end()) return;
    tls::tell_keys(contexts->at(worker), log->second.get());
    followed_.emplace_back(contexts->at(worker), log->second.get());
}

}  // namespace sluice::proxy
