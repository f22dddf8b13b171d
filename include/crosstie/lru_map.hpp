// lru_map: a map of bounded size that forgets what was not used for longest.
// lru_rows: the same bound for each row of a two-dimensional key by itself.
//
//   crosstie::lru_map<binding, score> recent(10'000);
//   recent.insert_or_assign(binding{node, pod}, s);       // may evict the oldest
//   if (score* s = recent.find(node_view, pod_view)) ...  // a use
//   if (const score* s = recent.peek(node_view, pod_view)) ...  // none
//
//   crosstie::lru_rows<std::string, std::string, probe> probes(16);  // the last 16 of each node
//   probes.try_emplace(node_view, pod_view, p);
//
//   index [tags | node *] ...    nodes [newer | older | key, value] ...    rows: newest, oldest, n
//
// Promise: find, peek, insertion, eviction and erase take constant time; evicted is always the
//   element whose last find or insertion lies furthest back. A capacity of 0 keeps nothing.
// Cost: 16 bytes of links and 9 to 18 bytes of index an element (and, for lru_rows, an entry of a
//   flat_map a row); memory once used is kept until clear().
// Invalidation: pointers to values and iterators stay valid until their element is evicted or
//   erased; moving and swapping the map moves no element.
// Exceptions: strong guarantee; but a hash that throws for what has been put in, which it took
//   before, ends the program. A copy has the elements in the same order of use.
// Thread safety: any number of readers by `peek`, `contains` and `for_each`, or one writer; `find`
//   is a write, since it counts as a use.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/recency.hpp>
#include <crosstie/flat_map.hpp>

namespace crosstie {

template <class Key, class T, class Alloc = std::allocator<std::pair<const Key, T>>>
class lru_map {
  using store = detail::recency_store<Key, T, Alloc>;
  using node = typename store::node;

 public:
  using key_type = Key;
  using mapped_type = T;
  using allocator_type = Alloc;
  using value_type = std::pair<const Key, T>;
  class const_iterator;

  // Of capacity 0: keeps nothing before set_capacity() or an assignment.
  lru_map() : lru_map(0) {}
  explicit lru_map(const Alloc& alloc) : lru_map(0, alloc) {}
  explicit lru_map(std::size_t capacity, const Alloc& alloc = Alloc())
      : store_(alloc), capacity_(capacity) {}
  lru_map(const lru_map& other)
      : lru_map(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                           other.get_allocator())) {}
  lru_map(const lru_map& other, const Alloc& alloc) : lru_map(other.capacity_, alloc) {
    for (const node* at = other.list_.oldest; at != nullptr; at = at->newer) {
      try_emplace(at->held().first, at->held().second);
    }
  }
  lru_map(lru_map&& other) noexcept
      : store_(std::move(other.store_)),
        list_(std::exchange(other.list_, {})),
        capacity_(other.capacity_) {}
  // Moves the elements one by one where the allocators are unequal.
  lru_map(lru_map&& other, const Alloc& alloc) : lru_map(other.capacity_, alloc) {
    if (alloc == other.get_allocator()) {
      swap(other);
    } else if constexpr (!std::allocator_traits<Alloc>::is_always_equal::value) {
      while (auto oldest = other.pop_oldest()) {
        try_emplace(std::move(oldest->first), std::move(oldest->second));
      }
    }
  }
  // Assignments keep their own allocator.
  lru_map& operator=(const lru_map& other) {
    if (this == &other) return *this;
    lru_map copy(other, get_allocator());
    swap(copy);
    return *this;
  }
  lru_map& operator=(lru_map&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    lru_map taken(std::move(other), get_allocator());
    swap(taken);
    return *this;
  }
  ~lru_map() = default;

  // The value of a key, view or fields, which counts as a use; or nullptr.
  template <class... Part>
  [[nodiscard]] T* find(const Part&... part) {
    return use(store_.find(detail::as_lookup(part...)));
  }
  [[nodiscard]] T* find(const Key& key) { return use(store_.find(key)); }
  // The same without a use.
  template <class... Part>
  [[nodiscard]] const T* peek(const Part&... part) const {
    const node* found = store_.find(detail::as_lookup(part...));
    return found == nullptr ? nullptr : &found->held().second;
  }
  [[nodiscard]] const T* peek(const Key& key) const { return peek<Key>(key); }
  template <class... Part>
  [[nodiscard]] bool contains(const Part&... part) const {
    return peek(part...) != nullptr;
  }
  [[nodiscard]] bool contains(const Key& key) const { return peek(key) != nullptr; }

