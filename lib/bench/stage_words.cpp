#include "bench/stage_words.hpp"

#include <algorithm>
#include <utility>

namespace sluice::bench {

namespace {

using enum Touch;

constexpr std::pair<std::string_view, Touch> words[] = {
    {"include", left_out},  // what it brings stands behind it
    {"user", left_out},
    {"pid", left_out},
    {"daemon", left_out},
    {"lock_file", left_out},
    {"working_directory", left_out},
    {"load_module", left_out},
    {"debug_points", left_out},
    {"worker_priority", left_out},
    {"worker_cpu_affinity", left_out},
    {"worker_rlimit_core", left_out},
    {"worker_rlimit_nofile", left_out},
    {"stream", left_out},
    {"mail", left_out},
    {"resolver", left_out},
    {"resolver_timeout", left_out},
    {"ssl_stapling", left_out},
    {"ssl_stapling_file", left_out},
    {"ssl_stapling_responder", left_out},
    {"ssl_stapling_verify", left_out},
    {"ssl_ocsp", left_out},
    {"ssl_ocsp_responder", left_out},
    {"ssl_ocsp_cache", left_out},
    {"ssl_engine", left_out},
    {"ssl_key_log", left_out},
    {"proxy_ssl_key_log", left_out},
    {"proxy_bind", left_out},
    {"proxy_ssl_verify", left_out},
    {"proxy_ssl_name", left_out},
    {"proxy_ssl_server_name", left_out},
    {"listen", listener},
    {"proxy_pass", proxied},
    {"access_log", log},
    {"error_log", log},
    {"client_body_temp_path", temporary},
    {"proxy_temp_path", temporary},
    {"ssl_certificate", certificate},
    {"ssl_certificate_key", certificate},
    {"proxy_ssl_certificate", peer_pair},
    {"proxy_ssl_certificate_key", peer_pair},
    {"ssl_client_certificate", authorities},
    {"ssl_trusted_certificate", file},
    {"ssl_crl", file},
    {"ssl_dhparam", file},
    {"ssl_password_file", file},
    {"ssl_session_ticket_key", file},
    {"proxy_ssl_trusted_certificate", file},
    {"proxy_ssl_crl", file},
    {"proxy_ssl_password_file", file},
    {"auth_basic_user_file", file},
    {"ssl_verify_client", verify},
    {"set_real_ip_from", network},
    {"auth_request_set", own_variable},
    {"js_set", own_variable},
    {"perl_set", own_variable},
};

}  // namespace

Touch touch_of(std::string_view name, config::Contexts context) {
    if (name == "server" && context == config::in::upstream) return peer;
    if (name.ends_with("_temp_path")) return temporary;
    const auto* found = std::ranges::find(words, name, [](const auto& row) { return row.first; });
    return found == std::end(words) ? nothing : found->second;
}

}  // namespace sluice::bench
