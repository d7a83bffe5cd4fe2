#include "config/checker.hpp"

#include <algorithm>
#include <set>

#include "config/check_parts.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

class Checker {
  public:
    explicit Checker(Conf& conf) : conf_(conf), has_http_(has(conf.directives, "http")) {}

    void run() {
        level(conf_.directives, in::main);
        if (has_http_ && !has(conf_.directives, "events")) report_no_events();
    }

  private:
    static bool has(const std::vector<Directive>& directives, std::string_view name) {
        return std::ranges::any_of(directives, [name](const Directive& d) { return d.name.value == name; });
    }

    void level(const std::vector<Directive>& siblings, Contexts context);
    void one(const Directive& directive, Contexts context, const Directive* before);
    void entries(const std::vector<Directive>& list, const Row& row);
    void inside(const Directive& directive, const Row& row, Contexts context);
    void report_support(const Directive& directive, const Row& row);
    void report_no_events();
    const Row* nearest_block(std::string_view name) const;

    Conf& conf_;
    bool has_http_;
    std::set<std::string_view> later_;  // what was already said to come later
};

void Checker::level(const std::vector<Directive>& siblings, Contexts context) {
    const Directive* block = nullptr;
    for (const Directive& directive : siblings) {
        one(directive, context, block);
        if (directive.block) block = &directive;
    }
    check_repeats(siblings, context, conf_.diagnostics);
    if (context == in::http) check_listeners(siblings, conf_.diagnostics);
}

/// What an unknown block was most likely meant to be: its inside is read as that one's.
const Row* Checker::nearest_block(std::string_view name) const {
    const std::vector<std::string_view> names = names_in(in::any);
    const auto rows = find_rows(core::nearest(name, names.data(), names.data() + names.size()));
    const auto row = std::ranges::find_if(rows, &Row::block);
    return row == rows.end() ? nullptr : *row;
}

void Checker::one(const Directive& directive, Contexts context, const Directive* before) {
    if (directive.name.value.empty() && directive.name.span.length == 0) {  // a block without a name: reported before
        const Contexts meant = context == in::main ? in::http : context == in::http ? in::server : in::location;
        if (directive.block) level(directive.block->children, meant);
        return;
    }
    const auto rows = find_rows(directive.name.value);
    if (rows.empty()) {
        report_unknown(directive, context, conf_.diagnostics);
        const Row* meant = directive.block && !conf_.diagnostics.full() ? nearest_block(directive.name.value) : nullptr;
        if (meant) inside(directive, *meant, context);
        return;
    }
    const Row* row = find_row(directive.name.value, context);
    if (!row) {
        report_misplaced(directive, context, before, has_http_, conf_.diagnostics);
        const auto block = std::ranges::find_if(rows, &Row::block);
        if (directive.block && block != rows.end()) inside(directive, **block, context);
        return;
    }
    check_shape(directive, *row, conf_.diagnostics);
    if (!(context & in::of_stream)) check_special(directive, conf_.diagnostics);
    report_support(directive, *row);
    if (directive.block && row->block()) inside(directive, *row, context);
}

void Checker::inside(const Directive& directive, const Row& row, Contexts context) {
    if (row.opens & in::opaque) return;
    if (row.opens & in::entries) return entries(directive.block->children, row);
    Contexts opened = row.opens;
    // "if" is the one block that is two: what may stand in it depends on what it stands in.
    if (opened == (in::server_if | in::location_if))
        opened = context & (in::location | in::location_if) ? in::location_if : in::server_if;
    level(directive.block->children, opened);
}

void Checker::entries(const std::vector<Directive>& list, const Row& row) {
    for (const Directive& entry : list) {
        if (row.name == "map" && !entry.block && entry.args.size() > 1)
            conf_.diagnostics.error(
                "entry", join(entry.args[1].span, entry.args.back().span),
                concat({"an entry of \"map\" has one value, not ", std::to_string(entry.args.size())}),
                "put quotes around a value with spaces");
        if (entry.block)
            conf_.diagnostics.error("entry", entry.name.span, concat({in_quotes(row.name), " holds entries, not blocks"}),
                                    concat({"each is one line with \";\" at its end; if ", in_quotes(entry.name.value),
                                            " is a directive, a \"}\" is missing before it"}));
    }
}

void Checker::report_support(const Directive& directive, const Row& row) {
    const std::string name = in_quotes(row.name);
    if (support_of(row, directive) == Support::later && later_.insert(row.name).second)
        conf_.diagnostics.warning("later", directive.name.span,
                                  concat({name, " is known, but not there yet: it comes in a later version"}));
    if (row.support == Support::never)
        conf_.diagnostics.error("never", directive.name.span, concat({name, " is not supported"}),
                                std::string(row.reason));
}

void Checker::report_no_events() {
    const auto http = std::ranges::find_if(conf_.directives, [](const Directive& d) { return d.name.value == "http"; });
    conf_.diagnostics.warning("no-events", http->name.span, "there is no \"events\" block in this conf",
                              "sluice does without, nginx does not; for both, put \"events {}\" before \"http\"");
}

}  // namespace

void check(Conf& conf) {
    Checker(conf).run();
    conf.diagnostics.arrange(conf.sources);
}

}  // namespace sluice::config
