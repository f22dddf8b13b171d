// A name table with a memory for the names seen last.
//
// A dump repeats a few hundred texts (label keys, resources, "TCP") for every pod, among as many
// new ones (pod names, uids) as there are pods; the table then no longer fits into the processor's
// caches, and each lookup waits for memory. The repeated ones are found here without it.
//
// Promise: intern() gives what the table's would. Cost: one short hash and one comparison of the
// text for a name seen recently; 16 KiB. Thread safety: none.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "cluster/names.hpp"

namespace crosstie::cluster {

class recent_names {
 public:
  explicit recent_names(name_table& names) : names_(names) {}

  name_id intern(std::string_view text) {
    name_id& recent = recent_[place(text)];
    if (names_.text(recent) != text) recent = names_.intern(text);
    return recent;
  }
  // For a text that is not expected again.
  name_id intern_once(std::string_view text) { return names_.intern(text); }
  std::string_view text(name_id id) const { return names_.text(id); }
  const name_table& table() const { return names_; }

 private:
  static constexpr unsigned place_bits = 12;

  // Both ends tell most names apart; which share a place does not matter for the result.
  static std::size_t place(std::string_view text) {
    std::uint64_t first = 0, last = 0;
    if (text.size() >= 8) {
      std::memcpy(&first, text.data(), 8);
      std::memcpy(&last, text.data() + text.size() - 8, 8);
    } else {
      for (char c : text) first = first << 8 | static_cast<unsigned char>(c);
    }
    const std::uint64_t mixed =
        (first ^ text.size()) * 0x9E3779B97F4A7C15u + last * 0xC2B2AE3D27D4EB4Fu;
    return static_cast<std::size_t>((mixed ^ mixed >> 29) * 0x9E3779B97F4A7C15u >>
                                    (64 - place_bits));
  }

  name_table& names_;
  std::array<name_id, std::size_t{1} << place_bits> recent_{};  // no_name is the empty text
};

}  // namespace crosstie::cluster
