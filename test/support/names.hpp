// The variables of a test: some by name, some by how they start; groups of regexes add themselves.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/words.hpp"
#include "core/text.hpp"
#include "vars/names.hpp"

namespace sluice::test {

class TableOfNames final : public vars::Names {
  public:
    TableOfNames() = default;
    explicit TableOfNames(std::vector<std::string> known) : known_(std::move(known)) {}

    void add(std::string name) { known_.push_back(std::move(name)); }
    const std::string& operator[](std::uint32_t index) const { return known_[index]; }

    std::optional<std::uint32_t> index_of(std::string_view name) override {
        for (const std::string_view start : {"http_", "arg_", "cookie_"})
            if (name.starts_with(start)) return index_of_group(name);
        return find(name);
    }
    std::uint32_t index_of_group(std::string_view name) override {
        if (const auto index = find(name)) return *index;
        known_.emplace_back(name);
        return static_cast<std::uint32_t>(known_.size() - 1);
    }
    std::string suggest(std::string_view name) const override {
        const std::vector<std::string_view> names(known_.begin(), known_.end());
        const std::string_view near = core::nearest(name, names.data(), names.data() + names.size());
        return near.empty() ? "" : config::concat({"did you mean \"$", near, "\"?"});
    }

  private:
    std::optional<std::uint32_t> find(std::string_view name) const {
        const auto found = std::ranges::find(known_, name);
        if (found == known_.end()) return std::nullopt;
        return static_cast<std::uint32_t>(found - known_.begin());
    }

    std::vector<std::string> known_;
};

}  // namespace sluice::test
