// What sluice bench reads of others: answers, lists of URLs, phases, profiles, patterns, earlier results. Laws: an
// answer is the same however its bytes are cut up; nothing that is written takes long or grows large; a plot of any
// result is whole.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/answer.hpp"
#include "bench/mock.hpp"
#include "bench/phases.hpp"
#include "bench/plot.hpp"
#include "bench/sample.hpp"
#include "bench/target.hpp"
#include "laws.hpp"

namespace {

using namespace sluice::bench;
using sluice::fuzz::require;

struct Read {
    Answer::State state = Answer::State::more;
    int status = 0;
    std::uint64_t body = 0;
    bool operator==(const Read&) const = default;
};

/// As a connection offers it: what was not taken, again with what follows.
Read read(const std::string& text, std::size_t step, bool head_only) {
    Answer answer(head_only);
    std::string held;
    for (std::size_t at = 0; at < text.size(); at += step) {
        held += text.substr(at, step);
        const std::string piece = held;  // of its own, so that the sanitizer sees a step outside
        const auto taken = answer.take(piece.data(), piece.size());
        require(taken.bytes <= piece.size(), "no more taken than given");
        held.erase(0, taken.bytes);
        if (taken.state == Answer::State::malformed) return {taken.state, 0, 0};
        if (taken.state != Answer::State::more) return {taken.state, answer.status(), answer.body_bytes()};
    }
    return {Answer::State::more, 0, 0};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const bool head_only : {false, true}) {
        const Read whole = read(text, std::max<std::size_t>(size, 1), head_only);
        if (whole.state == Answer::State::done)
            for (const std::size_t step : {1, 3, 7, 61})
                require(read(text, step, head_only) == whole, "the same however it is cut");
    }
    for (const auto& sample : samples_of_regex(text)) require(sample.size() <= 512, "a sample is short");
    const auto list = parse_url_list(text);
    require(list.message.empty() != list.wanted.empty() || !list.message.empty(), "a list, or why not");
    for (const auto& wanted : list.wanted)
        require(make_request(wanted.url, {}).bytes.find("\r\n\r\n") != std::string::npos, "a request has an end");
    const auto phases = parse_phase(text);
    require(phases.message.empty() != phases.phases.empty(), "phases, or why not");
    if (phases.message.empty()) require(Schedule(phases.phases).seconds() > 0, "phases take time");
    (void)parse_backend(text);
    Picture picture;
    if (add_result(picture, text, "x").empty()) require(plot_svg(picture).ends_with("</svg>\n"), "a plot is whole");
    return 0;
}
