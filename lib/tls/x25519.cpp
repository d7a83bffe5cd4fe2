#include "tls/x25519.hpp"

#include <gmp.h>
#include <sodium.h>

namespace sluice::tls {

namespace {

bool is_ready() {
    static const bool ready = sodium_init() >= 0;
    return ready;
}

/// A number that is nobody's secret.
class Public {
  public:
    Public() { mpz_init2(value_, 512); }
    ~Public() { mpz_clear(value_); }
    Public(const Public&) = delete;
    Public& operator=(const Public&) = delete;
    operator mpz_ptr() { return value_; }

  private:
    mpz_t value_;
};

/// 2^255 - 19
struct Prime : Public {
    Prime() {
        mpz_ui_pow_ui(*this, 2, 255);
        mpz_sub_ui(*this, *this, 19);
    }
};

/// The u of Curve25519 from the y of Edwards25519 (RFC 7748 4.1): (1 + y) / (1 - y). Each says what the other does, and is
/// sent to everybody: how long it takes need not be hidden.
bool to_montgomery(const X25519Bytes& edwards, X25519Bytes& out) {
    thread_local Prime p;
    thread_local Public y, above, below;
    X25519Bytes bytes = edwards;
    bytes[31] &= 0x7f;  // the sign of x
    mpz_import(y, bytes.size(), -1, 1, 0, 0, bytes.data());
    mpz_add_ui(above, y, 1);
    mpz_ui_sub(below, 1, y);
    if (mpz_invert(below, below, p) == 0) return false;
    mpz_mul(above, above, below);
    mpz_mod(above, above, p);
    out.fill(0);
    mpz_export(out.data(), nullptr, -1, 1, 0, 0, above);
    return true;
}

}  // namespace

void x25519_clamp(X25519Bytes& secret) {
    secret[0] &= 248;
    secret[31] = static_cast<unsigned char>((secret[31] & 127) | 64);
}

/// Edwards25519 has a table of its base point's multiples: less than half the work of a ladder, in constant time.
bool x25519_public(const X25519Bytes& secret, X25519Bytes& out) {
    X25519Bytes scalar = secret, point;
    x25519_clamp(scalar);
    const bool good = is_ready() && crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data()) == 0 && to_montgomery(point, out);
    sodium_memzero(scalar.data(), scalar.size());
    sodium_memzero(point.data(), point.size());
    return good;
}

}  // namespace sluice::tls
