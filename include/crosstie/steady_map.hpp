// steady_map: a hash map whose longest insertion is short.
//
//   directory   [ptr ptr ptr ptr ...]       2^d pointers, chosen by the first d bits of a hash
//   segments    flat_map of up to 392       each under all entries that share its bits
//
// Promise: an insertion moves at most 392 elements (to split a segment in two), and now and then
//   doubles the directory, 8 bytes for some 300 elements; a flat table that grows moves them all.
//   Where hashes are so alike that the directory would have to outgrow the elements, segments grow
//   instead, as flat tables do.
// Cost: a lookup is that of a flat_map behind one load from the directory, which is mostly in
//   cache; about 2 bytes an element more than flat_map. Choose it where one slow insertion is a
//   missed deadline; flat_map has the better mean.
// Invariants: a segment of depth s holds exactly the elements whose hashes share its first s bits,
//   and 2^(d - s) neighbouring entries of the directory point at it.
// Invalidation: an insertion may invalidate pointers to any element of its segment, and all
//   iterators; erasing only those to the erased one.
// Limits: Key and T move without exceptions.
// Exceptions: strong guarantee; but a hash that throws for what has been put in, which it took
//   before, ends the program. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/length_error.hpp>
#include <crosstie/detail/lookup.hpp>
#include <crosstie/flat_map.hpp>

namespace crosstie {

template <class Key, class T, class Alloc = std::allocator<std::pair<const Key, T>>>
class steady_map {
  static_assert(std::is_nothrow_move_constructible_v<Key> &&
                    std::is_nothrow_move_constructible_v<T>,
                "crosstie: what a steady_map holds must be movable without exceptions");

  // The hash of all segments, under the map's seed. Its halves change places, since the first bits
  // are those that all elements of a segment share.
  struct segment_hash {
    using is_transparent = void;
    std::uint64_t seed = 0;
    template <class View>
    std::uint64_t operator()(const View& key, std::uint64_t) const noexcept {
      return std::rotl(key_hash<Key>{}(key, seed), 32);
    }
  };
  using elements = flat_map<Key, T, segment_hash, key_equal<Key>, Alloc>;
  struct segment {
    elements map;
    unsigned depth;
  };
  template <class U>
  using rebound = typename std::allocator_traits<Alloc>::template rebind_alloc<U>;
  using segment_alloc = rebound<segment>;
  using segment_traits = std::allocator_traits<segment_alloc>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using allocator_type = Alloc;
  using value_type = std::pair<const Key, T>;
  class const_iterator;
  static constexpr std::size_t most_in_segment =
      detail::flat_storage<std::pair<const Key, T>, Alloc>::max_load(32);
  template <class View>
  static constexpr bool is_lookup = view_of<View, Key>;
  template <class... Part>
  static constexpr bool are_lookup = [] {
    if constexpr (sizeof...(Part) == 0) {
      return false;  // as where braces are given
    } else {
      return is_lookup<
          std::remove_cvref_t<decltype(detail::as_lookup(std::declval<const Part&>()...))>>;
    }
  }();

  steady_map() : steady_map(Alloc()) {}
  explicit steady_map(const Alloc& alloc)
      : alloc_(alloc), directory_(alloc), seed_(crosstie::table_seed(this)) {
    require_composite_key<Key>();
  }
  steady_map(steady_map&& other) noexcept
      : alloc_(other.alloc_),
        directory_(std::move(other.directory_)),
        depth_(std::exchange(other.depth_, 0)),
        size_(std::exchange(other.size_, 0)),
        seed_(other.seed_) {
    other.directory_.clear();
  }
  // Moves the elements one by one where the allocators are unequal.
  steady_map(steady_map&& other, const Alloc& alloc) : steady_map(alloc) {
    if (alloc == other.alloc_) {
      swap(other);
    } else {
      steady_map source(std::move(other));
      source.each_segment([this](segment& one) {
        for (auto& [key, value] : one.map) try_emplace(take_key(key), std::move(value));
      });
    }
  }
  steady_map(const steady_map& other)
      : steady_map(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                              other.alloc_)) {}
  steady_map(const steady_map& other, const Alloc& alloc) : steady_map(alloc) {
    other.for_each([this](const Key& key, const T& value) { try_emplace(key, value); });
  }
  // Assignments keep their own allocator.
  steady_map& operator=(const steady_map& other) {
    if (this == &other) return *this;
    steady_map copy(other, alloc_);
    swap(copy);
    return *this;
  }
  steady_map& operator=(steady_map&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    steady_map taken(std::move(other), alloc_);
    swap(taken);
    return *this;
  }
  ~steady_map() { clear(); }

