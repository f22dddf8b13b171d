// Lined ids: dense ids hashed into cache lines, a view of one row's.
//
//   [16 ids][16 ids] ...     an id lies in the line of its hash, or in the next with room
//
// The lines lie in one run, or in two. Places are counted through both.
//
// Promise: finding and placing look at one line, rarely two, while no more than 15/16 of the places
//   (7/8 of many lines') are full. Closing a gap shifts displaced ids back: no tombstones.
// Invariants: unused places hold no_index, so the highest index is no id. Lines fill from the
//   front, and no line between an id's home and its own has an empty place. Whoever puts an id
//   there has seen to it that some place is empty. Thread safety: as plain data.
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_line.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

// What one line tells of an id that belongs there.
[[nodiscard]] inline bool line_has_room(const std::uint32_t* line) noexcept {
  return line[ids_a_line - 1] == no_index;
}
[[nodiscard]] inline std::uint32_t first_empty(const std::uint32_t* line) noexcept {
  return static_cast<std::uint32_t>(std::countr_zero(match_line(line, no_index)));
}

class lined_ids {
 public:
  lined_ids(std::uint32_t* ids, std::uint32_t places) noexcept
      : head_(ids), tail_(nullptr), head_places_(places), places_(places) {}
  lined_ids(std::uint32_t* head, std::uint32_t head_places, std::uint32_t* tail,
            std::uint32_t tail_places) noexcept
      : head_(head), tail_(tail), head_places_(head_places), places_(head_places + tail_places) {}

  [[nodiscard]] std::uint32_t places() const noexcept { return places_; }
  [[nodiscard]] std::uint32_t& at(std::uint32_t place) const noexcept { return *pointer(place); }

  // The line where an id belongs.
  [[nodiscard]] static std::uint32_t home_of(std::uint32_t id, std::uint64_t lines) noexcept {
    const std::uint32_t mixed = id * 0x9e3779b9U;
    return static_cast<std::uint32_t>((mixed * lines) >> 32);
  }
  // How many ids so many lines may hold.
  [[nodiscard]] static constexpr std::uint32_t limit(std::uint32_t lines) noexcept {
    return lines * (lines <= dense_lines ? ids_a_line - 1 : ids_a_line - 2);
  }
  // By how much a row grows.
  [[nodiscard]] static constexpr std::uint32_t more_lines(std::uint32_t lines) noexcept {
    return lines + (lines < 8 ? 1 : lines / 4);
  }
  [[nodiscard]] static constexpr std::uint32_t lines_for(std::uint32_t ids) noexcept {
    std::uint32_t lines = ids / ids_a_line + 1;
    while (limit(lines) < ids) ++lines;
    return lines;
  }

  // The place of an id, or how many places there are. The first line decides nearly always.
  [[nodiscard]] std::uint32_t find(std::uint32_t id) const noexcept {
    return find_from(home_place(id), id);
  }
  [[nodiscard]] std::uint32_t find_from(std::uint32_t first, std::uint32_t id) const noexcept {
    const std::uint32_t same = match_line(pointer(first), id);
    if (same != 0) return first + static_cast<std::uint32_t>(std::countr_zero(same));
    if (line_has_room(pointer(first))) [[likely]]
      return places_;
    return find_displaced(first, id);
  }

  // Where to put an id that is not there.
  [[nodiscard]] std::uint32_t free_place(std::uint32_t id) const noexcept {
    std::uint32_t first = home_place(id);
    while (!line_has_room(pointer(first))) first = next_line(first);
    return first + first_empty(pointer(first));
  }

  void put(std::uint32_t id) const noexcept { at(free_place(id)) = id; }

  // Takes an id out; false if it was not there.
  bool erase(std::uint32_t id) const noexcept {
    const std::uint32_t at = find(id);
    if (at == places_) return false;
    erase_at(at, [](std::uint32_t, std::uint32_t) {});
    return true;
  }
  [[nodiscard]] bool has_full_line() const noexcept {
    bool result = false;
    for (std::uint32_t first = 0; first != places_; first += ids_a_line) {
      result |= !line_has_room(pointer(first));
    }
    return result;
  }

