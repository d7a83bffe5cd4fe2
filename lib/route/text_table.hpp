// A hash table from texts to numbers, filled once; its keys are looked up by a hash that the caller carries along, so
// that all suffixes or prefixes of one text cost one pass over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::route {

/// FNV-1a, a byte at a time, in whichever direction the keys are read.
class TextHash {
  public:
    void add(char c) { state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3; }
    /// The bits that count are the low ones.
    std::uint64_t value() const { return state_ ^ (state_ >> 32); }

    static TextHash forward(std::string_view text) {
        TextHash out;
        for (const char c : text) out.add(c);
        return out;
    }
    static TextHash backward(std::string_view text) {
        TextHash out;
        for (auto c = text.rbegin(); c != text.rend(); ++c) out.add(*c);
        return out;
    }

  private:
    std::uint64_t state_ = 0xcbf29ce484222325;
};

/// At most half full; linear probing. All keys of one table are hashed in the same direction.
class TextTable {
  public:
    static constexpr std::uint32_t none = 0xffffffff;

    /// The number that the key has: `value`, or the one it had before, which it keeps.
    std::uint32_t insert(std::string_view key, TextHash hash, std::uint32_t value);

    /// `none` if there is no such key.
    std::uint32_t find(std::string_view key, TextHash hash) const;

    std::size_t size() const { return size_; }
    /// Longer texts are not in it.
    std::size_t longest_key() const { return longest_; }

  private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t value = none;  // none: free
        std::uint32_t begin = 0, size = 0;
    };

    std::string_view key_of(const Slot& slot) const { return std::string_view(keys_).substr(slot.begin, slot.size); }
    std::size_t slot_for(std::string_view key, std::uint64_t hash) const;
    void grow();

    std::vector<Slot> slots_;
    std::string keys_;
    std::size_t size_ = 0;
    std::size_t longest_ = 0;
};

}  // namespace sluice::route
