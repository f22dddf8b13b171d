#include "lab/key_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/uuid.hpp>
#include <fstream>
#include <limits>
#include <random>

namespace crosstie::bench {
namespace {

constexpr std::size_t columns_a_row = 30;

// The index of one of n things, the k-th with a chance proportional to 1 / k: the inverse of the
// continuous distribution, close enough for what it is for.
std::size_t draw_zipf(std::size_t n, std::mt19937_64& random) {
  const double u = std::uniform_real_distribution<>(0, 1)(random);
  const auto rank = static_cast<std::size_t>(std::pow(static_cast<double>(n + 1), u));
  return std::min(rank, n) - 1;
}

bool is_uuid(std::string_view text) { return parse_uuid(text).has_value(); }
bool is_uuid(std::uint32_t) { return false; }
double bytes_of(std::string_view text) { return static_cast<double>(text.size()); }
double bytes_of(std::uint32_t) { return 4; }

// Fills everything that follows from `inserted`; `other_row` gives an absent key's row.
template <class Key>
void complete(key_set<Key>& keys, const std::vector<decltype(Key::row)>& rows) {
  using part = decltype(Key::row);
  std::mt19937_64 random(3);
  std::ranges::shuffle(keys.inserted, random);
  keys.ordered = keys.inserted;
  std::ranges::sort(keys.ordered);
  keys.asked = keys.inserted;
  std::ranges::shuffle(keys.asked, random);
  flat_set<Key> present;
  flat_set<part> columns;
  keys.uuids = true, keys.one_row = true;
  for (const Key& key : keys.inserted) {
    present.insert(key);
    keys.one_row &= columns.insert(key.column).second;
    keys.uuids &= is_uuid(key.column);
    keys.row_bytes += bytes_of(key.row), keys.column_bytes += bytes_of(key.column);
  }
  keys.rows = rows.size(), keys.columns = columns.size();
  const auto count = static_cast<double>(keys.inserted.size());
  keys.row_bytes /= count, keys.column_bytes /= count;
  // A full grid has no absent key among its rows and columns; then none is asked for.
  for (const Key& key : keys.asked) {
    keys.zipf.push_back(keys.inserted[draw_zipf(keys.inserted.size(), random)]);
    for (int attempt = 0; attempt < 30; ++attempt) {
      const Key other{rows[random() % rows.size()], key.column};
      if (present.contains(other)) continue;
      keys.absent.push_back(other);
      break;
    }
  }
}

template <class Key>
std::vector<decltype(Key::row)> distinct_rows(const std::vector<Key>& keys) {
  std::vector<decltype(Key::row)> rows;
  for (const Key& key : keys) rows.push_back(key.row);
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  return rows;
}

std::string make_uid(std::mt19937_64& random) {
  const std::uint64_t a = random(), b = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32, a & 0xffff,
                     (a >> 16) & 0xfff, (b >> 48) & 0xfff, b & 0xffffffffffff);
}

// Characters of a name that number it: always as many, so that no two names are alike.
std::size_t digits_in(std::size_t size) { return std::min<std::size_t>(size - 1, 5); }

// `size` characters, the last of which number it; what is before is alike, as in real names.
std::string make_text(char kind, std::size_t size, std::size_t number) {
  static constexpr char digits[] =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  std::string text(size, '.');
  const std::string_view prefix = "team-a.production.eu-west-1.";
  for (std::size_t i = 0; i < size; ++i) text[i] = prefix[i % prefix.size()];
  text[0] = kind;
  for (std::size_t i = 1; i <= digits_in(size); ++i, number /= 64) {
    text[size - i] = digits[number % 64];
  }
  return text;
}

// The N of "text N" or "uuid N"; 0 where it is no such shape.
std::size_t text_size(const std::string& name) {
  const bool uuid = name.starts_with("uuid ");
  if (!uuid && !name.starts_with("text ")) return 0;
  std::size_t size = 0;
  for (const char c : name.substr(5)) {
    if (c < '0' || c > '9' || size > 4096) return 0;
    size = 10 * size + static_cast<std::size_t>(c - '0');
  }
  return size >= (uuid ? uuid_text_bytes + 4 : 8) && size <= 4096 ? size : 0;
}

}  // namespace

bool is_key_shape(const std::string& name) {
  return name == "u32 pair" || name == "node x pod uid" || text_size(name) != 0;
}

