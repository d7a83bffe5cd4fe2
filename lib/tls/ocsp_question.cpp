#include "tls/ocsp_question.hpp"

#include <algorithm>
#include <charconv>

#include "tls/digest.hpp"

namespace sluice::tls {

namespace {

/// A port behind a colon; false: there is one that is no port.
bool read_port(std::string_view text, std::uint16_t& port) {
    if (text.empty()) return true;
    if (text.front() != ':') return false;
    text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// What would change the request that is sent, or where it ends.
bool has_odd_bytes(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '#'; });
}

}  // namespace

std::string OcspResponder::authority() const {
    std::string out = host.find(':') != host.npos ? '[' + host + ']' : host;
    if (port != 80) out += ':' + std::to_string(port);
    return out;
}

std::optional<OcspResponder> parse_responder(std::string_view url, std::string& problem) {
    constexpr std::string_view scheme = "http://";
    const auto fail = [&](const char* why) {
        problem = why;
        return std::nullopt;
    };
    if (!url.starts_with(scheme) || url.size() == scheme.size()) return fail("invalid URL prefix");
    url.remove_prefix(scheme.size());
    OcspResponder out;
    out.text = url;
    if (has_odd_bytes(url)) return fail("invalid character");
    const auto slash = std::min(url.find_first_of("/?"), url.size());
    out.path = url.substr(slash);
    auto authority = url.substr(0, slash);
    std::size_t host_ends = authority.find(':');
    if (authority.starts_with('[')) {
        const auto bracket = authority.find(']');
        if (bracket == authority.npos) return fail("invalid host");
        out.host = authority.substr(1, bracket - 1);
        if (out.host.find(':') == out.host.npos) return fail("invalid host");  // no address of IPv6
        host_ends = bracket + 1;
    } else {
        host_ends = std::min(host_ends, authority.size());
        out.host = authority.substr(0, host_ends);
    }
    if (out.host.empty()) return fail("no host");
    if (out.host.find_first_of("@[]") != out.host.npos) return fail("invalid host");
    if (!read_port(authority.substr(host_ends), out.port)) return fail("invalid port");
    return out;
}

std::string OcspQuestion::key() const { return responder.text + ' ' + request; }

std::optional<OcspAnswer> OcspQuestion::read(std::string_view der, core::WallTime now, std::string& problem) const {
    return read_ocsp_answer(der, {certificate.get(), issuer.get(), signers.get(), store.get()}, now, problem);
}

namespace {

std::string judges_of(const OcspQuestion& question, std::string_view believed) {
    Digest digest;
    digest.add(question.store ? "those in the store" : "");
    digest.add(question.store ? believed : "");
    for (int i = 0; i < sk_X509_num(question.signers.get()); ++i) digest.add(sk_X509_value(question.signers.get(), i));
    return digest.finish();
}

/// Nobody vouches for himself, nor for who is above him.
int first_above(const OcspSubject& subject) {
    for (int i = 0; i < sk_X509_num(subject.chain); ++i)
        if (X509_cmp(sk_X509_value(subject.chain, i), subject.certificate) == 0) return i + 1;
    return 0;
}

}  // namespace

std::shared_ptr<const OcspQuestion> ask_about(const OcspSubject& subject, OcspResponder responder) {
    auto out = std::make_shared<OcspQuestion>();
    out->responder = std::move(responder);
    out->about = subject.about;
    out->certificate = share(subject.certificate);
    out->issuer = share(subject.issuer);
    out->signers.reset(sk_X509_new_null());
    out->request = ocsp_request(subject.certificate, subject.issuer);
    if (subject.store) out->store = share(subject.store);
    if (!out->signers || out->request.empty()) return nullptr;
    const auto add = [&](X509* signer) { sk_X509_push(out->signers.get(), share(signer).release()); };
    add(subject.issuer);
    for (int i = first_above(subject); i < sk_X509_num(subject.chain); ++i) add(sk_X509_value(subject.chain, i));
    out->judges = judges_of(*out, subject.believed);
    return out;
}

core::WallTime when_to_refresh(core::WallTime until, core::WallTime now) {
    constexpr std::int64_t second = 1'000'000, soon = 300 * second, late = 3600 * second;
    const std::int64_t before_end = until.us == 0 ? now.us + late : until.us - soon;
    return {std::max(std::min(before_end, now.us + late), now.us + soon)};
}

}  // namespace sluice::tls
