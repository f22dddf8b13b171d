// Struct key: one flat table whose key holds both parts. The report's cure.
#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

struct of_numbers {
  static constexpr bool scannable = true;
  static const number_key& stored(const number_key& key) { return key; }
  static const number_key& asked(const number_key& key) { return key; }
  static std::uint32_t row_of(const number_key& element) { return element.row; }
  static std::uint32_t column_of(const number_key& element) { return element.column; }
};
struct of_texts {
  static constexpr bool scannable = true;
  static text_cell stored(const text_key& key) {
    return {std::string(key.row), std::string(key.column)};
  }
  static const text_key& asked(const text_key& key) { return key; }
  static std::string_view row_of(const text_cell& element) { return element.row; }
  static std::string_view column_of(const text_cell& element) { return element.column; }
};

}  // namespace

void add_struct(layouts<number_key>& to) {
  add_flat<number_key, of_numbers, number_key>(to, "struct key");
}
void add_struct(layouts<text_key>& to) {
  add_flat<text_key, of_texts, text_cell>(to, "struct key");
}

}  // namespace crosstie::bench