  // Constructs T from `args` only when the key is new; returns the value and whether it is new.
  template <class Given, class... Args>
    requires(!is_lookup<Given> && detail::makes_key<Given, Key>)
  std::pair<T*, bool> try_emplace(Given&& key, Args&&... args) {
    return try_emplace(Key(std::forward<Given>(key)), std::forward<Args>(args)...);
  }
  template <class Given = Key, class... Args>
    requires(is_lookup<Given>)
  std::pair<T*, bool> try_emplace(Given&& key, Args&&... args) {
    const std::uint64_t hash = hash_of(key);
    if (T* found = find_in(hash, key)) return {found, false};
    // Made before a split may move what `key` and `args` refer to.
    Key made(detail::key_source<Key>(std::forward<Given>(key)));
    T value(std::forward<Args>(args)...);
    segment& into = roomy_segment(hash);
    const auto at = into.map.try_emplace(std::move(made), std::move(value)).first;
    ++size_;
    return {&at->second, true};
  }
  template <class Given = Key, class Value>
    requires(detail::makes_key<Given, Key>)
  std::pair<T*, bool> insert_or_assign(Given&& key, Value&& value) {
    const auto [at, added] = try_emplace(std::forward<Given>(key), std::forward<Value>(value));
    // A value that found its key present was not consumed.
    if (!added) *at = std::forward<Value>(value);  // NOLINT(bugprone-use-after-move)
    return {at, added};
  }

  // The value of a key, view or fields, or nullptr.
  template <class... Part>
    requires(are_lookup<Part...>)
  [[nodiscard]] T* find_value(const Part&... part) {
    return find_part(detail::as_lookup(part...));
  }
  [[nodiscard]] T* find_value(const Key& key) { return find_part(key); }
  [[nodiscard]] const T* find_value(const Key& key) const { return find_part(key); }
  template <class... Part>
    requires(are_lookup<Part...>)
  [[nodiscard]] const T* find_value(const Part&... part) const {
    return find_part(detail::as_lookup(part...));
  }
  template <class... Part>
    requires(are_lookup<Part...>)
  [[nodiscard]] bool contains(const Part&... part) const {
    return find_value(part...) != nullptr;
  }
  [[nodiscard]] bool contains(const Key& key) const { return find_value(key) != nullptr; }
  // The value of a key that must be there; throws std::out_of_range (aborts without exceptions).
  template <class... Part>
    requires(are_lookup<Part...>)
  [[nodiscard]] T& at(const Part&... part) {
    return detail::present(find_value(part...), no_such_key);
  }
  template <class... Part>
    requires(are_lookup<Part...>)
  [[nodiscard]] const T& at(const Part&... part) const {
    return detail::present(find_value(part...), no_such_key);
  }
  [[nodiscard]] T& at(const Key& key) { return detail::present(find_value(key), no_such_key); }
  [[nodiscard]] const T& at(const Key& key) const {
    return detail::present(find_value(key), no_such_key);
  }
  // map[key], or map[row, column] by the fields of the key.
  template <class Given = Key>
    requires(detail::makes_key<Given, Key>)
  T& operator[](Given&& key) {
    return *try_emplace(std::forward<Given>(key)).first;
  }
  template <class... Part>
    requires(sizeof...(Part) > 1 && are_lookup<Part...>)
  T& operator[](const Part&... part) {
    return *try_emplace(std::tie(part...)).first;
  }

