// concurrent_map: a flat_map that threads share.
//
//   crosstie::concurrent_map<binding, int> restarts;
//   restarts.update(std::tuple{node, pod}, [](int& n) { ++n; });   // 0 when new
//   if (std::optional<int> n = restarts.find(node, pod)) ...
//
//   shard 0 [lock | flat_map]   shard 1 [lock | flat_map]  ...    64 of them, chosen by hash bits
//
// Promise: every operation on one key is linearizable: it takes effect at one moment between its
//   call and its return, as if the operations of all threads came one after another. Readers of a
//   shard run side by side; a writer keeps others out of its own shard only.
// Operations over all shards (size, for_each, clear, erase_if, snapshot, replace) see each shard at
//   one moment, but the shards one after another: they are exact once no thread writes.
// Cost: one hash, one uncontended lock (an atomic operation each way) and the flat_map operation.
//   An empty map is 64 shards of 128 bytes. Readers of one shard share the cache line of its lock:
//   where nothing writes, a plain flat_map behind a shared_ptr reads faster.
// Invalidation: no reference leaves a shard: values are copied out, or visited under its lock. The
//   callbacks must not call into the same map (that could deadlock), and may throw.
// Mutex: std::shared_mutex lets readers of one shard in together; std::mutex is quicker to take,
//   which pays where a map is written a lot and no shard is read all the time.
// Allocator: copies of one serve the shards, which threads use side by side, so whatever they share
//   must be safe to call from several threads at once: std::allocator is, and so are
//   std::pmr::new_delete_resource() and synchronized_pool_resource; monotonic_buffer_resource and
//   unsynchronized_pool_resource are not.
// Fairness: that of std::shared_mutex; with glibc, readers that never pause can keep a writer of
//   their shard waiting.
// Values that only move are found by visit, not by find; snapshot and replace copy maps, too.
// Exceptions: strong guarantee. Thread safety: all members but construction and destruction may be
//   called from any thread at any time. It can be neither copied nor moved; see snapshot().
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/detail/lookup.hpp>
#include <crosstie/flat_map.hpp>

namespace crosstie {

template <class Key, class T, class Hash = key_hash<Key>, class Eq = key_equal<Key>,
          class Alloc = std::allocator<std::pair<const Key, T>>, class Mutex = std::shared_mutex>
class concurrent_map {
  using map = flat_map<Key, T, Hash, Eq, Alloc>;
  using mutex = Mutex;
  static constexpr bool shares = requires(Mutex& lock) { lock.lock_shared(); };
  template <class M>
  using reading = std::conditional_t<shares, std::shared_lock<M>, std::unique_lock<M>>;

  // Two cache lines, since processors fetch lines in pairs.
  struct alignas(128) shard {
    mutable mutex lock;
    std::optional<map> content;  // always there after construction
  };

 public:
  using key_type = Key;
  using mapped_type = T;
  static constexpr std::size_t default_shards = 64;
  template <class View>
  static constexpr bool is_lookup = map::template is_lookup<View>;

  // What goes in: a view of a key, or what converts to one.
  template <class Given>
  static constexpr bool is_asked =
      is_lookup<std::remove_cvref_t<Given>> || std::is_convertible_v<Given, Key>;

  concurrent_map() : concurrent_map(default_shards) {}
  // The number of shards is rounded up to a power of two.
  explicit concurrent_map(std::size_t shards, const Alloc& alloc = Alloc())
      : shard_mask_(std::bit_ceil(shards == 0 ? 1 : shards) - 1),
        shards_(std::make_unique<shard[]>(shard_mask_ + 1)),
        empty_(alloc) {
    // Maps moved from one have its seed, so that one hash serves to choose the shard and within it;
    // an empty map that is moved from stays what it was. Copies would need values to be copied.
    for (std::size_t s = 0; s <= shard_mask_; ++s) {
      shards_[s].content.emplace(std::move(empty_), alloc);  // NOLINT(bugprone-use-after-move)
    }
  }
  concurrent_map(const concurrent_map&) = delete;
  concurrent_map& operator=(const concurrent_map&) = delete;

