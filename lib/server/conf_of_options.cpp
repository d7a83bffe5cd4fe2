#include "server/conf_of_options.hpp"

#include "server/resolve.hpp"

namespace sluice::server {

namespace {

/// As a word of a conf.
std::string in_quotes(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

bool has_ipv6() { return !resolve({AddressText::Family::host, "::1", 1, "::1"}).addresses.empty(); }

std::string listen_line(const net::Address& address) {
    const bool everywhere = address.family() == net::Address::Family::v6 && address.ip() == "::";
    if (everywhere && !has_ipv6()) return "listen *:" + std::to_string(address.port()) + ";\n";
    return "listen " + in_quotes(address.text()) + (everywhere ? " ipv6only=off plain_ipv4;\n" : ";\n");
}

std::string server_line(const BackendOption& backend, const net::Address& address) {
    std::string out = "server " + in_quotes(address.text()) + " weight=" + std::to_string(backend.weight) +
                      " max_fails=" + std::to_string(backend.health.max_fails) +
                      " fail_timeout=" + std::to_string(backend.health.fail_timeout.count() / 1000) + "ms";
    return out + (backend.backup ? " backup;\n" : ";\n");
}

}  // namespace

OptionsAsConf conf_of(const Options& options) {
    std::string listens, servers;
    for (const auto& where : options.listen) {
        const auto resolved = resolve(where);
        if (!resolved.message.empty()) return {"", "--listen \"" + where.text + "\": " + resolved.message};
        for (const auto& address : resolved.addresses) listens += listen_line(address);
    }
    for (const auto& backend : options.backends) {
        const auto resolved = resolve(backend.address);
        if (!resolved.message.empty()) return {"", "--backend \"" + backend.address.text + "\": " + resolved.message};
        for (const auto& address : resolved.addresses) servers += server_line(backend, address);
    }
    const std::string log = options.access_log == "off" ? "off" : in_quotes(options.access_log) + " timed";
    return {"worker_processes " + (options.threads ? std::to_string(options.threads) : std::string("auto")) +
                ";\n"
                "error_log stderr notice;\n"
                "events {}\n"
                "http {\n"
                "upstream backends {\n" +
                (options.balance == "round_robin" ? std::string() : options.balance + ";\n") + servers +
                "keepalive 256;\nkeepalive_requests 1000000000;\n}\n"
                "access_log " +
                log +
                ";\n"
                "server_tokens off;\n"
                "client_max_body_size 0;\n"
                "keepalive_requests 1000000000;\n"
                "keepalive_time 8760h;\n"
                "proxy_tunnel_timeout 1h;\n"
                // The quick demo leaves nothing on the disk, and takes large heads.
                "proxy_request_buffering off;\nproxy_buffering off;\nproxy_max_temp_file_size 0;\n"
                "proxy_buffer_size 16k;\nproxy_buffers 8 16k;\n"
                "server {\n" +
                listens +
                "location / {\n"
                "proxy_pass http://backends;\n"
                "proxy_set_header Host $authority;\n"
                "proxy_set_header X-Real-IP $remote_addr;\n"
                "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
                "proxy_set_header X-Forwarded-Proto $scheme;\n"
                "proxy_set_header X-Forwarded-Host $authority;\n"
                "}\n}\n}\n",
            ""};
}

}  // namespace sluice::server
