// Names to numbers, ignoring the case of ASCII letters: a flat hash table whose hash can be taken byte by byte, so that
// all beginnings, or all ends, of a text are looked up in one walk over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"

namespace sluice::vars {

/// FNV-1a over lower-cased bytes.
class NameHash {
  public:
    void add(char c) { state_ = (state_ ^ static_cast<unsigned char>(core::lower(c))) * 0x100000001b3u; }
    std::uint64_t value() const { return state_ ^ (state_ >> 29); }

  private:
    std::uint64_t state_ = 0xcbf29ce484222325u;
};

/// Filled once, then read by all workers.
class NameTable {
  public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    /// In which order the bytes of a name go into its hash.
    enum class Order : std::uint8_t { forwards, backwards };

    explicit NameTable(Order order = Order::forwards) : order_(order) {}

    /// The number that the name has already, and the table stays; else `none`.
    std::uint32_t add(std::string_view name, std::uint32_t number);

    /// The number or `none`. With `hash`, that of `name` in the table's order.
    std::uint32_t find(std::string_view name) const;
    std::uint32_t find(std::string_view name, const NameHash& hash) const;

    bool empty() const { return entries_.empty(); }
    /// Bytes of the longest name: what is longer need not be looked up.
    std::size_t longest() const { return longest_; }

  private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t number = 0;
        std::string name;
    };

    NameHash hash_of(std::string_view name) const;
    std::size_t slot_of(std::string_view name, std::uint64_t hash) const;
    void grow();

    Order order_;
    std::size_t longest_ = 0;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> slots_;  // an index into entries_, or `none`; never more than half full
};

}  // namespace sluice::vars
