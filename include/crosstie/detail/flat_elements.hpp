// Flat elements: what a flat table holds, and how elements come, move and go.
//
// Promise: flat_table, which adds what people call, inherits size, hash and growth from here.
// Cost, invariants, invalidation, exceptions, thread safety: detail/flat_table.hpp.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/detail/flat_storage.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/key.hpp>
#include <crosstie/probe.hpp>
#include <crosstie/stats.hpp>

namespace crosstie::detail {

template <class Hash, class Key>
concept seeded_hash = requires(const Hash& hash, const Key& key, std::uint64_t seed) {
  { hash(key, seed) } -> std::convertible_to<std::uint64_t>;
};

template <class Hash, class Key>
concept plain_hash = requires(const Hash& hash, const Key& key) {
  { hash(key) } -> std::convertible_to<std::uint64_t>;
};

template <class T>
concept transparent = requires { typename T::is_transparent; };

template <class Policy, class Hash, class Eq, class Alloc>
class flat_elements {
 protected:
  using stored = typename Policy::stored;
  using storage = flat_storage<stored, Alloc>;
  using place = typename storage::place;
  using alloc_traits = std::allocator_traits<Alloc>;

 public:
  using key_type = typename Policy::key_type;
  using hasher = Hash;
  using key_equal = Eq;
  using allocator_type = Alloc;

  // True for what a lookup takes: a view of the key, or, with a Hash and Eq of your own that are
  // transparent, whatever they take but iterators.
  template <class View>
  static constexpr bool is_lookup = [] {
    if constexpr (std::is_same_v<View, key_type>) {
      return true;
    } else if constexpr (std::is_same_v<Hash, key_hash<key_type>> &&
                         std::is_same_v<Eq, crosstie::key_equal<key_type>>) {
      return view_of<View, key_type>;
    } else if constexpr (transparent<Hash> && transparent<Eq> &&
                         !std::is_convertible_v<View, flat_iterator<stored, const stored>>) {
      return (seeded_hash<Hash, View> || plain_hash<Hash, View>) &&
             std::is_invocable_r_v<bool, const Eq&, const key_type&, const View&>;
    } else {
      return false;
    }
  }();

  flat_elements(const Hash& hash, const Eq& eq, const Alloc& alloc)
      : hash_(hash), eq_(eq), alloc_(alloc), seed_(crosstie::table_seed(this)) {
    if constexpr (std::is_same_v<Hash, key_hash<key_type>>) require_composite_key<key_type>();
  }
  flat_elements(const flat_elements& other)
      : flat_elements(other, alloc_traits::select_on_container_copy_construction(other.alloc_)) {}
  flat_elements(const flat_elements& other, const Alloc& alloc)
      : hash_(other.hash_), eq_(other.eq_), alloc_(alloc), seed_(other.seed_) {
    copy_elements(other);
  }
  flat_elements(flat_elements&& other) noexcept
      : hash_(other.hash_), eq_(other.eq_), alloc_(std::move(other.alloc_)), seed_(other.seed_) {
    steal(other);
  }
  flat_elements(flat_elements&& other, const Alloc& alloc)
      : hash_(other.hash_), eq_(other.eq_), alloc_(alloc), seed_(other.seed_) {
    move_elements(other);
  }
  ~flat_elements() { discard(); }

  flat_elements& operator=(const flat_elements& other) {
    if (this == &other) return *this;
    constexpr bool takes_alloc = alloc_traits::propagate_on_container_copy_assignment::value;
    flat_elements copy(other, takes_alloc ? other.alloc_ : alloc_);
    discard();
    if constexpr (takes_alloc) alloc_ = other.alloc_;
    take_policies(copy);
    steal(copy);
    return *this;
  }
  flat_elements& operator=(flat_elements&& other) noexcept(
      alloc_traits::propagate_on_container_move_assignment::value ||
      alloc_traits::is_always_equal::value) {
    if (this == &other) return *this;
    if constexpr (alloc_traits::propagate_on_container_move_assignment::value) {
      discard();
      alloc_ = std::move(other.alloc_);
      take_policies(other);
      steal(other);
    } else {
      flat_elements moved(std::move(other), alloc_);
      discard();
      take_policies(moved);
      steal(moved);
    }
    return *this;
  }

