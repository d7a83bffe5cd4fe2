#include "explain/reasons_page.hpp"

#include <algorithm>

namespace sluice::explain {

using exchange::ReasonRow;

namespace {

/// What a client sees: nginx's own statuses are 400 on the wire.
std::string status_of(const ReasonRow& reason) {
    if (reason.status == 494) return "494, sent as 400";
    if (reason.status == 499 || reason.status == 408) return std::to_string(reason.status) + " in the log, no answer";
    return std::to_string(reason.status);
}

std::string error_type_of(const ReasonRow& reason) { return reason.error_type.empty() ? "none" : std::string(reason.error_type); }

std::string log_level_of(const ReasonRow& reason) {
    return reason.is_ordinary() ? "by what refuses the request" : std::string(name_of(reason.level));
}

}  // namespace

std::string reasons_markdown() {
    std::string out =
        "# Reasons\n\n"
        "Every answer that sluice gives on its own has one of these reasons. It stands in the comment at the end of the error\n"
        "page, in `$sluice_reason`, in the `json` forms of both logs, and in `Proxy-Status` (RFC 9209) toward those whom\n"
        "`proxy_status` lets see it. `sluice reason CODE` prints one.\n\n"
        "This file is made: `sluice reason --markdown > conf/REASONS.md`.\n";
    for (const auto& reason : exchange::reason_rows()) {
        ((out += "\n## ") += reason.name) += "\n\n";
        (out += reason.words) += ".\n\n";
        out += "| status | error log | marks the peer | Proxy-Status |\n|---|---|---|---|\n";
        out += "| " + status_of(reason) + " | " + log_level_of(reason) + " | " + (reason.marks_peer ? "yes" : "no") + " | " + error_type_of(reason) + " |\n\n";
        ((out += "Cause: ") += reason.cause) += "\n\n";
        ((out += "Remedy: ") += reason.remedy) += "\n";
    }
    return out;
}

std::string reason_text(const ReasonRow& reason) {
    std::string out(reason.name);
    ((out += ": ") += reason.words) += "\n";
    out += "  status        " + status_of(reason) + "\n";
    out += "  error log     " + log_level_of(reason) + "\n";
    out += std::string("  marks a peer  ") + (reason.marks_peer ? "yes: it counts for max_fails" : "no") + "\n";
    out += "  Proxy-Status  " + error_type_of(reason) + "\n\n";
    ((out += "Cause: ") += reason.cause) += "\n";
    ((out += "Remedy: ") += reason.remedy) += "\n";
    return out;
}

std::string reason_list() {
    std::size_t widest = 0;
    for (const auto& reason : exchange::reason_rows()) widest = std::max(widest, reason.name.size());
    std::string out;
    for (const auto& reason : exchange::reason_rows()) {
        std::string line(reason.name);
        line.resize(widest + 2, ' ');
        ((out += line + std::to_string(reason.status) + "  ") += reason.words) += "\n";
    }
    return out;
}

}  // namespace sluice::explain
