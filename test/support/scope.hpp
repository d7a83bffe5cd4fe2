// An exchange in the light of a conf, both made by hand: for what reads variables, without a server around it.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "http/framing.hpp"
#include "http/target.hpp"
#include "net/address.hpp"
#include "route/scope.hpp"
#include "route/uri.hpp"
#include "support/catch.hpp"
#include "exchange/silent_requester.hpp"
#include "vars/names.hpp"

namespace sluice::test {

/// The variables of a snapshot under way: built in, or declared as `set` would.
class SnapshotNames final : public vars::Names {
  public:
    explicit SnapshotNames(route::Snapshot& snapshot) : snapshot_(snapshot) {}

    std::optional<std::uint32_t> index_of(std::string_view name) override {
        for (std::uint32_t i = 0; i < snapshot_.variables.size(); ++i)
            if (snapshot_.variables[i].name == name) return i;
        const auto* row = route::find_variable(name);
        if (!row) return std::nullopt;
        route::Variable& variable = snapshot_.variables.emplace_back();
        variable.name = name;
        variable.read = row->read;
        variable.write = row->write;
        if (row->name.ends_with('_')) variable.key = name.substr(row->name.size());
        return static_cast<std::uint32_t>(snapshot_.variables.size() - 1);
    }
    std::uint32_t index_of_group(std::string_view name) override {
        route::Variable& variable = snapshot_.variables.emplace_back();
        variable.name = name;
        variable.read = route::read_slot;
        variable.slot = snapshot_.kept_variables++;
        return static_cast<std::uint32_t>(snapshot_.variables.size() - 1);
    }

  private:
    route::Snapshot& snapshot_;
};

/// Fill in snapshot, listening and record, then call request(): the scope comes into being with it.
class ScopeSetup {
  public:
    ScopeSetup() {
        snapshot.sites.emplace_back();
        x.client = &client;
        x.local = &listening.address;
    }

    route::Snapshot snapshot;
    route::Listening listening;
    exchange::Exchange x;
    core::BufferPool buffers;
    http::DateCache dates;
    core::ManualClock clock;
    core::Rng rng{1};
    route::Tools tools{buffers, dates, clock, rng, {}};
    net::Address client;
    exchange::SilentRequester requester;
    std::unique_ptr<route::Scope> scope;

    route::Site& site() { return snapshot.sites.front(); }
    SnapshotNames names() { return SnapshotNames(snapshot); }

    /// A whole head. What is wrong with its target is not looked at.
    route::Scope& request(std::string head) {
        head_ = std::move(head);
        const auto outcome = http::parse_request_head(head_, 0, {}, x.head);
        REQUIRE(outcome.state == http::HeadState::complete);
        x.record.head_size = outcome.size;
        x.framing = http::frame_request(x.head);
        x.target = http::parse_target(x.head);
        scope = std::make_unique<route::Scope>(snapshot, listening, x, tools);
        const auto uri = route::normalise_uri(x.target.path, true, uri_);
        scope->uri = uri.path;
        scope->args = uri.args;
        host_ = x.target.host.substr(0, x.target.host.find(':'));
        std::ranges::transform(host_, host_.begin(), core::lower);
        scope->host = host_;
        return *scope;
    }

    route::Value value(std::string_view name) {
        auto known = names();
        const auto number = known.index_of(name);
        REQUIRE(number);
        return scope->get(*number);
    }

    /// "(absent)" for what is not there.
    std::string text(std::string_view name) {
        const route::Value found = value(name);
        return found.found ? std::string(found.text) : "(absent)";
    }

    vars::Template compile(std::string_view words) {
        auto known = names();
        std::vector<vars::Mistake> mistakes;
        auto made = vars::Template::compile(words, known, mistakes);
        CHECK(mistakes.empty());
        return made;
    }

  private:
    std::string head_, uri_, host_;
};

}  // namespace sluice::test
