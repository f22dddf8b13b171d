// Flat table: what flat_set and flat_map share. Open addressing in groups of 14 slots.
//
// Promise and cost: see docs/tables.md. A lookup reads one group and, for a hit, one slot; a miss
//   reads one group in the common case. A table of one element is asked without hashing the key.
//   Growth doubles the groups.
// Invariants: size <= max_load; every element lies on the probe sequence of its hash, and each full
//   group before it carries its overflow mark.
// Invalidation: growth (insert beyond capacity, reserve, rehash, shrink_to_fit) and clear,
//   assignment and move invalidate all iterators, pointers and references; erase only those to the
//   erased element; swap none (they follow their elements).
// Exceptions: insert and growth have the strong guarantee, unless elements can only be moved, and
//   moving them throws; then the table is left empty. With a Hash that is not noexcept growth takes
//   8 bytes an element for as long as it lasts, from operator new.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <crosstie/detail/flat_elements.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/stats.hpp>

namespace crosstie::detail {

template <class Policy, class Hash, class Eq, class Alloc>
class flat_table : public flat_elements<Policy, Hash, Eq, Alloc> {
  using base = flat_elements<Policy, Hash, Eq, Alloc>;
  using typename base::place;
  using typename base::stored;
  using taken = typename Policy::taken;

 public:
  using typename base::key_type;
  using value_type = stored;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = typename Policy::seen&;
  using const_reference = const stored&;
  using pointer = typename Policy::seen*;
  using const_pointer = const stored*;
  using iterator = flat_iterator<stored, typename Policy::seen>;
  using const_iterator = flat_iterator<stored, const stored>;

  using base::base;
  using base::capacity;
  using base::hash;
  using base::memory_bytes;
  template <class View>
  static constexpr bool is_lookup = base::template is_lookup<View>;

  [[nodiscard]] iterator begin() noexcept { return iterator(first()); }
  [[nodiscard]] iterator end() noexcept { return iterator(); }
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(first()); }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(); }
  [[nodiscard]] const_iterator cbegin() const noexcept { return begin(); }
  [[nodiscard]] const_iterator cend() const noexcept { return end(); }

  // Lookup by key, by view, by the fields one by one, each also with a hash taken before.
  [[nodiscard]] iterator find(const key_type& key) { return iterator(locate(key)); }
  [[nodiscard]] const_iterator find(const key_type& key) const {
    return const_iterator(locate(key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] iterator find(const View& key) {
    return iterator(locate(key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] const_iterator find(const View& key) const {
    return const_iterator(locate(key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] iterator find(hash_code code, const View& key) {
    return iterator(locate(code, key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] const_iterator find(hash_code code, const View& key) const {
    return const_iterator(locate(code, key));
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

  [[nodiscard]] std::pair<iterator, iterator> equal_range(const key_type& key) {
    return range_at(find(key));
  }
  [[nodiscard]] std::pair<const_iterator, const_iterator> equal_range(const key_type& key) const {
    return range_at(find(key));
  }

  [[nodiscard]] bool contains(const key_type& key) const { return static_cast<bool>(locate(key)); }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] bool contains(const View& key) const {
    return static_cast<bool>(locate(key));
  }
  template <class View>
    requires(is_lookup<View>)
  [[nodiscard]] bool contains(hash_code code, const View& key) const {
    return static_cast<bool>(locate(code, key));
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
    assert(found.size() >= keys.size());
    return locate_many(keys, [&](std::size_t i, place at) { found[i] = const_iterator(at); });
  }
  std::size_t find_many(std::span<const key_type> keys, std::span<const_iterator> found) const {
    return find_many<key_type>(keys, found);
  }
  template <class View>
    requires(is_lookup<View>)
  std::size_t contains_many(std::span<const View> keys, std::span<bool> answers) const {
    assert(answers.size() >= keys.size());
    return locate_many(keys, [&](std::size_t i, place at) { answers[i] = static_cast<bool>(at); });
  }
  std::size_t contains_many(std::span<const key_type> keys, std::span<bool> answers) const {
    return contains_many<key_type>(keys, answers);
  }

  // Erases by key, view or fields; returns how many elements went (0 or 1).
  std::size_t erase(const key_type& key) { return erase_found(key); }
  template <class View>
    requires(is_lookup<View>)
  std::size_t erase(const View& key) {
    return erase_found(key);
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
  iterator erase(const_iterator from, const_iterator to) {
    place at = from.place();
    while (const_iterator(at) != to) at = erase_at(at);
    return iterator(at);
  }
  iterator erase(iterator from, iterator to)
    requires(!std::is_same_v<iterator, const_iterator>)
  {
    return erase(const_iterator(from), const_iterator(to));
  }
  template <class View>
    requires(is_lookup<View>)
  std::size_t erase(hash_code code, const View& key) {
    return erase_found(code, key);
  }

  // Takes an element out of the table, moved into the answer. There are no nodes to hand over, so
  // the answer is a value: a Key, or a std::pair<Key, T>.
  taken extract(const_iterator at) {
    const std::uint64_t code = hash(key_at(at.place())).value;  // the move may take the key
    taken element(Policy::move(*at.place().slot));
    remove(at.place(), code);
    return element;
  }
  std::optional<taken> extract(const key_type& key) { return extract<key_type>(key); }
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
  // each element is in one of the two tables. The tables may hash and compare differently.
  template <class OtherHash, class OtherEq>
  void merge(flat_table<Policy, OtherHash, OtherEq, Alloc>& source) {
    if (static_cast<void*>(this) == static_cast<void*>(&source)) return;
    for (auto next = source.begin(); next != source.end();) {
      const place at = (next++).place();
      const hash_code code = hash(key_at(at));
      if (locate(code, key_at(at))) continue;
      const std::uint64_t source_code = source.hash(key_at(at)).value;
      add(code, Policy::move(*at.slot));
      source.remove(at, source_code);
    }
  }
  template <class OtherHash, class OtherEq>
  void merge(flat_table<Policy, OtherHash, OtherEq, Alloc>&& source) {
    merge(source);
  }

  // Erases every element that fits; returns how many.
  template <class Predicate>
  std::size_t erase_elements_if(Predicate&& fits) {
    const std::size_t before = size_;
    storage_.for_each([&](place at) {
      if (fits(static_cast<typename Policy::seen&>(*at.slot))) remove(at);
    });
    return before - size_;
  }

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
  using base::add;
  using base::locate;

  // Elements that visit() erases are not visited any more. Where it plainly erases none, compilers
  // see that the size stays, and leave the question out.
  template <class Visit>
  [[gnu::always_inline]] void visit_all(Visit&& visit) const {
    const std::size_t before = size_;
    if (!has_first_alone()) {
      storage_.for_each([&](place at) {
        if (size_ == before || *at.tag != 0) [[likely]]
          visit(*at.slot);
      });
    } else if (size_ != 0) {
      visit(*storage_.slots);
    }
  }

 private:
  using base::erase_found;
  using base::first;
  using base::has_first_alone;
  using base::key_at;
  using base::probe_length;
  using base::rebuilds_;
  using base::remove;
  template <class, class, class, class>
  friend class flat_table;  // to merge
  using base::size_;
  using base::storage_;

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
        const std::uint32_t same = storage_.groups[index].match_hash(codes[i].value);
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

  template <class Iterator>
  static std::pair<Iterator, Iterator> range_at(Iterator first) {
    Iterator last = first;
    if (last != Iterator()) ++last;
    return {first, last};
  }
  place erase_at(place at) {
    iterator next(at);
    ++next;
    remove(at);
    return next.place();
  }
};

}  // namespace crosstie::detail
