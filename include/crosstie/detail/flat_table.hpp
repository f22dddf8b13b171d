// Flat table: what flat_set and flat_map share. Open addressing in groups of 14 slots.
//
// Promise and cost: see docs/tables.md. A lookup reads one group and, for a hit, one slot; a miss
//   reads one group in the common case. Growth doubles the groups.
// Invariants: size <= max_load; every element lies on the probe sequence of its hash, and each full
//   group before it carries its overflow mark.
// Invalidation: growth (insert beyond capacity, reserve, rehash, shrink_to_fit) and clear,
//   assignment and move invalidate all iterators, pointers and references; erase only those to the
//   erased element; swap none (they follow their elements).
// Exceptions: insert and growth have the strong guarantee, unless elements can only be moved, and
//   moving them or hashing throws; then the table is left empty.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include <crosstie/detail/flat_storage.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/key.hpp>
#include <crosstie/probe.hpp>
#include <crosstie/stats.hpp>

namespace crosstie {

namespace detail {

template <class Hash, class Key>
concept seeded_hash = requires(const Hash& hash, const Key& key, std::uint64_t seed) {
  { hash(key, seed) } -> std::convertible_to<std::uint64_t>;
};

template <class T>
concept transparent = requires { typename T::is_transparent; };

template <class Policy, class Hash, class Eq, class Alloc>
class flat_table {
 protected:
  using stored = typename Policy::stored;
  using storage = flat_storage<stored, Alloc>;
  using place = typename storage::place;
  using alloc_traits = std::allocator_traits<Alloc>;
  using taken = typename Policy::taken;

 public:
  using key_type = typename Policy::key_type;
  using value_type = stored;
  using hasher = Hash;
  using key_equal = Eq;
  using allocator_type = Alloc;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = typename Policy::seen&;
  using const_reference = const stored&;
  using pointer = typename Policy::seen*;
  using const_pointer = const stored*;
  using iterator = flat_iterator<stored, typename Policy::seen>;
  using const_iterator = flat_iterator<stored, const stored>;

  // True for what a lookup takes: a view of the key, or, with a Hash and Eq of your own that are
  // transparent, whatever they take.
  template <class View>
  static constexpr bool is_lookup =
      std::is_same_v<Hash, key_hash<key_type>> && std::is_same_v<Eq, crosstie::key_equal<key_type>>
          ? view_of<View, key_type>
          : std::is_same_v<View, key_type> || (transparent<Hash> && transparent<Eq>);

  flat_table(const Hash& hash, const Eq& eq, const Alloc& alloc)
      : hash_(hash), eq_(eq), alloc_(alloc), seed_(table_seed(this)) {
    if constexpr (std::is_same_v<Hash, key_hash<key_type>>) require_composite_key<key_type>();
  }
  flat_table(const flat_table& other)
      : flat_table(other, alloc_traits::select_on_container_copy_construction(other.alloc_)) {}
  flat_table(const flat_table& other, const Alloc& alloc)
      : hash_(other.hash_), eq_(other.eq_), alloc_(alloc), seed_(other.seed_) {
    copy_elements(other);
  }
  flat_table(flat_table&& other) noexcept
      : hash_(other.hash_), eq_(other.eq_), alloc_(std::move(other.alloc_)), seed_(other.seed_) {
    steal(other);
  }
  flat_table(flat_table&& other, const Alloc& alloc)
      : hash_(other.hash_), eq_(other.eq_), alloc_(alloc), seed_(other.seed_) {
    move_elements(other);
  }
  ~flat_table() { discard(); }

  flat_table& operator=(const flat_table& other) {
    if (this == &other) return *this;
    constexpr bool takes_alloc = alloc_traits::propagate_on_container_copy_assignment::value;
    flat_table copy(other, takes_alloc ? other.alloc_ : alloc_);
    discard();
    if constexpr (takes_alloc) alloc_ = other.alloc_;
    take_policies(copy);
    steal(copy);
    return *this;
  }
  flat_table& operator=(flat_table&& other) noexcept(
      alloc_traits::propagate_on_container_move_assignment::value ||
      alloc_traits::is_always_equal::value) {
    if (this == &other) return *this;
    if constexpr (alloc_traits::propagate_on_container_move_assignment::value) {
      discard();
      alloc_ = std::move(other.alloc_);
      take_policies(other);
      steal(other);
    } else {
      flat_table moved(std::move(other), alloc_);
      discard();
      take_policies(moved);
      steal(moved);
    }
    return *this;
  }

