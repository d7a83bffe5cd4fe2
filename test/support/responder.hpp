// An OCSP responder for tests, with the answers that test/support/certificates has made.
#pragma once

#include <atomic>
#include <mutex>

#include "support/certificates.hpp"
#include "support/origin.hpp"
#include "tls/ocsp.hpp"

namespace sluice::test {

/// What it says to a question about one of those certificates; answers about others are a 404.
class Responder {
  public:
    Responder() : origin_([this](Origin::Visit& visit) { serve(visit); }) {}

    std::string url() const { return "http://" + origin_.address() + "/path"; }
    std::string address() const { return origin_.address(); }
    unsigned asked() const { return asked_; }

    /// In place of good answers: all that is sent. "" is silence, until the other side leaves.
    void say(std::string instead) {
        const std::scoped_lock lock(mutex_);
        instead_ = std::move(instead);
        usual_ = false;
    }
    void say_the_usual() {
        const std::scoped_lock lock(mutex_);
        usual_ = true;
    }
    static std::string answer(const std::string& der, const std::string& type = "application/ocsp-response") {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(der.size()) + "\r\n\r\n" + der;
    }

  private:
    std::string usual(const std::string& target) const {
        const auto& files = Certificates::all();
        for (const std::string name : {"", "-revoked", "-client", "-intermediate"})
            if (target == tls::ocsp_target("/path", files.text("request" + name + ".der"))) return answer(files.text("answer" + name + ".der"));
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }
    void serve(Origin::Visit& visit) {
        const auto request = visit.read_request();
        ++asked_;
        std::string says;
        {
            const std::scoped_lock lock(mutex_);
            const auto from = request.start_line.find(' ') + 1;
            says = usual_ ? usual(request.start_line.substr(from, request.start_line.rfind(' ') - from)) : instead_;
        }
        if (says.empty())
            visit.read_request();  // ends when the other side leaves
        else
            visit.send(says);
    }

    std::mutex mutex_;
    bool usual_ = true;
    std::string instead_;
    std::atomic<unsigned> asked_{0};
    Origin origin_;
};

}  // namespace sluice::test
