// Request targets and hosts. The input's first line is the target, each further line a Host; bytes over 0x7f that begin
// the input choose the method. Laws: what is accepted is made of views of the head, has a valid host and a clean path,
// and taken apart again gives the same.
#include <algorithm>
#include <cstdint>
#include <string>

#include "http/target.hpp"
#include "laws.hpp"

namespace {

using namespace sluice::http;
using sluice::fuzz::require;
using sluice::fuzz::within;

void require_views(const RequestHead& head, const Target& target) {
    const bool host_in_field = !head.fields.empty() && within(target.host, head.fields.front().value);
    require(within(target.host, head.target) || host_in_field, "the host is from the head");
    const bool stands_for_none = target.path == "/" || target.path == "*";  // after the authority of an absolute target
    require(within(target.path, head.target) || stands_for_none, "the path is from the target");
    require(within(target.query, target.path), "the query is from the path");
}

void require_clean(const RequestHead& head, const Target& target) {
    require(target.host.empty() ? head.minor == 0 : valid_host(target.host), "the host is valid");
    for (const char c : target.path) {
        const auto byte = static_cast<unsigned char>(c);
        require(byte > 0x20 && byte != 0x7f && c != '#', "the path is clean");
    }
    switch (target.form) {
        case TargetForm::origin:
            require(target.path == head.target && target.path.front() == '/', "origin");
            break;
        case TargetForm::absolute:
            require(target.path.front() == '/' || (target.path == "*" && head.method == Method::options), "absolute");
            break;
        case TargetForm::asterisk:
            require(target.path == "*" && head.method == Method::options, "asterisk");
            break;
        case TargetForm::authority:
            require(target.path == target.host && head.method == Method::connect, "authority");
            break;
    }
}

void require_same_again(RequestHead head, const Target& first) {
    if (first.form != TargetForm::absolute) return;
    const std::string text = "http://" + std::string(first.host) + std::string(first.path == "*" ? "" : first.path);
    head.target = text;
    const Target second = parse_target(head);
    require(!second.error && second.host == first.host && second.path == first.path && second.query == first.query,
            "again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr Method methods[] = {Method::get, Method::options, Method::connect};
    const std::string text(reinterpret_cast<const char*>(data), size);
    std::string_view rest = text;
    RequestHead head;
    if (!rest.empty() && data[0] > 0x7f) {
        head.method = methods[data[0] % 3];
        head.minor = (data[0] >> 3) % 2;
        rest.remove_prefix(1);
    }
    const auto next_line = [&rest] {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        return line;
    };
    head.target = next_line();
    while (!rest.empty()) {
        const std::string_view value = next_line();
        valid_host(std::string(value));  // a copy, so that the sanitizer sees a step outside
        head.fields.push_back({"Host", value, FieldId::host});
    }
    const Target target = parse_target(head);
    if (target.error) {
        require(*target.error != '\0', "a refusal has a reason");
        return 0;
    }
    require_views(head, target);
    require_clean(head, target);
    require_same_again(head, target);
    return 0;
}
