// flat_map: a hash map from composite keys to values.
//
//   struct binding { std::string node; std::string pod; };
//   crosstie::flat_map<binding, int> score;
//   score[node_view, pod_view] = 7;                    // string_views; a key is built only if new
//   if (int* s = score.find_value(node_view, pod_view)) ...
//
// Promise: the manners of std::unordered_map, with lookup by views of the key. Elements are
//   std::pair<const Key, T>, lie in one array and move when the table grows.
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

template <class Key, class T>
struct map_policy {
  using key_type = Key;
  using stored = std::pair<const Key, T>;
  using seen = stored;
  using taken = std::pair<Key, T>;
  static constexpr bool nothrow_movable =
      std::is_nothrow_move_constructible_v<Key> && std::is_nothrow_move_constructible_v<T>;
  static const Key& key(const stored& element) noexcept { return element.first; }
  // The key is const only for the user's sake: the element is destroyed right after the move.
  static std::pair<Key&&, T&&> move(stored& element) noexcept {
    return {std::move(const_cast<Key&>(element.first)), std::move(element.second)};
  }
};

}  // namespace detail

template <class Key, class T, class Hash = key_hash<Key>, class Eq = key_equal<Key>,
          class Alloc = std::allocator<std::pair<const Key, T>>>
class flat_map : public detail::flat_table<detail::map_policy<Key, T>, Hash, Eq, Alloc> {
  using base = detail::flat_table<detail::map_policy<Key, T>, Hash, Eq, Alloc>;

 public:
  using mapped_type = T;
  using typename base::const_iterator;
  using typename base::iterator;
  using typename base::value_type;

  flat_map() : flat_map(0) {}
  explicit flat_map(std::size_t expected_size, const Hash& hash = Hash(), const Eq& eq = Eq(),
                    const Alloc& alloc = Alloc())
      : base(hash, eq, alloc) {
    this->reserve(expected_size);
  }
  explicit flat_map(const Alloc& alloc) : flat_map(0, Hash(), Eq(), alloc) {}
  template <std::input_iterator It>
  flat_map(It first, It last, std::size_t expected_size = 0, const Hash& hash = Hash(),
           const Eq& eq = Eq(), const Alloc& alloc = Alloc())
      : flat_map(expected_size, hash, eq, alloc) {
    insert(first, last);
  }
  template <std::input_iterator It>
  flat_map(It first, It last, const Alloc& alloc) : flat_map(alloc) {
    insert(first, last);
  }
  flat_map(std::initializer_list<value_type> elements, const Alloc& alloc = Alloc())
      : flat_map(elements.size(), Hash(), Eq(), alloc) {
    insert(elements.begin(), elements.end());
  }
  flat_map(const flat_map&) = default;
  flat_map(flat_map&&) noexcept = default;
  flat_map(const flat_map& other, const Alloc& alloc) : base(other, alloc) {}
  flat_map(flat_map&& other, const Alloc& alloc) : base(std::move(other), alloc) {}
  flat_map& operator=(const flat_map&) = default;
  flat_map& operator=(flat_map&&) = default;

  // Inserts unless the key is there; returns the element in the table and whether it is new.
  std::pair<iterator, bool> insert(const value_type& element) {
    return try_emplace(element.first, element.second);
  }
  std::pair<iterator, bool> insert(value_type&& element) {
    return try_emplace(element.first, std::move(element.second));
  }
  template <class Element>
    requires(std::is_constructible_v<value_type, Element &&>)
  std::pair<iterator, bool> insert(Element&& element) {
    return emplace(std::forward<Element>(element));
  }
  template <std::input_iterator It>
  void insert(It first, It last) {
    for (; first != last; ++first) insert(*first);
  }
  void insert(std::initializer_list<value_type> elements) {
    insert(elements.begin(), elements.end());
  }
  template <class Range>
  void insert_range(Range&& range) {
    for (auto&& element : range) insert(std::forward<decltype(element)>(element));
  }
  // What std::inserter asks for; the hint has no use.
  iterator insert(const_iterator, const value_type& element) { return insert(element).first; }
  iterator insert(const_iterator, value_type&& element) { return insert(std::move(element)).first; }
  template <class... Args>
  iterator emplace_hint(const_iterator, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }
  template <class... Args>
  std::pair<iterator, bool> emplace(Args&&... args) {
    std::pair<Key, T> element(std::forward<Args>(args)...);
    return try_emplace(std::move(element.first), std::move(element.second));
  }

