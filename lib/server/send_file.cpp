#include "server/send_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "http/conditional.hpp"
#include "http/date.hpp"
#include "http/multipart.hpp"
#include "proxy/finish.hpp"
#include "route/file_path.hpp"
#include "route/find_file.hpp"

namespace sluice::server {

using exchange::Answer;
using exchange::FilePart;
using http::ByteRanges;
using http::Field;
using http::FieldId;
using http::Fields;
using net::Task;
using route::Decision;

namespace {

constexpr std::uint64_t small_file = 16 * 1024;  // bytes: cheaper read and sent with the head than by a call of its own

void tell(proxy::Serving& q, const route::FileAnswer& answer) {
    if (!answer.log.empty() && proxy::logs_level(q, answer.level)) proxy::log_error(q, answer.level, answer.log);
}

Decision refuse(const proxy::Serving& q, int status) {
    return {Decision::Kind::refuse, status, {}, "", q.scope.route->where};
}

/// nginx's: time and size in hexadecimal.
std::string_view make_etag(route::Scope& scope, const files::Info& info) {
    char text[2 + 1 + 2 * 16];
    char* at = text;
    *at++ = '"';
    at = std::to_chars(at, text + sizeof text, static_cast<std::uint64_t>(info.modified), 16).ptr;
    *at++ = '-';
    at = std::to_chars(at, text + sizeof text, info.size, 16).ptr;
    *at++ = '"';
    return scope.arena.keep({text, static_cast<std::size_t>(at - text)});
}

/// What the fields say after add_header may have changed them.
http::Validators read_validators(const Fields& fields) {
    http::Validators out;
    for (const Field& f : fields) {
        if (core::iequals(f.name, "last-modified")) out.modified = http::parse_date(f.value);
        if (core::iequals(f.name, "etag")) out.etag = f.value;
    }
    return out;
}

class FileSender {
  public:
    FileSender(proxy::Serving& q, const files::Found& file, std::string_view& content_range)
        : q_(q),
          file_(file),
          content_range_(content_range),
          size_(file.info().size),
          conditions_(http::read_conditions(q.x.head.fields)) {}

    Task<std::optional<Decision>> run() {
        const auto& files = q_.settings().files;
        const auto modified = file_.info().modified;
        const bool plain = q_.scope.error_status == 0 || q_.scope.error_status == 200;
        http::Validators validators{modified, files.etag ? make_etag(q_.scope, file_.info()) : std::string_view{}};
        const auto verdict = plain && conditions_.any() ? http::judge(conditions_, validators, files.modified_since)
                                                        : http::Verdict::send;
        if (verdict == http::Verdict::failed) co_return refuse(q_, 412);
        type_ = route::content_type(q_.scope);
        if (verdict == http::Verdict::send && !type_.empty())
            fields_.push_back({"Content-Type", type_, FieldId::content_type});
        const auto date = http::format_date(modified);
        if (plain) fields_.push_back({"Last-Modified", {date.data(), date.size()}});  // an error page has none
        if (!validators.etag.empty()) fields_.push_back({"ETag", validators.etag});
        if (!content_range_.empty()) fields_.push_back({"Content-Range", content_range_});  // this is the page of a 416
        take_request_body();
        if (verdict == http::Verdict::not_modified) co_return co_await send_not_modified(modified);
        Answer answer{200, {}, &fields_, http::BodyKind::length, size_, true};
        proxy::finish_answer(q_.scope, answer, modified);
        if (answer.status == 200 && files.max_ranges > 0 && choose_ranges(answer)) co_return refuse(q_, 416);
        const bool sent = q_.x.head.method == http::Method::head
                              ? (co_await q_.x.requester->send_head(answer, {}, true)).has_value()
                              : co_await send(answer);
        if (sent) co_return std::nullopt;
        if (!q_.x.answered) co_return refuse(q_, 500);
        q_.x.requester->cut();
        co_return std::nullopt;
    }

  private:
    /// One that nobody reads is no reason to close, if it has come along with the head.
    void take_request_body() {
        auto& requester = *q_.x.requester;
        if (!requester.body_done() && !q_.x.body_is_taken) [[maybe_unused]]
            auto unread = requester.buffered_body();
    }

    Task<std::optional<Decision>> send_not_modified(std::int64_t modified) {
        q_.scope.error_status = 0;
        Answer answer{304, {}, &fields_, http::BodyKind::none, 0, false};
        proxy::finish_answer(q_.scope, answer, modified);
        if (!co_await q_.x.requester->send_head(answer, {}, true)) q_.x.requester->cut();
        co_return std::nullopt;
    }

