// A compressed tree of texts: the longest one that a text begins with is found in time that grows with the text, not
// with their number. Several trees (one for each level of nested locations) share one array of nodes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::route {

class PrefixTree {
  public:
    static constexpr std::uint32_t none = 0xffffffff;

    /// A text and what is known of it: a number where it has to match whole, one where it may be the beginning.
    struct Entry {
        std::string_view text;
        std::uint32_t exact = none, prefix = none;
    };

    struct Node {
        std::uint32_t label = 0, label_size = 0;  // what the edge to it adds
        std::uint32_t first_child = 0;            // children lie side by side
        std::uint32_t children = 0;
        std::uint32_t exact = none, prefix = none;
    };

    /// A root for find(). Texts must differ; they are copied.
    std::uint32_t add(std::vector<Entry> entries);

    struct Found {
        const Node* equal = nullptr;       // the text itself, if it is an entry
        const Node* with_slash = nullptr;  // the text with a '/' behind it, if that is an entry
        std::uint32_t prefix = none;       // of the longest entry that may be the beginning, the text itself included
    };

    /// With `passed` all prefixes on the way are appended to it, shortest first.
    Found find(std::uint32_t root, std::string_view text, std::vector<std::uint32_t>* passed = nullptr) const;

  private:
    std::string_view label_of(const Node& node) const { return {labels_.data() + node.label, node.label_size}; }
    const Node* child_of(const Node& node, char first) const;
    const Node* slash_below(const Node& node) const;

    std::vector<Node> nodes_;
    std::string firsts_;  // the first byte of each node's label, beside it
    std::string labels_;
};

}  // namespace sluice::route
