// flat_set: a hash set of composite keys.
//
//   struct port { node_id node; std::uint16_t number; };
//   crosstie::flat_set<port> taken;
//   taken.insert(node, 443);            // by fields
//   if (taken.contains(node, 443)) ...  // no key is built
//
// Promise: the manners of std::unordered_set, with lookup by views of the key. Elements lie in one
//   array and move when the table grows.
// Cost, invariants, invalidation, exceptions, thread safety: detail/flat_table.hpp.
#pragma once

#include <initializer_list>
#include <iterator>
#include <memory>
#include <tuple>
#include <utility>

#include <crosstie/detail/flat_table.hpp>
#include <crosstie/detail/lookup.hpp>

namespace crosstie {

namespace detail {

template <class Key>
struct set_policy {
  using key_type = Key;
  using stored = Key;
  using seen = const Key;
  using taken = Key;
  static constexpr bool nothrow_movable = std::is_nothrow_move_constructible_v<Key>;
  static const Key& key(const Key& element) noexcept { return element; }
  static Key&& move(Key& element) noexcept { return std::move(element); }
};

}  // namespace detail

template <class Key, class Hash = key_hash<Key>, class Eq = key_equal<Key>,
          class Alloc = std::allocator<Key>>
class flat_set : public detail::flat_table<detail::set_policy<Key>, Hash, Eq, Alloc> {
  using base = detail::flat_table<detail::set_policy<Key>, Hash, Eq, Alloc>;

 public:
  using typename base::const_iterator;
  using typename base::iterator;

  flat_set() : flat_set(0) {}
  explicit flat_set(std::size_t expected_size, const Hash& hash = Hash(), const Eq& eq = Eq(),
                    const Alloc& alloc = Alloc())
      : base(hash, eq, alloc) {
    this->reserve(expected_size);
  }
  explicit flat_set(const Alloc& alloc) : flat_set(0, Hash(), Eq(), alloc) {}
  template <std::input_iterator It>
  flat_set(It first, It last, std::size_t expected_size = 0, const Hash& hash = Hash(),
           const Eq& eq = Eq(), const Alloc& alloc = Alloc())
      : flat_set(expected_size, hash, eq, alloc) {
    insert(first, last);
  }
  template <std::input_iterator It>
  flat_set(It first, It last, const Alloc& alloc) : flat_set(alloc) {
    insert(first, last);
  }
  flat_set(std::initializer_list<Key> keys, const Alloc& alloc = Alloc())
      : flat_set(keys.size(), Hash(), Eq(), alloc) {
    insert(keys.begin(), keys.end());
  }
  flat_set(const flat_set&) = default;
  flat_set(flat_set&&) noexcept = default;
  flat_set(const flat_set& other, const Alloc& alloc) : base(other, alloc) {}
  flat_set(flat_set&& other, const Alloc& alloc) : base(std::move(other), alloc) {}
  flat_set& operator=(const flat_set&) = default;
  flat_set& operator=(flat_set&&) = default;

  // Inserts unless an equal key is there; returns the key in the table and whether it is new.
  std::pair<iterator, bool> insert(const Key& key) { return insert(this->hash(key), key); }
  std::pair<iterator, bool> insert(Key&& key) { return insert(this->hash(key), std::move(key)); }
  // By a view: the key is built only when it is new.
  template <class View>
    requires(base::template is_lookup<View> && view_of<View, Key> && !std::is_same_v<View, Key>)
  std::pair<iterator, bool> insert(const View& view) {
    return insert(this->hash(view), view);
  }
  // With a hash taken before, of this table or of one that it is a copy of.
  template <view_of<Key> Given = Key>
    requires(base::template is_lookup<std::remove_cvref_t<Given>>)
  std::pair<iterator, bool> insert(hash_code code, Given&& key) {
    if (const auto at = this->locate(code, key)) return {iterator(at), false};
    return {iterator(this->add(code, detail::key_source<Key>(std::forward<Given>(key)))), true};
  }
  // By the fields of the key.
  template <class... Field>
    requires(sizeof...(Field) > 1 && base::template is_lookup<std::tuple<const Field&...>>)
  std::pair<iterator, bool> insert(const Field&... field) {
    return insert(std::tie(field...));
  }
  template <std::input_iterator It>
    requires(!base::template is_lookup<std::tuple<const It&, const It&>>)  // two text literals
  void insert(It first, It last) {
    for (; first != last; ++first) insert(*first);
  }
  void insert(std::initializer_list<Key> keys) { insert(keys.begin(), keys.end()); }
  template <class Range>
  void insert_range(Range&& range) {
    for (auto&& key : range) insert(std::forward<decltype(key)>(key));
  }
  // What std::inserter asks for; the hint has no use.
  iterator insert(const_iterator, const Key& key) { return insert(key).first; }
  iterator insert(const_iterator, Key&& key) { return insert(std::move(key)).first; }
  template <class... Args>
  iterator emplace_hint(const_iterator, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }
  template <class... Args>
  std::pair<iterator, bool> emplace(Args&&... args) {
    return insert(Key(std::forward<Args>(args)...));
  }

  void swap(flat_set& other) noexcept { base::swap(other); }
  friend void swap(flat_set& a, flat_set& b) noexcept { a.swap(b); }

  // Equal sets hold equal keys, in whatever order.
  friend bool operator==(const flat_set& a, const flat_set& b) {
    if (a.size() != b.size()) return false;
    for (const Key& key : a) {
      if (!b.contains(key)) return false;
    }
    return true;
  }

  // Calls visit(key) for every key, in less time than iterators take where visit is short. visit
  // may erase keys.
  template <class Visit>
  void for_each(Visit&& visit) const {
    this->visit_all([&](const Key& key) { visit(key); });
  }
  // Erases every key that fits the predicate; returns how many.
  template <class Predicate>
  friend std::size_t erase_if(flat_set& set, Predicate predicate) {
    return set.erase_elements_if(predicate);
  }
};

template <std::input_iterator It>
flat_set(It, It) -> flat_set<std::iter_value_t<It>>;
template <std::input_iterator It, class Hash, class Eq = std::equal_to<>>
flat_set(It, It, std::size_t, Hash, Eq = Eq()) -> flat_set<std::iter_value_t<It>, Hash, Eq>;
template <class Key>
flat_set(std::initializer_list<Key>) -> flat_set<Key>;

}  // namespace crosstie
