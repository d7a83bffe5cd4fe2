// What an independent HTTP/1 parser (Boost.Beast's) makes of the bytes that a client or a peer got.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

struct Message {
    std::string start;                          // of a request: "GET /path"
    int status = 0;                             // of an answer
    std::map<std::string, std::string> fields;  // names in lower case; trailers among them
    std::string body;
    bool head_whole = false, whole = false;
    bool until_close = false;
};

struct Messages {
    std::vector<Message> all;  // the last may not be whole
    std::vector<int> interim;  // 1xx but 101
    std::string rest;          // after the last whole one: a tunnel's, or what should not be there
    bool malformed = false;
};

/// `to_head`: per answer whether it is one to HEAD. `ended`: no more bytes will come. No more answers than `to_head`
/// has entries are read; a 101 is the last.
Messages parse_answers(std::string_view bytes, bool ended, const std::vector<bool>& to_head);

Messages parse_requests(std::string_view bytes);

}  // namespace sluice::test
