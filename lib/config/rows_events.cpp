// The events block.
#include "config/rows.hpp"

namespace sluice::config::rows {

namespace {

constexpr Row table[] = {
    {.name = "worker_connections",
     .contexts = in::events,
     .standard = "512",
     .example = "1024",
     .support = Support::without_effect,
     .reason = "A worker takes as many as there are descriptors (worker_rlimit_nofile): connections cost little, and no client is sent away for a number",
     .doc = "Most connections of one worker, clients and backends together."},
    {.name = "use",
     .contexts = in::events,
     .values = "epoll|select|poll|kqueue|eventport|/dev/poll",
     .example = "epoll",
     .support = Support::without_effect,
     .reason = "epoll is always used",
     .doc = "Which mechanism tells about ready sockets."},
    {.name = "multi_accept",
     .contexts = in::events,
     .values = "<flag>",
     .standard = "off",
     .example = "on",
     .support = Support::without_effect,
     .reason = "Workers take what there is and hand over to less busy ones",
     .doc = "Whether a worker takes all new connections at once."},
    {.name = "accept_mutex",
     .contexts = in::events,
     .values = "<flag>",
     .standard = "off",
     .support = Support::without_effect,
     .reason = "Each worker has its own listening socket",
     .doc = "Whether workers take turns at accepting."},
    {.name = "accept_mutex_delay",
     .contexts = in::events,
     .values = "<time>",
     .standard = "500ms",
     .support = Support::without_effect,
     .reason = "Each worker has its own listening socket",
     .doc = "How long a worker waits for its turn."},
    {.name = "debug_connection",
     .contexts = in::events,
     .repeats = true,
     .example = "127.0.0.1",
     .support = Support::without_effect,
     .reason = "The log level decides for all",
     .doc = "Clients whose connections are logged in detail."},
    {.name = "epoll_events",
     .contexts = in::events,
     .values = "<number>",
     .standard = "512",
     .support = Support::without_effect,
     .reason = "The size fits itself to the load",
     .doc = "How many events are taken at once."},
    {.name = "worker_aio_requests",
     .contexts = in::events,
     .values = "<number>",
     .standard = "32",
     .support = Support::without_effect,
     .reason = "Files are read without asynchronous operations",
     .doc = "How many file operations run at once."},
};

}  // namespace

std::span<const Row> events() { return table; }

}  // namespace sluice::config::rows