  // Constructs T from `args` unless the key is there; either way a use. The value, and whether it
  // is new; nullptr where the capacity is 0.
  template <class Given = Key, class... Args>
    requires(detail::makes_key<Given, Key>)
  std::pair<T*, bool> try_emplace(Given&& key, Args&&... args) {
    return emplace(
        std::forward<Given>(key), [](const std::pair<const Key, T>&) noexcept {},
        std::forward<Args>(args)...);
  }
  template <class Given = Key, class Value>
    requires(detail::makes_key<Given, Key>)
  std::pair<T*, bool> insert_or_assign(Given&& key, Value&& value) {
    const auto [at, added] = try_emplace(std::forward<Given>(key), std::forward<Value>(value));
    // A value that found its key present was not consumed.
    if (!added && at != nullptr)
      *at = std::forward<Value>(value);  // NOLINT(bugprone-use-after-move)
    return {at, added};
  }
  // try_emplace that calls evicted(element) before an element has to go; it must not throw.
  template <class Given = Key, class Evicted, class... Args>
    requires(detail::makes_key<Given, Key>)
  std::pair<T*, bool> emplace(Given&& key, Evicted&& evicted, Args&&... args) {
    if constexpr (!view_of<Given, Key>) {
      return emplace(Key(std::forward<Given>(key)), std::forward<Evicted>(evicted),
                     std::forward<Args>(args)...);
    } else {
      return emplace_view(std::forward<Given>(key), std::forward<Evicted>(evicted),
                          std::forward<Args>(args)...);
    }
  }

  template <class... Part>
  std::size_t erase(const Part&... part) {
    node* found = store_.find(detail::as_lookup(part...));
    if (found == nullptr) return 0;
    drop(found);
    return 1;
  }
  std::size_t erase(const Key& key) { return erase<Key>(key); }
  // Takes out the element that would be evicted next.
  std::optional<std::pair<Key, T>> pop_oldest() {
    if (list_.oldest == nullptr) return std::nullopt;
    node* const gone = list_.oldest;
    list_.unlink(gone);
    return store_.take(gone);
  }

  // The elements from the newest use to the oldest; to visit one is no use of it.
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(list_.newest); }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(); }
  // Calls visit(key, value) for every element, in the same order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [key, value] : *this) visit(key, value);
  }

  // Erases every element that fits(key, value), asking from the newest use to the oldest; returns
  // how many.
  template <class Predicate>
  friend std::size_t erase_if(lru_map& map, Predicate fits) {
    const std::size_t before = map.size();
    map.list_.for_each([&](node* at) {
      auto& [key, value] = at->held();
      if (fits(key, value)) map.drop(at);
    });
    return before - map.size();
  }

  // Evicts what is too much.
  void set_capacity(std::size_t capacity) noexcept {
    capacity_ = capacity;
    while (list_.size > capacity_) drop(list_.oldest);
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return list_.size; }
  [[nodiscard]] bool empty() const noexcept { return list_.size == 0; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return store_.memory_bytes(); }
  [[nodiscard]] flat_stats stats() const {
    flat_stats result = store_.stats();
    result.memory_bytes = memory_bytes();
    return result;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return store_.get_allocator(); }

  void clear() noexcept {
    store_.clear();
    list_ = {};
  }
  // Both sides must have equal allocators.
  void swap(lru_map& other) noexcept {
    store_.swap(other.store_);
    std::swap(list_, other.list_);
    std::swap(capacity_, other.capacity_);
  }
  friend void swap(lru_map& a, lru_map& b) noexcept { a.swap(b); }

  // Equal maps hold equal elements in the same order of use; their capacities may differ.
  friend bool operator==(const lru_map& a, const lru_map& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
          return key_equal<Key>{}(one.first, other.first) && one.second == other.second;
        });
  }

 private:
  template <class Given, class Evicted, class... Args>
  std::pair<T*, bool> emplace_view(Given&& key, Evicted&& evicted, Args&&... args) {
    if (capacity_ == 0) return {nullptr, false};
    const hash_code code = store_.hash(key);
    if (node* found = store_.find(code, key)) {
      list_.touch(found);
      return {&found->held().second, false};
    }
    // The new one first: `key` and `args` may refer into the one to go, and adding may throw.
    node* added =
        store_.add(code, std::forward_as_tuple(detail::key_source<Key>(std::forward<Given>(key))),
                   std::forward<Args>(args)...);
    if (list_.size == capacity_) {
      evicted(std::as_const(list_.oldest->held()));
      drop(list_.oldest);
    }
    list_.link(added);
    return {&added->held().second, true};
  }
  T* use(node* found) noexcept {
    if (found == nullptr) return nullptr;
    list_.touch(found);
    return &found->held().second;
  }
  void drop(node* gone) noexcept {
    list_.unlink(gone);
    store_.remove(gone);
  }

  store store_;
  typename store::list list_;
  std::size_t capacity_;
};

