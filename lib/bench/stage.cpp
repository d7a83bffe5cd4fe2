#include "bench/stage.hpp"

#include <algorithm>

#include "bench/stage_addresses.hpp"
#include "bench/stage_files.hpp"
#include "bench/stage_text.hpp"
#include "bench/stage_words.hpp"
#include "config/row.hpp"
#include "config/words.hpp"
#include "core/text.hpp"
#include "vars/address.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

class Stager {
  public:
    Stager(const config::Conf& conf, const StageTools& tools)
        : conf_(conf), tools_(tools), written_(conf), files_(conf, tools, out_), addresses_(conf, tools, out_) {}

    Staged run() {
        line(concat({"pid ", conf_word(tools_.folder + "sluice.pid"), ";"}), {});
        if (!tools_.user.empty()) line(concat({"user ", tools_.user, ";"}), {});
        line(concat({"error_log ", conf_word(tools_.folder + "error.log"), ";"}), {});
        walk(conf_.directives, config::in::main, "");
        return std::move(out_);
    }

  private:
    void line(std::string_view text, config::Span where) {
        out_.text += text;
        out_.text += '\n';
        ConfPlace place;
        if (where.known()) place = {conf_.sources[where.source].path, conf_.sources.position(where).line};
        out_.places.insert(out_.places.end(), static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1, place);
    }

    void walk(const std::vector<Directive>& list, config::Contexts context, std::string_view group) {
        bool listens = false;
        const bool entries = (context & (config::in::entries | config::in::opaque)) != 0;
        for (const Directive& d : list) {
            listens |= d.name.value == "listen";
            if (entries)
                entry(d);
            else
                directive(d, context, group);
        }
        if (context == config::in::server && !listens) line(addresses_.usual_listener(), {});
    }

    /// Of map, geo, types and their like.
    void entry(const Directive& d) {
        if (d.name.value != "include") line(written_.line(d), d.span);
    }

    void directive(const Directive& d, config::Contexts context, std::string_view group) {
        const std::string& name = d.name.value;
        const Touch touch = touch_of(name, context);
        const auto* row = config::find_row(name, context);
        if (touch == Touch::left_out) return;
        if (row && config::support_of(*row, d) == config::Support::later) return leave_out(d, touch, context);
        if (d.block) return block(d, context, *row);
        const std::string text = rewrite(d, touch, group);
        if (!text.empty()) line(text, d.span);
    }

    void block(const Directive& d, config::Contexts context, const config::Row& row) {
        const std::string& name = d.name.value;
        line(concat({written_.word(d.name), written_.words(d), " {"}), d.span);
        if (context == config::in::main && name == "http") usual_files(d.block->children);
        const bool peers = context == config::in::http && name == "upstream" && !d.args.empty();
        walk(d.block->children, row.opens, peers ? d.args[0].value : "");
        line("}", d.span);
    }

    /// A word that is to come. Its variable is there, and is empty.
    void leave_out(const Directive& d, Touch touch, config::Contexts context) {
        out_.note(concat({in_quotes(d.name.value), " is not in sluice yet, and was left out"}));
        if (d.args.empty()) return;
        const std::string& first = d.args[0].value;
        if (touch != Touch::own_variable)
            out_.lost.push_back({d.name.value, first});
        else if (first.starts_with('$') && context == config::in::http)
            line(concat({"map \"\" ", first, " { default \"\"; }"}), d.span);
        else if (first.starts_with('$'))
            line(concat({"set ", first, " \"\";"}), d.span);
    }

    /// What is written without a word of the conf goes to our folder, too.
    void usual_files(const std::vector<Directive>& http) {
        for (const std::string_view name : {"access_log", "client_body_temp_path", "proxy_temp_path"})
            if (std::ranges::none_of(http, [&](const Directive& d) { return d.name.value == name; }))
                line(concat({name, " ", conf_word(concat({tools_.folder, name})), ";"}), {});
    }

    /// The line instead of a directive without a block; "": none.
    std::string rewrite(const Directive& d, Touch touch, std::string_view group) {
        if (d.args.empty()) return written_.line(d);
        switch (touch) {
            case Touch::nothing:
            case Touch::left_out:
            case Touch::own_variable:
                return written_.line(d);
            case Touch::listener:
                return addresses_.listen(d);
            case Touch::peer:
                return addresses_.peer(d, group);
            case Touch::proxied:
                return addresses_.proxy_pass(d);
            case Touch::verify:
                if (d.args[0].value != "on") return written_.line(d);
                out_.note("ssl_verify_client on became optional: the load has no certificate");
                return "ssl_verify_client optional;";
            case Touch::network:
                return network(d);
            default:
                return files_.line(d, touch);
        }
    }

    /// Names are not looked up; who they stand for is not among the clients anyway.
    std::string network(const Directive& d) {
        const std::string_view text = d.args[0].value;
        if (text == "unix:" || vars::parse_network(text)) return written_.line(d);
        out_.note(concat({d.name.value, " ", text, " is a name, and was left out"}));
        return "";
    }

    const config::Conf& conf_;
    const StageTools& tools_;
    Staged out_;
    const Written written_;
    StagedFiles files_;
    StagedAddresses addresses_;
};

}  // namespace

void Staged::note(std::string sentence) {
    if (std::ranges::find(notes, sentence) == notes.end()) notes.push_back(std::move(sentence));
}

Staged stage(const config::Conf& conf, const StageTools& tools) { return Stager(conf, tools).run(); }

std::string in_words_of_conf(std::string message, const std::string& path, const Staged& staged) {
    const std::string start = path + ':';
    for (auto at = message.find(start); at != message.npos; at = message.find(start, at + 1)) {
        const auto digits = at + start.size();
        const auto end = std::min(message.find_first_not_of("0123456789", digits), message.size());
        const auto number = core::parse_number<std::size_t>(std::string_view(message).substr(digits, end - digits));
        if (!number || *number == 0 || *number > staged.places.size()) continue;
        const ConfPlace& place = staged.places[*number - 1];
        message.replace(at, end - at, place.line == 0 ? "(made for this run)" : place.text());
    }
    return message;
}

}  // namespace sluice::bench
