#include "http/head_buffers.hpp"

#include <algorithm>

namespace sluice::http {

HeldHead hold(std::string_view head, const HeadBuffers& before, const HeadBuffers& after, std::size_t changes_at) {
    std::size_t room = before.first;  // left in the buffer under way
    std::size_t large = 0;
    bool first_line = true;
    for (std::size_t begin = 0; begin < head.size();) {
        const auto end = std::min(head.find('\n', begin), head.size() - 1) + 1;
        const HeadBuffers& now = begin < changes_at ? before : after;
        const auto line = head.substr(begin, end - begin);
        while (line.size() > room) {
            // The buffer is full and the line is not over: it moves to the beginning of another one.
            if (room >= now.size || large == now.count) return {first_line ? Held::request_line_too_long : Held::field_too_long, line};
            ++large;
            room = now.size;
        }
        room -= line.size();
        if (line.size() > 2 || (line != "\r\n" && line != "\n")) first_line = false;
        begin = end;
    }
    return {};
}

}  // namespace sluice::http
