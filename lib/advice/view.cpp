#include "advice/view.hpp"

#include <algorithm>

#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::Directive;
namespace in = config::in;

/// What the block of a directive is; for one that is misplaced, what it is elsewhere.
config::Contexts opened_by(const Directive& directive, config::Contexts context) {
    const config::Row* row = config::find_row(directive.name.value, context);
    if (!row || !row->block()) {
        const auto rows = config::find_rows(directive.name.value);
        const auto block = std::ranges::find_if(rows, &config::Row::block);
        row = block == rows.end() ? nullptr : *block;
    }
    if (!row) return in::opaque;
    if (row->opens != (in::server_if | in::location_if)) return row->opens;
    return context & (in::location | in::location_if) ? in::location_if : in::server_if;
}

void build(Level& level) {
    for (const Directive& directive : *level.directives) {
        if (!directive.block) continue;
        const config::Contexts context = opened_by(directive, level.context);
        Level& inner = level.inner.emplace_back();
        inner.block = &directive;
        inner.context = context;
        inner.outer = &level;
        inner.directives = &directive.block->children;
        if (!(context & (in::entries | in::opaque))) build(inner);
    }
}

void collect(const Level& level, config::Contexts contexts, std::vector<const Level*>& out) {
    if (level.context & contexts) out.push_back(&level);
    for (const Level& inner : level.inner) collect(inner, contexts, out);
}

}  // namespace

View::View(const config::Conf& conf, std::string prefix, const FileModes& modes)
    : conf_(conf), prefix_(std::move(prefix)), modes_(modes) {
    top_.directives = &conf.directives;
    build(top_);
}

std::vector<const Level*> View::levels(config::Contexts contexts) const {
    std::vector<const Level*> out;
    collect(top_, contexts, out);
    return out;
}

std::string View::line_of(config::Span span) const {
    return config::concat({sources()[span.source].path, ":", std::to_string(sources().position(span).line)});
}

std::vector<const Directive*> own(const Level& level, std::string_view name) {
    std::vector<const Directive*> out;
    for (const Directive& directive : *level.directives)
        if (directive.name.value == name) out.push_back(&directive);
    return out;
}

const Directive* first_own(const Level& level, std::string_view name) {
    const auto found =
        std::ranges::find_if(*level.directives, [name](const Directive& d) { return d.name.value == name; });
    return found == level.directives->end() ? nullptr : &*found;
}

const Level* nearest_with(const Level* level, std::string_view name) {
    while (level && !first_own(*level, name)) level = level->outer;
    return level;
}

std::string_view setting(const Level& level, std::string_view name, std::string_view standard) {
    const Level* holder = nearest_with(&level, name);
    if (!holder) return standard;
    const Directive* directive = first_own(*holder, name);
    return directive->args.empty() ? standard : std::string_view(directive->args[0].value);
}

bool holds(const Level& level, std::string_view name) {
    return first_own(level, name) ||
           std::ranges::any_of(level.inner, [name](const Level& inner) { return holds(inner, name); });
}

std::string title(const Level& level) {
    if (!level.block) return "the file";
    std::string out = level.block->name.value;
    for (const config::Word& arg : level.block->args) out += ' ' + arg.value;
    return out;
}

void each_directive(const Level& level, const Visit& visit) {
    auto inner = level.inner.begin();
    for (const Directive& directive : *level.directives) {
        visit(directive, level);
        if (directive.block && inner != level.inner.end()) each_directive(*inner++, visit);
    }
}

}  // namespace sluice::advice
