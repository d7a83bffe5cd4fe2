#include "net/task.hpp"

#include <memory>
#include <string>

#include "support/catch.hpp"

using namespace sluice::net;

namespace {

/// Something a coroutine waits for until the test says so.
struct Gate {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) { waiting = h; }
    void await_resume() const {}
    void open() { std::exchange(waiting, {}).resume(); }
    std::coroutine_handle<> waiting;
};

Task<std::string> answer(std::string text) { co_return text; }

Task<std::string> answer_after(Gate& gate, std::string text) {
    co_await gate;
    co_return text;
}

Detached collect(Task<std::string> task, std::string& out) { out = co_await std::move(task); }

Task<std::string> nested(int depth) {
    if (depth == 0) co_return "bottom";
    co_return co_await nested(depth - 1);
}

Task<void> add(Gate& gate, std::string& out, const char* text) {
    co_await gate;
    out += text;
}

Task<void> begin_and_end(Gate& gate, std::string& out) {
    out += "begun ";
    co_await gate;
    out += "ended";
}

Detached with_child(Gate& child_gate, Gate& own_gate, std::string& out) {
    Child child;
    child.start(add(child_gate, out, "child "));
    co_await own_gate;
    out += child.running() ? "waits " : "need not wait ";
    co_await child.join();
    out += "end";
}

Task<std::unique_ptr<int>> movable_only() { co_return std::make_unique<int>(7); }
Detached take(std::unique_ptr<int>& out) { out = co_await movable_only(); }

}  // namespace

TEST_CASE("a task runs at once, up to its first wait") {
    const auto frames = FramePool::outstanding();
    Gate gate;
    std::string out;
    {
        const auto task = begin_and_end(gate, out);
        CHECK(out == "begun ");
        gate.open();
        CHECK(out == "begun ended");
    }
    CHECK(FramePool::outstanding() == frames);
}

TEST_CASE("a task that does not wait is through when it is awaited") {
    const auto frames = FramePool::outstanding();
    std::string out;
    collect(answer("at once"), out);
    CHECK(out == "at once");
    collect(nested(1000), out);
    CHECK(out == "bottom");
    CHECK(FramePool::outstanding() == frames);
}

TEST_CASE("a task that waits goes on where it was") {
    const auto frames = FramePool::outstanding();
    Gate gate;
    std::string out;
    collect(answer_after(gate, "later"), out);
    CHECK(out.empty());
    gate.open();
    CHECK(out == "later");
    CHECK(FramePool::outstanding() == frames);
}

TEST_CASE("a task that is never awaited frees its frame") {
    const auto frames = FramePool::outstanding();
    { auto unused = answer("unheard"); }
    CHECK(FramePool::outstanding() == frames);
}

TEST_CASE("a result is moved out") {
    std::unique_ptr<int> out;
    take(out);
    CHECK(*out == 7);
}

TEST_CASE("a parent joins its child, whichever ends first") {
    const auto frames = FramePool::outstanding();
    for (const bool child_first : {true, false}) {
        Gate child, own;
        std::string out;
        with_child(child, own, out);
        if (child_first) {
            child.open();
            own.open();
            CHECK(out == "child need not wait end");
        } else {
            own.open();
            CHECK(out == "waits ");
            child.open();
            CHECK(out == "waits child end");
        }
    }
    CHECK(FramePool::outstanding() == frames);
}