  // The value of a key, view or fields, copied.
  template <class... Part>
  [[nodiscard]] std::optional<T> find(const Part&... part) const {
    std::optional<T> found;
    visit_found(detail::as_lookup(part...), [&](const T& value) { found.emplace(value); });
    return found;
  }
  [[nodiscard]] std::optional<T> find(const Key& key) const { return find<Key>(key); }
  template <class... Part>
  [[nodiscard]] bool contains(const Part&... part) const {
    return visit_found(detail::as_lookup(part...), [](const T&) noexcept {});
  }
  [[nodiscard]] bool contains(const Key& key) const { return contains<Key>(key); }
  // Calls visit(const T&) under the shard's lock where the key is there; returns whether it is.
  template <class View = Key, class Visit>
  bool visit(const View& key, Visit&& visit) const {
    return visit_found(key, std::forward<Visit>(visit));
  }

  // True if the key was absent and has now a value constructed from `args`.
  template <class Given = Key, class... Args>
    requires(is_asked<Given>)
  bool try_emplace(Given&& given, Args&&... args) {
    auto&& key = asked(std::forward<Given>(given));
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    return home.content
        ->try_emplace(code, std::forward<decltype(key)>(key), std::forward<Args>(args)...)
        .second;
  }
  // True if the key was absent.
  template <class Given = Key, class Value>
    requires(is_asked<Given>)
  bool insert_or_assign(Given&& given, Value&& value) {
    auto&& key = asked(std::forward<Given>(given));
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    const auto [at, added] = home.content->try_emplace(code, std::forward<decltype(key)>(key),
                                                       std::forward<Value>(value));
    // A value that found its key present was not consumed.
    if (!added) at->second = std::forward<Value>(value);  // NOLINT(bugprone-use-after-move)
    return added;
  }
  // Calls change(T&) on the value of the key, which is T() if it was absent, as one operation.
  // Returns whether it was absent. Where `change` throws, a new key is taken back.
  template <class Given = Key, class Change>
    requires(is_asked<Given>)
  bool update(Given&& given, Change&& change) {
    auto&& key = asked(std::forward<Given>(given));
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    const auto [at, added] = home.content->try_emplace(code, std::forward<decltype(key)>(key));
    struct taken_back {
      map* elements;
      typename map::iterator at;
      ~taken_back() {
        if (elements != nullptr) elements->erase(at);
      }
    } pending{added ? &*home.content : nullptr, at};
    change(at->second);
    pending.elements = nullptr;
    return added;
  }
  // Calls change(T&) where the key is there; returns whether it is.
  template <class View = Key, class Change>
  bool update_existing(const View& given, Change&& change) {
    const auto& key = asked(given);
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    const auto at = home.content->find(code, key);
    if (at == home.content->end()) return false;
    change(at->second);
    return true;
  }

  template <class... Part>
  bool erase(const Part&... part) {
    return erase_key_if(detail::as_lookup(part...), [](const T&) noexcept { return true; });
  }
  bool erase(const Key& key) { return erase<Key>(key); }
  // Erases the key if it is there and its value fits, as one operation.
  template <class View = Key, class Predicate>
  bool erase_key_if(const View& given, Predicate&& fits) {
    const auto& key = asked(given);
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    const auto at = home.content->find(code, key);
    if (at == home.content->end() || !fits(std::as_const(at->second))) return false;
    home.content->erase(at);
    return true;
  }
  // Takes the value out.
  template <class... Part>
  std::optional<T> extract(const Part&... part) {
    return extract_found(asked(detail::as_lookup(part...)));
  }
  std::optional<T> extract(const Key& key) { return extract_found(key); }

