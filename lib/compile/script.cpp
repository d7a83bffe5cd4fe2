// set, if, rewrite, return, break: words to steps.
#include "compile/compiler.hpp"
#include "compile/values.hpp"

namespace sluice::compile {

using route::Condition;
using route::RewriteStep;

namespace {

class Scripts {
  public:
    Scripts(Compiler& c, route::Site& site, bool in_site) : c_(c), site_(site), in_site_(in_site) {}

    route::Script compile(const std::vector<Directive>& block, route::Route& route) {
        route::Script out;
        for (const auto& d : block) {
            const auto& name = d.name.value;
            if (name == "set")
                out.push_back({set(d), d.span});
            else if (name == "break")
                out.push_back({route::BreakStep{}, d.span});
            else if (name == "return")
                out.push_back({return_(d), d.span});
            else if (name == "rewrite")
                rewrite(d, out);
            else if (name == "if")
                if_(d, route, out);
        }
        return out;
    }

  private:
    route::SetStep set(const Directive& d) {
        c_.may_define(d.args[0]);
        return {c_.variables.declare(std::string_view(d.args[0].value).substr(1)), c_.text(d.args[1])};
    }

    route::ReturnStep return_(const Directive& d) {
        route::ReturnStep step;
        const auto status = core::parse_number<int>(d.args[0].value);
        step.status = status.value_or(302);
        if (d.args.size() > 1 || !status) {
            const auto& text = d.args[status ? 1 : 0];
            step.text = c_.text(text);
            step.has_text = !text.value.empty();
        }
        return step;
    }

    void rewrite(const Directive& d, route::Script& out) {
        auto matcher = c_.matcher(d.args[0], d.args[0].value, false);
        if (!matcher) return;
        RewriteStep step{std::move(*matcher), {}, {}, false, false, false, RewriteStep::End::none};
        std::string_view to = d.args[1].value;
        if (to.empty()) c_.error(d.args[1].span, "there is nothing to rewrite the URI to", "write the new path, as in rewrite ^/old$ /new last;");
        step.absolute = to.starts_with("http://") || to.starts_with("https://") || to.starts_with("$scheme");
        if (to.ends_with('?')) {
            step.drop_args = true;
            to.remove_suffix(1);
        }
        const auto mark = to.find('?');
        step.has_args = mark != to.npos;
        step.replacement = c_.text(d.args[1], to.substr(0, mark));
        if (step.has_args) step.args = c_.text(d.args[1], to.substr(mark + 1));
        if (d.args.size() > 2) {
            const auto end = end_of(d.args[2].value);
            if (!end) return c_.error(d.args[2].span, "\"" + d.args[2].value + "\" is no flag of rewrite", "there are last, break, redirect and permanent, in small letters");
            step.end = *end;
        }
        out.push_back({std::move(step), d.span});
    }

    static std::optional<RewriteStep::End> end_of(std::string_view flag) {
        if (flag == "last") return RewriteStep::End::last;
        if (flag == "break") return RewriteStep::End::stop;
        if (flag == "redirect") return RewriteStep::End::redirect;
        return flag == "permanent" ? std::optional(RewriteStep::End::permanent) : std::nullopt;
    }

    void if_(const Directive& d, route::Route& around, route::Script& out) {
        auto condition = read_condition(d);
        if (!condition || !d.block) return;
        route::Route* route = &around;
        if (!in_site_) {
            // Settings are whole: whatever stands behind the `if` in its location holds inside it, too.
            route = &site_.others.emplace_back();
            route->kind = around.kind;
            route->text = around.text;
            route->title = around.title + ", if";
            route->where = d.span;
            route->settings = around.settings;
            route->content = around.content;
            route->internal = around.internal;
            route->around = &around;
            Level level{c_, config::in::location_if, route->settings, route, &site_};
            c_.set_all(level, d.block->children);
        }
        auto then = compile(d.block->children, *route);
        out.push_back({route::IfStep{std::move(*condition), std::move(then), in_site_ ? nullptr : route}, d.span});
    }

    /// The words between the parentheses.
    static std::vector<Word> inner_words(const Directive& d) {
        std::vector<Word> words = d.args;
        auto& first = words.front();
        if (first.value.starts_with('(')) first.value.erase(0, 1), ++first.span.offset, --first.span.length;
        auto& last = words.back();
        if (last.value.ends_with(')')) last.value.pop_back(), --last.span.length;
        std::erase_if(words, [](const Word& w) { return w.value.empty() && w.quote == config::Quote::none; });
        return words;
    }

    std::optional<Condition> read_condition(const Directive& d) {
        const auto words = inner_words(d);
        Condition out;
        if (words.empty()) return std::nullopt;
        if (words.size() == 1) {
            out.subject = c_.text(words[0]);
            return out;
        }
        std::string_view op = words.size() == 2 ? words[0].value : words[1].value;
        if (op.starts_with('!')) {
            out.negated = true;
            op.remove_prefix(1);
        }
        if (words.size() == 2) {
            out.test = op == "-f" ? Condition::Test::file : op == "-d" ? Condition::Test::folder : op == "-e" ? Condition::Test::exists : Condition::Test::executable;
            out.subject = c_.text(words[1]);
            return out;
        }
        out.subject = c_.text(words[0]);
        if (op == "=") {
            out.test = Condition::Test::equals;
            out.other = c_.text(words[2]);
            return out;
        }
        out.test = Condition::Test::matches;
        auto matcher = c_.matcher(words[2], words[2].value, op == "~*");
        if (!matcher) return std::nullopt;
        out.matcher = std::make_shared<const route::Matcher>(std::move(*matcher));
        return out;
    }

    Compiler& c_;
    route::Site& site_;
    bool in_site_;
};

}  // namespace

void Compiler::compile_script(route::Site& site, const std::vector<Directive>& block, route::Route& route, bool in_site) {
    route.script = Scripts(*this, site, in_site).compile(block, route);
}

}  // namespace sluice::compile
