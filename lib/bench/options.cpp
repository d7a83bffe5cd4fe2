#include "bench/options.hpp"

#include <algorithm>

#include "bench/option_flags.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

bool belongs(const Flag& flag, Command command) {
    return flag.goes == Goes::both || (flag.goes == Goes::conf) == (command == Command::conf);
}

std::string shown(const Flag& flag) { return concat({"--", flag.name}); }

std::string unknown_flag(std::string_view word, Command command) {
    const auto given = word.substr(0, word.find('='));
    const auto name = given.substr(std::min(given.find_first_not_of('-'), given.size()));
    std::vector<std::string_view> names;
    for (const Flag& flag : flags())
        if (belongs(flag, command)) names.push_back(flag.name);
    std::string_view meant = name.size() > 1 ? core::nearest(name, names.data(), names.data() + names.size()) : "";
    for (const OtherName& other : other_names())
        if (other.name == name) meant = other.ours;
    if (!meant.empty()) return concat({in_quotes(given), ": no such flag; did you mean --", meant, "?"});
    return concat({in_quotes(given), ": no such flag; --help shows all"});
}

struct Found {
    const Flag* flag = nullptr;
    std::optional<std::string_view> value;  // in the same word
};

/// "--name", "--name=value", "-n", "-n5"
Found find_flag(std::string_view word, Command command) {
    const auto row = [&](auto matches) -> const Flag* {
        for (const Flag& flag : flags())
            if (belongs(flag, command) && matches(flag)) return &flag;
        return nullptr;
    };
    if (word.starts_with("--")) {
        const auto equals = word.find('=');
        const auto name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
        const Flag* flag = row([&](const Flag& f) { return f.name == name; });
        return {flag, equals == word.npos ? std::nullopt : std::optional(word.substr(equals + 1))};
    }
    const Flag* flag = row([&](const Flag& f) { return f.letter != 0 && f.letter == word[1]; });
    return {flag, word.size() == 2 ? std::nullopt : std::optional(word.substr(2))};
}

class Parser {
  public:
    Parser(std::span<const std::string> args, Command command) : args_(args), command_(command) {}

    ParsedOptions run() {
        for (std::size_t i = 0; i < args_.size() && out_.message.empty(); ++i) out_.message = take(i);
        if (out_.message.empty() && !out_.options.help) out_.message = check_together();
        return std::move(out_);
    }

  private:
    std::string take(std::size_t& i) {
        const std::string_view word = args_[i];
        if (word.size() < 2 || word.front() != '-') return take_url(word);
        const Found found = find_flag(word, command_);
        if (!found.flag) return unknown_flag(word, command_);
        const Flag& flag = *found.flag;
        if (!flag.repeats && std::ranges::count(seen_, &flag) != 0) return concat({shown(flag), ": is given twice"});
        seen_.push_back(&flag);
        if (flag.example.empty())
            return found.value ? concat({shown(flag), ": takes no value"}) : flag.set(out_.options, "");
        std::string_view value;
        if (found.value)
            value = *found.value;
        else if (i + 1 < args_.size() && !args_[i + 1].starts_with("--"))
            value = args_[++i];
        else
            return concat({shown(flag), ": needs a value, as in ", shown(flag), " ", flag.example});
        const auto wrong = flag.set(out_.options, value);
        return wrong.empty() ? "" : concat({shown(flag), " ", in_quotes(value), ": ", wrong});
    }

    std::string take_url(std::string_view word) {
        if (command_ == Command::conf)
            return concat({in_quotes(word), ": is no flag; the conf's routes are driven, no URLs"});
        auto parsed = parse_url(word);
        if (!parsed.message.empty()) return concat({in_quotes(word), ": ", parsed.message});
        out_.options.wanted.push_back({std::move(parsed.url), "", 1});
        return "";
    }

    bool has(std::string_view name) const {
        return std::ranges::any_of(seen_, [&](const Flag* flag) { return flag->name == name; });
    }

    /// Both of them; "" if not.
    std::string both(std::string_view a, std::string_view b, std::string_view why) const {
        return has(a) && has(b) ? concat({"--", a, " and --", b, ": ", why}) : "";
    }

    std::string check_together() const {
        const Options& o = out_.options;
        if (command_ == Command::bench && o.wanted.empty())
            return "which URL? as in sluice bench http://localhost:8080/";
        for (const auto& wrong : {both("body", "body-size", "only one of them can be the body"),
                                  both("new-connections", "per-connection", "only one of them can hold"),
                                  both("rate", "phase", "a phase has its own rate; only one of them can hold"),
                                  both("for", "phase", "a phase has its own for=TIME; only one of them can hold")})
            if (!wrong.empty()) return wrong;
        if (has("key") && !has("cert")) return "--key: goes only with --cert";
        if (has("compare") && !has("plot")) return "--compare: goes only with --plot FILE.svg, which shows it";
        for (const Phase& phase : o.phases)
            if (phase.open() != o.phases.front().open())
                return "--phase: either all phases have a rate, or all have connections";
        if (!o.phases.empty() && !o.phases.front().open() && has("connections"))
            return "--connections and --phase: the phases have their own numbers of connections";
        if (has("arrivals") && !o.rate && (o.phases.empty() || !o.phases.front().open()))
            return "--arrivals: goes only with --rate, or phases with a rate";
        return check_threads();
    }

    /// Each thread needs a connection of its own, at least at the busiest time.
    std::string check_threads() const {
        const Options& o = out_.options;
        std::uint32_t most = o.phases.empty() || o.phases.front().open() ? o.plan.connections : 0;
        for (const Phase& phase : o.phases) most = std::max({most, phase.connections_from, phase.connections_to});
        if (o.plan.threads <= most) return "";
        return concat({"--threads ", in_quotes(std::to_string(o.plan.threads)), ": is more than the ",
                       config::counted(most, "connection"), " to share"});
    }

    std::span<const std::string> args_;
    Command command_;
    ParsedOptions out_;
    std::vector<const Flag*> seen_;
};

}  // namespace

ParsedOptions parse_options(std::span<const std::string> args, Command command) { return Parser(args, command).run(); }

}  // namespace sluice::bench
