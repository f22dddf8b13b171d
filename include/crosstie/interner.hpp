// interner: names (or other values) to dense ids 0, 1, 2, ... and back.
//
//   crosstie::interner<std::string, node_id> nodes;
//   node_id id = nodes.intern("worker-7");     // the same id for the same text, ever after
//   std::string_view name = nodes[id];         // stays valid and in place
//
//   places     [id 0][id 1][id 2] ...        4 bytes an id, and up to a quarter of slack
//   arena      [len|text][len|text] ...      the texts, in blocks that never move; in_lines, each
//                                            in one cache line if it can be
//   index      tags and ids                  5 bytes a slot, at most 7/8 full, grows by half
//
// Promise: ids are dense in order of first intern; views and references stay valid until clear()
//   or destruction (moving and swapping an interner moves no text).
// Cost: over the text of an entry 4 to 5 bytes, the length (1 byte up to 127) and 5.7 to 8.6 bytes
//   of index; a lookup of a known text hashes it once and compares it once.
// Limits: 2^32 - 1 ids and 4 GiB of text (std::length_error beyond).
// Exceptions: strong guarantee; but a hash that throws for what has been put in, which it took
//   before, ends the program. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_index.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/length_error.hpp>
#include <crosstie/detail/lookup.hpp>
#include <crosstie/detail/segments.hpp>
#include <crosstie/detail/text_arena.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/key.hpp>
#include <crosstie/stats.hpp>

namespace crosstie {

namespace detail {

// Interned texts: places in an arena.
template <class Alloc, text_layout Layout>
class interned_texts {
 public:
  using given = std::string_view;
  using seen = std::string_view;
  template <class View>
  static constexpr bool is_lookup = std::is_convertible_v<const View&, std::string_view>;

  explicit interned_texts(const Alloc& alloc) : places_(alloc), arena_(alloc) {}
  interned_texts(interned_texts&& other) noexcept
      : places_(std::move(other.places_)), arena_(std::move(other.arena_)) {
    other.places_.clear();
  }
  interned_texts& operator=(interned_texts&&) = delete;
  ~interned_texts() = default;

  static std::uint64_t hash(std::string_view text, std::uint64_t seed) noexcept {
    return fold_bytes(seed, text);
  }
  static bool same(std::string_view a, std::string_view b) noexcept { return a == b; }
  [[nodiscard]] std::string_view at(std::uint32_t index) const noexcept {
    return arena_.at(places_[index]);
  }
  [[nodiscard]] std::string_view take(std::uint32_t index) const noexcept { return at(index); }
  [[nodiscard]] std::uint32_t place_of(std::uint32_t index) const noexcept {
    return places_[index];
  }
  [[nodiscard]] std::string_view text_at(std::uint32_t place) const noexcept {
    return arena_.at(place);
  }
  [[gnu::always_inline]] void prefetch_text(std::uint32_t place) const noexcept {
    arena_.prefetch(place);
  }
  void add(std::string_view text) {
    detail::reserve_slim(places_, places_.size() + 1);
    places_.push_back(arena_.add(text));
  }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return places_.capacity() * sizeof(std::uint32_t) + arena_.memory_bytes();
  }
  [[nodiscard]] std::size_t text_bytes() const noexcept { return arena_.text_bytes(); }
  void reserve(std::size_t size) { places_.reserve(size); }
  void shrink_to_fit() { places_.shrink_to_fit(); }
  void clear() noexcept {
    places_.clear();
    arena_.clear();
  }
  void swap(interned_texts& other) noexcept {
    places_.swap(other.places_);
    arena_.swap(other.arena_);
  }

 private:
  std::vector<std::uint32_t,
              typename std::allocator_traits<Alloc>::template rebind_alloc<std::uint32_t>>
      places_;
  text_arena<Alloc, Layout> arena_;
};

// Interned values of any other key type, looked up by values or views.
template <class T, class Alloc>
class interned_values {
 public:
  using given = const T&;
  using seen = const T&;
  template <class View>
  static constexpr bool is_lookup = view_of<View, T>;

