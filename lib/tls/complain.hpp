// Saying what is wrong with an item.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tls/description.hpp"

namespace sluice::tls {

using Complaints = std::vector<Complaint>;

inline void refuse(Complaints& complaints, const Item& item, std::string message, std::string help = {}) {
    complaints.push_back({item.place, std::move(message), std::move(help), false});
}

inline void warn(Complaints& complaints, const Item& item, std::string message, std::string help = {}) {
    complaints.push_back({item.place, std::move(message), std::move(help), true});
}

inline bool is_data(const Item& item) { return item.text.starts_with("data:"); }

/// The item as messages have it, in quotes: never what is behind "data:", which may be a key.
inline std::string shown(const Item& item) { return is_data(item) ? "\"data:…\"" : "\"" + item.text + "\""; }

}  // namespace sluice::tls
