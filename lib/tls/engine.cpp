#include "tls/engine.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tls/hello.hpp"
#include "tls/kernel.hpp"
#include "tls/parts.hpp"
#include "tls/prepare.hpp"

namespace sluice::tls {

/// What OpenSSL calls.
struct Callbacks {
    static Engine& of(BIO* bio) { return *static_cast<Engine*>(BIO_get_data(bio)); }
    /// nullptr: a connection that is not an engine's.
    static Engine* of(SSL* ssl) {
        BIO* const bio = SSL_get_rbio(ssl);
        return bio && BIO_method_type(bio) == type() ? &of(bio) : nullptr;
    }
    static int type() {
        static const int own = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK;
        return own;
    }

    static int receive(BIO* bio, char* room, int size) {
        BIO_clear_retry_flags(bio);
        const int n = of(bio).receive(room, size);
        if (n < 0 && of(bio).os_error_ == EAGAIN) BIO_set_retry_read(bio);
        return n;
    }
    static int send(BIO* bio, const char* bytes, int size) {
        BIO_clear_retry_flags(bio);
        const int n = of(bio).send(bytes, size);
        if (n < 0 && of(bio).os_error_ == EAGAIN) BIO_set_retry_write(bio);
        return n;
    }
    /// With SSL_OP_ENABLE_KTLS, OpenSSL offers the keys of each direction to whoever is below. Only the names of these two
    /// are its own: <openssl/bio.h> reserves them as BIO_CTRL_SET_KTLS_SEND and BIO_CTRL_SET_KTLS_SEND_CTRL_MSG.
    static constexpr int take_keys = 72, take_record_type = 74;

    static long control(BIO* bio, int command, long number, void* keys) {
        Engine& engine = of(bio);
        switch (command) {
            case BIO_CTRL_FLUSH:
                return 1;
            case BIO_CTRL_EOF:
                return engine.end_ ? 1 : 0;
            case take_keys: {
                const bool sending = number != 0;
                if (sending && engine.unsent_.empty()) engine.encrypts_below_ = engine.transport_.encrypt(kernel_keys(keys));
                return sending && engine.encrypts_below_ ? 1 : 0;
            }
            case BIO_CTRL_GET_KTLS_SEND:
                return engine.encrypts_below_ ? 1 : 0;
            case take_record_type:
                engine.record_type_ = static_cast<unsigned char>(number);
                return 0;
            default:
                return 0;
        }
    }
    static const BIO_METHOD* method() {
        static const BIO_METHOD* const made = [] {
            BIO_METHOD* out = BIO_meth_new(type(), "sluice transport");
            BIO_meth_set_read(out, receive);
            BIO_meth_set_write(out, send);
            BIO_meth_set_ctrl(out, control);
            return out;
        }();
        return made;
    }