  // Erases by key, view or fields; returns how many elements went (0 or 1). Segments do not merge
  // again before clear().
  template <class... Part>
    requires(are_lookup<Part...>)
  std::size_t erase(const Part&... part) {
    return erase_at(locate(detail::as_lookup(part...)));
  }
  std::size_t erase(const Key& key) { return erase_at(locate(key)); }
  // Takes an element out of the map, moved into the answer.
  template <class... Part>
    requires(are_lookup<Part...>)
  std::optional<std::pair<Key, T>> extract(const Part&... part) {
    return extract_at(locate(detail::as_lookup(part...)));
  }
  std::optional<std::pair<Key, T>> extract(const Key& key) { return extract_at(locate(key)); }
  // Moves over every element of `source` whose key is not here. Where an allocation fails midway,
  // each element is in one of the two maps.
  void merge(steady_map& source) {
    if (this == &source) return;
    source.each_segment([&](segment& one) {
      for (auto next = one.map.cbegin(); next != one.map.cend();) {
        const auto at = next++;
        const std::uint64_t hash = hash_of(at->first);
        if (find_in(hash, at->first) != nullptr) continue;
        elements& into = roomy_segment(hash).map;
        into.reserve(into.size() + 1);  // the last that may fail
        auto [key, value] = one.map.extract(at);
        --source.size_;
        into.try_emplace(std::move(key), std::move(value));
        ++size_;
      }
    });
  }
  void merge(steady_map&& source) { merge(source); }
  // Splits segments until so many elements are likely to fit without further splits. Since each
  // split halves them all, that may take twice the memory that the elements need. Throws
  // std::length_error where no memory could hold them. Where memory runs out midway, what has been
  // taken stays for later insertions; clear() frees it.
  void reserve(std::size_t size) {
    if (size == 0) return;
    // As far below a full segment as hashes may crowd into one: four standard deviations.
    constexpr std::size_t usual = most_in_segment > 64 ? most_in_segment * 4 / 5 : most_in_segment;
    const auto depth = static_cast<unsigned>(std::bit_width((size - 1) / usual));
    if (depth > most_depth) detail::throw_length_error("crosstie::steady_map::reserve: too many");
    if (directory_.empty()) {
      directory_.reserve(1);
      directory_.push_back(create(0));
    }
    if (depth_ < depth) deepen_directory(depth);
    for (std::size_t entry = 0; entry < directory_.size(); ++entry) {
      while (directory_[entry]->depth < depth) split(entry);
    }
    if (depth_ == 0) directory_[0]->map.reserve(std::min(size, most_in_segment));
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] flat_stats stats() const {
    detail::stats_counter counter;
    each_segment([&](const segment& one) { one.map.count_into(counter); });
    return counter.result(memory_bytes());
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = directory_.capacity() * sizeof(segment*);
    each_segment([&](const segment& one) { bytes += sizeof(segment) + one.map.memory_bytes(); });
    return bytes;
  }