std::size_t most_keys(const std::string& name) {
  const std::size_t size = text_size(name);
  if (size == 0) return std::numeric_limits<std::uint32_t>::max();
  const bool uuids = name.starts_with("uuid ");
  const std::size_t column = std::size_t{1} << (6 * digits_in(size - size / 2));
  const std::size_t row = std::size_t{1}
                          << (6 * digits_in(uuids ? size - uuid_text_bytes : size / 2));
  return std::min(uuids ? std::numeric_limits<std::size_t>::max() : column,
                  (row - 2) * columns_a_row);
}

key_set<number_key> make_number_keys(std::size_t entries) {
  key_set<number_key> keys;
  keys.name = "u32 pair";
  keys.dense = true;
  std::mt19937_64 random(1);
  const std::size_t rows = entries / columns_a_row + 2;
  for (std::size_t c = 0; c < entries; ++c) {
    keys.inserted.push_back(
        {static_cast<std::uint32_t>(random() % rows), static_cast<std::uint32_t>(c)});
  }
  complete(keys, distinct_rows(keys.inserted));
  return keys;
}

key_set<text_key> make_text_keys(const std::string& name, std::size_t entries) {
  key_set<text_key> keys;
  keys.name = name;
  keys.owned = std::make_shared<std::deque<std::string>>();
  std::mt19937_64 random(2);
  const std::size_t size = text_size(name), rows = entries / columns_a_row + 2;
  const bool uuids = size == 0 || name.starts_with("uuid ");
  const std::size_t row_size = uuids ? size - std::min(size, uuid_text_bytes) : size / 2;
  std::vector<std::string_view> names;
  for (std::size_t r = 0; r < rows; ++r) {
    names.push_back(keys.owned->emplace_back(
        size != 0 ? make_text('n', row_size, r)
                  : fmt::format("ip-10-{:03}-{:03}.worker-pool-{:08x}.eu-west-1.internal.x",
                                r / 250 % 250, r % 250, r)));
  }
  for (std::size_t c = 0; c < entries; ++c) {
    const std::string& column =
        keys.owned->emplace_back(uuids ? make_uid(random) : make_text('p', size - row_size, c));
    keys.inserted.push_back({names[random() % rows], column});
  }
  complete(keys, distinct_rows(keys.inserted));
  return keys;
}

std::expected<std::variant<key_set<number_key>, key_set<text_key>>, std::string> read_key_file(
    const std::string& path) {
  std::ifstream from(path);
  if (!from) return std::unexpected(path + ": cannot be read");
  key_set<text_key> keys;
  keys.name = path;
  keys.owned = std::make_shared<std::deque<std::string>>();
  flat_set<text_key> seen;
  bool numbers = true;
  std::uint64_t greatest = 0;
  std::size_t at = 0;
  for (std::string line; std::getline(from, line);) {
    ++at;
    constexpr const char* blanks = " \t,\r";
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string::npos) continue;
    const std::size_t end = line.find_first_of(blanks, begin);
    const std::size_t next = line.find_first_not_of(blanks, end);
    if (end == std::string::npos || next == std::string::npos) {
      return std::unexpected(fmt::format("{}:{}: expected two columns", path, at));
    }
    const std::size_t stop = std::min(line.find_first_of(blanks, next), line.size());
    if (line.find_first_not_of(blanks, stop) != std::string::npos) {
      return std::unexpected(fmt::format("{}:{}: expected two columns, found more", path, at));
    }
    for (const auto& [from_byte, to_byte] : {std::pair{begin, end}, std::pair{next, stop}}) {
      const std::string& part =
          keys.owned->emplace_back(line.substr(from_byte, to_byte - from_byte));
      numbers &= part.size() < 11 &&
                 std::ranges::all_of(
                     part, [](char c) { return c >= '0' && c <= '9'; }) &&
                 (part == "0" || part[0] != '0');
      if (numbers) greatest = std::max<std::uint64_t>(greatest, std::stoull(part));
    }
    const text_key key{*(keys.owned->end() - 2), keys.owned->back()};
    if (seen.insert(key).second) keys.inserted.push_back(key);
  }
  if (keys.inserted.empty()) return std::unexpected(path + ": there is no key in it");
  if (!numbers || greatest >= std::numeric_limits<std::uint32_t>::max()) {
    complete(keys, distinct_rows(keys.inserted));
    return keys;
  }
  key_set<number_key> made;
  made.name = path;
  for (const text_key& key : keys.inserted) {
    made.inserted.push_back({static_cast<std::uint32_t>(std::stoul(std::string(key.row))),
                             static_cast<std::uint32_t>(std::stoul(std::string(key.column)))});
  }
  made.dense = greatest < 4 * made.inserted.size() + 1'000'000;
  complete(made, distinct_rows(made.inserted));
  return made;
}

}  // namespace crosstie::bench
