#include "core/system_text.hpp"

#include <cstring>

namespace sluice::core {

std::string error_in_brackets(int error) {
    const char* words = strerrordesc_np(error);
    return " (" + std::to_string(error) + ": " + (words ? words : "unknown error") + ")";
}

std::string failed(std::string_view call, std::string_view object, int error) {
    std::string out(call);
    if (!object.empty()) ((out += " \"") += object) += '"';
    out += " failed";
    return error == 0 ? out : out += error_in_brackets(error);
}

}  // namespace sluice::core
