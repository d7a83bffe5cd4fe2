// One question about one certificate: whom to ask, what, and how to judge the answer.
#pragma once

#include <memory>

#include "tls/ocsp.hpp"

namespace sluice::tls {

/// Where questions go. Only plain HTTP, as in nginx: the answers are signed.
struct OcspResponder {
    std::string text;  // what follows "http://", for messages
    std::string host;  // a name or an address, without brackets
    std::uint16_t port = 80;
    std::string path;  // may be empty

    /// As the field Host has it.
    std::string authority() const;
};

/// Nothing: `problem` says why, in nginx's words: "invalid URL prefix".
std::optional<OcspResponder> parse_responder(std::string_view url, std::string& problem);

/// Does not change; any thread.
struct OcspQuestion {
    OcspResponder responder;
    std::string about;  // the certificate's file, or whose it is; for messages
    Owned<X509> certificate, issuer;
    Owned<STACK_OF(X509)> signers;  // certificates that may have signed the answer
    Owned<X509_STORE> store;        // nullptr: that the signer may sign is not asked
    std::string request;            // DER
    std::string judges;             // a digest of signers and store

    /// Equal for questions that are sent to the same responder in the same words.
    std::string key() const;
    /// Equal where, besides, an answer is judged by the same rules.
    std::string key_with_judges() const { return key() + ' ' + judges; }
    /// The answer, if it holds at `now`. Nothing: `problem` says why.
    std::optional<OcspAnswer> read(std::string_view der, core::WallTime now, std::string& problem) const;
};

/// What a question is made of.
struct OcspSubject {
    X509* certificate = nullptr;
    X509* issuer = nullptr;
    const STACK_OF(X509) * chain = nullptr;  // what else came with the certificate
    X509_STORE* store = nullptr;             // nullptr: that the signer may sign is not asked
    std::string_view believed;               // a digest of who is in the store; "": nobody
    std::string about;
};

/// nullptr: out of memory.
std::shared_ptr<const OcspQuestion> ask_about(const OcspSubject& subject, OcspResponder responder);

/// When a stapled answer is asked for again, as in nginx: an hour later, or five minutes before it ends if that is
/// earlier, but not within the next five minutes; `until` 0: it does not end.
core::WallTime when_to_refresh(core::WallTime until, core::WallTime now);

}  // namespace sluice::tls
