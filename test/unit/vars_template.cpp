// Strings with variables: how they are taken apart, and put together.
#include "vars/template.hpp"

#include "support/catch.hpp"
#include "support/names.hpp"
#include "vars/word.hpp"

namespace {

using namespace sluice;
using vars::Mistake;
using vars::Part;
using vars::Template;

test::TableOfNames known() { return test::TableOfNames({"host", "uri", "a", "_b1", "A"}); }

/// "lit|$name|#1" for the parts, then "!kind@offset+length:name" for each mistake.
std::string shape(std::string_view text) {
    test::TableOfNames names = known();
    std::vector<Mistake> mistakes;
    const Template made = Template::compile(text, names, mistakes);
    std::string out;
    for (const Part& part : made.parts()) {
        if (!out.empty()) out += '|';
        if (part.kind == Part::Kind::literal) out += part.text;
        if (part.kind == Part::Kind::variable) out += "$" + part.text;
        if (part.kind == Part::Kind::capture) out += "#" + std::to_string(part.index);
    }
    const char kinds[] = {'i', 'b', 'u'};
    for (const Mistake& m : mistakes)
        out += std::string("!") + kinds[static_cast<int>(m.kind)] + "@" + std::to_string(m.offset) + "+" +
               std::to_string(m.length) + ":" + m.name;
    return out;
}

std::string value_of(const Part& part) {
    return part.kind == Part::Kind::variable ? "<" + part.text + ">" : "<" + std::to_string(part.index) + ">";
}

std::string evaluated(std::string_view text) {
    test::TableOfNames names = known();
    std::vector<Mistake> mistakes;
    const Template made = Template::compile(text, names, mistakes);
    REQUIRE(mistakes.empty());
    std::string out;
    std::string kept;
    return std::string(made.evaluate(out, [&](const Part& part) -> std::string_view { return kept = value_of(part); }));
}

/// What a word of a conf says when compiled, as "line:column message" for each.
std::string said(const std::string& word) {
    config::Sources sources;
    config::Diagnostics diagnostics;
    const config::SourceId id = sources.add("a.conf", "x " + word + ";", {});
    const std::vector<config::Token> tokens = config::lex(id, sources, diagnostics);
    test::TableOfNames names = known();
    const config::Word w{tokens.at(1).value, tokens.at(1).span, tokens.at(1).quote};
    const bool fine = vars::compile(w, names, diagnostics).has_value();
    CHECK(fine == diagnostics.all().empty());
    std::string out;
    for (const config::Diagnostic& d : diagnostics.all())
        out += std::to_string(sources.position(d.span).column) + "+" + std::to_string(d.span.length) + " " + d.message +
               "\n";
    return out;
}

}  // namespace

TEST_CASE("a template is taken apart by nginx's rules") {
    CHECK(shape("") == "");
    CHECK(shape("plain text; {}") == "plain text; {}");
    CHECK(shape("$host") == "$host");
    CHECK(shape("${host}") == "$host");
    CHECK(shape("http://$host$uri?x") == "http://|$host|$uri|?x");
    CHECK(shape("$host-x") == "$host|-x");
    CHECK(shape("$host.x$uri/") == "$host|.x|$uri|/");
    CHECK(shape("${host}x") == "$host|x");
    CHECK(shape("$_b1") == "$_b1");
    CHECK(shape("$A$a") == "$A|$a");
    CHECK(shape("}{$a}") == "}{|$a|}");
    CHECK(shape("$host\xc3\xa9") == "$host|\xc3\xa9");
}

TEST_CASE("captures are one digit without braces") {
    CHECK(shape("$1") == "#1");
    CHECK(shape("/$1/$9") == "/|#1|/|#9");
    CHECK(shape("$10") == "#1|0");
    CHECK(shape("$1abc") == "#1|abc");
    CHECK(shape("$2$3") == "#2|#3");
    CHECK(shape("$0") == "!u@0+2:0");
    CHECK(shape("${1}") == "!u@0+4:1");
}

TEST_CASE("all mistakes of a template are found, each at its place") {
    CHECK(shape("$") == "!i@0+1:");
    CHECK(shape("a$") == "a!i@1+1:");
    CHECK(shape("$ a") == " a!i@0+1:");
    CHECK(shape("$$host") == "$host!i@0+1:");
    CHECK(shape("5$.") == "5|.!i@1+1:");
    CHECK(shape("${") == "!i@0+2:");
    CHECK(shape("${}") == "!i@0+3:");
    CHECK(shape("${host") == "!b@0+6:host");
    CHECK(shape("${ho-st}") == "-st}!b@0+4:ho");
    CHECK(shape("$nope") == "!u@0+5:nope");
    CHECK(shape("$hostx ${x} $") == " | !u@0+6:hostx!u@7+4:x!i@12+1:");
}

TEST_CASE("a template is put together") {
    CHECK(evaluated("") == "");
    CHECK(evaluated("text") == "text");
    CHECK(evaluated("$host") == "<host>");
    CHECK(evaluated("http://$host$uri?$1=$2&") == "http://<host><uri>?<1>=<2>&");
}

TEST_CASE("what is of one part is not copied") {
    test::TableOfNames names = known();
    std::vector<Mistake> mistakes;
    const std::string value = "example.com";
    std::string out = "before";
    const auto read = [&](const Part&) { return std::string_view(value); };

    const Template variable = Template::compile("$host", names, mistakes);
    CHECK(variable.evaluate(out, read).data() == value.data());
    const Template literal = Template::compile("some text", names, mistakes);
    CHECK(literal.evaluate(out, read).data() == literal.parts()[0].text.data());
    CHECK(out == "before");

    const Template both = Template::compile("x$host", names, mistakes);
    CHECK(both.evaluate(out, read) == "xexample.com");
    CHECK(out == "beforexexample.com");
}

TEST_CASE("a template knows what it depends on") {
    test::TableOfNames names = known();
    std::vector<Mistake> mistakes;
    const auto make = [&](std::string_view text) { return Template::compile(text, names, mistakes); };
    CHECK(make("").is_constant());
    CHECK(make("text").is_constant());
    CHECK_FALSE(make("x$host").is_constant());
    CHECK_FALSE(make("$1").is_constant());
    CHECK(make("x$1").has_captures());
    CHECK_FALSE(make("x$host").has_captures());
}

TEST_CASE("mistakes are shown inside the word") {
    CHECK(said("/$host/x") == "");
    CHECK(said("/$nope/x") == "4+5 unknown variable \"$nope\"\n");
    CHECK(said("\"/$nope/x\"") == "5+5 unknown variable \"$nope\"\n");
    CHECK(said("'$nope $not'") == "4+5 unknown variable \"$nope\"\n10+4 unknown variable \"$not\"\n");
    CHECK(said("a${host") == "4+6 the \"}\" of \"${host\" is missing\n");
    // With an escape the bytes of the value are not those of the file: the whole word is marked.
    CHECK(said("\"\\\"$nope\"") == "3+9 unknown variable \"$nope\"\n");
}
