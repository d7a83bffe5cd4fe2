#include "http/browser.hpp"

namespace sluice::http {

Browser browser_of(std::string_view agent) {
    const auto has = [agent](std::string_view word) { return agent.find(word) != agent.npos; };
    Browser out;
    const bool opera = has("Opera");
    const auto msie = agent.find("MSIE ");
    // "MSIE 6.0" takes eight characters, of which the last says nothing.
    if (msie != agent.npos && msie + 7 < agent.size() && !opera) {
        out.msie = true;
        const char major = agent[msie + 5];
        if (agent[msie + 6] == '.') out.msie6 = major == '4' || major == '5' || (major == '6' && agent.find("SV1", msie) == agent.npos);
    }
    if (out.msie || opera || has("Gecko/")) return out;
    out.chrome = has("Chrome/");
    out.safari = !out.chrome && has("Safari/") && has("Mac OS X");
    return out;
}

}  // namespace sluice::http
