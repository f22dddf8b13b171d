// Concatenated string: both parts in one string, in one table of strings; every question builds
// one.
#include <charconv>

#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

struct of_numbers {
  static constexpr bool scannable = true;
  static std::string stored(const number_key& key) {
    return std::to_string(key.row) + '/' + std::to_string(key.column);
  }
  static std::string asked(const number_key& key) { return stored(key); }
  static std::uint32_t number(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  static std::uint32_t row_of(const std::string& element) {
    return number(std::string_view(element).substr(0, element.find('/')));
  }
  static std::uint32_t column_of(const std::string& element) {
    return number(std::string_view(element).substr(element.find('/') + 1));
  }
};
// A newline parts them: no name of a line of a file holds one.
struct of_texts {
  static constexpr bool scannable = true;
  static std::string stored(const text_key& key) {
    std::string text;
    text.reserve(key.row.size() + 1 + key.column.size());
    return text.append(key.row).append(1, '\n').append(key.column);
  }
  static std::string asked(const text_key& key) { return stored(key); }
  static std::string_view row_of(const std::string& element) {
    return std::string_view(element).substr(0, element.find('\n'));
  }
  static std::string_view column_of(const std::string& element) {
    return std::string_view(element).substr(element.find('\n') + 1);
  }
};

}  // namespace

void add_concatenated(layouts<number_key>& to) {
  add_flat<number_key, of_numbers, std::string>(to, "concatenated string");
}
void add_concatenated(layouts<text_key>& to) {
  add_flat<text_key, of_texts, std::string>(to, "concatenated string");
}

}  // namespace crosstie::bench
