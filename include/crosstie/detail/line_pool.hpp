// Line pool: cache lines of ids for all rows of a table, in runs of a few lines each.
//
//   chunks   [1,024 lines of 64 bytes] ...          the first ones are smaller
//   spans    64 lines of a chunk each               [which of them are free]
//   shelves  shelf n: spans whose longest free run has n lines
//
// Promise: taking and giving back a run takes constant time; runs that were given back merge, so
//   rows that grow leave no holes that others could not use. A run of more than 16 lines is an
//   allocation of its own, and a chunk for every 1,024 lines of it. clear() takes constant time and
//   keeps the chunks (the latter ones go back).
// Cost: 24 bytes a span, and the slack of the last chunk.
// Invariants: a span is on the shelf of its longest free run, or on none when it is full. Spans
//   from opened_ on have not been used since the last clear().
// It does not keep the allocator, so whoever holds a pool must release() it.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

template <class Alloc>
class line_pool {
  static constexpr std::size_t line_bytes = ids_a_line * sizeof(std::uint32_t);
  struct alignas(line_bytes) line {
    std::uint32_t ids[ids_a_line];
  };
  template <class T>
  using vector = std::vector<T, typename std::allocator_traits<Alloc>::template rebind_alloc<T>>;
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<line>;
  static_assert(std::is_same_v<typename traits::pointer, line*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  explicit line_pool(const Alloc& alloc) : chunks_(alloc), notes_(alloc), spans_(alloc) {}
  line_pool(line_pool&& other) noexcept
      : chunks_(std::move(other.chunks_)),
        notes_(std::move(other.notes_)),
        spans_(std::move(other.spans_)),
        shelves_(std::exchange(other.shelves_, shelves{})) {}
  line_pool& operator=(line_pool&&) = delete;

  // The first id of a line; the lines of a run follow each other.
  [[nodiscard]] std::uint32_t* at(std::uint32_t number) const noexcept {
    return chunks_[number / chunk_lines][number % chunk_lines].ids;
  }

  // A run of `lines` lines, all empty: the number of its first.
  [[nodiscard]] std::uint32_t take(const Alloc& alloc, std::uint32_t lines) {
    const std::uint32_t first = lines > longest_run ? own_chunk(alloc, lines) : run(alloc, lines);
    std::fill_n(at(first), std::size_t{lines} * ids_a_line, no_index);
    return first;
  }
  void give_back(const Alloc& alloc, std::uint32_t first, std::uint32_t lines) noexcept {
    if (lines > longest_run) {
      drop_own_chunk(alloc, first / chunk_lines);
      return;
    }
    const std::uint32_t index = span_of(first);
    const std::uint64_t bits = bits_of(first % span_lines, lines);
    assert((spans_[index].free & bits) == 0);
    change(index, spans_[index].free | bits);
  }

  // Gives every run back.
  void clear(const Alloc& alloc) noexcept {
    if (shelves_.own_chunks != 0) drop_own_chunks(alloc);
    const shelves before = std::exchange(shelves_, shelves{});
    shelves_.small_chunks = before.small_chunks;
    shelves_.vacant = before.vacant;
  }
  void release(const Alloc& alloc) noexcept {
    typename traits::allocator_type lines(alloc);
    for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      if (notes_[chunk].lines != 0) traits::deallocate(lines, chunks_[chunk], notes_[chunk].lines);
    }
    chunks_.clear();
    notes_.clear();
    spans_.clear();
    shelves_ = shelves{};
  }

