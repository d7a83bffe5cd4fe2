// Certificates that change, or end, while the server runs.
#include "server/server.hpp"

namespace sluice::server {

using exchange::Level;

/// The conf as it was read, with the files of TLS as they are now: nothing else changes, and no connection is touched.
void Server::renew_certificates() {
    certificate_watch_.watch(deployed_.snapshot->tls_files);  // links may lead elsewhere now
    const auto read_before = tls_store_.files_read();
    auto conf = deployed_.snapshot->conf;
    conf.diagnostics = {};
    auto snapshot = compile::compile(std::move(conf), compile_options());
    const auto refuse = [this](const std::string& text) {
        for (const auto& log : deployed_.snapshot->main.error_logs) write_emerg(deployed_.files[log.file], text);
        this->log(Level::error, "the changed certificates are refused, the old ones stay");
    };
    if (!snapshot->conf.ok()) return refuse(problems_for_log(snapshot->conf));
    if (tls_store_.files_read() == read_before) return;  // touched, and the same as before
    if (const auto wrong = put_in_service(std::move(snapshot)); !wrong.empty()) return refuse(emerg_line(wrong));
    log(Level::notice, "changed certificates are in service");
}

/// Once a day, and when they have been read: those that end soon.
void Server::tell_of_certificates() {
    std::vector<tls::Complaint> complaints;
    std::vector<const tls::LoadedPair*> told;
    for (const auto& site : deployed_.snapshot->sites) {
        if (!site.tls) continue;
        for (std::size_t i = 0; i < site.tls->pairs().size(); ++i) {
            const auto* pair = site.tls->pairs()[i].get();
            if (std::ranges::find(told, pair) != told.end()) continue;
            told.push_back(pair);
            tls::warn_about(*pair, site.tls->description().pairs[i], clock_.wall(), complaints);
        }
    }
    for (const auto& complaint : complaints) log(Level::warn, complaint.message);
    watch_day_.expires_after(std::chrono::hours(24));
    watch_day_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tell_of_certificates();
    });
}

/// From now on, and anew after each reload.
void Server::watch_certificates() {
    if (const auto wrong = certificate_watch_.watch(deployed_.snapshot->tls_files); !wrong.empty())
        log(Level::warn, wrong + "; changed certificates take a reload");
    if (!deployed_.snapshot->tls_files.empty()) tell_of_certificates();
}

}  // namespace sluice::server
