// Confs in test/golden, and beside them, in NAME.expected, what sluice says of each.
// SLUICE_UPDATE_GOLDEN=1 writes the expected texts anew: read the difference as someone who does not know the language.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "support/catch.hpp"

namespace sluice::test {

class Golden {
  public:
    /// `folder`: in test/golden.
    explicit Golden(const std::string& folder) : folder_(std::filesystem::path(SLUICE_SOURCE_DIR) / "test/golden" / folder) {}

    /// What the folder holds at any depth but the expected texts: path in it, bytes.
    std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
            if (entry.is_regular_file() && entry.path().extension() != ".expected") {
                const auto name = entry.path().lexically_relative(folder_).string();
                out[name] = read(name);
            }
        return out;
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    std::string read(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        std::ostringstream out;
        out << in.rdbuf();
        return out.str();
    }

    void check(const std::string& name, const std::string& said) const {
        const auto expected = name + ".expected";
        if (std::getenv("SLUICE_UPDATE_GOLDEN")) std::ofstream(folder_ / expected, std::ios::binary) << said;
        INFO(name);
        CHECK(said == read(expected));
    }

    /// The files that are confs of their own, not included ones.
    static bool is_main(const std::string& name) { return name.ends_with(".conf") && name.find('/') == name.npos; }

  private:
    std::filesystem::path folder_;
};

}  // namespace sluice::test