  explicit interned_values(const Alloc& alloc) : values_(alloc) { require_composite_key<T>(); }

  template <class View>
  static std::uint64_t hash(const View& view, std::uint64_t seed) {
    return key_hash<T>{}(view, seed);
  }
  template <class View>
  static bool same(const T& value, const View& view) {
    return detail::equals(value, view);
  }
  [[nodiscard]] const T& at(std::uint32_t index) const noexcept { return values_[index]; }
  // A value to be destroyed next.
  [[nodiscard]] T&& take(std::uint32_t index) noexcept { return std::move(values_[index]); }
  template <class Given>
  void add(Given&& value) {
    values_.emplace_back(detail::key_source<T>(std::forward<Given>(value)));
  }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return values_.memory_bytes(); }
  void reserve(std::size_t) noexcept {}
  void shrink_to_fit() noexcept {}
  void clear() noexcept { values_.clear(); }
  void swap(interned_values& other) noexcept { values_.swap(other.values_); }

 private:
  segments<T, Alloc> values_;
};

}  // namespace detail

// T: std::string (or std::string_view) for text, or any composite key. Layout is of texts alone.
template <class T = std::string, dense_id Id = std::uint32_t,
          class Alloc = std::allocator<std::byte>, text_layout Layout = text_layout::packed>
class interner {
  static constexpr bool holds_text = detail::text_like<T>;
  using entries = std::conditional_t<holds_text, detail::interned_texts<Alloc, Layout>,
                                     detail::interned_values<T, Alloc>>;

 public:
  using id_type = Id;
  using value_type = std::conditional_t<holds_text, std::string_view, T>;
  // What operator[] gives: std::string_view for text, const T& otherwise.
  using view_type = typename entries::seen;
  using allocator_type = Alloc;
  // Bits that the place of a text takes.
  static constexpr unsigned place_bits = 32 - detail::text_arena<Alloc, Layout>::grain_bits;
  template <class View>
  static constexpr bool is_lookup = entries::template is_lookup<View>;

