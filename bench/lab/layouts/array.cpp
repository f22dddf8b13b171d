// Array key: std::array of both parts in one flat table.
#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

struct of_numbers {
  static constexpr bool scannable = true;
  static number_array stored(const number_key& key) { return {key.row, key.column}; }
  static number_array asked(const number_key& key) { return {key.row, key.column}; }
  static std::uint32_t row_of(const number_array& element) { return element[0]; }
  static std::uint32_t column_of(const number_array& element) { return element[1]; }
};
struct of_texts {
  static constexpr bool scannable = true;
  static text_array stored(const text_key& key) {
    return {std::string(key.row), std::string(key.column)};
  }
  static const text_key& asked(const text_key& key) { return key; }
  static std::string_view row_of(const text_array& element) { return element[0]; }
  static std::string_view column_of(const text_array& element) { return element[1]; }
};

}  // namespace

void add_array(layouts<number_key>& to) {
  add_flat<number_key, of_numbers, number_array>(to, "array key");
}
// Our tables take views field by field, and an array of strings has no view of its own kind.
void add_array(layouts<text_key>& to) {
  to.push_back(
      describe<text_key, flat<std_library::set<text_array>, of_texts>>("array key", "std"));
  to.push_back(
      describe<text_key, flat<boost_library::set<text_array>, of_texts>>("array key", "boost"));
  to.push_back(
      describe<text_key, flat<absl_library::set<text_array>, of_texts>>("array key", "absl"));
}

}  // namespace crosstie::bench