// Valid as long as its element is in the map.
template <class Key, class T, class Alloc>
class lru_map<Key, T, Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<const Key, T>,
                                      const std::pair<const Key, T>&> {
  using walk = detail::forward_iterator<const_iterator, std::pair<const Key, T>,
                                        const std::pair<const Key, T>&>;
  friend walk;

 public:
  using typename walk::reference;

  const_iterator() noexcept = default;
  [[nodiscard]] reference operator*() const noexcept { return at_->held(); }
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.at_ == b.at_;
  }

 private:
  friend class lru_map;
  explicit const_iterator(const node* at) noexcept : at_(at) {}
  void step() noexcept { at_ = at_->older; }

  const node* at_ = nullptr;
};

template <class Row, class Column, class T,
          class Alloc = std::allocator<std::pair<const std::pair<Row, Column>, T>>>
class lru_rows {
  using key = std::pair<Row, Column>;
  using store = detail::recency_store<key, T, Alloc>;
  using node = typename store::node;
  using list = typename store::list;
  using list_alloc =
      typename std::allocator_traits<Alloc>::template rebind_alloc<std::pair<const Row, list>>;

 public:
  using row_type = Row;
  using column_type = Column;
  using mapped_type = T;
  using allocator_type = Alloc;

  // Of capacity 0: keeps nothing before an assignment.
  lru_rows() : lru_rows(0) {}
  explicit lru_rows(const Alloc& alloc) : lru_rows(0, alloc) {}
  explicit lru_rows(std::size_t row_capacity, const Alloc& alloc = Alloc())
      : store_(alloc), rows_(list_alloc(alloc)), row_capacity_(row_capacity) {}
  lru_rows(lru_rows&&) noexcept = default;
  // Moves the elements one by one where the allocators are unequal.
  lru_rows(lru_rows&& other, const Alloc& alloc) : lru_rows(other.row_capacity_, alloc) {
    if (alloc == other.get_allocator()) {
      swap(other);
    } else if constexpr (!std::allocator_traits<Alloc>::is_always_equal::value) {
      lru_rows source(std::move(other));
      for (auto& [row, line] : source.rows_) {
        while (line.oldest != nullptr) {
          node* const oldest = line.oldest;
          line.unlink(oldest);
          auto [taken, value] = source.store_.take(oldest);
          try_emplace(std::move(taken.first), std::move(taken.second), std::move(value));
        }
      }
    }
  }
  lru_rows(const lru_rows& other)
      : lru_rows(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                            other.get_allocator())) {}
  lru_rows(const lru_rows& other, const Alloc& alloc) : lru_rows(other.row_capacity_, alloc) {
    for (const auto& [row, line] : other.rows_) {
      for (const node* at = line.oldest; at != nullptr; at = at->newer) {
        try_emplace(row, at->held().first.second, at->held().second);
      }
    }
  }
  // Assignments keep their own allocator.
  lru_rows& operator=(const lru_rows& other) {
    if (this == &other) return *this;
    lru_rows copy(other, get_allocator());
    swap(copy);
    return *this;
  }
  lru_rows& operator=(lru_rows&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    lru_rows taken(std::move(other), get_allocator());
    swap(taken);
    return *this;
  }
  ~lru_rows() = default;

  // As in lru_map, by row and column; a use moves the column within its row.
  template <view_of<Row> RowView, view_of<Column> ColumnView>
  [[nodiscard]] T* find(const RowView& row, const ColumnView& column) {
    node* found = store_.find(std::tie(row, column));
    if (found == nullptr) return nullptr;
    rows_.find_value(row)->touch(found);
    return &found->held().second;
  }
  template <view_of<Row> RowView, view_of<Column> ColumnView>
  [[nodiscard]] const T* peek(const RowView& row, const ColumnView& column) const {
    const node* found = store_.find(std::tie(row, column));
    return found == nullptr ? nullptr : &found->held().second;
  }
  template <view_of<Row> RowView, view_of<Column> ColumnView>
  [[nodiscard]] bool contains(const RowView& row, const ColumnView& column) const {
    return peek(row, column) != nullptr;
  }
  template <view_of<Row> RowGiven = Row, view_of<Column> ColumnGiven = Column, class... Args>
  std::pair<T*, bool> try_emplace(RowGiven&& row, ColumnGiven&& column, Args&&... args) {
    if (row_capacity_ == 0) return {nullptr, false};
    const auto view = std::tie(row, column);
    const hash_code code = store_.hash(view);
    if (node* found = store_.find(code, view)) {
      rows_.find_value(row)->touch(found);
      return {&found->held().second, false};
    }
    node* added = store_.add(
        code,
        std::forward_as_tuple(detail::key_source<Row>(std::forward<RowGiven>(row)),
                              detail::key_source<Column>(std::forward<ColumnGiven>(column))),
        std::forward<Args>(args)...);
    list& line = line_for(added);
    if (line.size == row_capacity_) drop(line, line.oldest);
    line.link(added);
    return {&added->held().second, true};
  }
  template <view_of<Row> RowGiven = Row, view_of<Column> ColumnGiven = Column, class Value>
  std::pair<T*, bool> insert_or_assign(RowGiven&& row, ColumnGiven&& column, Value&& value) {
    const auto [at, added] = try_emplace(
        std::forward<RowGiven>(row), std::forward<ColumnGiven>(column), std::forward<Value>(value));
    if (!added && at != nullptr)
      *at = std::forward<Value>(value);  // NOLINT(bugprone-use-after-move)
    return {at, added};
  }

  template <view_of<Row> RowView, view_of<Column> ColumnView>
  std::size_t erase(const RowView& row, const ColumnView& column) {
    node* found = store_.find(std::tie(row, column));
    if (found == nullptr) return 0;
    const auto line = rows_.find(row);
    if (line->second.size == 1) {
      rows_.erase(line);
      store_.remove(found);
    } else {
      drop(line->second, found);
    }
    return 1;
  }
  // Erases every column of a row; returns how many.
  template <view_of<Row> RowView>
  std::size_t erase_row(const RowView& row) {
    const auto line = rows_.find(row);
    if (line == rows_.end()) return 0;
    list gone = line->second;
    rows_.erase(line);
    const std::size_t erased = gone.size;
    while (gone.oldest != nullptr) drop(gone, gone.oldest);
    return erased;
  }

  // Calls visit(column, value) for the columns of a row, from the newest use to the oldest.
  template <view_of<Row> RowView, class Visit>
  void for_each_in(const RowView& row, Visit&& visit) const {
    const list* line = rows_.find_value(row);
    if (line == nullptr) return;
    for (const node* at = line->newest; at != nullptr; at = at->older) {
      visit(at->held().first.second, at->held().second);
    }
  }

  // Erases every element that fits(row, column, value); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(lru_rows& rows, Predicate fits) {
    const std::size_t before = rows.size();
    rows.rows_.erase_elements_if([&](auto& of_row) {
      list& line = of_row.second;
      line.for_each([&](node* at) {
        auto& [key, value] = at->held();
        if (fits(key.first, key.second, value)) rows.drop(line, at);
      });
      return line.size == 0;
    });
    return before - rows.size();
  }

  // Calls visit(row) for every row, in no particular order.
  template <class Visit>
  void for_each_row(Visit&& visit) const {
    for (const auto& [row, line] : rows_) visit(row);
  }

  template <view_of<Row> RowView>
  [[nodiscard]] std::size_t row_size(const RowView& row) const {
    const list* line = rows_.find_value(row);
    return line == nullptr ? 0 : line->size;
  }
  [[nodiscard]] std::size_t row_count() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t row_capacity() const noexcept { return row_capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return store_.size(); }
  [[nodiscard]] bool empty() const noexcept { return store_.size() == 0; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return store_.memory_bytes() + rows_.memory_bytes();
  }
  [[nodiscard]] flat_stats stats() const {
    flat_stats result = store_.stats();
    result.memory_bytes = memory_bytes();
    return result;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return store_.get_allocator(); }
  void clear() noexcept {
    store_.clear();
    rows_.clear();
  }
  // Both sides must have equal allocators.
  void swap(lru_rows& other) noexcept {
    store_.swap(other.store_);
    rows_.swap(other.rows_);
    std::swap(row_capacity_, other.row_capacity_);
  }
  friend void swap(lru_rows& a, lru_rows& b) noexcept { a.swap(b); }

 private:
  // The list of the row of a node just added, which is taken back where there is no memory.
  list& line_for(node* added) {
    struct guard {
      store* owner;
      node* fresh;
      ~guard() {
        if (owner != nullptr) owner->remove(fresh);
      }
    } pending{&store_, added};
    list& line = rows_[added->held().first.first];
    pending.owner = nullptr;
    return line;
  }
  void drop(list& line, node* gone) noexcept {
    line.unlink(gone);
    store_.remove(gone);
  }

  store store_;
  flat_map<Row, list, key_hash<Row>, key_equal<Row>, list_alloc> rows_;
  std::size_t row_capacity_;
};

}  // namespace crosstie
