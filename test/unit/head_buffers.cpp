#include "http/head_buffers.hpp"

#include "http/browser.hpp"
#include "support/catch.hpp"

using namespace sluice::http;

namespace {

/// A head whose lines have these sizes, with their line ends.
std::string head_of(std::initializer_list<std::size_t> lines) {
    std::string out;
    for (const auto size : lines) out += std::string(size - 2, 'x') + "\r\n";
    return out + "\r\n";
}

}  // namespace

TEST_CASE("which heads a first buffer and some large ones hold") {
    const HeadBuffers buffers{.first = 100, .count = 2, .size = 200};
    const auto held = [&](std::initializer_list<std::size_t> lines) { return hold(head_of(lines), buffers, buffers, 0).held; };
    CHECK(held({10}) == Held::all);
    CHECK(held({98}) == Held::all);
    CHECK(held({200}) == Held::all);
    CHECK(held({201}) == Held::request_line_too_long);
    CHECK(held({20, 200}) == Held::all);
    CHECK(held({20, 201}) == Held::field_too_long);
    CHECK(held({100, 200, 198}) == Held::all);
    // The empty line needs room, too.
    CHECK(held({100, 200, 199}) == Held::field_too_long);
    CHECK(held({60, 150, 150}) == Held::all);
    CHECK(held({60, 150, 150, 60}) == Held::field_too_long);
}

TEST_CASE("a line longer than the large buffers fits into a first one that is larger") {
    const HeadBuffers buffers{.first = 400, .count = 1, .size = 100};
    CHECK(hold(head_of({300}), buffers, buffers, 0).held == Held::all);
    CHECK(hold(head_of({300, 101}), buffers, buffers, 0).held == Held::field_too_long);
    CHECK(buffers.longest_line() == 400);
    CHECK(buffers.total() == 500);
}

TEST_CASE("behind the line with the host its site's buffers hold") {
    const HeadBuffers small{.first = 100, .count = 1, .size = 100}, large{.first = 100, .count = 4, .size = 1000};
    const auto head = head_of({50, 40, 900});
    CHECK(hold(head, small, large, 60).held == Held::all);
    CHECK(hold(head, small, small, 60).held == Held::field_too_long);
    CHECK(hold(head_of({150, 40}), small, large, 160).held == Held::request_line_too_long);
}

TEST_CASE("what does not fit is named") {
    const HeadBuffers buffers{.first = 20, .count = 1, .size = 20};
    CHECK(hold("GET / HTTP/1.1\r\nX-Long: aaaaaaaaaaaaaaaaaaaa\r\n\r\n", buffers, buffers, 0).first_over.starts_with("X-Long"));
}

TEST_CASE("browsers that confs speak of") {
    struct Row {
        std::string_view agent;
        bool msie, msie6, chrome, safari;
    };
    const Row rows[] = {
        {"", false, false, false, false},
        {"curl/8.0", false, false, false, false},
        {"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)", true, true, false, false},
        {"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)", true, false, false, false},
        {"Mozilla/4.0 (compatible; MSIE 5.5; Windows)", true, true, false, false},
        {"Mozilla/4.0 (compatible; MSIE 7.0; Windows)", true, false, false, false},
        {"Mozilla/4.0 (compatible; MSIE 6.0; X) Opera 8", false, false, false, false},
        {"MSIE ", false, false, false, false},
        {"Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0 Safari/537.36", false, false, true, false},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 (KHTML, like Gecko) Version/13 Safari/605", false, false, false, true},
        {"Mozilla/5.0 (X11; Linux) Gecko/2010 Firefox/100 Chrome/1", false, false, false, false},
    };
    for (const auto& row : rows) {
        INFO(row.agent);
        const auto browser = browser_of(row.agent);
        CHECK(browser.msie == row.msie);
        CHECK(browser.msie6 == row.msie6);
        CHECK(browser.chrome == row.chrome);
        CHECK(browser.safari == row.safari);
    }
}
