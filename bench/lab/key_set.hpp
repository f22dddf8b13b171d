// The keys of an experiment: pairs (row, column), in the orders in which they are used.
//
// Promise: `inserted` holds distinct keys in random order; `absent` none of them. The same name,
// size and seed give the same keys. Generated keys put each column in one row, thirty columns a
// row, as pods on nodes. Cost: about 200 bytes a text key. Thread safety: none after copying views.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crosstie::bench {

struct number_key {
  std::uint32_t row, column;
  friend bool operator==(const number_key&, const number_key&) = default;
  friend auto operator<=>(const number_key&, const number_key&) = default;
};
struct text_key {
  std::string_view row, column;
  friend bool operator==(const text_key&, const text_key&) = default;
  friend auto operator<=>(const text_key&, const text_key&) = default;
};

template <class Key>
struct key_set {
  std::string name;
  std::vector<Key> inserted;  // distinct, in random order
  std::vector<Key> ordered;   // the same, row by row
  std::vector<Key> asked;     // the same in another random order
  std::vector<Key> absent;    // as many, each with a row and a column that exist apart
  std::vector<Key> zipf;      // as many questions, few keys asked most often (exponent 1)
  bool one_row = false;       // each column is in one row only
  bool dense = false;         // numbers that may index an array
  bool uuids = false;         // every column is a UUID in its usual spelling
  double row_bytes = 0, column_bytes = 0;  // of text, on average
  std::size_t rows = 0, columns = 0;       // distinct ones
  std::shared_ptr<std::deque<std::string>> owned;
};

// "u32 pair".
key_set<number_key> make_number_keys(std::size_t entries);
// "node x pod uid": 52 and 36 characters; "text N": N characters altogether, half of them a row's,
// N from 8 to 4096; "uuid N": the column is a UUID, the row has the rest, N from 40.
key_set<text_key> make_text_keys(const std::string& name, std::size_t entries);
bool is_key_shape(const std::string& name);
std::size_t most_keys(const std::string& name);  // for which the shape has names

// The two columns of a file: blanks, tabs or commas between. All numbers below 2^32 - 1 make number
// keys. Duplicates are dropped. The error names file and line.
std::expected<std::variant<key_set<number_key>, key_set<text_key>>, std::string> read_key_file(
    const std::string& path);

// What a scan adds up.
inline std::uint64_t mark(std::uint32_t id) { return id; }
inline std::uint64_t mark(std::string_view name) {
  return name.empty() ? 7
                      : 131 * name.size() + 31 * static_cast<unsigned char>(name.front()) +
                            static_cast<unsigned char>(name.back());
}

}  // namespace crosstie::bench
