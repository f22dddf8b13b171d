// Block rows: dense ids with a value each for each of many rows, the rows numbered from 0.
//
//   rows   [16 B] a row  ->  one block: ids, then their values   (detail/id_block.hpp)
//
// Promise: as id_rows, of which this is the counterpart with values; a row's values stay where they
//   are while other rows change. clear() takes constant time where values need no destructor: rows
//   are emptied when they are used again.
// Invariants: rows from size() on are left over from before a clear(), with memory and ids in it.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_block.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/prefetch.hpp>
#include <crosstie/detail/row_ids.hpp>

namespace crosstie::detail {

template <class Value, class Alloc>
class block_rows {
  using block = id_block<Value, Alloc>;
  using blocks =
      std::vector<block, typename std::allocator_traits<Alloc>::template rebind_alloc<block>>;

 public:
  explicit block_rows(const Alloc& alloc) : alloc_(alloc), blocks_(alloc) {}
  block_rows(block_rows&& other) noexcept
      : alloc_(other.alloc_),
        blocks_(std::move(other.blocks_)),
        size_(std::exchange(other.size_, 0)) {
    other.blocks_.clear();
  }
  block_rows& operator=(block_rows&&) = delete;
  ~block_rows() {
    for (block& row : blocks_) row.release(alloc_);
  }

  // One more than the greatest row used so far; rows are asked for below it.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint32_t count(std::uint32_t r) const noexcept { return blocks_[r].size(); }

  // The value of an id that is not no_index, or nullptr.
  [[nodiscard]] Value* find(std::uint32_t r, std::uint32_t id) const noexcept {
    return value_at(r, blocks_[r].find(id));
  }
  // The same in two halves, between which others may do theirs: where to look, whose memory is
  // asked for here, and the rest.
  using start_type = std::uint32_t;
  [[nodiscard]] start_type start(std::uint32_t r, std::uint32_t id) const noexcept {
    return blocks_[r].start(id);
  }
  // Of a question whose row or id there cannot be.
  [[nodiscard]] static start_type start_of_nothing(std::uint32_t) noexcept { return no_index; }
  [[nodiscard]] Value* finish(start_type first, std::uint32_t r, std::uint32_t id) const noexcept {
    return first == no_index ? nullptr : value_at(r, blocks_[r].find_from(first, id));
  }

  [[gnu::always_inline]] void prefetch(std::uint32_t r, std::uint32_t id) const noexcept {
    blocks_[r].prefetch(id);
  }

  [[nodiscard]] row_ids ids(std::uint32_t r) const noexcept {
    return {blocks_[r].ids(), nullptr, blocks_[r].place_limit(), 0, blocks_[r].size(), no_index};
  }
  // Place by place: the first from `at` on that has an id, or the limit of places.
  [[nodiscard]] std::uint32_t next_place(std::uint32_t r, std::uint32_t at) const noexcept {
    const block& row = blocks_[r];
    while (at < row.place_limit() && row.ids()[at] == no_index) ++at;
    return at;
  }
  [[nodiscard]] std::uint32_t place_limit(std::uint32_t r) const noexcept {
    return blocks_[r].place_limit();
  }
  [[nodiscard]] std::uint32_t id_at(std::uint32_t r, std::uint32_t place) const noexcept {
    return blocks_[r].ids()[place];
  }
  [[nodiscard]] Value& value_of(std::uint32_t r, std::uint32_t place) const noexcept {
    return blocks_[r].value(place);
  }
  // Calls visit(id, value) for each id of a row.
  template <class Visit>
  void visit(std::uint32_t r, Visit&& visit) const {
    const block& row = blocks_[r];
    for (std::uint32_t at = 0; at < row.place_limit(); ++at) {
      if (row.ids()[at] != no_index) visit(row.ids()[at], row.value(at));
    }
  }
  [[gnu::always_inline]] void prefetch_row(std::uint32_t r) const noexcept {
    detail::prefetch_element(blocks_.data(), r);
  }
  [[gnu::always_inline]] void prefetch_ids(std::uint32_t r) const noexcept {
    blocks_[r].prefetch_ids();
  }

  // Room for one more in a row, before add(), which throws no more than construct(pointer) does.
  void reserve_one(std::uint32_t r, std::uint32_t /*id*/) {
    grow(r);
    blocks_[r].reserve_one(alloc_);
  }
  template <class Construct>
  Value* add(std::uint32_t r, std::uint32_t id, Construct&& construct) {
    return &blocks_[r].value(blocks_[r].insert(id, construct));
  }
  bool erase(std::uint32_t r, std::uint32_t id) noexcept { return blocks_[r].erase(id); }
  void clear_row(std::uint32_t r) noexcept { blocks_[r].clear(); }

  void reserve(std::size_t count) { blocks_.reserve(count); }
  void shrink_to_fit() {
    for (std::size_t r = size_; r < blocks_.size(); ++r) blocks_[r].clear();
    for (block& row : blocks_) row.shrink(alloc_);
    blocks_.resize(size_);
    blocks_.shrink_to_fit();
  }
  void clear() noexcept {
    if constexpr (!std::is_trivially_destructible_v<Value>) {
      for (std::size_t r = 0; r < size_; ++r) blocks_[r].clear();
    }
    size_ = 0;
  }
  void swap(block_rows& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = blocks_.capacity() * sizeof(block);
    for (const block& row : blocks_) bytes += row.memory_bytes();
    return bytes;
  }

 private:
  [[nodiscard]] Value* value_at(std::uint32_t r, std::uint32_t place) const noexcept {
    return place == blocks_[r].capacity() ? nullptr : &blocks_[r].value(place);
  }
  void grow(std::uint32_t r) {
    const std::size_t count = std::size_t{r} + 1;
    if (count <= size_) return;
    if (count > blocks_.size()) {
      detail::reserve_slim(blocks_, count);
      blocks_.resize(count);
    }
    for (; size_ < count; ++size_) blocks_[size_].clear();
  }

  [[no_unique_address]] Alloc alloc_;
  blocks blocks_;
  std::size_t size_ = 0;
};

}  // namespace crosstie::detail
