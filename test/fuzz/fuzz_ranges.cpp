// Range, the conditional fields and dates. Laws: a range lies within the content and has bytes; what is sent is never
// more than the content; a date that was read is written and read as the same second; a verdict does not depend on
// fields that are not there.
#include <cstdint>
#include <string>

#include "http/conditional.hpp"
#include "http/date.hpp"
#include "http/ranges.hpp"
#include "laws.hpp"

namespace {

using namespace sluice::http;
using sluice::fuzz::require;

void check_ranges(const std::string& value, std::uint64_t length, std::uint32_t most) {
    ByteRanges ranges;
    const auto outcome = parse_ranges(value, length, most, ranges);
    if (outcome != RangeOutcome::some) return;
    require(!ranges.empty() && ranges.size() <= most, "as many ranges as may be");
    std::uint64_t total = 0;
    for (const auto& range : ranges) {
        require(range.begin < range.end && range.end <= length, "a range lies within the content");
        total += range.size();
        require(total <= length, "no more than the whole");
    }
}

void check_date(const std::string& text) {
    const auto date = parse_date(text);
    if (!date) return;
    const auto written = format_date(*date);
    require(parse_date({written.data(), written.size()}) == date, "the same second again");
}

void check_conditions(const std::string& text) {
    const auto split = text.find('\n');
    const std::string one = text.substr(0, split), other = split == text.npos ? "" : text.substr(split + 1);
    const Validators content{784111777, "\"a-1\""};
    const Fields fields{{"If-None-Match", one, FieldId::if_none_match}, {"If-Modified-Since", other, FieldId::if_modified_since}};
    for (const auto rule : {ModifiedSince::off, ModifiedSince::exact, ModifiedSince::before}) {
        require(judge(read_conditions(fields), content, rule) != Verdict::failed,
                "412 comes of If-Match and If-Unmodified-Since only");
        const Fields strict{{"If-Match", one, FieldId::if_match}, {"If-Unmodified-Since", other, FieldId::if_unmodified_since}};
        require(judge(read_conditions(strict), content, rule) != Verdict::not_modified,
                "304 comes of the other two only");
    }
    if (range_applies(read_conditions({{"If-Range", one, FieldId::if_range}}), content))
        require(one == content.etag || parse_date(one) == content.modified, "this very content");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const std::uint64_t length : {0ull, 1ull, 10ull, 1ull << 40, 0x7fffffffffffffffull})
        for (const std::uint32_t most : {0u, 1u, 3u, 0xffffffffu})
            check_ranges(text, length, most), check_ranges("bytes=" + text, length, most);
    check_date(text);
    check_conditions(text);
    return 0;
}
