// Line pool: cache lines of ids for all rows of a table, in runs of a few lines each.
//
//   chunks   [1,024 lines of 64 bytes] ...          the first has 8 lines, the next ones double
//   spans    64 lines each                          [which of them were given back]
//   shelves  shelf n: spans whose longest free run has n lines
//
// Promise: taking and giving back a run of at most 15 lines takes constant time (amortised); runs
//   that were given back merge, so rows that grow leave no holes that others could not use. Lines
//   stay where they are. clear() takes constant time and keeps the chunks.
// Cost: 16 bytes a span, and the slack of the last allocation: a 32nd part of all, or the last
//   chunk, which in a pool below 1,024 lines is half of it.
// Invariants: line i of chunk c has the number 1,024 c + i, however small the chunks before are. A
//   span is on the shelf of its longest free run, or on none without one. Lines from `opened` on
//   have not been used since the last clear(), and are not free in their spans.
// It does not keep the allocator, so whoever holds a pool must release() it.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/id_row.hpp>
#include <crosstie/detail/length_error.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

// 16 ids on a 64-byte boundary; an empty place holds no_index.
struct alignas(ids_a_line * sizeof(std::uint32_t)) id_line {
  std::uint32_t ids[ids_a_line];
};
inline constexpr id_line empty_line = [] {
  id_line line{};
  std::fill_n(line.ids, ids_a_line, no_index);
  return line;
}();

// Where not even no_index is found.
inline constexpr id_line line_of_zeros{};

