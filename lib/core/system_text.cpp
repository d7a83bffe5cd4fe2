#include "core/system_text.hpp"

#include <cstring>

namespace sluice::core {

std::string failed(std::string_view call, std::string_view object, int error) {
    std::string out(call);
    if (!object.empty()) ((out += " \"") += object) += '"';
    out += " failed";
    if (error == 0) return out;
    const char* words = strerrordesc_np(error);
    return out += " (" + std::to_string(error) + ": " + (words ? words : "unknown error") + ")";
}

}  // namespace sluice::core
