// Which cases of an experiment are run: --select "layout=nested map|struct key,library=boost".
//
// Promise: fields that are not named admit every value; an unknown field or a value that no case
// has is an error that lists what there is. Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crosstie::bench {

class selection {
 public:
  // `fields`: what may be named.
  static std::expected<selection, std::string> parse(std::string_view text,
                                                     const std::vector<std::string>& fields);
  bool admits(const std::string& field, std::string_view value) const;
  bool names(const std::string& field) const { return wanted_.contains(field); }
  // The values named for a field; `otherwise` where none are.
  std::vector<std::string> values(const std::string& field,
                                  std::vector<std::string> otherwise) const;

 private:
  std::map<std::string, std::vector<std::string>> wanted_;
};

// "1000", "1e6", "10k", "2M"; 0 where it is no such number.
std::size_t to_count(std::string_view text);

}  // namespace crosstie::bench
