#include "explain/live.hpp"

#include <sys/un.h>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <chrono>

namespace sluice::explain {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::string_view question = "{\"ask\": \"peers\"}\n";

/// One question and its answer, until `patience` is over.
std::string exchange(const std::string& path, std::string& answer) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return path + ": the path is too long for a socket";
    asio::io_context context;
    stream_protocol::socket socket(context);
    error_code error;
    socket.connect(stream_protocol::endpoint(path), error);
    if (error) return "nobody answers at " + path + ": " + error.message() + "; is sluice running with this conf?";
    error = asio::error::timed_out;
    asio::async_write(socket, asio::buffer(question), [&](error_code failed, std::size_t) {
        error = failed;
        if (failed) return;
        error = asio::error::timed_out;
        asio::async_read(socket, asio::dynamic_buffer(answer), [&](error_code end, std::size_t) { error = end; });
    });
    context.run_for(patience);
    if (error == asio::error::eof || !error) return "";
    return "no answer at " + path + ": " + error.message();
}

PeerState state_of(const json::object& peer) {
    return {json::value_to<std::string>(peer.at("state")), peer.at("active").to_number<std::uint64_t>(),
            peer.at("idle").to_number<std::uint64_t>()};
}

void add_peers(const json::array& peers, Passing& passing) {
    const bool one_to_one = peers.size() == passing.peers.size();
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const auto& peer = peers[i].as_object();
        const auto address = json::value_to<std::string>(peer.at("address"));
        auto known = std::ranges::find(passing.peers, address, &PeerItem::address);
        if (known == passing.peers.end() && one_to_one) known = passing.peers.begin() + static_cast<std::ptrdiff_t>(i);
        if (known == passing.peers.end()) known = passing.peers.insert(known, {address, {}, passing.place, {}});
        known->live = state_of(peer);
    }
}

}  // namespace

std::string add_live(const std::string& answer, Story& story) {
    error_code error;
    const auto document = json::parse(answer, error);
    if (error || !document.is_object()) return "the running process answers with what is no JSON object";
    try {
        const auto& told = document.get_object();
        if (const auto* wrong = told.if_contains("error")) return json::value_to<std::string>(*wrong);
        const std::string process = "process " + std::to_string(told.at("pid").to_number<std::int64_t>());
        story.live = process + " has no such group: it runs with another conf";
        for (const auto& group : told.at("groups").as_array()) {
            if (!story.passing || group.at("name").as_string() != story.passing->group) continue;
            add_peers(group.at("peers").as_array(), *story.passing);
            story.live = "states as of " + process;
        }
    } catch (const std::exception& wrong) {
        return std::string("the running process answers with what is not understood: ") + wrong.what();
    }
    return "";
}

std::string ask_live(const std::string& path, Story& story) {
    std::string answer;
    const auto wrong = exchange(path, answer);
    return wrong.empty() ? add_live(answer, story) : wrong;
}

}  // namespace sluice::explain