  // Constructs T from `args` only when the key is new; a view is made a key only then.
  template <class... Args>
  std::pair<iterator, bool> try_emplace(const Key& key, Args&&... args) {
    return add_absent(key, key, std::forward<Args>(args)...);
  }
  template <class... Args>
  std::pair<iterator, bool> try_emplace(Key&& key, Args&&... args) {
    return add_absent(key, std::move(key), std::forward<Args>(args)...);
  }
  template <class View, class... Args>
    requires(base::template is_lookup<View> && view_of<View, Key> && !std::is_same_v<View, Key>)
  std::pair<iterator, bool> try_emplace(const View& view, Args&&... args) {
    return add_absent(view, detail::key_maker<Key, View>{view}, std::forward<Args>(args)...);
  }
  // With a hash taken before, of this table or of one that it is a copy of.
  template <view_of<Key> Given = Key, class... Args>
    requires(base::template is_lookup<std::remove_cvref_t<Given>>)
  std::pair<iterator, bool> try_emplace(hash_code code, Given&& key, Args&&... args) {
    // It moves when it is known to be new. NOLINTNEXTLINE(bugprone-use-after-move)
    return add_absent(code, key, detail::key_source<Key>(std::forward<Given>(key)),
                      std::forward<Args>(args)...);
  }

  template <class Value>
  std::pair<iterator, bool> insert_or_assign(const Key& key, Value&& value) {
    return assign(try_emplace(key, std::forward<Value>(value)), std::forward<Value>(value));
  }
  template <class Value>
  std::pair<iterator, bool> insert_or_assign(Key&& key, Value&& value) {
    return assign(try_emplace(std::move(key), std::forward<Value>(value)),
                  std::forward<Value>(value));
  }
  template <class View, class Value>
    requires(base::template is_lookup<View> && view_of<View, Key> && !std::is_same_v<View, Key>)
  std::pair<iterator, bool> insert_or_assign(const View& view, Value&& value) {
    return assign(try_emplace(view, std::forward<Value>(value)), std::forward<Value>(value));
  }

  T& operator[](const Key& key) { return try_emplace(key).first->second; }
  T& operator[](Key&& key) { return try_emplace(std::move(key)).first->second; }
  template <class View>
    requires(base::template is_lookup<View> && view_of<View, Key> && !std::is_same_v<View, Key>)
  T& operator[](const View& view) {
    return try_emplace(view).first->second;
  }
  // map[row, column], by the fields of the key.
  template <class... Field>
    requires(sizeof...(Field) > 1 && base::template is_lookup<std::tuple<const Field&...>>)
  T& operator[](const Field&... field) {
    return try_emplace(std::tie(field...)).first->second;
  }

  // The value of a key, view or fields, or nullptr.
  [[nodiscard]] T* find_value(const Key& key) { return value_at(this->find(key)); }
  [[nodiscard]] const T* find_value(const Key& key) const { return value_at(this->find(key)); }
  template <class... Part>
    requires(sizeof...(Part) > 0)
  [[nodiscard]] T* find_value(const Part&... part) {
    return value_at(this->find(part...));
  }
  template <class... Part>
    requires(sizeof...(Part) > 0)
  [[nodiscard]] const T* find_value(const Part&... part) const {
    return value_at(this->find(part...));
  }

