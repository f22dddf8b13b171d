// Row ids: the ids of one row as those see them who visit it, whatever they lie in.
//
// Cost: five words, two of which point into the row. Invalidation: by a change to the row.
// Thread safety: as plain data.
#pragma once

#include <bit>
#include <cstdint>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_line.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

// The ids of a row, in two runs of places (of which the second may have none), some of which hold
// no_index; or where there are no places, `single`.
struct row_ids {
  const std::uint32_t* head = nullptr;
  const std::uint32_t* tail = nullptr;
  std::uint32_t head_places = 0;
  std::uint32_t tail_places = 0;
  std::uint32_t size = 0;
  std::uint32_t single = no_index;

  // Calls visit(id) for each, line by line: for whoever passes through many rows, whose lines
  // cannot be foretold how full they are, and whose ends are told once a line here.
  template <class Visit>
  [[gnu::always_inline]] void visit_lines(Visit&& visit) const {
    if (single != no_index) return visit(single);
    if (head_places + tail_places <= ids_a_line) return visit_first(head, size, visit);
    for (std::uint32_t at = 0; at < head_places; at += ids_a_line) visit_line(head + at, visit);
    for (std::uint32_t at = 0; at < tail_places; at += ids_a_line) visit_line(tail + at, visit);
  }
  // Calls visit(id) for each; loops that compilers make vectors of.
  template <class Visit>
  [[gnu::always_inline]] void visit(Visit&& visit) const {
    if (single != no_index) visit(single);
    for (std::uint32_t at = 0; at < head_places; ++at) {
      if (head[at] != no_index) visit(head[at]);
    }
    for (std::uint32_t at = 0; at < tail_places; ++at) {
      if (tail[at] != no_index) visit(tail[at]);
    }
  }

 private:
  // The ids of a line lie at its front.
  template <class Visit>
  static void visit_line(const std::uint32_t* line, Visit& visit) {
    const std::uint32_t end = match_line(line, no_index) | std::uint32_t{1} << ids_a_line;
    visit_first(line, static_cast<std::uint32_t>(std::countr_zero(end)), visit);
  }
  template <class Visit>
  static void visit_first(const std::uint32_t* ids, std::uint32_t count, Visit& visit) {
    for (std::uint32_t i = 0; i < count; ++i) visit(ids[i]);
  }
};

}  // namespace crosstie::detail
