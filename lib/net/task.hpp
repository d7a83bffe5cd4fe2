// The coroutine type of the request path.
//
// asio::awaitable is not used there: its frames and handlers cost more than the work of a small request (DESIGN.md,
// decision 2). A Task runs at once up to its first wait, has one awaiter, stays on the thread that made it, and never lets
// an exception out: what can fail returns a result. Frames come from a thread-local free list.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace sluice::net {

/// Recycles coroutine frames of one thread, in classes of 128 bytes up to 8 KiB; the rest goes to the allocator.
/// Always inlined: the size of a frame, and so its class, is a constant where one is made or destroyed.
class FramePool {
  public:
    [[gnu::always_inline]] static void* allocate(std::size_t size) {
        count(1);
#ifndef __SANITIZE_ADDRESS__
        const std::size_t c = class_of(size);
        if (c >= classes) return add(size);
        if (Free* const frame = heads_[c]) {
            heads_[c] = frame->next;
            return frame;
        }
        size = c * step;
#endif
        return add(size);
    }

    [[gnu::always_inline]] static void release(void* frame, std::size_t size) noexcept {
        count(-1);
#ifndef __SANITIZE_ADDRESS__
        if (const std::size_t c = class_of(size); c < classes) {
            heads_[c] = new (frame) Free{heads_[c]};
            return;
        }
#else
        (void)size;
#endif
        std::free(frame);
    }

    /// Frames of this thread that are alive; a leak test looks at this. Not counted, always 0, with NDEBUG.
    static std::ptrdiff_t outstanding() {
#ifdef NDEBUG
        return 0;
#else
        return alive();
#endif
    }

  private:
#ifdef NDEBUG
    static void count(int) {}
#else
    static void count(int change) { alive() += change; }
    static std::ptrdiff_t& alive() {
        static thread_local std::ptrdiff_t n = 0;
        return n;
    }
#endif
    static constexpr std::size_t step = 128, classes = 65;
    static constexpr std::size_t class_of(std::size_t size) { return (size + step - 1) / step; }
    struct Free {
        Free* next;
    };
    /// Gives back to the allocator, at the end of a thread, what that thread took from it.
    struct Sweeper {
        ~Sweeper() {
            for (Free*& head : heads_)
                while (head) std::free(std::exchange(head, head->next));
        }
    };
    /// A frame from the allocator.
    [[gnu::noinline]] static void* add(std::size_t size) {
        static thread_local Sweeper sweeper;
        void* const frame = std::malloc(size);
        if (!frame) throw std::bad_alloc();
        return frame;
    }
    // Initialised at compile time and never destroyed, so that no use of it has to ask whether it is there.
    static inline constinit thread_local std::array<Free*, classes> heads_{};
};

template <class T = void>
class Task;

namespace detail {

struct PromiseBase {
    std::coroutine_handle<> continuation = std::noop_coroutine();

    [[gnu::always_inline]] static void* operator new(std::size_t size) { return FramePool::allocate(size); }
    [[gnu::always_inline]] static void operator delete(void* frame, std::size_t size) noexcept { FramePool::release(frame, size); }

    struct Final {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) noexcept {
            return h.promise().continuation;
        }
        void await_resume() noexcept {}
    };
    // Nearly every task is awaited where it is made. Suspending first would enter its frame once more for each.
    std::suspend_never initial_suspend() noexcept { return {}; }
    Final final_suspend() noexcept { return {}; }
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& v) {
        value.emplace(std::forward<U>(v));
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    void return_void() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
  public:
    using promise_type = detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    Task() = default;
    explicit Task(Handle h) : h_(h) {}
    Task(Task&& other) noexcept : h_(std::exchange(other.h_, {})) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(h_, other.h_);
        return *this;
    }
    ~Task() {
        if (h_) h_.destroy();
    }

    bool await_ready() const noexcept { return h_.done(); }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept { h_.promise().continuation = awaiting; }
    T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(*h_.promise().value);
    }

  private:
    Handle h_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// A coroutine that nobody awaits: runs at once up to its first wait, frees itself at its end.
struct Detached {
    struct promise_type {
        [[gnu::always_inline]] static void* operator new(std::size_t size) { return FramePool::allocate(size); }
        [[gnu::always_inline]] static void operator delete(void* frame, std::size_t size) noexcept { FramePool::release(frame, size); }
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };
};

/// A Task running beside its parent. The parent must join before it goes away. running() is false during the task's first
/// steps, up to its first wait.
class Child {
  public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void start(Task<void> task) {
        running_ = true;
        run(std::move(task), this);
    }
    bool running() const { return running_; }

    /// co_await child.join(): returns when the task has ended (at once if it was never started).
    auto join() {
        struct Awaiter {
            Child& child;
            bool await_ready() const noexcept { return !child.running_; }
            void await_suspend(std::coroutine_handle<> h) noexcept { child.joiner_ = h; }
            void await_resume() const noexcept {}
        };
        return Awaiter{*this};
    }

  private:
    static Detached run(Task<void> task, Child* self) {
        co_await std::move(task);
        self->running_ = false;
        if (auto joiner = std::exchange(self->joiner_, {})) joiner.resume();
    }
    bool running_ = false;
    std::coroutine_handle<> joiner_;
};

}  // namespace sluice::net
