// The flags of the quick demo as a conf: both ways of starting build the same snapshot.
#pragma once

#include <string>

#include "server/options.hpp"

namespace sluice::server {

/// What `options` say in the language of conf files; names of backends are resolved, those of listeners too.
struct OptionsAsConf {
    std::string text;
    std::string message;  // what is wrong with a flag, in one line; "" if nothing
};
OptionsAsConf conf_of(const Options& options);

}  // namespace sluice::server
