// uuid_assignment: which row each column has, both given by name, the columns mostly UUIDs
// (pod UID -> node name).
//
//   crosstie::uuid_assignment<> bound;
//   bound.assign(node_name, pod_uid);
//   if (bound.contains(node_name, pod_uid)) ...     // no key is built
//
// Order: the row comes first in every call, also in assign, unlike an assignment's.
//
//   rows      interner of the row names: a few bytes a column where a row has many columns
//   buckets   [6 tags, marks | 6 x (uuid, place and mark of the row's name)]   128 bytes
//   (detail/uuid_slots.hpp)
//
// Promise: each column has at most one row. A question parses the column's text and hashes its 16
//   bytes, reads one bucket, and the name of that row to compare: two dependent misses at most. For
//   a pair that is not there, 15 times of 16 the mark of the name decides, 4 bits: one miss. A
//   row's name is hashed to assign only.
// Cost: 24.8 to 27.3 bytes a column once there are many, and the row names: 52 characters shared by
//   30 columns add 2.6 bytes. Texts that are no canonical UUID are kept whole (text, 5 bytes,
//   and 5.7 to 8.6 of index). Names of rows, and such texts, are forgotten by clear() alone.
// Another layout wins: interner and assignment, where who asks can keep ids; two interners, where
//   the columns are no UUIDs; this one does not list the columns of a row.
// Invalidation: the views of row names that it returns stay valid until clear() or destruction.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/uuid_slots.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/uuid.hpp>

namespace crosstie {

template <class Alloc = std::allocator<std::byte>>
class uuid_assignment {
  using slots = detail::uuid_slots<Alloc>;
  using place = typename slots::place;

 public:
  using allocator_type = Alloc;
  // A question of contains_many: row, column.
  using pair_type = std::pair<std::string_view, std::string_view>;
  class const_iterator;
  // The text of a column, made of its UUID; turns into a std::string_view.
  class column_text;

  uuid_assignment() : uuid_assignment(Alloc()) {}
  explicit uuid_assignment(const Alloc& alloc)
      : rows_(alloc), keys_(alloc), slots_(alloc), seed_(crosstie::table_seed(this)) {}
  uuid_assignment(const uuid_assignment& other)
      : uuid_assignment(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                                   other.get_allocator())) {}
  uuid_assignment(const uuid_assignment& other, const Alloc& alloc) : uuid_assignment(alloc) {
    reserve(other.size());
    other.for_each([this](std::string_view row, std::string_view column) { assign(row, column); });
  }
  uuid_assignment(uuid_assignment&& other) noexcept
      : rows_(std::move(other.rows_)),
        keys_(std::move(other.keys_)),
        slots_(std::move(other.slots_)),
        seed_(other.seed_) {
    other.seed_.renew(&other);
  }
  // Copies the pairs where the allocators are unequal.
  uuid_assignment(uuid_assignment&& other, const Alloc& alloc) : uuid_assignment(alloc) {
    if (alloc == other.get_allocator()) {
      swap(other);
    } else {
      *this = std::as_const(other);
      other.clear();
    }
  }
  // Assignments keep their own allocator.
  uuid_assignment& operator=(const uuid_assignment& other) {
    if (this == &other) return *this;
    uuid_assignment copy(other, get_allocator());
    swap(copy);
    return *this;
  }
  uuid_assignment& operator=(uuid_assignment&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    uuid_assignment taken(std::move(other), get_allocator());
    swap(taken);
    return *this;
  }
  ~uuid_assignment() = default;

  // Gives `column` the row; returns the row it had before, if any.
  std::optional<std::string_view> assign(std::string_view row, std::string_view column) {
    const uuid key = keys_.pack(column);
    const std::uint64_t hash = slots::hash(key, seed_);
    slots_.prefetch(hash);
    const std::uint32_t name = number_of(rows_.place_of(rows_.intern(row)), row);
    if (const place at = slots_.find(hash, key); at != nullptr) {
      const std::string_view before = row_name(slots::number(at));
      slots_.set_number(at, name);
      return before;
    }
    slots_.reserve_one(seed_);
    slots_.add(hash, key, name);
    return std::nullopt;
  }

  // Takes the row from `column`; returns the row it had, if any.
  std::optional<std::string_view> unassign(std::string_view column) {
    const auto [at, hash] = locate(column);
    if (at == nullptr) return std::nullopt;
    const std::string_view before = row_name(slots::number(at));
    slots_.erase(at, hash);
    return before;
  }
  // The same where it has this row; true if it did.
  bool erase(std::string_view row, std::string_view column) {
    const auto [at, hash] = locate(column);
    if (at == nullptr || !has_row(at, row)) return false;
    slots_.erase(at, hash);
    return true;
  }