  // The elements, in no particular order.
  [[nodiscard]] const_iterator begin() const noexcept {
    return const_iterator(directory_.data(), directory_.data() + directory_.size());
  }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(); }
  // Calls visit(key, value) for every element, in the same order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    each_segment([&](const segment& one) { one.map.for_each(visit); });
  }
  // Erases every element that fits(key, value); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(steady_map& map, Predicate fits) {
    const std::size_t before = map.size_;
    map.each_segment([&](segment& one) {
      map.size_ -= one.map.erase_elements_if(
          [&](auto& element) { return fits(std::as_const(element.first), element.second); });
    });
    return before - map.size_;
  }

  // Both sides must have equal allocators.
  void swap(steady_map& other) noexcept {
    directory_.swap(other.directory_);
    std::swap(depth_, other.depth_);
    std::swap(size_, other.size_);
    std::swap(seed_, other.seed_);
  }
  friend void swap(steady_map& a, steady_map& b) noexcept { a.swap(b); }

  friend bool operator==(const steady_map& a, const steady_map& b) {
    if (a.size_ != b.size_) return false;
    bool equal = true;
    a.for_each([&](const Key& key, const T& value) {
      const T* other = b.find_value(key);
      equal = equal && other != nullptr && *other == value;
    });
    return equal;
  }

  void clear() noexcept {
    segment* last = nullptr;
    for (segment* one : directory_) {
      if (one != last) destroy(one);
      last = one;
    }
    directory_.clear();
    depth_ = 0;
    size_ = 0;
  }

 private:
  static constexpr unsigned most_depth = 40;  // of a directory of 8 TiB
  static constexpr const char* no_such_key = "crosstie::steady_map::at: no such key";

  template <class View>
  [[nodiscard]] std::uint64_t hash_of(const View& key) const {
    return key_hash<Key>{}(key, seed_);
  }
  [[nodiscard]] std::size_t entry_of(std::uint64_t hash) const noexcept {
    return depth_ == 0 ? 0 : hash >> (64 - depth_);
  }

  template <class View>
  [[nodiscard]] T* find_part(const View& key) const {
    return find_in(hash_of(key), key);
  }
  template <class View>
  [[nodiscard]] T* find_in(std::uint64_t hash, const View& key) const {
    if (directory_.empty()) return nullptr;
    elements& map = directory_[entry_of(hash)]->map;
    const auto at = map.find(hash_code{std::rotl(hash, 32)}, key);
    return at == map.end() ? nullptr : &at->second;
  }

  // Where an element is; in no map where its key is not there.
  struct position {
    elements* map = nullptr;
    typename elements::const_iterator at;
  };
  template <class View>
  [[nodiscard]] position locate(const View& key) const {
    if (directory_.empty()) return {};
    const std::uint64_t hash = hash_of(key);
    elements& map = directory_[entry_of(hash)]->map;
    const auto at = std::as_const(map).find(hash_code{std::rotl(hash, 32)}, key);
    return at == map.cend() ? position{} : position{&map, at};
  }

  std::size_t erase_at(const position& found) {
    if (found.map == nullptr) return 0;
    found.map->erase(found.at);
    --size_;
    return 1;
  }
  std::optional<std::pair<Key, T>> extract_at(const position& found) {
    if (found.map == nullptr) return std::nullopt;
    --size_;
    return found.map->extract(found.at);
  }

  // The key of an element that will be destroyed next: it is const only for the user's sake.
  static Key&& take_key(const Key& key) noexcept { return std::move(const_cast<Key&>(key)); }

  // The segment of a hash, with room for one more.
  segment& roomy_segment(std::uint64_t hash) {
    if (directory_.empty()) {
      directory_.reserve(1);
      directory_.push_back(create(0));
    }
    while (is_to_split(*directory_[entry_of(hash)])) split(entry_of(hash));
    return *directory_[entry_of(hash)];
  }
  // Whether it is full, and no deeper than good hashes make the fullest one: they spread within a
  // factor of two. Elements whose hashes are equal, which no split sets apart, are asked to part
  // once whenever the map has doubled.
  [[nodiscard]] bool is_to_split(const segment& one) const noexcept {
    constexpr unsigned spare_depth = 2;
    const auto usual = static_cast<unsigned>(std::bit_width(size_ / most_in_segment));
    return one.map.size() >= most_in_segment && one.depth < usual + spare_depth;
  }

  // Everything that may throw comes first; then elements move without exceptions.
  void split(std::size_t entry) {
    segment* const full = directory_[entry];
    if (full->depth == depth_) {
      deepen_directory(depth_ + 1);
      entry *= 2;
    }
    const auto is_one = [&](const Key& key) {
      return (hash_of(key) >> (63 - full->depth) & 1) != 0;
    };
    std::size_t one_count = 0;  // matters where one half may be more than usual segments take
    if (full->map.size() > most_in_segment) {
      full->map.for_each([&](const Key& key, const T&) { one_count += is_one(key); });
    }
    elements zeros(std::max(most_in_segment, full->map.size() - one_count),
                   full->map.hash_function(), key_equal<Key>(), alloc_);
    segment* const ones = create(full->depth + 1);
    try_reserve(*ones, std::max(most_in_segment, one_count));
    for (auto& [key, value] : full->map) {
      (is_one(key) ? ones->map : zeros).try_emplace(take_key(key), std::move(value));
    }
    full->map = std::move(zeros);
    ++full->depth;
    const std::size_t shared = std::size_t{1} << (depth_ - full->depth);  // entries of each half
    const std::size_t first = entry / (2 * shared) * (2 * shared);
    for (std::size_t i = 0; i < shared; ++i) directory_[first + shared + i] = ones;
  }

  void try_reserve(segment& fresh, std::size_t size) {
#if defined(__cpp_exceptions)
    try {
      fresh.map.reserve(size);
    } catch (...) {
      destroy(&fresh);
      throw;
    }
#else
    fresh.map.reserve(size);
#endif
  }

  void deepen_directory(unsigned depth) {
    std::vector<segment*, rebound<segment*>> deeper(std::size_t{1} << depth,
                                                    directory_.get_allocator());
    for (std::size_t i = 0; i < deeper.size(); ++i) deeper[i] = directory_[i >> (depth - depth_)];
    directory_.swap(deeper);
    depth_ = depth;
  }

  template <class Visit>
  void each_segment(Visit&& visit) const {
    const segment* last = nullptr;
    for (segment* one : directory_) {
      if (one != last) visit(*one);
      last = one;
    }
  }

  segment* create(unsigned depth) {
    segment_alloc alloc(alloc_);
    segment* const memory = segment_traits::allocate(alloc, 1);
    return std::construct_at(
        memory, segment{elements(0, segment_hash{seed_}, key_equal<Key>(), alloc_), depth});
  }
  void destroy(segment* one) noexcept {
    segment_alloc alloc(alloc_);
    std::destroy_at(one);
    segment_traits::deallocate(alloc, one, 1);
  }

  [[no_unique_address]] Alloc alloc_;
  std::vector<segment*, rebound<segment*>> directory_;
  unsigned depth_ = 0;  // the directory has 2^depth_ entries, or none
  std::size_t size_ = 0;
  table_seed seed_;
};

