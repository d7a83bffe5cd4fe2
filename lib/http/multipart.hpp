// Bodies of several ranges: multipart/byteranges (RFC 9110 14.6).
#pragma once

#include <string>

#include "http/ranges.hpp"

namespace sluice::http {

/// "bytes 0-9/100": of the field Content-Range.
std::string content_range(const ByteRange& range, std::uint64_t length);

/// What goes between the ranges of a content of `length` bytes.
class Multipart {
  public:
    /// `type`: of the content, must outlive it; "": none is told. `number`: makes the boundary, of 20 digits as in
    /// nginx.
    Multipart(std::string_view type, std::uint64_t length, std::uint64_t number);

    std::string content_type() const { return "multipart/byteranges; boundary=" + boundary_; }
    std::string head(const ByteRange& range) const;
    std::string end() const { return "\r\n--" + boundary_ + "--\r\n"; }
    /// Bytes of the whole body.
    std::uint64_t size(const ByteRanges& ranges) const;

  private:
    std::string_view type_;
    std::uint64_t length_;
    std::string boundary_;
};

}  // namespace sluice::http
