// Linearizable: tells whether what threads saw of one key can be put into one order.
//
// An operation has a moment of call and a moment of return, both from one counter that all threads
// share. A history is linearizable where its operations can be ordered so that each gives what it
// gave, and none comes before one that had returned when it was called. The search tries every
// order (Wing and Gong 1993), which is quick for histories of a dozen operations.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace crosstie::test {

enum class action { find, put, add_one, erase };

struct observed {
  action what;
  int argument;               // of put
  std::optional<int> result;  // find: the value; put, add_one, erase: 1 where it answered true
  std::uint64_t called;
  std::uint64_t returned;
};

// What the operation gives on a map whose key holds `value`, and what it leaves there.
inline std::optional<int> apply_action(const observed& operation, std::optional<int>& value) {
  const bool was_there = value.has_value();
  switch (operation.what) {
    case action::find:
      return value;
    case action::put:
      value = operation.argument;
      return was_there ? 0 : 1;
    case action::add_one:
      value = value.value_or(0) + 1;
      return was_there ? 0 : 1;
    case action::erase:
      value.reset();
      return was_there ? 1 : 0;
  }
  return std::nullopt;
}

inline bool is_linearizable(const std::vector<observed>& history, std::uint32_t done,
                            std::optional<int> value) {
  if (done + 1 == std::uint32_t{1} << history.size()) return true;
  std::uint64_t first_return = ~std::uint64_t{0};
  for (std::size_t i = 0; i < history.size(); ++i) {
    const bool open = (done >> i & 1) == 0;
    if (open && history[i].returned < first_return) first_return = history[i].returned;
  }
  for (std::size_t i = 0; i < history.size(); ++i) {
    if ((done >> i & 1) != 0 || history[i].called > first_return) continue;
    std::optional<int> after = value;
    if (apply_action(history[i], after) != history[i].result) continue;
    if (is_linearizable(history, done | std::uint32_t{1} << i, after)) return true;
  }
  return false;
}

inline bool is_linearizable(const std::vector<observed>& history) {
  return is_linearizable(history, 0, std::nullopt);
}

}  // namespace crosstie::test