// Invalidated by insertions, by clear() and by erasing its element.
template <class Key, class T, class Alloc>
class steady_map<Key, T, Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<const Key, T>,
                                      const std::pair<const Key, T>&> {
  using walk = detail::forward_iterator<const_iterator, std::pair<const Key, T>,
                                        const std::pair<const Key, T>&>;
  friend walk;

 public:
  using typename walk::reference;

  const_iterator() noexcept = default;
  [[nodiscard]] reference operator*() const noexcept { return *at_; }
  // At the end there is no element.
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  friend class steady_map;
  using element = typename elements::const_iterator;

  const_iterator(segment* const* entry, segment* const* end) noexcept : entry_(entry), end_(end) {
    if (entry_ != end_) at_ = (*entry_)->map.cbegin();
    skip_empty_segments();
  }
  void step() noexcept {
    ++at_;
    skip_empty_segments();
  }
  void skip_empty_segments() noexcept {
    while (at_ == element() && entry_ != end_) {
      const segment* const last = *entry_;
      while (entry_ != end_ && *entry_ == last) ++entry_;
      if (entry_ != end_) at_ = (*entry_)->map.cbegin();
    }
  }

  segment* const* entry_ = nullptr;  // of the directory
  segment* const* end_ = nullptr;
  element at_;
};

}  // namespace crosstie