  void swap(line_pool& other) noexcept {
    chunks_.swap(other.chunks_);
    notes_.swap(other.notes_);
    spans_.swap(other.spans_);
    std::swap(shelves_, other.shelves_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = chunks_.capacity() * sizeof(line*) + notes_.capacity() * sizeof(note) +
                        spans_.capacity() * sizeof(span);
    for (const note& one : notes_) bytes += one.lines * line_bytes;
    return bytes;
  }

 private:
  static constexpr std::uint32_t chunk_lines = lines_a_chunk;
  static constexpr std::uint32_t span_lines = std::min(64U, chunk_lines);
  static constexpr std::uint32_t longest_run = lines_a_pooled_run;
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static_assert(longest_run < span_lines && longest_run < 32);

  // What is known of a chunk: the lines that were allocated with it, none where it is vacant or
  // the rest of the chunk before; its first span, or none where it belongs to one run; of a vacant
  // chunk, the next vacant one.
  struct note {
    std::uint32_t lines;
    std::uint32_t first_span;
  };
  struct span {
    std::uint64_t free;  // a bit a line
    std::uint32_t first;
    std::uint32_t lines;
    std::uint32_t before;  // on its shelf
    std::uint32_t after;
  };
  struct shelves {
    std::uint32_t stocked = 0;  // a bit a shelf that is not empty
    std::uint32_t heads[longest_run + 1] = {};
    std::uint32_t opened = 0;
    std::uint32_t small_chunks = 0;  // chunks made of spans
    std::uint32_t own_chunks = 0;
    std::uint32_t vacant = none;
  };

  [[nodiscard]] std::uint32_t span_of(std::uint32_t line) const noexcept {
    return notes_[line / chunk_lines].first_span + line % chunk_lines / span_lines;
  }
  [[nodiscard]] static std::uint64_t bits_of(std::uint32_t start, std::uint32_t lines) noexcept {
    return ((std::uint64_t{1} << lines) - 1) << start;
  }
  [[nodiscard]] static std::uint32_t shelf_of(std::uint64_t free) noexcept {
    std::uint32_t length = 0;
    for (; free != 0 && length != longest_run; free &= free << 1) ++length;
    return length;
  }

  [[nodiscard]] std::uint32_t run(const Alloc& alloc, std::uint32_t lines) {
    std::uint32_t stocked;
    while ((stocked = shelves_.stocked >> lines << lines) == 0) open_span(alloc);
    const std::uint32_t index = shelves_.heads[std::countr_zero(stocked)];
    std::uint64_t starts = spans_[index].free;
    for (std::uint32_t i = 1; i < lines; ++i) starts &= starts >> 1;
    const auto start = static_cast<std::uint32_t>(std::countr_zero(starts));
    change(index, spans_[index].free & ~bits_of(start, lines));
    return spans_[index].first + start;
  }

  // Spans change shelves when their longest run changes.
  void change(std::uint32_t index, std::uint64_t free) noexcept {
    const std::uint32_t from = shelf_of(spans_[index].free);
    const std::uint32_t to = shelf_of(free);
    spans_[index].free = free;
    if (from == to) return;
    if (from != 0) take_from_shelf(index, from);
    if (to != 0) put_on_shelf(index, to);
  }
  void take_from_shelf(std::uint32_t index, std::uint32_t shelf) noexcept {
    const span& taken = spans_[index];
    if (taken.after != none) spans_[taken.after].before = taken.before;
    if (taken.before != none) {
      spans_[taken.before].after = taken.after;
    } else {
      shelves_.heads[shelf] = taken.after;
      if (taken.after == none) shelves_.stocked &= ~(1U << shelf);
    }
  }
  void put_on_shelf(std::uint32_t index, std::uint32_t shelf) noexcept {
    const std::uint32_t first = (shelves_.stocked >> shelf & 1) != 0 ? shelves_.heads[shelf] : none;
    spans_[index].before = none;
    spans_[index].after = first;
    if (first != none) spans_[first].before = index;
    shelves_.heads[shelf] = index;
    shelves_.stocked |= 1U << shelf;
  }

  void open_span(const Alloc& alloc) {
    if (shelves_.opened == spans_.size()) add_chunk(alloc);
    const std::uint32_t index = shelves_.opened++;
    spans_[index].free = 0;
    change(index, ~std::uint64_t{0} >> (64 - spans_[index].lines));
  }

  // Chunks double up to their full size, so that small tables stay small.
  void add_chunk(const Alloc& alloc) {
    const std::uint32_t doublings = std::min(shelves_.small_chunks, 16U);
    const std::uint32_t lines = std::min(chunk_lines, first_chunk_lines << doublings);
    const std::uint32_t count = (lines + span_lines - 1) / span_lines;
    reserve_slim(spans_, spans_.size() + count);
    const auto first_span = static_cast<std::uint32_t>(spans_.size());
    const std::uint32_t first = new_chunk(alloc, {lines, first_span}) * chunk_lines;
    for (std::uint32_t at = 0; at < lines; at += span_lines) {
      spans_.push_back({0, first + at, std::min(span_lines, lines - at), none, none});
    }
    ++shelves_.small_chunks;
  }

  [[nodiscard]] std::uint32_t own_chunk(const Alloc& alloc, std::uint32_t lines) {
    const std::uint32_t chunk = new_chunk(alloc, {lines, none});
    ++shelves_.own_chunks;
    return chunk * chunk_lines;
  }
  [[nodiscard]] bool is_own(std::uint32_t chunk) const noexcept {
    return notes_[chunk].lines != 0 && notes_[chunk].first_span == none;
  }
  void drop_own_chunk(const Alloc& alloc, std::uint32_t chunk) noexcept {
    typename traits::allocator_type lines(alloc);
    const std::uint32_t count = chunks_for(notes_[chunk].lines);
    traits::deallocate(lines, chunks_[chunk], notes_[chunk].lines);
    for (std::uint32_t last = chunk + count; chunk != last; ++chunk) {
      chunks_[chunk] = nullptr;
      notes_[chunk] = {0, std::exchange(shelves_.vacant, chunk)};
    }
    --shelves_.own_chunks;
  }

  // All of them, and the numbers at the end that nobody has any more: a vacant number can serve a
  // short run only, so that long ones would use numbers up.
  void drop_own_chunks(const Alloc& alloc) noexcept {
    for (std::uint32_t chunk = 0; shelves_.own_chunks != 0; ++chunk) {
      if (is_own(chunk)) drop_own_chunk(alloc, chunk);
    }
    while (!chunks_.empty() && chunks_.back() == nullptr) {
      chunks_.pop_back();
      notes_.pop_back();
    }
    shelves_.vacant = none;
    for (std::uint32_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      if (chunks_[chunk] == nullptr)
        notes_[chunk].first_span = std::exchange(shelves_.vacant, chunk);
    }
  }

  [[nodiscard]] static std::uint32_t chunks_for(std::uint32_t lines) noexcept {
    return lines / chunk_lines + (lines % chunk_lines != 0);
  }
  // A chunk's number: a vacant one, or the next, and the ones after it for a longer run.
  [[nodiscard]] std::uint32_t new_chunk(const Alloc& alloc, note about) {
    typename traits::allocator_type lines(alloc);
    const std::uint32_t count = chunks_for(about.lines);
    if (const std::uint32_t chunk = shelves_.vacant; chunk != none && count == 1) {
      chunks_[chunk] = traits::allocate(lines, about.lines);
      shelves_.vacant = notes_[chunk].first_span;
      notes_[chunk] = about;
      return chunk;
    }
    const std::size_t chunk = chunks_.size();
    if (chunk + count > none / chunk_lines) refuse_length();
    reserve_slim(chunks_, chunk + count);
    reserve_slim(notes_, chunk + count);
    line* const first = traits::allocate(lines, about.lines);
    for (std::uint32_t i = 0; i < count; ++i)
      chunks_.push_back(first + std::size_t{i} * chunk_lines);
    notes_.push_back(about);
    notes_.resize(chunk + count, note{0, 0});
    return static_cast<std::uint32_t>(chunk);
  }
  [[noreturn]] static void refuse_length() {
#if defined(__cpp_exceptions)
    throw std::length_error("crosstie: too many rows, or too long ones");
#else
    std::abort();
#endif
  }

  vector<line*> chunks_;
  vector<note> notes_;
  vector<span> spans_;
  shelves shelves_;
};

}  // namespace crosstie::detail
