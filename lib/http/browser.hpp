// What nginx makes of User-Agent, for the few words of a conf that speak of old browsers.
#pragma once

#include <string_view>

namespace sluice::http {

struct Browser {
    bool msie = false;    // Internet Explorer, any
    bool msie6 = false;   // up to version 6 without its second service pack
    bool chrome = false;
    bool safari = false;  // on a Mac, and not Chrome
};

/// Pure; looks at the value once or twice.
Browser browser_of(std::string_view user_agent);

}  // namespace sluice::http