  // Takes out the id at `gap`, and brings back one that had to go to a later line. move(to, from)
  // is called for each id that moves, for what belongs to it.
  template <class Move>
  void erase_at(std::uint32_t gap, Move&& move) const noexcept {
    std::uint32_t line = gap / ids_a_line * ids_a_line;
    bool was_full = !line_has_room(pointer(line));
    gap = move_gap_back(line, gap, move);
    for (std::uint32_t first = next_line(line); was_full; first = next_line(first)) {
      const bool full = !line_has_room(pointer(first));
      for (std::uint32_t i = first; i != first + ids_a_line && at(i) != no_index; ++i) {
        if (distance(home_place(at(i)), first) < distance(line, first)) continue;
        move_into_gap(gap, i, move);
        gap = move_gap_back(first, i, move);
        line = first;
        break;
      }
      was_full = full;
    }
  }

 private:
  [[nodiscard]] std::uint32_t* pointer(std::uint32_t place) const noexcept {
    return place < head_places_ ? head_ + place : tail_ + (place - head_places_);
  }
  [[nodiscard]] std::uint32_t home_place(std::uint32_t id) const noexcept {
    return home_of(id, places_ / ids_a_line) * ids_a_line;
  }
  [[nodiscard]] std::uint32_t next_line(std::uint32_t first) const noexcept {
    return first + ids_a_line == places_ ? 0 : first + ids_a_line;
  }
  // Places from line `from` forward to line `to`, around the end.
  [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t to) const noexcept {
    return to >= from ? to - from : to + places_ - from;
  }
  [[nodiscard]] std::uint32_t find_displaced(std::uint32_t first, std::uint32_t id) const noexcept {
    for (std::uint32_t at = first; !line_has_room(pointer(at));) {
      at = next_line(at);
      if (at == first) break;
      const std::uint32_t same = match_line(pointer(at), id);
      if (same != 0) return at + static_cast<std::uint32_t>(std::countr_zero(same));
    }
    return places_;
  }

  template <class Move>
  void move_into_gap(std::uint32_t gap, std::uint32_t from, Move& move) const noexcept {
    if (gap != from) {
      at(gap) = at(from);
      move(gap, from);
    }
    at(from) = no_index;
  }
  // Moves a gap in a line behind the line's ids, and returns where it is then.
  template <class Move>
  std::uint32_t move_gap_back(std::uint32_t first, std::uint32_t gap, Move& move) const noexcept {
    at(gap) = no_index - 1;  // anything but empty, so that the first empty place is another
    const std::uint32_t last =
        first + (line_has_room(pointer(first)) ? first_empty(pointer(first)) : ids_a_line) - 1;
    move_into_gap(gap, last, move);
    return last;
  }

  std::uint32_t* head_;
  std::uint32_t* tail_;
  std::uint32_t head_places_;
  std::uint32_t places_;
};

// Fills empty lines, at most lines_a_pooled_run of them, as lined_ids::put() does id by id. How
// full each line is lies beside it here: to look into a line that was just written is to wait for
// the store buffer, which takes longer than all the rest.
class line_filler {
 public:
  explicit line_filler(const lined_ids& into) noexcept : lines_(into.places() / ids_a_line) {
    for (std::uint32_t line = 0; line < lines_; ++line) ids_[line] = &into.at(line * ids_a_line);
  }

  void put(std::uint32_t id) noexcept {
    const std::uint32_t home = lined_ids::home_of(id, lines_);
    std::uint32_t line = home;
    while (used_[line] == ids_a_line) [[unlikely]] {
      line = line + 1 == lines_ ? 0 : line + 1;
      assert(line != home);
      displaced_ = true;
    }
    ids_[line][used_[line]++] = id;
  }
  // Whether an id has come to lie in another line than its own.
  [[nodiscard]] bool displaced() const noexcept { return displaced_; }

 private:
  std::uint32_t* ids_[lines_a_pooled_run];
  std::uint32_t used_[lines_a_pooled_run] = {};
  std::uint32_t lines_;
  bool displaced_ = false;
};

}  // namespace crosstie::detail