  interner() : interner(Alloc()) {}
  explicit interner(const Alloc& alloc)
      : alloc_(alloc), entries_(alloc), index_(alloc), seed_(crosstie::table_seed(this)) {}
  interner(const interner& other)
      : interner(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                            other.alloc_)) {}
  interner(const interner& other, const Alloc& alloc) : interner(alloc) {
    reserve(other.size());
    for (std::uint32_t index = 0; index < other.size(); ++index) intern(other.entries_.at(index));
  }
  interner(interner&& other) noexcept
      : alloc_(other.alloc_),
        entries_(std::move(other.entries_)),
        index_(std::move(other.index_)),
        seed_(other.seed_) {}
  // Where the allocators are unequal, moves the values one by one and copies texts.
  interner(interner&& other, const Alloc& alloc) : interner(alloc) {
    if (alloc == other.alloc_) {
      swap(other);
    } else if constexpr (!std::allocator_traits<Alloc>::is_always_equal::value) {
      interner source(std::move(other));
      reserve(source.size());
      for (std::uint32_t i = 0; i < source.size(); ++i) intern(source.entries_.take(i));
    }
  }
  // Assignments keep their own allocator.
  interner& operator=(const interner& other) {
    if (this == &other) return *this;
    interner copy(other, alloc_);
    swap(copy);
    return *this;
  }
  interner& operator=(interner&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    interner taken(std::move(other), alloc_);
    swap(taken);
    return *this;
  }

  // The id of a value, or a view of one, which is copied or moved in if it is new.
  template <class Given>
    requires(!is_lookup<Given> && detail::makes_key<Given, value_type>)
  Id intern(Given&& value) {
    return intern(value_type(std::forward<Given>(value)));
  }
  template <class Given = value_type>
    requires(is_lookup<Given>)
  Id intern(Given&& value) {
    return intern(hash(value), std::forward<Given>(value));
  }
  template <class Given = value_type>
    requires(is_lookup<Given>)
  Id intern(hash_code code, Given&& value) {
    std::uint32_t index = locate(code, value);
    if (index != no_index) return from_index<Id>(index);
    if (size() == detail::most_interned_ids)
      detail::throw_length_error("crosstie::interner: too many ids");
    index = static_cast<std::uint32_t>(size());
    index_.reserve_one([this](std::uint32_t i) { return hash_at(i); });
    entries_.add(std::forward<Given>(value));
    index_.add(code.value, index);
    return from_index<Id>(index);
  }

  // The id of `view`, if it is interned.
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] std::optional<Id> find(const View& view) const {
    return find(hash(view), view);
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] std::optional<Id> find(hash_code code, const View& view) const {
    const std::uint32_t index = locate(code, view);
    if (index == no_index) return std::nullopt;
    return from_index<Id>(index);
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] bool contains(const View& view) const {
    return locate(hash(view), view) != no_index;
  }

  // What an id of this interner stands for; the id must be below size().
  [[nodiscard]] view_type operator[](Id id) const noexcept {
    return entries_.at(crosstie::to_index(id));
  }

  // The hash of a text or value in this interner, for prefetch, find and intern.
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] hash_code hash(const View& view) const {
    return hash_code(entries::hash(view, seed_));
  }
  [[gnu::always_inline]] void prefetch(hash_code code) const noexcept {
    index_.prefetch(code.value);
  }

  // Where a text lies: for who keeps places instead of ids, text_at saves two dependent loads.
  [[nodiscard]] std::uint32_t place_of(Id id) const noexcept
    requires(holds_text)
  {
    return entries_.place_of(crosstie::to_index(id));
  }
  [[nodiscard]] std::string_view text_at(std::uint32_t place) const noexcept
    requires(holds_text)
  {
    return entries_.text_at(place);
  }
  [[gnu::always_inline]] void prefetch_text(std::uint32_t place) const noexcept
    requires(holds_text)
  {
    entries_.prefetch_text(place);
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return entries_.memory_bytes() + index_.memory_bytes();
  }
  [[nodiscard]] flat_stats stats() const {
    detail::stats_counter counter;
    index_.count_into(counter, [this](std::uint32_t i) { return hash_at(i); });
    return counter.result(memory_bytes());
  }
  // Bytes of the texts alone, without any overhead.
  [[nodiscard]] std::size_t text_bytes() const noexcept
    requires(holds_text)
  {
    return entries_.text_bytes();
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }

  void reserve(std::size_t size) {
    index_.reserve(size, [this](std::uint32_t i) { return hash_at(i); });
    entries_.reserve(size);
  }
  // Gives back memory that growth left unused; texts stay where they are.
  void shrink_to_fit() {
    index_.shrink_to_fit([this](std::uint32_t i) { return hash_at(i); });
    entries_.shrink_to_fit();
  }
  void clear() noexcept {
    index_.clear();
    entries_.clear();
  }
  // Both interners must have equal allocators.
  void swap(interner& other) noexcept {
    entries_.swap(other.entries_);
    index_.swap(other.index_);
    std::swap(seed_, other.seed_);
  }
  friend void swap(interner& a, interner& b) noexcept { a.swap(b); }

  // Equal interners give equal values equal ids.
  friend bool operator==(const interner& a, const interner& b) {
    if (a.size() != b.size()) return false;
    for (std::uint32_t i = 0; i < a.size(); ++i) {
      if (!entries::same(a.entries_.at(i), b.entries_.at(i))) return false;
    }
    return true;
  }

 private:
  template <class View>
  [[nodiscard]] std::uint32_t locate(hash_code code, const View& view) const {
    return index_.find(code.value,
                       [&](std::uint32_t i) { return entries::same(entries_.at(i), view); });
  }
  [[nodiscard]] std::uint64_t hash_at(std::uint32_t index) const noexcept {
    return entries::hash(entries_.at(index), seed_);
  }

  [[no_unique_address]] Alloc alloc_;
  entries entries_;
  detail::id_index<Alloc> index_;
  table_seed seed_;
};

}  // namespace crosstie
