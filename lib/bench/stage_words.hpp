// What of a conf would touch anything but the clients and backends of the run: other machines, files of the operator,
// the process as a whole.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/row.hpp"

namespace sluice::bench {

enum class Touch : std::uint8_t {
    nothing,
    left_out,     // other machines, other processes, the system; or it has no meaning here
    listener,     // listen
    peer,         // server in an upstream
    proxied,      // proxy_pass
    log,          // access_log, error_log
    temporary,    // a folder for temporary files
    certificate,  // a certificate or key of a server
    peer_pair,    // a certificate or key shown to peers
    authorities,  // who signs clients' certificates
    file,         // another file that is read, beside the conf if its path is relative
    verify,       // ssl_verify_client
    network,      // set_real_ip_from: a name would be looked up
    own_variable  // makes a variable of what is not in sluice yet
};

/// Of a word that is in sluice, or is to come.
Touch touch_of(std::string_view name, config::Contexts context);

}  // namespace sluice::bench
