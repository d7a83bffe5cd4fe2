// The control socket: one question, one answer, for the owner of its file only.
#include "server/control.hpp"

#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "support/catch.hpp"
#include "support/temporary.hpp"

using namespace sluice;
using boost::asio::local::stream_protocol;
using boost::system::error_code;
using server::Control;

namespace {

/// Answers {"ask": "echo"} with the question itself, and never anything else.
void echo(const boost::json::object& question, Control::Reply reply) {
    if (question.contains("ask")) reply(question);
}

/// What a client reads to the end. Both run on this thread.
std::string ask(boost::asio::io_context& context, const std::string& path, const std::string& question) {
    stream_protocol::socket socket(context);
    socket.connect(stream_protocol::endpoint(path));
    std::string answer;
    bool done = false;
    boost::asio::async_write(socket, boost::asio::buffer(question), [&](error_code, std::size_t) {
        boost::asio::async_read(socket, boost::asio::dynamic_buffer(answer),
                                [&](error_code, std::size_t) { done = true; });
    });
    while (!done && context.run_one_for(std::chrono::seconds(10))) {
    }
    CHECK(done);
    return answer;
}

}  // namespace

TEST_CASE("a question has one answer, and the connection ends with it") {
    const test::Temporary folder;
    const std::string path = folder / "sock";
    boost::asio::io_context context;
    Control control(context, echo);
    REQUIRE(control.open(path) == "");
    const auto [question, answer] = GENERATE(table<std::string, std::string>({
        {"{\"ask\": \"echo\"}\n", "{\"ask\":\"echo\"}\n"},
        {"{\"ask\": \"echo\"}\nand more\n", "{\"ask\":\"echo\"}\n"},
        {"peers\n", "{\"error\":\"a question is a JSON object on one line\"}\n"},
        {"[]\n", "{\"error\":\"a question is a JSON object on one line\"}\n"},
        {"\n", "{\"error\":\"a question is a JSON object on one line\"}\n"},
        {std::string(Control::longest_question + 1, ' '), "{\"error\":\"the question is too long\"}\n"},
    }));
    CHECK(ask(context, path, question) == answer);
    CHECK(ask(context, path, question) == answer);
}

TEST_CASE("the file is for its owner only, and goes away at the end") {
    const test::Temporary folder;
    const std::string path = folder / "sock";
    boost::asio::io_context context;
    {
        Control control(context, echo);
        REQUIRE(control.open(path) == "");
        struct stat file {};
        REQUIRE(lstat(path.c_str(), &file) == 0);
        CHECK(S_ISSOCK(file.st_mode));
        CHECK((file.st_mode & 0777) == 0600);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a socket that was left behind is replaced, anything else is not") {
    const test::Temporary folder;
    boost::asio::io_context context;
    const std::string left = folder / "left";
    {
        stream_protocol::acceptor old(context);
        old.open(stream_protocol());
        old.bind(stream_protocol::endpoint(left));
    }
    REQUIRE(std::filesystem::exists(left));
    Control control(context, echo);
    CHECK(control.open(left) == "");
    CHECK(ask(context, left, "{\"ask\": 1}\n") == "{\"ask\":1}\n");

    {
        Control newer(context, echo);
        CHECK(newer.open(left) == "");
        control.close();
        CHECK(std::filesystem::exists(left));
    }
    CHECK_FALSE(std::filesystem::exists(left));

    const std::string file = folder / "file";
    test::write_text(file, "kept");
    Control other(context, echo);
    CHECK(other.open(file) == file + " is there, and no socket");
    CHECK(test::text_in(file) == "kept");
    const std::string nowhere = folder / "no/such/folder";
    CHECK(other.open(nowhere).starts_with("bind() \"" + nowhere + "\": "));
    const std::string long_path = folder / std::string(200, 'a');
    CHECK(other.open(long_path) == long_path + ": the path is too long for a socket");
}
