#include "tls/description.hpp"

namespace sluice::tls {

namespace {

void add(std::vector<std::string>& files, const Item& item) {
    if (item.text.starts_with('/')) files.push_back(item.text);
}

void add(std::vector<std::string>& files, const std::vector<Item>& items) {
    for (const Item& item : items) add(files, item);
}

void add(std::vector<std::string>& files, const Pair& pair) {
    add(files, pair.certificate);
    add(files, pair.key);
}

void add(std::vector<std::string>& files, const std::vector<std::pair<Item, Item>>& commands) {
    for (const auto& [name, value] : commands) add(files, value);
}

}  // namespace

std::vector<std::string> files_of(const ServerDescription& description) {
    std::vector<std::string> out;
    for (const Pair& pair : description.pairs) add(out, pair);
    add(out, description.password_files);
    add(out, description.ticket_keys);
    add(out, description.commands);
    for (const Item* item : {&description.dhparam, &description.client_authorities, &description.trusted_authorities,
                             &description.crl, &description.stapling_file})
        add(out, *item);
    return out;
}

std::vector<std::string> files_of(const ClientDescription& description) {
    std::vector<std::string> out;
    add(out, description.pair);
    add(out, description.password_files);
    add(out, description.commands);
    add(out, description.trusted);
    add(out, description.crl);
    return out;
}

}  // namespace sluice::tls
