// Where temporary files lie.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::spool {

/// A folder with up to three levels of folders in it, as client_body_temp_path and proxy_temp_path say.
struct Folder {
    std::string path;                      // without a slash at its end
    std::array<std::uint8_t, 3> levels{};  // digits in the name of a folder of each level; 0: no such level

    bool operator==(const Folder&) const = default;
};

/// The path of the file with this number: its name has ten digits at least, and the folders are named after its last
/// ones. ("/t" with levels 1 and 2, 12345: "/t/5/34/0000012345".)
std::string path_of(const Folder& folder, std::uint64_t number);

}  // namespace sluice::spool
