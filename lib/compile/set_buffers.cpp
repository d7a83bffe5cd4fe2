// Buffers for bodies in both directions, and folders for what does not fit into them.
#include <algorithm>

#include "compile/values.hpp"

namespace sluice::compile {

namespace {

using route::AnswerBuffers;
using route::BodyBuffers;
using route::BodyInFile;
using route::ClientSettings;
using route::ProxySettings;
using route::Settings;
using route::TempFolder;

std::uint64_t size_of(const Word& word) { return static_cast<std::uint64_t>(config::parse_size(word.value).value); }

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

std::shared_ptr<const TempFolder> read_folder(Level& level, const Directive& d) {
    auto folder = std::make_shared<TempFolder>();
    folder->path = without_slash(level.c.path(d.args[0].value));
    folder->where = d.span;
    for (std::size_t i = 1; i < d.args.size() && i <= folder->levels.size(); ++i)
        folder->levels[i - 1] = core::parse_number<std::uint8_t>(d.args[i].value).value_or(1);
    return folder;
}

std::shared_ptr<const TempFolder> usual_folder(const Compiler& c, std::string_view name) {
    auto folder = std::make_shared<TempFolder>();
    folder->path = c.path(name);
    return folder;
}

template <auto Member>
void set_body(Level& level, const Directive& d) {
    read(level.c, d.args[0], level.settings.client.body.*Member);
}

template <auto Member>
void set_answer(Level& level, const Directive& d) {
    auto& buffers = level.settings.proxy.buffers;
    buffers.*Member = size_of(d.args[0]);
    buffers.where = d.span;
}

void set_buffers(Level& level, const Directive& d) {
    auto& buffers = level.settings.proxy.buffers;
    buffers.number = core::parse_number<std::uint32_t>(d.args[0].value).value_or(8);
    buffers.size = size_of(d.args[1]);
    buffers.where = d.span;
    if (buffers.number < 2) level.c.error(d.span, "there must be at least 2 \"proxy_buffers\"", "as in proxy_buffers 8 4k;");
}

void set_buffering(Level& level, const Directive& d) { read(level.c, d.args[0], level.settings.proxy.buffers.on); }

void set_in_file(Level& level, const Directive& d) {
    const auto& word = d.args[0].value;
    level.settings.client.body.in_file = word == "on" ? BodyInFile::on : word == "clean" ? BodyInFile::clean : BodyInFile::off;
}

constexpr Setter table[] = {
    {"proxy_request_buffering", set_body<&BodyBuffers::whole_first>},
    {"client_body_buffer_size", set_body<&BodyBuffers::memory>},
    {"client_body_in_file_only", set_in_file},
    {"client_body_temp_path", [](Level& level, const Directive& d) { level.settings.client.body.folder = read_folder(level, d); }},
    {"proxy_buffering", set_buffering},
    {"proxy_buffer_size", set_answer<&AnswerBuffers::head>},
    {"proxy_buffers", set_buffers},
    {"proxy_busy_buffers_size", set_answer<&AnswerBuffers::busy>},
    {"proxy_max_temp_file_size", set_answer<&AnswerBuffers::file_most>},
    {"proxy_temp_file_write_size", set_answer<&AnswerBuffers::file_write>},
    {"proxy_temp_path", [](Level& level, const Directive& d) { level.settings.proxy.buffers.folder = read_folder(level, d); }},
};

std::string told(std::uint64_t bytes) { return bytes % 1024 == 0 ? std::to_string(bytes / 1024) + 'k' : std::to_string(bytes); }

}  // namespace

namespace tables {
std::span<const Setter> buffers() { return table; }
}  // namespace tables

void set_usual_folders(const Compiler& c, Settings& settings) {
    settings.client.body.folder = usual_folder(c, "client_body_temp");
    settings.proxy.buffers.folder = usual_folder(c, "proxy_temp");
}

/// nginx's rules, which it applies where settings come together: in sites and locations.
void Compiler::check_buffers(const Settings& settings) {
    const auto& b = settings.proxy.buffers;
    if (!b.where.known() || b.number < 2 || !checked_buffers_.insert({b.where.source, b.where.offset}).second) return;
    const auto largest = b.largest();
    const std::string of_one = " (" + told(largest) + ": the larger one of \"proxy_buffer_size\" and one of the \"proxy_buffers\")";
    const auto busy = b.busy_most();
    const auto all_but_one = (b.number - 1) * b.size;
    if (busy < largest)
        error(b.where, "\"proxy_busy_buffers_size\" is " + told(busy) + " and must be at least one buffer" + of_one, "leave it out, and it is two of them");
    else if (busy > all_but_one)
        error(b.where,
              "\"proxy_busy_buffers_size\" is " + told(busy) + (b.busy ? "" : ", as nothing else is said,") +
                  " and must be less than the size of all \"proxy_buffers\" minus one buffer (" + told(all_but_one) + ")",
              "more or larger buffers, as in proxy_buffers " + std::to_string(std::max<std::uint64_t>(b.number, 4)) + ' ' + told(largest) + ";");
    if (b.file_write && b.file_write < largest)
        error(b.where, "\"proxy_temp_file_write_size\" is " + told(b.file_write) + " and must be at least one buffer" + of_one);
    if (b.file_most && b.file_most < largest)
        error(b.where, "\"proxy_max_temp_file_size\" is " + told(b.file_most) + " and must be at least one buffer" + of_one,
              "0 writes no temporary files");
}

namespace {
void add_folder(std::vector<TempFolder>& folders, const std::shared_ptr<const TempFolder>& folder) {
    if (folder && std::ranges::none_of(folders, [&](const TempFolder& known) { return known.path == folder->path; })) folders.push_back(*folder);
}
}  // namespace

void collect_temp_folders(route::Snapshot& snapshot) {
    const auto add = [&](const route::Route& route) {
        if (!std::holds_alternative<route::ProxyPass>(route.content)) return;
        const auto& proxy = route.settings.proxy;
        const auto& buffers = proxy.buffers;
        const bool may_buffer = buffers.on || !(proxy.ignored_fields & route::ignored::accel_buffering);
        if (route.settings.client.body.whole_first) add_folder(snapshot.temp_folders, route.settings.client.body.folder);
        if (buffers.file_most && may_buffer) add_folder(snapshot.temp_folders, buffers.folder);
    };
    for (const auto& site : snapshot.sites) {
        add(site.root);
        std::ranges::for_each(site.routes, add);
        std::ranges::for_each(site.others, add);
    }
}

}  // namespace sluice::compile
