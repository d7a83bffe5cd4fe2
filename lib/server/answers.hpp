// What sluice answers itself: pages for errors, redirects, texts.
#pragma once

#include "proxy/service.hpp"

namespace sluice::server {

/// nginx's page for a status, with the reason code and the request's id behind it if something failed. `detail`: what
/// exactly, in words that a client may read. `content_range`: the field of that name; "": none.
net::Task<void> send_page(proxy::Serving& q, int status, exchange::Reason reason, std::string_view detail,
                          std::string_view content_range = {});

/// The page of a redirect, with its Location.
net::Task<void> send_redirect(proxy::Serving& q, int status, std::string_view location);

/// 200 with a text of our own.
net::Task<void> send_plain_text(proxy::Serving& q, std::string_view text);

/// `return 200 "text"`.
net::Task<void> send_text(proxy::Serving& q, int status, std::string_view text);

}  // namespace sluice::server