  void swap(flat_table& other) noexcept {
    using std::swap;
    swap(hash_, other.hash_);
    swap(eq_, other.eq_);
    if constexpr (alloc_traits::propagate_on_container_swap::value) swap(alloc_, other.alloc_);
    swap(seed_, other.seed_);
    swap(storage_, other.storage_);
    swap(size_, other.size_);
    swap(max_load_, other.max_load_);
  }

  [[nodiscard]] iterator begin() noexcept { return iterator(first()); }
  [[nodiscard]] iterator end() noexcept { return iterator(); }
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(first()); }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(); }
  [[nodiscard]] const_iterator cbegin() const noexcept { return begin(); }
  [[nodiscard]] const_iterator cend() const noexcept { return end(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return storage_.capacity(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return storage_.memory_bytes(); }
  [[nodiscard]] double load_factor() const noexcept {
    return capacity() == 0 ? 0 : static_cast<double>(size_) / static_cast<double>(capacity());
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }
  [[nodiscard]] Hash hash_function() const { return hash_; }
  [[nodiscard]] Eq key_eq() const { return eq_; }

  // The hash of a key or view in this table: good for this table, and for copies of it.
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] hash_code hash(const View& key) const {
    if constexpr (seeded_hash<Hash, View>) {
      return {hash_(key, seed_)};
    } else {
      return {fold(static_cast<std::uint64_t>(hash_(key)) ^ seed_, mix_a)};
    }
  }
  [[nodiscard]] hash_code hash(const key_type& key) const { return hash<key_type>(key); }

  // Starts to fetch what a lookup of this key will read.
  void prefetch(hash_code hash) const noexcept {
    const std::size_t index = probe(hash.value, storage_.shift, storage_.mask).index();
    __builtin_prefetch(storage_.groups + index);
    __builtin_prefetch(storage_.slots + index * group_slots);
  }
  template <class View>
    requires(is_lookup<View>)
  void prefetch(const View& key) const {
    prefetch(hash(key));
  }

  // Lookup by key, by view, by the fields one by one, each also with a hash taken before.
  [[nodiscard]] iterator find(const key_type& key) { return iterator(locate(hash(key), key)); }
  [[nodiscard]] const_iterator find(const key_type& key) const {
    return const_iterator(locate(hash(key), key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] iterator find(const View& key) {
    return iterator(locate(hash(key), key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] const_iterator find(const View& key) const {
    return const_iterator(locate(hash(key), key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] iterator find(hash_code hash, const View& key) {
    return iterator(locate(hash, key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] const_iterator find(hash_code hash, const View& key) const {
    return const_iterator(locate(hash, key));
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  [[nodiscard]] iterator find(const Field&... field) {
    return find(std::tie(field...));
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  [[nodiscard]] const_iterator find(const Field&... field) const {
    return find(std::tie(field...));
  }

  [[nodiscard]] bool contains(const key_type& key) const {
    return static_cast<bool>(locate(hash(key), key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] bool contains(const View& key) const {
    return static_cast<bool>(locate(hash(key), key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] bool contains(hash_code hash, const View& key) const {
    return static_cast<bool>(locate(hash, key));
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  [[nodiscard]] bool contains(const Field&... field) const {
    return contains(std::tie(field...));
  }
  [[nodiscard]] std::size_t count(const key_type& key) const { return contains(key); }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] std::size_t count(const View& key) const {
    return contains(key);
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  [[nodiscard]] std::size_t count(const Field&... field) const {
    return contains(std::tie(field...));
  }

  // Many lookups at once: found[i] = find(keys[i]), or answers[i] = contains(keys[i]), for as many
  // as there are keys; returns how many are there. A batch of 32 is hashed, then asks for its
  // groups, then for the slots that their tags point at, and reads them last: where the table is
  // larger than the cache, one wait instead of 32.
  template <class View>
    requires(is_lookup<View>)
  std::size_t find_many(std::span<const View> keys, std::span<const_iterator> found) const {
    return locate_many(keys, [&](std::size_t i, place at) { found[i] = const_iterator(at); });
  }
  template <class View>
    requires(is_lookup<View>)
  std::size_t contains_many(std::span<const View> keys, std::span<bool> answers) const {
    return locate_many(keys, [&](std::size_t i, place at) { answers[i] = static_cast<bool>(at); });
  }

  // Erases by key, view or fields; returns how many elements went (0 or 1).
  std::size_t erase(const key_type& key) { return erase_found(hash(key), key); }
  template <class View>
    requires(is_lookup<View>)
  std::size_t erase(const View& key) {
    return erase_found(hash(key), key);
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  std::size_t erase(const Field&... field) {
    return erase(std::tie(field...));
  }
  // Erases the element at `at`; returns the iterator after it.
  iterator erase(iterator at) { return iterator(erase_at(at.place())); }
  iterator erase(const_iterator at)
    requires(!std::is_same_v<iterator, const_iterator>)
  {
    return iterator(erase_at(at.place()));
  }
  iterator erase(const_iterator first, const_iterator last) {
    place at = first.place();
    while (const_iterator(at) != last) at = erase_at(at);
    return iterator(at);
  }
  iterator erase(iterator first, iterator last)
    requires(!std::is_same_v<iterator, const_iterator>)
  {
    return erase(const_iterator(first), const_iterator(last));
  }
  template <class View>
    requires(is_lookup<View>)
  std::size_t erase(hash_code hash, const View& key) {
    return erase_found(hash, key);
  }

  // Takes an element out of the table, moved into the answer. There are no nodes to hand over, so
  // the answer is a value: a Key, or a std::pair<Key, T>.
  taken extract(const_iterator at) {
    const std::uint64_t code = hash(key_at(at.place())).value;
    taken element(Policy::move(*at.place().slot));
    remove(at.place(), code);
    return element;
  }
  template <class View>
    requires(is_lookup<View>)
  std::optional<taken> extract(const View& key) {
    const auto at = find(key);
    if (at == end()) return std::nullopt;
    return extract(const_iterator(at));
  }
  template <class... Field>
    requires(sizeof...(Field) > 1 && is_lookup<std::tuple<const Field&...>>)
  std::optional<taken> extract(const Field&... field) {
    return extract(std::tie(field...));
  }

  // Moves over every element of `source` whose key is not here. Where an allocation fails midway,
  // each element is in one of the two tables.
  void merge(flat_table& source) {
    if (this == &source) return;
    for (const_iterator next = source.begin(); next != source.end();) {
      const place at = (next++).place();
      const hash_code code = hash(key_at(at));
      if (locate(code, key_at(at))) continue;
      const std::uint64_t source_code = source.hash(key_at(at)).value;
      add(code, Policy::move(*at.slot));
      source.remove(at, source_code);
    }
  }
  void merge(flat_table&& source) { merge(source); }

  // Erases every element that fits; returns how many.
  template <class Predicate>
  std::size_t erase_elements_if(Predicate&& fits) {
    const std::size_t before = size_;
    storage_.for_each([&](place at) {
      if (fits(static_cast<typename Policy::seen&>(*at.slot))) remove(at, hash(key_at(at)).value);
    });
    return before - size_;
  }

  void clear() noexcept {
    destroy_elements();
    storage_.wipe();
    size_ = 0;
  }

  // Room for `size` elements in all without growth.
  void reserve(std::size_t size) {
    if (size > max_load_) rebuild(storage::groups_for(size));
  }
  // Room for max(size, size()) elements, and no more memory than that takes; rehash(0) shrinks to
  // fit and also forgets overflow marks that have stuck.
  void rehash(std::size_t size) { rebuild(storage::groups_for(std::max(size, size_))); }
  void shrink_to_fit() { rehash(0); }

  [[nodiscard]] flat_stats stats() const {
    stats_counter counter;
    count_into(counter);
    return counter.result(memory_bytes());
  }
  // The same, for tables that are made of several.
  void count_into(stats_counter& counter) const {
    counter.add_table(capacity(), rebuilds_.value());
    storage_.for_each([&](place at) {
      const std::uint64_t code = hash(key_at(at)).value;
      counter.add(code, probe_length(at, code));
    });
    for (std::size_t g = 0; g < storage_.group_count(); ++g) {
      counter.add_group(storage_.groups[g].overflow_count != 0);
    }
  }

 protected:
  static const key_type& key_at(place at) noexcept { return Policy::key(*at.slot); }

  template <class View>
  [[nodiscard]] place locate(hash_code hash, const View& key) const {
    const std::uint8_t tag = group::tag_of(hash.value);
    probe walk(hash.value, storage_.shift, storage_.mask);
    do {
      const group& here = storage_.groups[walk.index()];
      for (std::uint32_t same = here.match(tag); same != 0; same &= same - 1) {
        const place at = storage_.at(walk.index(), static_cast<unsigned>(std::countr_zero(same)));
        if (eq_(key_at(at), key)) [[likely]]
          return at;
      }
      if (!here.may_overflow(hash.value)) [[likely]]
        return {};
    } while (walk.next());
    return {};
  }

  template <class View, class Visit>
  std::size_t locate_many(std::span<const View> keys, Visit&& visit) const {
    constexpr std::size_t batch = 32;
    hash_code codes[batch]{};
    std::size_t total = 0;
    for (std::size_t done = 0; done < keys.size(); done += batch) {
      const std::size_t count = std::min(batch, keys.size() - done);
      for (std::size_t i = 0; i < count; ++i) {
        codes[i] = hash(keys[done + i]);
        __builtin_prefetch(storage_.groups +
                           probe(codes[i].value, storage_.shift, storage_.mask).index());
      }
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t index = probe(codes[i].value, storage_.shift, storage_.mask).index();
        const std::uint32_t same = storage_.groups[index].match(group::tag_of(codes[i].value));
        if (same != 0) {
          __builtin_prefetch(
              storage_.at(index, static_cast<unsigned>(std::countr_zero(same))).slot);
        }
      }
      for (std::size_t i = 0; i < count; ++i) {
        const place at = locate(codes[i], keys[done + i]);
        visit(done + i, at);
        total += static_cast<bool>(at);
      }
    }
    return total;
  }

  // Constructs a new element from `args` for a key with this hash, known to be absent.
  template <class... Args>
  place add(hash_code hash, Args&&... args) {
    if (size_ == max_load_) return add_growing(hash, std::forward<Args>(args)...);
    // The slot is taken only when construction has succeeded.
    pending_slot slot{&storage_, storage_.take_slot(hash.value), hash.value};
    alloc_traits::construct(alloc_, slot.at.slot, std::forward<Args>(args)...);
    ++size_;
    if (probes::watches_insert()) [[unlikely]]
      probes::insert(hash.value, probe_length(slot.at, hash.value), size_, capacity());
    return slot.keep();
  }

 private:
  // Groups that a lookup of the element at `at` looks at.
  [[nodiscard]] std::size_t probe_length(place at, std::uint64_t hash) const noexcept {
    probe walk(hash, storage_.shift, storage_.mask);
    while (&storage_.groups[walk.index()] != at.home()) walk.next();
    return walk.steps() + 1;
  }

  // Gives its slot back unless kept: the guard of a construction that may throw.
  struct pending_slot {
    storage* owner;
    place at;
    std::uint64_t hash;
    ~pending_slot() {
      if (owner != nullptr) owner->release_slot(at, hash);
    }
    place keep() noexcept {
      owner = nullptr;
      return at;
    }
  };

  // A storage under construction: destroys what it holds unless it is kept.
  struct pending_storage {
    flat_table& table;
    storage fresh;
    bool moving = false;  // an exception now would leave a table of moved-from elements
    pending_storage(flat_table& t, std::size_t groups) : table(t) {
      if (groups != 0) fresh = storage(t.alloc_, groups);
    }
    pending_storage(const pending_storage&) = delete;
    pending_storage& operator=(const pending_storage&) = delete;
    ~pending_storage() {
      if (moving) table.clear();
      fresh.for_each([&](place at) { alloc_traits::destroy(table.alloc_, at.slot); });
      fresh.deallocate(table.alloc_);
    }
    template <class... Args>
    place add(std::uint64_t hash, Args&&... args) {
      pending_slot slot{&fresh, fresh.take_slot(hash), hash};
      alloc_traits::construct(table.alloc_, slot.at.slot, std::forward<Args>(args)...);
      return slot.keep();
    }
  };

  static constexpr bool nothrow_hash = [] {
    if constexpr (seeded_hash<Hash, key_type>) {
      return noexcept(std::declval<const Hash&>()(std::declval<const key_type&>(), 0UL));
    } else {
      return noexcept(std::declval<const Hash&>()(std::declval<const key_type&>()));
    }
  }();
  static constexpr bool moves_safely = Policy::nothrow_movable && nothrow_hash;
  static constexpr bool moves_elements =
      moves_safely || !std::is_constructible_v<stored, const stored&>;

  template <class... Args>
  place add_growing(hash_code hash, Args&&... args) {
    const std::size_t groups = std::max<std::size_t>(1, 2 * storage_.group_count());
    pending_storage pending(*this, groups);
    // The new element first: `args` may refer into the old storage.
    const place added = pending.add(hash.value, std::forward<Args>(args)...);
    transfer(pending);
    ++size_;
    if (probes::watches_growth()) [[unlikely]]
      probes::growth(hash.value, 0, size_, capacity());
    if (probes::watches_insert()) [[unlikely]]
      probes::insert(hash.value, probe_length(added, hash.value), size_, capacity());
    return added;
  }

  void rebuild(std::size_t groups) {
    pending_storage pending(*this, groups);
    transfer(pending);
    if (probes::watches_growth()) [[unlikely]]
      probes::growth(0, 0, size_, capacity());
  }

  // Moves (or copies, where moving may throw) all elements over, then swaps the storages; the
  // pending storage then destroys what is left of the old elements.
  void transfer(pending_storage& pending) {
    pending.moving = moves_elements && !moves_safely;
    storage_.for_each([&](place at) {
      const std::uint64_t code = hash(key_at(at)).value;
      if constexpr (moves_elements) {
        pending.add(code, Policy::move(*at.slot));
      } else {
        pending.add(code, static_cast<const stored&>(*at.slot));
      }
    });
    pending.moving = false;
    std::swap(storage_, pending.fresh);
    max_load_ = storage::max_load(storage_.group_count());
    rebuilds_.count();
  }

  template <class View>
  std::size_t erase_found(hash_code hash, const View& key) {
    const place at = locate(hash, key);
    if (!at) return 0;
    remove(at, hash.value);
    return 1;
  }

  place erase_at(place at) {
    iterator next(at);
    ++next;
    remove(at, hash(key_at(at)).value);
    return next.place();
  }

  void remove(place at, std::uint64_t hash) noexcept {
    alloc_traits::destroy(alloc_, at.slot);
    storage_.release_slot(at, hash);
    --size_;
    if (probes::watches_erase()) [[unlikely]]
      probes::erase(hash, probe_length(at, hash), size_, capacity());
  }

  [[nodiscard]] place first() const noexcept {
    if (size_ == 0) return {};
    for (std::size_t g = 0;; ++g) {
      const std::uint32_t full = storage_.groups[g].match_full();
      if (full != 0) return storage_.at(g, static_cast<unsigned>(std::countr_zero(full)));
    }
  }

  // A copy has the seed and the groups of its original, so elements keep their places.
  void copy_elements(const flat_table& other) {
    if (other.size_ == 0) return;
    pending_storage pending(*this, other.storage_.group_count());
    other.storage_.for_each([&](place at) {
      const std::size_t index = static_cast<std::size_t>(at.slot - other.storage_.slots);
      const place copy =
          pending.fresh.at(index / group_slots, static_cast<unsigned>(index % group_slots));
      alloc_traits::construct(alloc_, copy.slot, static_cast<const stored&>(*at.slot));
      *copy.tag = *at.tag;
    });
    std::memcpy(static_cast<void*>(pending.fresh.groups), other.storage_.groups,
                other.storage_.group_count() * sizeof(group));
    std::swap(storage_, pending.fresh);
    size_ = other.size_;
    max_load_ = other.max_load_;
  }

  // Elements of a table with another allocator: stolen where the allocators are equal.
  void move_elements(flat_table& other) {
    if (alloc_ == other.alloc_) {
      steal(other);
      return;
    }
    if (other.size_ == 0) return;
    pending_storage pending(*this, storage::groups_for(other.size_));
    other.storage_.for_each(
        [&](place at) { pending.add(hash(key_at(at)).value, Policy::move(*at.slot)); });
    std::swap(storage_, pending.fresh);
    size_ = other.size_;
    max_load_ = storage::max_load(storage_.group_count());
    other.clear();
  }

  void take_policies(flat_table& other) {
    hash_ = other.hash_;
    eq_ = other.eq_;
    seed_ = other.seed_;
  }

  void steal(flat_table& other) noexcept {
    storage_ = std::exchange(other.storage_, storage());
    size_ = std::exchange(other.size_, 0);
    max_load_ = std::exchange(other.max_load_, 0);
  }

  void destroy_elements() noexcept {
    if constexpr (!std::is_trivially_destructible_v<stored>) {
      storage_.for_each([&](place at) { alloc_traits::destroy(alloc_, at.slot); });
    }
  }

  void discard() noexcept {
    destroy_elements();
    storage_.deallocate(alloc_);
    size_ = 0;
    max_load_ = 0;
  }

  storage storage_;
  std::size_t size_ = 0;
  std::size_t max_load_ = 0;
  [[no_unique_address]] Hash hash_;
  [[no_unique_address]] Eq eq_;
  [[no_unique_address]] Alloc alloc_;
  std::uint64_t seed_;
  [[no_unique_address]] rebuild_count rebuilds_;
};

}  // namespace detail
}  // namespace crosstie
