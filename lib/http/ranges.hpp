// Range: bytes=… (RFC 9110 14), as nginx reads it.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// Bytes of a content, from 0; `end` is behind the last.
struct ByteRange {
    std::uint64_t begin = 0, end = 0;

    std::uint64_t size() const { return end - begin; }
    bool operator==(const ByteRange&) const = default;
};
using ByteRanges = boost::container::small_vector<ByteRange, 4>;

enum class RangeOutcome : std::uint8_t {
    whole,          // no ranges are asked for, or they are more than the whole: 200
    some,           // 206
    unsatisfiable,  // nothing of what is asked for is there, or it is malformed: 416
};

/// `value`: of the field. `length`: of the content, at most INT64_MAX. More than `most` ranges, or more bytes than there
/// are, get the whole. `out` is filled in for `some`.
RangeOutcome parse_ranges(std::string_view value, std::uint64_t length, std::uint32_t most, ByteRanges& out);

}  // namespace sluice::http
