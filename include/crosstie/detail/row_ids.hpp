// Row ids: the ids of one row as those see them who visit it, whatever they lie in.
//
// Cost: five words, two of which point into the row. Invalidation: by a change to the row.
// Thread safety: as plain data.
#pragma once

#include <cstdint>

#include <crosstie/dense_id.hpp>

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

  // Calls visit(id) for each; loops that compilers make vectors of.
  template <class Visit>
  void visit(Visit&& visit) const {
    if (single != no_index) visit(single);
    for (std::uint32_t at = 0; at < head_places; ++at) {
      if (head[at] != no_index) visit(head[at]);
    }
    for (std::uint32_t at = 0; at < tail_places; ++at) {
      if (tail[at] != no_index) visit(tail[at]);
    }
  }
};

}  // namespace crosstie::detail