  [[nodiscard]] std::optional<std::string_view> row_of(std::string_view column) const {
    const place at = locate(column).at;
    if (at == nullptr) return std::nullopt;
    return row_name(slots::number(at));
  }
  [[nodiscard]] bool contains(std::string_view row, std::string_view column) const {
    const place at = locate(column).at;
    return at != nullptr && has_row(at, row);
  }
  [[nodiscard]] bool contains(std::string_view column) const {
    return locate(column).at != nullptr;
  }

  // Answers many questions at once: answers[i] = contains(asked[i]), for as many as there are
  // questions; returns how many hold. A batch hashes all its columns, then asks for their groups,
  // their slots and the names, and reads them last.
  std::size_t contains_many(std::span<const pair_type> asked, std::span<bool> answers) const {
    assert(answers.size() >= asked.size());
    std::size_t found = 0;
    for (std::size_t done = 0; done < asked.size(); done += batch) {
      const std::size_t count = std::min(batch, asked.size() - done);
      found += answer(asked.subspan(done, count), answers.subspan(done, count));
    }
    return found;
  }

  // The pairs of row and column, in no particular order. To make a text of each column is most of
  // what it costs.
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(*this, 0); }
  [[nodiscard]] const_iterator end() const noexcept {
    return const_iterator(*this, slots_.capacity());
  }
  // Calls visit(row, column) for every pair. The column's view lasts as long as the call.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::array<char, uuid_text_bytes> buffer{};
    slots_.for_each(
        [&](uuid key, std::uint32_t row) { visit(row_name(row), keys_.text(key, buffer)); });
  }

  // Erases every pair that fits(row, column); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(uuid_assignment& table, Predicate fits) {
    std::array<char, uuid_text_bytes> buffer{};
    std::vector<uuid> gone;
    table.slots_.for_each([&](uuid key, std::uint32_t row) {
      if (fits(table.row_name(row), table.keys_.text(key, buffer))) gone.push_back(key);
    });
    for (const uuid key : gone) {
      const std::uint64_t hash = slots::hash(key, table.seed_);
      table.slots_.erase(table.slots_.find(hash, key), hash);
    }
    return gone.size();
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] bool empty() const noexcept { return slots_.size() == 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return slots_.capacity(); }
  [[nodiscard]] flat_stats stats() const noexcept {
    detail::stats_counter counter;
    slots_.count_into(counter, seed_);
    return counter.result(memory_bytes());
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return rows_.memory_bytes() + keys_.memory_bytes() + slots_.memory_bytes();
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return rows_.get_allocator(); }

  // Room for `columns` columns in all without growth.
  void reserve(std::size_t columns) { slots_.reserve(columns, seed_); }
  void shrink_to_fit() { slots_.shrink_to_fit(seed_); }
  void clear() noexcept {
    slots_.clear();
    keys_.clear();
    rows_.clear();
  }
  // Both sides must have equal allocators.
  void swap(uuid_assignment& other) noexcept {
    rows_.swap(other.rows_);
    keys_.swap(other.keys_);
    slots_.swap(other.slots_);
    std::swap(seed_, other.seed_);
  }
  friend void swap(uuid_assignment& a, uuid_assignment& b) noexcept { a.swap(b); }

  friend bool operator==(const uuid_assignment& a, const uuid_assignment& b) {
    if (a.size() != b.size()) return false;
    bool equal = true;
    a.for_each([&](std::string_view row, std::string_view column) {
      equal = equal && b.contains(row, column);
    });
    return equal;
  }

 private:
  static constexpr std::size_t batch = 32;

  struct position {
    place at;
    std::uint64_t hash;
  };
  [[nodiscard, gnu::always_inline]] position locate(std::string_view column) const {
    uuid key;
    if (!keys_.find(column, key)) [[unlikely]]
      return {nullptr, 0};
    const std::uint64_t hash = slots::hash(key, seed_);
    return {slots_.find(hash, key), hash};
  }

  [[nodiscard]] std::size_t answer(std::span<const pair_type> asked,
                                   std::span<bool> answers) const {
    uuid keys[batch];
    std::uint64_t hashes[batch];
    bool has_key[batch];
    place places[batch];
    for (std::size_t i = 0; i < asked.size(); ++i) {
      uuid key{};
      has_key[i] = keys_.find(asked[i].second, key);
      keys[i] = key;
      slots_.prefetch(hashes[i] = slots::hash(key, seed_));
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      places[i] = has_key[i] ? slots_.find(hashes[i], keys[i]) : nullptr;
      if (places[i] == nullptr) continue;
      if (!has_mark(places[i], asked[i].first)) {
        places[i] = nullptr;
      } else {
        rows_.prefetch_text(slots::number(places[i]) & place_mask);
      }
    }
    std::size_t found = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      answers[i] = places[i] != nullptr && row_name(slots::number(places[i])) == asked[i].first;
      found += answers[i];
    }
    return found;
  }

  using row_names = interner<std::string, std::uint32_t, Alloc, text_layout::in_lines>;
  static constexpr std::uint32_t place_mask = (std::uint32_t{1} << row_names::place_bits) - 1;

  // The number of a column: the place of its row's name, and above it a mark of that name. Pairs
  // that are not there mostly differ in the mark, so that the name need not be read to tell.
  [[nodiscard]] static std::uint32_t number_of(std::uint32_t place, std::string_view row) noexcept {
    return place | mark_of(row);
  }
  // Bits of a hash that need not be good, only cheap: of names of more than 48 characters it takes
  // 16 at the front, in the middle and at the end.
  [[nodiscard]] static std::uint32_t mark_of(std::string_view row) noexcept {
    std::uint64_t sum;
    if (row.size() < 16) {
      sum = detail::fold_bytes(0, row);
    } else {
      const char* const middle = row.data() + row.size() / 2;
      const char* const end = row.data() + row.size();
      sum = detail::load<std::uint64_t>(row.data());
      for (const char* at : {row.data() + 8, middle - 8, middle, end - 16, end - 8}) {
        sum = sum * detail::mix_a ^ detail::load<std::uint64_t>(at);
      }
      sum *= detail::mix_a;
    }
    return static_cast<std::uint32_t>(sum >> 32) & ~place_mask;
  }
  [[nodiscard]] std::string_view row_name(std::uint32_t number) const noexcept {
    return rows_.text_at(number & place_mask);
  }
  [[nodiscard]] static bool has_mark(place at, std::string_view row) noexcept {
    return mark_of(row) == (slots::number(at) & ~place_mask);
  }
  [[nodiscard]] bool has_row(place at, std::string_view row) const noexcept {
    return has_mark(at, row) && row_name(slots::number(at)) == row;
  }

  row_names rows_;
  uuid_keys<Alloc> keys_;
  slots slots_;
  table_seed seed_;
};