    /// True: none of what is asked for is there.
    bool choose_ranges(Answer& answer) {
        auto outcome = http::RangeOutcome::whole;
        if (conditions_.range && http::range_applies(conditions_, read_validators(fields_)))
            outcome = http::parse_ranges(*conditions_.range, size_, q_.settings().files.max_ranges, ranges_);
        auto& arena = q_.scope.arena;
        switch (outcome) {
            case http::RangeOutcome::whole:
                ranges_.clear();
                fields_.push_back({"Accept-Ranges", "bytes"});
                return false;
            case http::RangeOutcome::unsatisfiable:
                content_range_ = arena.keep("bytes */" + std::to_string(size_));
                return true;
            case http::RangeOutcome::some:
                break;
        }
        answer.status = 206;
        if (ranges_.size() == 1) {
            answer.length = ranges_[0].size();
            fields_.push_back({"Content-Range", arena.keep(http::content_range(ranges_[0], size_))});
            return false;
        }
        multipart_.emplace(type_, size_, q_.s.rng.next());
        answer.length = multipart_->size(ranges_);
        const auto type = arena.keep(multipart_->content_type());
        const auto known =
            std::find_if(fields_.begin(), fields_.end(), [](const Field& f) { return f.id == FieldId::content_type; });
        if (known != fields_.end())
            known->value = type;
        else
            fields_.push_back({"Content-Type", type, FieldId::content_type});
        return false;
    }

    FilePart part(const http::ByteRange& range) const {
        const auto& files = q_.settings().files;
        return {file_.descriptor(), range.begin, range.size(), files.direct, files.max_chunk};
    }

    /// False: it ended early, which has been told.
    Task<bool> send(Answer& answer) {
        const http::ByteRange whole = ranges_.empty() ? http::ByteRange{0, size_} : ranges_[0];
        if (!multipart_ && whole.size() <= small_file) co_return co_await send_small(answer, whole);
        answer.file_follows = !multipart_;
        if (auto sent = co_await q_.x.requester->send_head(answer, {}, false); !sent) co_return fail(sent.error());
        if (multipart_) co_return co_await send_parts();
        if (auto sent = co_await q_.x.requester->send_file(part(whole), true); !sent) co_return fail(sent.error());
        co_return true;
    }

    Task<bool> send_small(Answer& answer, const http::ByteRange& range) {
        auto buffer = range.size() <= core::BufferPool::small ? q_.s.loop.buffers().lend_small()
                                                              : q_.s.loop.buffers().lend_large();
        std::size_t have = 0;
        while (have < range.size()) {
            const auto n = ::pread(file_.descriptor(), buffer.data() + have, range.size() - have,
                                   static_cast<off_t>(range.begin + have));
            if (n <= 0)
                co_return fail({n < 0 ? core::Code::system : core::Code::end_of_stream, core::Side::self,
                                core::Stage::response_body, n < 0 ? errno : 0});
            have += static_cast<std::size_t>(n);
        }
        auto sent = co_await q_.x.requester->send_head(answer, {buffer.data(), have}, true);
        co_return sent ? true : fail(sent.error());
    }

    Task<bool> send_parts() {
        for (const auto& range : ranges_) {
            const auto head = multipart_->head(range);
            if (auto sent = co_await q_.x.requester->send_body(head, false, nullptr); !sent)
                co_return fail(sent.error());
            if (auto sent = co_await q_.x.requester->send_file(part(range), false); !sent) co_return fail(sent.error());
        }
        const auto end = multipart_->end();
        auto sent = co_await q_.x.requester->send_body(end, true, nullptr);
        co_return sent ? true : fail(sent.error());
    }

    bool fail(const core::Failure& failure) {
        auto& record = q_.x.record;
        record.reason = exchange::reason_of(failure);
        const auto& why = row(record.reason);
        if (!proxy::logs_level(q_, why.level)) return false;
        std::string text(why.words);
        if (failure.side == core::Side::self && failure.code == core::Code::end_of_stream)
            text = "the file became shorter while it was sent";
        else if (failure.os_error)
            (text += ": ") += std::strerror(failure.os_error);
        proxy::log_error(q_, why.level, text);
        return false;
    }

    proxy::Serving& q_;
    const files::Found& file_;
    std::string_view& content_range_;
    std::uint64_t size_;
    http::Conditions conditions_;
    std::string_view type_;
    Fields fields_;
    ByteRanges ranges_;
    std::optional<http::Multipart> multipart_;
};

}  // namespace

std::optional<Decision> try_files(proxy::Serving& q) {
    route::FileAnswer told;
    auto decision = route::try_files(q.scope, told);
    tell(q, told);
    return decision;
}

Task<std::optional<Decision>> send_file(proxy::Serving& q, std::string_view& content_range) {
    const auto found = route::find_file(q.scope);
    tell(q, found);
    if (found.decision) co_return found.decision;
    FileSender sender(q, found.file, content_range);
    co_return co_await sender.run();
}

}  // namespace sluice::server