  // The value of a key that must be there; throws std::out_of_range (aborts without exceptions).
  [[nodiscard]] T& at(const Key& key) { return detail::present(find_value(key), no_such_key); }
  [[nodiscard]] const T& at(const Key& key) const {
    return detail::present(find_value(key), no_such_key);
  }
  template <class... Part>
    requires(sizeof...(Part) > 0)
  [[nodiscard]] T& at(const Part&... part) {
    return detail::present(find_value(part...), no_such_key);
  }
  template <class... Part>
    requires(sizeof...(Part) > 0)
  [[nodiscard]] const T& at(const Part&... part) const {
    return detail::present(find_value(part...), no_such_key);
  }

  void swap(flat_map& other) noexcept { base::swap(other); }
  friend void swap(flat_map& a, flat_map& b) noexcept { a.swap(b); }

  // Equal maps hold equal keys with equal values, in whatever order.
  friend bool operator==(const flat_map& a, const flat_map& b) {
    if (a.size() != b.size()) return false;
    for (const auto& [key, value] : a) {
      const T* other = b.find_value(key);
      if (other == nullptr || !(*other == value)) return false;
    }
    return true;
  }

  // Calls visit(key, value) for every element, in less time than iterators take where visit is
  // short. visit may erase elements.
  template <class Visit>
  void for_each(Visit&& visit) const {
    this->visit_all([&](const value_type& element) { visit(element.first, element.second); });
  }
  template <class Visit>
  void for_each(Visit&& visit) {
    this->visit_all([&](value_type& element) { visit(element.first, element.second); });
  }
  // Erases every element that fits the predicate; returns how many.
  template <class Predicate>
  friend std::size_t erase_if(flat_map& map, Predicate predicate) {
    return map.erase_elements_if(predicate);
  }

 private:
  static T* value_at(iterator at) noexcept { return at == iterator() ? nullptr : &at->second; }
  static const T* value_at(const_iterator at) noexcept {
    return at == const_iterator() ? nullptr : &at->second;
  }
  template <class Lookup, class GivenKey, class... Args>
    requires(!std::is_same_v<Lookup, hash_code>)
  std::pair<iterator, bool> add_absent(const Lookup& lookup, GivenKey&& given, Args&&... args) {
    return add_absent(this->hash(lookup), lookup, std::forward<GivenKey>(given),
                      std::forward<Args>(args)...);
  }
  template <class Lookup, class GivenKey, class... Args>
  std::pair<iterator, bool> add_absent(hash_code code, const Lookup& lookup, GivenKey&& given,
                                       Args&&... args) {
    if (const auto at = this->locate(code, lookup)) return {iterator(at), false};
    return {iterator(this->add(code, std::piecewise_construct,
                               std::forward_as_tuple(std::forward<GivenKey>(given)),
                               std::forward_as_tuple(std::forward<Args>(args)...))),
            true};
  }

  // A value that found its key present was not consumed by try_emplace.
  template <class Value>
  static std::pair<iterator, bool> assign(std::pair<iterator, bool> found, Value&& value) {
    if (!found.second) found.first->second = std::forward<Value>(value);
    return found;
  }

  static constexpr const char* no_such_key = "crosstie::flat_map::at: no such key";
};

template <std::input_iterator It>
flat_map(It, It) -> flat_map<std::remove_const_t<typename std::iter_value_t<It>::first_type>,
                             typename std::iter_value_t<It>::second_type>;
template <std::input_iterator It, class Hash, class Eq = std::equal_to<>>
flat_map(It, It, std::size_t, Hash, Eq = Eq())
    -> flat_map<std::remove_const_t<typename std::iter_value_t<It>::first_type>,
                typename std::iter_value_t<It>::second_type, Hash, Eq>;
template <class Key, class T>
flat_map(std::initializer_list<std::pair<Key, T>>) -> flat_map<std::remove_const_t<Key>, T>;

}  // namespace crosstie