template <class Alloc>
class uuid_assignment<Alloc>::column_text {
 public:
  column_text(const column_text& other) noexcept { *this = other; }
  column_text& operator=(const column_text& other) noexcept {
    buffer_ = other.buffer_;
    text_ = other.is_made() ? std::string_view(buffer_.data(), other.text_.size()) : other.text_;
    return *this;
  }
  ~column_text() = default;
  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  operator std::string_view() const noexcept { return text_; }  // NOLINT: it is one
  friend bool operator==(const column_text& a, std::string_view b) noexcept { return a.text_ == b; }

 private:
  friend class uuid_assignment;
  column_text(const uuid_keys<Alloc>& keys, uuid key) noexcept : text_(keys.text(key, buffer_)) {}
  [[nodiscard]] bool is_made() const noexcept { return text_.data() == buffer_.data(); }

  std::array<char, uuid_text_bytes> buffer_{};
  std::string_view text_;
};

// Invalidated by insertions, by clear() and by erasing its pair.
template <class Alloc>
class uuid_assignment<Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<std::string_view, column_text>> {
  using walk = detail::forward_iterator<const_iterator, std::pair<std::string_view, column_text>>;
  friend walk;

 public:
  using typename walk::value_type;

  const_iterator() noexcept = default;
  [[nodiscard]] value_type operator*() const noexcept {
    const place at = table_->slots_.at_slot(slot_);
    return {table_->row_name(slots::number(at)), column_text(table_->keys_, slots::key(at))};
  }
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.slot_ == b.slot_;
  }

 private:
  friend class uuid_assignment;
  const_iterator(const uuid_assignment& table, std::size_t slot) noexcept
      : table_(&table), slot_(table.slots_.next_full(slot)) {}
  void step() noexcept { slot_ = table_->slots_.next_full(slot_ + 1); }

  const uuid_assignment* table_ = nullptr;
  std::size_t slot_ = 0;
};

}  // namespace crosstie
