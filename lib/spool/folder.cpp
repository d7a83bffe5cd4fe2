#include "spool/folder.hpp"

namespace sluice::spool {

std::string path_of(const Folder& folder, std::uint64_t number) {
    auto name = std::to_string(number);
    if (name.size() < 10) name.insert(0, 10 - name.size(), '0');
    std::string out = folder.path + '/';
    std::size_t end = name.size();
    for (const auto digits : folder.levels) {
        if (digits == 0) break;
        end -= digits;
        out.append(name, end, digits) += '/';
    }
    return out + name;
}

}  // namespace sluice::spool
