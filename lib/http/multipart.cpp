#include "http/multipart.hpp"

namespace sluice::http {

namespace {
constexpr std::size_t boundary_size = 20;
constexpr std::uint64_t nineteen_digits = 10'000'000'000'000'000'000u;
}  // namespace

std::string content_range(const ByteRange& range, std::uint64_t length) {
    return "bytes " + std::to_string(range.begin) + '-' + std::to_string(range.end - 1) + '/' + std::to_string(length);
}

Multipart::Multipart(std::string_view type, std::uint64_t length, std::uint64_t number) : type_(type), length_(length) {
    const auto digits = std::to_string(number % nineteen_digits);
    boundary_.assign(boundary_size - digits.size(), '0').append(digits);
}

std::string Multipart::head(const ByteRange& range) const {
    std::string out = "\r\n--" + boundary_ + "\r\n";
    if (!type_.empty()) ((out += "Content-Type: ") += type_) += "\r\n";
    return out += "Content-Range: " + content_range(range, length_) + "\r\n\r\n";
}

std::uint64_t Multipart::size(const ByteRanges& ranges) const {
    std::uint64_t out = end().size();
    for (const auto& range : ranges) out += head(range).size() + range.size();
    return out;
}

}  // namespace sluice::http
