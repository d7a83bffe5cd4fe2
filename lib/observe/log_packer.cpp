#include "observe/log_packer.hpp"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace sluice::observe {

std::string gzip_member(std::string_view bytes, int level) {
    z_stream stream{};
    constexpr int gzip_window = 15 + 16, usual_memory = 8;
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, usual_memory, Z_DEFAULT_STRATEGY) != Z_OK) return "";
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(done ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

void LogPacker::add(std::string_view bytes, core::Instant now) {
    if (gathered_.empty() && options_.flush.count() > 0) flush_at_ = now + options_.flush;
    gathered_ += bytes;
}

std::string_view LogPacker::ready(core::Instant now) {
    if (!ready_.empty()) return ready_;
    const auto end = gathered_.rfind('\n');
    if (end == gathered_.npos) return {};
    const std::string rest = gathered_.substr(end + 1);
    gathered_.resize(end + 1);
    lines_ = static_cast<std::uint64_t>(std::count(gathered_.begin(), gathered_.end(), '\n'));
    ready_ = options_.gzip ? gzip_member(gathered_, options_.gzip) : std::exchange(gathered_, {});
    if (ready_.empty()) ready_ = std::exchange(gathered_, {});  // better plain than not at all
    gathered_ = rest;
    flush_at_ = gathered_.empty() || options_.flush.count() == 0 ? core::never : now + options_.flush;
    return ready_;
}

void LogPacker::taken(std::size_t size) { ready_.erase(0, size); }

std::uint64_t LogPacker::give_up() {
    ready_.clear();
    return std::exchange(lines_, 0);
}

}  // namespace sluice::observe
