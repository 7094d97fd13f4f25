#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pwalk/fuzz.hpp"

namespace pwalk::csv {

// Fields of every line, by the rules of CSV alone.
inline std::vector<std::vector<std::string>> csv_lines(std::string_view text, char delimiter = ',') {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::string> line(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      for (++at; text.substr(at, 1) != "\"" || text.substr(at + 1, 1) == "\""; ++at) {
        FUZZ_CHECK(at < text.size());
        at += text[at] == '"' ? 1 : 0;
        line.back() += text[at];
      }
    } else if (text[at] == delimiter) {
      line.emplace_back();
    } else if (text[at] == '\n') {
      lines.push_back(std::move(line));
      line.assign(1, "");
    } else {
      line.back() += text[at];
    }
  }
  FUZZ_CHECK(line.size() == 1 && line[0].empty());
  return lines;
}

}  // namespace pwalk::csv
