// Bytes of RFCs, as they are printed there.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice::test {

inline std::string unhex(std::string_view text) {
    std::string out, digits;
    for (const char c : text)
        if (c != ' ') digits += c;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) out += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return out;
}

inline std::span<const unsigned char> bytes_of(std::string_view text) { return {reinterpret_cast<const unsigned char*>(text.data()), text.size()}; }

/// Traffic secrets of RFC 8448 3.
inline const std::string client_secret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
inline const std::string server_secret = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";

}  // namespace sluice::test