  void swap(flat_elements& other) noexcept {
    using std::swap;
    swap(hash_, other.hash_);
    swap(eq_, other.eq_);
    if constexpr (alloc_traits::propagate_on_container_swap::value) swap(alloc_, other.alloc_);
    swap(seed_, other.seed_);
    swap(storage_, other.storage_);
    swap(size_, other.size_);
    swap(max_load_, other.max_load_);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t max_size() const noexcept { return storage::max_size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return storage_.capacity(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return storage_.memory_bytes(); }
  [[nodiscard]] double load_factor() const noexcept {
    return capacity() == 0 ? 0 : static_cast<double>(size_) / static_cast<double>(capacity());
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }
  [[nodiscard]] Hash hash_function() const { return hash_; }
  [[nodiscard]] Eq key_eq() const { return eq_; }

  // The hash of a key or view in this table: good for this table until its elements are moved
  // elsewhere or swapped (then for the table that has them), and for copies of it.
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] hash_code hash(const View& key) const {
    if constexpr (seeded_hash<Hash, View>) {
      return hash_code(hash_(key, seed_));
    } else {
      return hash_code(fold(static_cast<std::uint64_t>(hash_(key)) ^ seed_, mix_a));
    }
  }
  [[nodiscard]] hash_code hash(const key_type& key) const { return hash<key_type>(key); }

  // Starts to fetch what a lookup of this key will read.
  [[gnu::always_inline]] void prefetch(hash_code hash) const noexcept {
    const std::size_t index = probe(hash.value, storage_.shift, storage_.mask).index();
    __builtin_prefetch(storage_.groups + index);
    __builtin_prefetch(storage_.slots + index * group_slots);
  }
  template <class View>
    requires(is_lookup<View>)
  [[gnu::always_inline]] void prefetch(const View& key) const {
    prefetch(hash(key));
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

 protected:
  // No element, or one, which lies in the first slot (where it does unless others have come and
  // gone): then to compare is cheaper than to hash.
  [[nodiscard]] bool has_first_alone() const noexcept {
    return size_ <= 1 && (size_ == 0 || storage_.groups->tags[0] != 0);
  }

  static const key_type& key_at(place at) noexcept { return Policy::key(*at.slot); }

  template <class View>
  [[nodiscard]] place locate(const View& key) const {
    if (has_first_alone()) [[unlikely]]
      return locate_first(key);
    return locate(hash(key), key);
  }
  template <class View>
  [[nodiscard]] place locate(hash_code hash, const View& key) const {
    const std::size_t index = probe(hash.value, storage_.shift, storage_.mask).index();
    if (const place at = locate_in(index, hash, key)) return at;
    if (!storage_.groups[index].may_overflow(hash.value)) [[likely]]
      return {};
    return locate_beyond(hash, key);
  }

  // Constructs a new element from `args` for a key with this hash, known to be absent.
  template <class... Args>
  place add(hash_code hash, Args&&... args) {
    if (size_ == max_load_) [[unlikely]]
      return add_growing(hash, std::forward<Args>(args)...);
    // The slot is taken only when construction has succeeded.
    pending_slot slot{&storage_, storage_.take_slot(hash.value), hash.value};
    alloc_traits::construct(alloc_, slot.at.slot, std::forward<Args>(args)...);
    ++size_;
    if (probes::watches_insert()) [[unlikely]]
      probes::insert(hash.value, probe_length(slot.at, hash.value), size_, capacity());
    return slot.keep();
  }

  template <class View>
  std::size_t erase_found(const View& key) {
    if (!has_first_alone() || needs_hash_to_erase()) return erase_found(hash(key), key);
    const place at = locate_first(key);
    if (!at) return 0;
    remove(at, 0);
    return 1;
  }
  template <class View>
  std::size_t erase_found(hash_code hash, const View& key) {
    const place at = locate(hash, key);
    if (!at) return 0;
    remove(at, hash.value);
    return 1;
  }

  // In a table of one group no insertion can have left marks on its way.
  [[nodiscard]] bool needs_hash_to_erase() const noexcept {
    return storage_.mask != 0 || probes::watches_erase();
  }
  void remove(place at) { remove(at, needs_hash_to_erase() ? hash(key_at(at)).value : 0); }
  void remove(place at, std::uint64_t hash) noexcept {
    alloc_traits::destroy(alloc_, at.slot);
    storage_.release_slot(at, hash);
    --size_;
    if (probes::watches_erase()) [[unlikely]]
      probes::erase(hash, probe_length(at, hash), size_, capacity());
  }

  [[nodiscard]] place first() const noexcept {
    if (size_ == 0) return {};
    if (storage_.groups->tags[0] != 0) return storage_.at(0, 0);
    for (std::size_t g = 0;; ++g) {
      const std::uint32_t full = storage_.groups[g].match_full();
      if (full != 0) return storage_.at(g, static_cast<unsigned>(std::countr_zero(full)));
    }
  }

  // Groups that a lookup of the element at `at` looks at.
  [[nodiscard]] std::size_t probe_length(place at, std::uint64_t hash) const noexcept {
    probe walk(hash, storage_.shift, storage_.mask);
    while (&storage_.groups[walk.index()] != at.home()) walk.next();
    return walk.steps() + 1;
  }

 private:
  template <class View>
  [[nodiscard]] place locate_first(const View& key) const {
    const place first = storage_.at(0, 0);
    return size_ != 0 && eq_(key_at(first), key) ? first : place{};
  }

  // Looks for the key in one group.
  template <class View>
  [[nodiscard]] place locate_in(std::size_t index, hash_code hash, const View& key) const {
    group& here = storage_.groups[index];
    std::uint32_t same = here.match_hash(hash.value);
    if (same == 0) return {};
    stored* const slots = storage_.slots + index * group_slots;
    do {
      const auto position = static_cast<std::size_t>(std::countr_zero(same));
      if (eq_(Policy::key(slots[position]), key)) [[likely]]
        return {here.tags + position, slots + position};
      same &= same - 1;
    } while (same != 0);
    return {};
  }

  // Looks for the key in all groups that it may be in but the first. Out of line: few lookups get
  // here, and the others need their registers.
  template <class View>
  [[nodiscard, gnu::noinline]] place locate_beyond(hash_code hash, const View& key) const {
    probe walk(hash.value, storage_.shift, storage_.mask);
    while (storage_.groups[walk.index()].may_overflow(hash.value) && walk.next()) {
      if (const place at = locate_in(walk.index(), hash, key)) return at;
    }
    return {};
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
    flat_elements& table;
    storage fresh;
    bool moving = false;  // an exception now would leave a table of moved-from elements
    pending_storage(flat_elements& t, std::size_t groups) : table(t) {
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
#if !defined(__cpp_exceptions)
    return true;
#endif
    if constexpr (seeded_hash<Hash, key_type>) {
      return noexcept(std::declval<const Hash&>()(std::declval<const key_type&>(), 0UL));
    } else {
      return noexcept(std::declval<const Hash&>()(std::declval<const key_type&>()));
    }
  }();
  static constexpr bool moves_elements =
      Policy::nothrow_movable || !std::is_constructible_v<stored, const stored&>;

  template <class... Args>
  [[gnu::noinline]] place add_growing(hash_code hash, Args&&... args) {
    if (capacity() == 0) return add_first(hash, std::forward<Args>(args)...);
    pending_storage pending(*this, 2 * storage_.group_count());
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

  // Gives memory back that was taken for a first element, where there is none.
  struct first_memory {
    flat_elements& table;
    ~first_memory() {
      if (table.empty()) table.discard();
    }
  };

  // Where nothing has to move, the element goes straight into the new memory.
  template <class... Args>
  place add_first(hash_code hash, Args&&... args) {
    storage_.allocate(alloc_, 1);
    max_load_ = storage::max_load(1);
    const first_memory guard{*this};
    const place added = storage_.at(0, 0);
    alloc_traits::construct(alloc_, added.slot, std::forward<Args>(args)...);
    storage_.groups->fill(0, hash.value);
    size_ = 1;
    rebuilds_.count();
    if (probes::watches_growth()) [[unlikely]]
      probes::growth(hash.value, 0, size_, capacity());
    if (probes::watches_insert()) [[unlikely]]
      probes::insert(hash.value, 1, size_, capacity());
    return added;
  }

  void rebuild(std::size_t groups) {
    pending_storage pending(*this, groups);
    transfer(pending);
    if (probes::watches_growth()) [[unlikely]]
      probes::growth(0, 0, size_, capacity());
  }

  static void pass_on(pending_storage& pending, place at, std::uint64_t code) {
    if constexpr (moves_elements) {
      pending.add(code, Policy::move(*at.slot));
    } else {
      pending.add(code, static_cast<const stored&>(*at.slot));
    }
  }

  // Moves (or copies, where moving may throw) all elements over, then swaps the storages; the
  // pending storage then destroys what is left of the old elements.
  void transfer(pending_storage& pending) {
    if constexpr (nothrow_hash || !moves_elements) {
      pending.moving = moves_elements && !Policy::nothrow_movable;
      storage_.for_each([&](place at) { pass_on(pending, at, hash(key_at(at)).value); });
    } else {
      // No element moves before all have been hashed, since a hash that throws must leave them.
      const std::unique_ptr<std::uint64_t[]> codes(new std::uint64_t[size_]);
      std::size_t i = 0;
      storage_.for_each([&](place at) { codes[i++] = hash(key_at(at)).value; });
      pending.moving = !Policy::nothrow_movable;
      i = 0;
      storage_.for_each([&](place at) { pass_on(pending, at, codes[i++]); });
    }
    pending.moving = false;
    std::swap(storage_, pending.fresh);
    max_load_ = storage::max_load(storage_.group_count());
    rebuilds_.count();
  }

  // A copy has the seed and the groups of its original, so elements keep their places.
  void copy_elements(const flat_elements& other) {
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
  void move_elements(flat_elements& other) {
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
    other.seed_.renew(&other);
  }

  void take_policies(flat_elements& other) {
    hash_ = other.hash_;
    eq_ = other.eq_;
    seed_ = other.seed_;
  }

  // An empty table that is moved from stays what it was.
  void steal(flat_elements& other) noexcept {
    if (other.size_ != 0) other.seed_.renew(&other);
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

 protected:
  storage storage_;
  std::size_t size_ = 0;
  std::size_t max_load_ = 0;
  [[no_unique_address]] Hash hash_;
  [[no_unique_address]] Eq eq_;
  [[no_unique_address]] Alloc alloc_;
  table_seed seed_;
  [[no_unique_address]] rebuild_count rebuilds_;
};

}  // namespace crosstie::detail
