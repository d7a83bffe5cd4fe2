#include "bench/approach.hpp"

#include <algorithm>

#include "config/words.hpp"
#include "core/text.hpp"
#include "explain/tell.hpp"

namespace sluice::bench {

using config::concat;

std::string Approach::peculiarity() const {
    std::string out;
    const auto add = [&](std::string_view text) { out += concat({out.empty() ? "" : ", ", text}); };
    if (without_host) add("HTTP/1.0 without a host");
    if (!method.empty()) add(method);
    for (const std::string& field : fields) add(field);
    if (body != 0) add(concat({"a body of ", std::to_string(body), " bytes"}));
    if (peers && peers->reset) add("its backend breaks off");
    if (peers && !peers->redirect.empty()) add(concat({"its backend answers X-Accel-Redirect: ", peers->redirect}));
    if (peers && peers->redirect.empty() && peers->status != 0)
        add(concat({"its backend answers ", std::to_string(peers->status)}));
    return out;
}

std::optional<explain::Story> Asker::ask(const Approach& approach) const {
    ++asked_;
    explain::Question question;
    question.method = approach.method.empty() ? usual_.method : approach.method;
    question.url = concat({approach.url.origin.secure ? "https" : "http",
                           "://127.0.0.1:", std::to_string(approach.url.origin.port), approach.url.target});
    question.fields = approach.fields;
    question.fields.insert(question.fields.end(), usual_.fields.begin(), usual_.fields.end());
    const bool has_host = std::ranges::any_of(question.fields, [](std::string_view field) {
        return core::iequals(core::trim(field.substr(0, field.find(':'))), "host");
    });
    if (!approach.without_host && !has_host) question.fields.push_back("Host: " + approach.url.authority);
    if (approach.body != 0 || usual_.body)
        question.fields.push_back("Content-Length: " +
                                  std::to_string(approach.body != 0 ? approach.body : *usual_.body));
    question.without_host = approach.without_host;
    question.peers = approach.peers;
    question.brief = true;
    auto told = explain::tell(snapshot_, question, clock_);
    return told.error.empty() ? std::optional(std::move(told.story)) : std::nullopt;
}

std::uint32_t Asker::line_of(config::Span where) const {
    return where.known() ? snapshot_.conf.sources.position(where).line : 0;
}

bool Asker::enters(const explain::Story& story, std::uint32_t line) {
    return std::ranges::any_of(story.steps,
                               [&](const explain::Step& step) { return step.enters && step.item.place.line == line; });
}

}  // namespace sluice::bench
