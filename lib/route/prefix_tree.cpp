#include "route/prefix_tree.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>

namespace sluice::route {

namespace {

using Entries = std::span<const PrefixTree::Entry>;

/// Entries that share their first `depth` bytes, in order, and the node that stands for these.
struct Part {
    std::uint32_t node;
    std::size_t depth;
    Entries entries;
};

/// Those at the front that go on with the same byte.
Entries take_group(Entries& rest, std::size_t depth) {
    const char byte = rest.front().text[depth];
    const auto end = std::ranges::find_if(rest, [=](const auto& entry) { return entry.text[depth] != byte; });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    const Entries out = rest.first(count);
    rest = rest.subspan(count);
    return out;
}

std::size_t common_size(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

bool is_entry(const PrefixTree::Node& node) {
    return node.exact != PrefixTree::none || node.prefix != PrefixTree::none;
}

}  // namespace

std::uint32_t PrefixTree::add(std::vector<Entry> entries) {
    std::ranges::sort(entries, {}, &Entry::text);
    const auto root = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    firsts_ += '\0';
    std::deque<Part> parts{{root, 0, entries}};
    for (; !parts.empty(); parts.pop_front()) {
        auto [at, depth, rest] = parts.front();
        if (!rest.empty() && rest.front().text.size() == depth) {
            nodes_[at].exact = rest.front().exact;
            nodes_[at].prefix = rest.front().prefix;
            rest = rest.subspan(1);
        }
        nodes_[at].first_child = static_cast<std::uint32_t>(nodes_.size());
        while (!rest.empty()) {
            const Entries group = take_group(rest, depth);
            const std::size_t end = common_size(group.front().text, group.back().text);
            Node child;
            child.label = static_cast<std::uint32_t>(labels_.size());
            child.label_size = static_cast<std::uint32_t>(end - depth);
            labels_ += group.front().text.substr(depth, end - depth);
            firsts_ += group.front().text[depth];
            parts.push_back({static_cast<std::uint32_t>(nodes_.size()), end, group});
            nodes_.push_back(child);
            ++nodes_[at].children;
        }
    }
    return root;
}

const PrefixTree::Node* PrefixTree::child_of(const Node& node, char first) const {
    const char* const firsts = firsts_.data() + node.first_child;
    const void* const at = node.children == 0 ? nullptr : std::memchr(firsts, first, node.children);
    return at ? &nodes_[node.first_child + static_cast<std::size_t>(static_cast<const char*>(at) - firsts)] : nullptr;
}

const PrefixTree::Node* PrefixTree::slash_below(const Node& node) const {
    const Node* child = child_of(node, '/');
    return child && child->label_size == 1 && is_entry(*child) ? child : nullptr;
}

PrefixTree::Found PrefixTree::find(std::uint32_t root, std::string_view text,
                                   std::vector<std::uint32_t>* passed) const {
    Found out;
    const Node* node = &nodes_[root];
    for (;;) {
        if (node->prefix != none) {
            out.prefix = node->prefix;
            if (passed) passed->push_back(node->prefix);
        }
        if (text.empty()) {
            if (is_entry(*node)) out.equal = node;
            out.with_slash = slash_below(*node);
            return out;
        }
        node = child_of(*node, text.front());
        if (!node) return out;
        const std::string_view label = label_of(*node);
        if (!text.starts_with(label)) {
            const bool slash_is_missing =
                label.size() == text.size() + 1 && label.back() == '/' && label.starts_with(text);
            if (slash_is_missing && is_entry(*node)) out.with_slash = node;
            return out;
        }
        text.remove_prefix(label.size());
    }
}

}  // namespace sluice::route