template <class Alloc>
class line_pool {
  template <class T>
  using vector = std::vector<T, typename std::allocator_traits<Alloc>::template rebind_alloc<T>>;
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<id_line>;
  // Small chunks are asked for at the usual alignment, and the first line found in them: with an
  // alignment of its own, the first takes a small table longer than all the rest.
  struct alignas(16) piece {
    std::byte bytes[16];
  };
  using piece_traits = typename std::allocator_traits<Alloc>::template rebind_traits<piece>;
  static constexpr std::uint32_t pieces_a_line = sizeof(id_line) / sizeof(piece);
  static_assert(std::is_same_v<typename traits::pointer, id_line*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  explicit line_pool(const Alloc& alloc) : chunks_(alloc), spans_(alloc) {}
  line_pool(line_pool&& other) noexcept
      : chunks_(std::move(other.chunks_)),
        spans_(std::move(other.spans_)),
        state_(std::exchange(other.state_, state{})) {}
  line_pool& operator=(line_pool&&) = delete;

  // The first id of a line; the lines of a run follow each other.
  [[nodiscard]] std::uint32_t* at(std::uint32_t number) const noexcept {
    return chunks_[number / chunk_lines][number % chunk_lines].ids;
  }
  // The same of id_row::mark.
  [[nodiscard]] std::uint32_t* at_mark(std::uint32_t mark) const noexcept {
    constexpr std::uint32_t scale = 1U << id_row::number_shift;
    std::uint32_t* const chunk = chunks_[mark / (chunk_lines * scale)]->ids;
    return chunk + (mark & ((chunk_lines - 1) * scale)) * std::size_t{ids_a_line} / scale;
  }

  // A run of `lines` lines, all empty: the number of its first.
  [[nodiscard]] std::uint32_t take(const Alloc& alloc, std::uint32_t lines) {
    const std::uint32_t first = run(alloc, lines);
    std::fill_n(at(first), std::size_t{lines} * ids_a_line, no_index);
    return first;
  }
  // To be called before give_back(), which does not throw.
  void prepare_to_give_back() {
    const std::size_t count = first_span(static_cast<std::uint32_t>(chunks_.size()));
    detail::reserve_slim(spans_, count);
    if (spans_.size() < count) spans_.resize(count);
  }
  void give_back(std::uint32_t first, std::uint32_t lines) noexcept {
    const std::uint32_t index = span_of(first);
    const std::uint64_t bits = bits_of(first % span_lines, lines);
    assert((spans_[index].free & bits) == 0);
    change(index, spans_[index].free | bits);
  }

  // Gives every run back.
  void clear() noexcept { state_ = state{.skipped = state_.skipped}; }
  void release(const Alloc& alloc) noexcept {
    if (chunks_.empty()) return;
    for (std::uint32_t chunk = 0; chunk < std::min<std::size_t>(chunks_.size(), small_chunks);
         ++chunk) {
      typename piece_traits::allocator_type memory(alloc);
      piece_traits::deallocate(memory,
                               reinterpret_cast<piece*>(chunks_[chunk]) - skipped_before(chunk),
                               pieces_for(lines_of(chunk)));
    }
    for (std::uint32_t chunk = small_chunks; chunk < chunks_.size();
         chunk += chunks_beside(chunk)) {
      typename traits::allocator_type lines(alloc);
      traits::deallocate(lines, chunks_[chunk], std::size_t{chunks_beside(chunk)} * chunk_lines);
    }
    chunks_.clear();
    spans_.clear();
    state_ = state{};
  }

  void swap(line_pool& other) noexcept {
    chunks_.swap(other.chunks_);
    spans_.swap(other.spans_);
    std::swap(state_, other.state_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = chunks_.capacity() * sizeof(id_line*) + spans_.capacity() * sizeof(span);
    for (std::uint32_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      bytes += chunk < small_chunks ? pieces_for(lines_of(chunk)) * sizeof(piece)
                                    : chunk_lines * sizeof(id_line);
    }
    return bytes;
  }

 private:
  static constexpr std::uint32_t chunk_lines = lines_a_chunk;
  static constexpr std::uint32_t span_lines = std::min(64U, chunk_lines);
  static constexpr std::uint32_t longest_run = lines_a_pooled_run;
  static constexpr std::uint32_t small_chunks = std::countr_zero(chunk_lines / first_chunk_lines);
  static constexpr std::uint32_t most_chunks = id_row::line_limit / chunk_lines;
  static constexpr std::uint32_t none = (1U << 28) - 1;
  static_assert(longest_run < span_lines && longest_run < 16);
  static_assert(chunk_lines == first_chunk_lines << small_chunks && small_chunks <= 16);
  static_assert(id_row::line_limit / span_lines < none);

  struct span {
    std::uint64_t free;         // a bit a line
    std::uint32_t shelf : 4;    // 0: none
    std::uint32_t before : 28;  // on its shelf
    std::uint32_t after;
  };
  struct state {
    std::uint32_t skipped = 0;  // two bits a small chunk: pieces before its first line
    std::uint32_t opened = 0;   // the number of the next line that has not been used
    std::uint32_t stocked = 0;  // a bit a shelf that is not empty
    std::uint32_t heads[longest_run + 1] = {};
  };

  [[nodiscard]] static constexpr std::uint32_t lines_of(std::uint32_t chunk) noexcept {
    return chunk < small_chunks ? first_chunk_lines << chunk : chunk_lines;
  }
  // The first span of each small chunk, and of the first other one.
  static constexpr auto small_spans = [] {
    std::array<std::uint32_t, small_chunks + 1> firsts{};
    for (std::uint32_t chunk = 0; chunk < small_chunks; ++chunk) {
      firsts[chunk + 1] = firsts[chunk] + (lines_of(chunk) + span_lines - 1) / span_lines;
    }
    return firsts;
  }();
  static constexpr std::uint32_t spans_a_chunk = chunk_lines / span_lines;
  [[nodiscard]] static std::uint32_t first_span(std::uint32_t chunk) noexcept {
    if (chunk < small_chunks) return small_spans[chunk];
    return small_spans[small_chunks] + (chunk - small_chunks) * spans_a_chunk;
  }
  [[nodiscard]] static std::uint32_t span_of(std::uint32_t line) noexcept {
    return first_span(line / chunk_lines) + line % chunk_lines / span_lines;
  }
  [[nodiscard]] static std::uint32_t first_line(std::uint32_t span) noexcept {
    std::uint32_t chunk = 0;
    while (chunk < small_chunks && small_spans[chunk + 1] <= span) ++chunk;
    if (chunk == small_chunks) chunk += (span - small_spans[small_chunks]) / spans_a_chunk;
    return chunk * chunk_lines + (span - first_span(chunk)) * span_lines;
  }
  [[nodiscard]] static std::uint64_t bits_of(std::uint32_t start, std::uint32_t lines) noexcept {
    return ~std::uint64_t{0} >> (64 - lines) << start;
  }
  // The length of the longest run of bits, or 15 where it is longer: of 8 bits if there are so
  // many, then of 4, 2 and 1 more. A bit of `ends` says that a run of that length ends there.
  [[nodiscard]] static std::uint32_t shelf_of(std::uint64_t free) noexcept {
    const std::uint64_t pairs = free & free << 1;
    const std::uint64_t fours = pairs & pairs << 2;
    std::uint64_t ends = fours & fours << 4;
    std::uint32_t length = ends == 0 ? 0 : 8;
    if (ends == 0) ends = ~std::uint64_t{0};
    const auto lengthen = [&](std::uint64_t runs, std::uint32_t by) {
      const std::uint64_t longer = ends & runs << length;
      if (longer == 0) return;
      ends = longer;
      length += by;
    };
    lengthen(fours, 4);
    lengthen(pairs, 2);
    lengthen(free, 1);
    return std::min(length, longest_run);
  }

  [[nodiscard]] std::uint32_t run(const Alloc& alloc, std::uint32_t lines) {
    const std::uint32_t stocked = state_.stocked >> lines << lines;
    if (stocked == 0) return new_run(alloc, lines);
    const std::uint32_t index = state_.heads[std::countr_zero(stocked)];
    std::uint64_t starts = spans_[index].free;
    for (std::uint32_t i = 1; i < lines; ++i) starts &= starts >> 1;
    const auto start = static_cast<std::uint32_t>(std::countr_zero(starts));
    change(index, spans_[index].free & ~bits_of(start, lines));
    return first_line(index) + start;
  }
  // Of lines that have not been used. A run lies in one span: the end of one may go to its shelf.
  [[nodiscard]] std::uint32_t new_run(const Alloc& alloc, std::uint32_t lines) {
    while (unused_in_span() < lines) {
      if (state_.opened / chunk_lines == chunks_.size()) {
        add_chunks(alloc);
      } else {
        prepare_to_give_back();
        const std::uint32_t left = unused_in_span();
        give_back(open(left), left);
      }
    }
    return open(lines);
  }
  // How many lines have not been used in the span of the next one.
  [[nodiscard]] std::uint32_t unused_in_span() const noexcept {
    const std::uint32_t chunk = state_.opened / chunk_lines;
    if (chunk == chunks_.size()) return 0;
    const std::uint32_t at = state_.opened % chunk_lines;
    return std::min(span_lines - at % span_lines, lines_of(chunk) - at);
  }
  // The number of the first of so many lines, which are there.
  [[nodiscard]] std::uint32_t open(std::uint32_t lines) noexcept {
    const std::uint32_t first = state_.opened;
    if (first % span_lines == 0 && span_of(first) < spans_.size()) {
      spans_[span_of(first)] = {0, 0, none, none};
    }
    const std::uint32_t chunk = first / chunk_lines;
    const bool is_last = first % chunk_lines + lines == lines_of(chunk);
    state_.opened = is_last ? (chunk + 1) * chunk_lines : first + lines;
    return first;
  }

  // Spans change shelves when their longest run changes.
  void change(std::uint32_t index, std::uint64_t free) noexcept {
    const std::uint32_t from = spans_[index].shelf;
    const std::uint32_t to = shelf_of(free);
    spans_[index].free = free;
    if (from == to) return;
    spans_[index].shelf = to & 15;  // all that its bits hold
    if (from != 0) take_from_shelf(index, from);
    if (to != 0) put_on_shelf(index, to);
  }
  void take_from_shelf(std::uint32_t index, std::uint32_t shelf) noexcept {
    const span& taken = spans_[index];
    if (taken.after != none) spans_[taken.after].before = taken.before;
    if (taken.before != none) {
      spans_[taken.before].after = taken.after;
    } else {
      state_.heads[shelf] = taken.after;
      if (taken.after == none) state_.stocked &= ~(1U << shelf);
    }
  }
  void put_on_shelf(std::uint32_t index, std::uint32_t shelf) noexcept {
    const std::uint32_t first = (state_.stocked >> shelf & 1) != 0 ? state_.heads[shelf] : none;
    spans_[index].before = none;
    spans_[index].after = first;
    if (first != none) spans_[first].before = index & none;
    state_.heads[shelf] = index;
    state_.stocked |= 1U << shelf;
  }

  void add_chunks(const Alloc& alloc) {
    const auto first = static_cast<std::uint32_t>(chunks_.size());
    if (first < small_chunks) {
      add_small_chunk(alloc, first);
      return;
    }
    const std::uint32_t count = chunks_beside(first);
    if (count > most_chunks - first) refuse_length();
    detail::reserve_slim(chunks_, first + count);
    typename traits::allocator_type lines(alloc);
    id_line* const added = traits::allocate(lines, std::size_t{count} * chunk_lines);
    for (std::uint32_t i = 0; i < count; ++i) {
      chunks_.push_back(added + std::size_t{i} * chunk_lines);
    }
  }
  void add_small_chunk(const Alloc& alloc, std::uint32_t chunk) {
    chunks_.reserve(chunk < 2 ? 2 : small_chunks);
    typename piece_traits::allocator_type memory(alloc);
    piece* const all = piece_traits::allocate(memory, pieces_for(lines_of(chunk)));
    const std::size_t place = reinterpret_cast<std::uintptr_t>(all) / sizeof(piece);
    const auto skipped = static_cast<std::uint32_t>(-place % pieces_a_line);
    chunks_.push_back(reinterpret_cast<id_line*>(all + skipped));
    state_.skipped |= skipped << 2 * chunk;
  }
  [[nodiscard]] std::uint32_t skipped_before(std::uint32_t chunk) const noexcept {
    return state_.skipped >> 2 * chunk & 3;
  }
  [[nodiscard]] static std::size_t pieces_for(std::uint32_t lines) noexcept {
    return std::size_t{lines} * pieces_a_line + pieces_a_line - 1;
  }
  // How many chunks lie in one allocation with this one, its first.
  [[nodiscard]] static std::uint32_t chunks_beside(std::uint32_t chunk) noexcept {
    return 1 + chunk / 32;
  }
  [[noreturn]] static void refuse_length() {
    throw_length_error("crosstie: the rows need more than 2^28 lines of 16 ids");
  }

  vector<id_line*> chunks_;
  vector<span> spans_;
  state state_;
};

}  // namespace crosstie::detail
