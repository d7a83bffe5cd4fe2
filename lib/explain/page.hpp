// Sections of rows in columns: what, a remark, the place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::explain {

class Page {
  public:
    void section(std::string_view title);
    /// Control characters are shown as escapes.
    void row(std::string_view what, std::string_view note = "", std::string_view place = "");

    /// Remarks stand in one column per section, places in one column of the page. What is too long for its column moves
    /// the rest of its own row only.
    std::string text() const;

  private:
    struct Row {
        std::string what, note, place;
    };
    struct Section {
        std::string title;
        std::vector<Row> rows;
        std::size_t column() const;
    };
    std::vector<Section> sections_;
};

}  // namespace sluice::explain