    static int choose_site(SSL* ssl, int* alert, void*) {
        Engine* const engine = of(ssl);
        if (!engine || !engine->chooser_) return SSL_CLIENT_HELLO_SUCCESS;
        SSL_CTX* const chosen = engine->chooser_->choose(server_name_of(ssl));
        if (!chosen) {
            engine->refused_name_ = true;
            *alert = SSL_AD_UNRECOGNIZED_NAME;
            return SSL_CLIENT_HELLO_ERROR;
        }
        if (chosen != SSL_get_SSL_CTX(ssl)) use_context(ssl, chosen);
        if (const Parts* parts = parts_of(chosen)) engine->largest_record_ = parts->largest_record;
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    static int certify(SSL* ssl, void*) {
        Engine* const engine = of(ssl);
        if (!engine || !engine->chooser_) return 1;
        engine->agreed_ = std::make_unique<Agreed>(ssl);
        return engine->chooser_->certify(ssl) ? 1 : 0;
    }
    static int keep_session(SSL* ssl, SSL_SESSION* session) {
        Engine* const engine = of(ssl);
        if (!engine || !engine->keeper_) return 0;
        engine->keeper_->keep(session);
        return 1;
    }
};

Engine::Engine(const Setup& setup, Transport& transport)
    : transport_(transport), chooser_(setup.chooser), keeper_(setup.keeper), ssl_(SSL_new(setup.context)), largest_record_(setup.largest_record), takes_early_(setup.early_data) {
    if (!ssl_) return;
    BIO* const bio = BIO_new(Callbacks::method());
    if (!bio) {
        ssl_.reset();
        return;
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    if (setup.server) {
        SSL_set_accept_state(ssl_.get());
        SSL_set_read_ahead(ssl_.get(), 0);  // what comes after the handshake may not be for OpenSSL
        shaking_ = std::make_unique<Shaking>();
        return;
    }
    SSL_set_connect_state(ssl_.get());
    if (setup.server_name) SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(setup.server_name));
    if (setup.session) SSL_set_session(ssl_.get(), setup.session);
}

Engine::~Engine() {
    // A connection that ends abruptly says nothing against its session.
    if (ssl_ && last_.outcome != Outcome::failed) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

const Agreed& Engine::agreed() const {
    static const Agreed nothing;
    if (!agreed_) return nothing;
    if (ssl_ && established_) agreed_->finish(ssl_.get());
    return *agreed_;
}

void Engine::use_ahead(std::size_t size) {
    ahead_used_ += size;
    if (ahead_used_ < ahead_.size()) return;
    ahead_used_ = 0;
    if (shaking_)
        ahead_.clear();
    else
        release(ahead_);
}

/// What receive() of the transport said.
int Engine::receive_ahead() {
    constexpr std::size_t most = 4096;
    ahead_.resize(most);
    const auto n = transport_.receive(ahead_);
    ahead_.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    return static_cast<int>(n);
}

int Engine::receive(char* room, int size) {
    os_error_ = 0;
    const bool reads_ahead = shaking_ && ahead().empty();
    const auto received = reads_ahead ? receive_ahead() : 1;
    if (received > 0 && !ahead().empty()) {
        const auto n = std::min(ahead().size(), static_cast<std::size_t>(size));
        std::memcpy(room, ahead().data(), n);
        use_ahead(n);
        return static_cast<int>(n);
    }
    const auto n = reads_ahead ? received : transport_.receive({room, static_cast<std::size_t>(size)});
    if (n < 0) os_error_ = errno;
    if (n == 0) end_ = true;
    return static_cast<int>(n);
}

int Engine::send(const char* bytes, int size) {
    os_error_ = 0;
    const std::span<const char> all(bytes, static_cast<std::size_t>(size));
    if (encrypts_below_) return send_record(all);
    // Answers to changes of keys: whoever asks for many of them and takes none is not read from any more.
    constexpr std::size_t most_unsent = 256 * 1024;
    if (!gathered_ && unsent_.size() >= most_unsent) {
        os_error_ = EAGAIN;
        return -1;
    }
    if (gathered_ || !unsent_.empty()) {
        (gathered_ ? *gathered_ : unsent_).append(all.data(), all.size());
        return size;
    }
    const auto n = transport_.send(all, more_);
    if (n < 0) os_error_ = errno;
    if (n > 0 && shaking_ && !shaking_->secrets.server.empty()) shaking_->sent.add(all.first(static_cast<std::size_t>(n)));
    return static_cast<int>(n);
}

int Engine::send_record(std::span<const char> content) {
    // What is sent keeps its keys: kernels cannot change them. The other side has asked for others (RFC 8446 4.6.3), and reads
    // on with the old ones as long as it is not told of new ones.
    if (record_type_ == SSL3_RT_HANDSHAKE && content.front() == SSL3_MT_KEY_UPDATE) return static_cast<int>(content.size());
    const auto n = transport_.send_record(record_type_, content);
    if (n < 0) os_error_ = errno;
    return static_cast<int>(n);
}

Step Engine::end_with(Step step) {
    failed_ = step.outcome != Outcome::end;
    last_ = step;
    return step;
}

Step Engine::judge(int code) {
    switch (SSL_get_error(ssl_.get(), code)) {
        case SSL_ERROR_WANT_READ:
            return {Outcome::want_read};
        case SSL_ERROR_WANT_WRITE:
            return {Outcome::want_write};
        case SSL_ERROR_ZERO_RETURN:
            return end_with({Outcome::end});
        case SSL_ERROR_SYSCALL:
            return end_with(os_error_ != 0 ? Step{Outcome::broken, 0, os_error_} : Step{Outcome::cut});
        default:
            break;
    }
    const auto error = ERR_peek_error();
    if (end_ && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return end_with({Outcome::cut});
    }
    refused_certificate_ = ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    char text[256];
    ERR_error_string_n(error, text, sizeof text);
    problem_ = "SSL: ";
    problem_ += text;
    ERR_clear_error();
    return end_with({Outcome::failed});
}

Step Engine::handshake() {
    ERR_clear_error();
    if (takes_early_) return handshake_early();
    int code = 0;
    {
        const Observed observed(shaking_ ? &shaking_->secrets : nullptr);
        code = SSL_do_handshake(ssl_.get());
    }
    return code == 1 ? establish() : judge(code);
}

Step Engine::establish() {
    established_ = true;
    chooser_ = nullptr;
    if (SSL_is_server(ssl_.get())) {
        agreed_ = std::make_unique<Agreed>(ssl_.get());
        settle();
    }
    return {Outcome::done};
}

/// OpenSSL keeps the connection.
void Engine::stop_shaking() {
    shaking_.reset();
    if (ahead().empty()) release(ahead_);
    SSL_set_read_ahead(ssl_.get(), 1);
}

bool Engine::next_takes_long() const {
    if (!ssl_) return false;
    if (!SSL_is_server(ssl_.get())) return SSL_get_state(ssl_.get()) != TLS_ST_BEFORE;
    const bool has_said_all = SSL_get_finished(ssl_.get(), nullptr, 0) > 0;
    return !has_said_all || (SSL_get_verify_mode(ssl_.get()) & SSL_VERIFY_PEER) != 0;
}

bool Engine::has_input() const {
    if (!waiting_.empty()) return true;
    const auto rest = std::span(ahead_).subspan(ahead_used_);
    return records_ ? Records::is_whole(rest) : !rest.empty() || SSL_has_pending(ssl_.get());
}

Step Engine::read(std::span<char> room) {
    if (last_.outcome != Outcome::done) return last_;
    if (records_) {
        if (waiting_.empty()) return read_records(room);
        auto out = take_waiting(room);
        if (out.size < room.size() && has_input()) out.size += read_records(room.subspan(out.size)).size;  // an end is met again
        return out;
    }
    ERR_clear_error();
    Step out{Outcome::done, 0, 0};
    if (!waiting_.empty() || takes_early_) {
        out = read_early(room);
        if (out.outcome != Outcome::done || out.size > 0) return out;
    }
    while (out.size < room.size()) {
        std::size_t n = 0;
        const int code = SSL_read_ex(ssl_.get(), room.data() + out.size, room.size() - out.size, &n);
        if (code != 1) {
            if (out.size > 0 && SSL_get_error(ssl_.get(), code) == SSL_ERROR_WANT_READ) break;
            const auto step = judge(code);
            return out.size > 0 ? out : step;  // an end is met again
        }
        out.size += n;
        if (!SSL_has_pending(ssl_.get()) && ahead().empty() && transport_.is_dry()) break;
    }
    return out;
}

Step Engine::peek() {
    if (last_.outcome != Outcome::done) return last_;
    if (!waiting_.empty()) return {Outcome::done, waiting_.size()};
    char room[4096];
    if (records_) {
        const auto step = read_records(room, true);
        if (step.outcome == Outcome::done) waiting_.insert(0, room, step.size);
        return step;
    }
    ERR_clear_error();
    if (takes_early_) {
        const auto step = read_early(room);
        if (step.outcome == Outcome::done) waiting_.assign(room, step.size);
        if (step.outcome != Outcome::done || step.size > 0) return step;
    }
    char byte;
    std::size_t n = 0;
    const int code = SSL_peek_ex(ssl_.get(), &byte, 1, &n);
    return code == 1 ? Step{Outcome::done, n} : judge(code);
}

void Engine::close_notify() {
    if (!established_ || failed_ || pending_ || !unsent_.empty()) return;
    if (records_) return send_alert(SSL3_AL_WARNING, SSL_AD_CLOSE_NOTIFY);
    ERR_clear_error();
    more_ = false;
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

// Data that comes before the client's last message of the handshake (RFC 8446 2.3).

Step Engine::handshake_early() {
    char room[4096];
    std::size_t n = 0;
    int code = 0;
    {
        const Observed observed(shaking_ ? &shaking_->secrets : nullptr);
        code = SSL_read_early_data(ssl_.get(), room, sizeof room, &n);
    }
    switch (code) {
        case SSL_READ_EARLY_DATA_SUCCESS:
            waiting_.append(room, n);
            stop_shaking();
            return establish();
        case SSL_READ_EARLY_DATA_FINISH:
            takes_early_ = false;
            return handshake();
        default:
            return judge(0);
    }
}

Step Engine::read_early(std::span<char> room) {
    if (!waiting_.empty()) return take_waiting(room);
    std::size_t n = 0;
    switch (SSL_read_early_data(ssl_.get(), room.data(), room.size(), &n)) {
        case SSL_READ_EARLY_DATA_SUCCESS:
            return {Outcome::done, n};
        case SSL_READ_EARLY_DATA_FINISH:
            takes_early_ = false;
            return {Outcome::done, 0};
        default:
            return judge(0);
    }
}

Step Engine::take_waiting(std::span<char> room) {
    const auto n = std::min(room.size(), waiting_.size());
    std::memcpy(room.data(), waiting_.data(), n);
    waiting_.erase(0, n);
    if (waiting_.empty()) release(waiting_);
    return {Outcome::done, n};
}

namespace {
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1\x08http/1.0\x08http/0.9";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}
int acknowledge_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }
}  // namespace

void prepare_server(SSL_CTX* context) {
    SSL_CTX_set_client_hello_cb(context, Callbacks::choose_site, nullptr);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(acknowledge_name));
}

void certify_by_chooser(SSL_CTX* context) { SSL_CTX_set_cert_cb(context, Callbacks::certify, nullptr); }

void prepare_client(SSL_CTX* context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, Callbacks::keep_session);
}

}  // namespace sluice::tls
