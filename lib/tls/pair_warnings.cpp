// Pairs that go all the same, though somebody will miss something.
#include "tls/pair.hpp"

namespace sluice::tls {

namespace {

void warn_about_dates(const std::string& what, core::WallTime from, core::WallTime until, const Item& item,
                      core::WallTime now, Complaints& complaints) {
    const std::int64_t left = until.seconds() - now.seconds();
    if (now.seconds() < from.seconds())
        warn(complaints, item, what + " is not valid before " + time_words(from),
             "is the clock of this machine right? Whoever checks it will refuse it");
    else if (left < 0)
        warn(complaints, item, what + " expired on " + time_words(until) + ", " + span_words(-left) + " ago",
             "whoever checks it will refuse it");
    else if (left < near_its_end)
        warn(complaints, item, what + " expires on " + time_words(until) + ", in " + span_words(left), "renew it");
}

}  // namespace

void warn_about(const LoadedPair& loaded, const Pair& pair, core::WallTime now, Complaints& complaints) {
    const Item& item = pair.certificate;
    const CertificateFacts& facts = loaded.facts;
    warn_about_dates("the certificate " + shown(item), facts.not_before, facts.not_after, item, now, complaints);
    for (int i = 0; i < sk_X509_num(loaded.chain.get()); ++i) {
        const X509* behind = sk_X509_value(loaded.chain.get(), i);
        const std::string what =
            "the certificate of \"" + name_words(X509_get_subject_name(behind)) + "\" in " + shown(item);
        warn_about_dates(what, time_of(X509_get0_notBefore(behind)), time_of(X509_get0_notAfter(behind)), item, now,
                         complaints);
    }
    if (facts.issuer_missing)
        warn(complaints, item,
             "the certificate " + shown(item) + " is not followed by that of its issuer, \"" + facts.issuer + "\"",
             "who does not know this issuer as an authority will refuse it: add the issuer's certificate to the end of "
             "the file");
}

}  // namespace sluice::tls