  // Over all shards, one after another.
  [[nodiscard]] std::size_t size() const {
    std::size_t total = 0;
    for_each_shard<reading>([&](const map& elements) { total += elements.size(); });
    return total;
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for_each_shard<reading>([&](const map& elements) { elements.for_each(visit); });
  }
  template <class Predicate>
  std::size_t erase_if(Predicate&& fits) {
    std::size_t erased = 0;
    for_each_shard<std::unique_lock>(
        [&](map& elements) { erased += elements.erase_elements_if(fits); });
    return erased;
  }
  template <class Predicate>
  friend std::size_t erase_if(concurrent_map& map, Predicate fits) {
    return map.erase_if(fits);
  }
  void clear() {
    for_each_shard<std::unique_lock>([](map& elements) { elements.clear(); });
  }
  // Room for `size` elements in all, if they spread evenly.
  void reserve(std::size_t size) {
    for_each_shard<std::unique_lock>(
        [&](map& elements) { elements.reserve(size / shard_count() + 1); });
  }
  [[nodiscard]] std::size_t shard_count() const noexcept { return shard_mask_ + 1; }
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = shard_count() * sizeof(shard);
    for_each_shard<reading>([&](const map& elements) { bytes += elements.memory_bytes(); });
    return bytes;
  }
  [[nodiscard]] flat_stats stats() const {
    detail::stats_counter counter;
    std::size_t bytes = shard_count() * sizeof(shard);
    for_each_shard<reading>([&](const map& elements) {
      elements.count_into(counter);
      bytes += elements.memory_bytes();
    });
    return counter.result(bytes);
  }
  // A copy of every element, for work that takes long; with a seed of its own, since they may come
  // back by replace().
  [[nodiscard]] map snapshot() const {
    map copy(0, empty_.hash_function(), empty_.key_eq(), get_allocator());
    copy.reserve(size());
    for_each([&](const Key& key, const T& value) { copy.try_emplace(key, value); });
    return copy;
  }
  // Replaces all elements, one shard after another.
  void replace(map elements) {
    std::vector<map> fresh;
    fresh.reserve(shard_count());
    for (std::size_t s = 0; s < shard_count(); ++s) fresh.emplace_back(empty_, get_allocator());
    for (auto& [key, value] : elements) {
      const hash_code code = empty_.hash(key);
      fresh[shard_number(code)].try_emplace(code, key, std::move(value));
    }
    for (std::size_t s = 0; s < fresh.size(); ++s) {
      const std::unique_lock guard(shards_[s].lock);
      shards_[s].content->swap(fresh[s]);
    }
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return empty_.get_allocator(); }

 private:
  // Bits that the tables do not use: they take their group from the top, the tag and the filter bit
  // from the lowest 11.
  [[nodiscard]] std::size_t shard_number(hash_code code) const noexcept {
    return (code.value >> 11) & shard_mask_;
  }
  [[nodiscard]] shard& shard_of(hash_code code) const noexcept {
    return shards_[shard_number(code)];
  }

  // A view as it is, of anything else the key that it converts to.
  template <class Given>
  static decltype(auto) asked(Given&& given) {
    if constexpr (is_lookup<std::remove_cvref_t<Given>>) {
      return std::forward<Given>(given);
    } else {
      return Key(std::forward<Given>(given));
    }
  }
  template <class View>
  std::optional<T> extract_found(const View& key) {
    const hash_code code = empty_.hash(key);
    shard& home = shard_of(code);
    const std::unique_lock guard(home.lock);
    const auto at = home.content->find(code, key);
    if (at == home.content->end()) return std::nullopt;
    std::optional<T> taken(std::move(at->second));
    home.content->erase(at);
    return taken;
  }

  template <class View, class Visit>
  bool visit_found(const View& given, Visit&& visit) const {
    const auto& key = asked(given);
    const hash_code code = empty_.hash(key);
    const shard& home = shard_of(code);
    const reading<mutex> guard(home.lock);
    const map& elements = *home.content;
    const auto at = elements.find(code, key);
    if (at == elements.end()) return false;
    visit(at->second);
    return true;
  }

  template <template <class> class Lock, class Visit>
  void for_each_shard(Visit&& visit) const {
    for (std::size_t s = 0; s <= shard_mask_; ++s) {
      const Lock<mutex> guard(shards_[s].lock);
      visit(*shards_[s].content);
    }
  }

  std::size_t shard_mask_;
  std::unique_ptr<shard[]> shards_;
  map empty_;  // whose seed all shards have; holds no element
};

}  // namespace crosstie
