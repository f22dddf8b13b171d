// digest_map: a map whose keys are stored as digests of 16 bytes, however long they are.
//
//   crosstie::digest_map<int> restarts;
//   restarts.try_emplace(std::tuple{namespace_view, pod_view}, 1);
//   if (int* n = restarts.find_value(namespace_view, pod_view)) ...
//
//   digest_policy::trust      flat_map [digest | T]
//   digest_policy::keep_text  flat_map [digest | position | T]    arena [len|fields] ...
//
// Collisions (how likely: digest.hpp): with digest_policy::trust two keys of equal digest ARE one
//   key. With digest_policy::keep_text the fields are stored too and compared, so that the answer
//   is always right: a key whose digest is taken by another lives in a side table, and while that
//   is not empty a miss costs a second lookup.
// Cost: an entry is 16 bytes and T; with keep_text also 4 bytes and its fields with 8 bytes each
//   (kept until clear() even where it is erased). Pays from keys of about 64 bytes on; for shorter
//   ones flat_map is quicker.
// Exceptions: strong guarantee. Invalidation: as flat_map. Thread safety: any number of readers, or
//   one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/text_arena.hpp>
#include <crosstie/digest.hpp>
#include <crosstie/flat_map.hpp>

namespace crosstie {

enum class digest_policy { trust, keep_text };

namespace detail {

template <class Table>
struct table_bytes;  // serialise.hpp

// The fields of a key as one text, each behind its length.
template <class Field>
void append_field(std::string& text, const Field& field) {
  if constexpr (digest_number<Field>) {
    const auto number = little_endian(detail::digest_word(field));
    text.append(reinterpret_cast<const char*>(&number), sizeof number);
  } else {
    const std::string_view view = field;
    append_field(text, view.size());
    text.append(view);
  }
}

// True where `text` starts with the field; then cuts it off.
template <class Field>
bool take_field(std::string_view& text, const Field& field) {
  if constexpr (digest_number<Field>) {
    const auto number = little_endian(detail::digest_word(field));
    if (text.size() < sizeof number || std::memcmp(text.data(), &number, sizeof number) != 0) {
      return false;
    }
    text.remove_prefix(sizeof number);
    return true;
  } else {
    const std::string_view view = field;
    if (!take_field(text, view.size()) || !text.starts_with(view)) return false;
    text.remove_prefix(view.size());
    return true;
  }
}

template <class T>
struct kept_entry {
  std::uint32_t position;
  T value;
};

}  // namespace detail

// A key is one field or a tuple of fields (digest_field); every key of a map has the same fields.
template <class T, digest_policy Policy = digest_policy::trust, class Digester = digester,
          class Alloc = std::allocator<std::byte>>
class digest_map {
  using alloc_traits = std::allocator_traits<Alloc>;
  template <class Key, class Value>
  using map_of =
      flat_map<Key, Value, key_hash<Key>, key_equal<Key>,
               typename alloc_traits::template rebind_alloc<std::pair<const Key, Value>>>;
  static constexpr bool keeps_text = Policy == digest_policy::keep_text;
  using entry = std::conditional_t<keeps_text, detail::kept_entry<T>, T>;

 public:
  using mapped_type = T;
  using allocator_type = Alloc;
  class const_iterator;

  digest_map() : digest_map(Digester()) {}
  explicit digest_map(const Alloc& alloc) : digest_map(Digester(), alloc) {}
  explicit digest_map(Digester digester, const Alloc& alloc = Alloc())
      : digester_(std::move(digester)), entries_(alloc), texts_(alloc), collided_(alloc) {}
  digest_map(const digest_map& other)
      : digest_map(other,
                   alloc_traits::select_on_container_copy_construction(other.get_allocator())) {}
  // A copy leaves the texts of erased keys behind.
  digest_map(const digest_map& other, const Alloc& alloc)
      : digester_(other.digester_),
        entries_(other.entries_, alloc),
        texts_(alloc),
        collided_(other.collided_, alloc) {
    copy_texts(other);
  }
  digest_map(digest_map&& other) noexcept = default;
  // Moves the values one by one where the allocators are unequal.
  digest_map(digest_map&& other, const Alloc& alloc)
      : digester_(other.digester_),
        entries_(std::move(other.entries_), alloc),
        texts_(alloc),
        collided_(std::move(other.collided_), alloc) {
    if (alloc == other.get_allocator()) {
      texts_.swap(other.texts_);
    } else {
      copy_texts(other);
      other.texts_.clear();
    }
  }
  // Assignments keep their own allocator.
  digest_map& operator=(const digest_map& other) {
    if (this == &other) return *this;
    digest_map copy(other, get_allocator());
    swap(copy);
    return *this;
  }
  digest_map& operator=(digest_map&& other) noexcept(alloc_traits::is_always_equal::value) {
    digest_map taken(std::move(other), get_allocator());
    swap(taken);
    return *this;
  }
  ~digest_map() = default;

  template <class... Field>
  [[nodiscard]] T* find_value(const Field&... field) {
    return const_cast<T*>(std::as_const(*this).find_value(field...));
  }
  template <class... Field>
  [[nodiscard]] const T* find_value(const Field&... field) const {
    return locate(as_tuple(field...));
  }
  template <class... Field>
  [[nodiscard]] bool contains(const Field&... field) const {
    return find_value(field...) != nullptr;
  }

  // Constructs T from `args` unless the key is there; the value, and whether it is new.
  template <class Key, class... Args>
  std::pair<T*, bool> try_emplace(const Key& key, Args&&... args) {
    const auto fields = as_tuple(key);
    if constexpr (!keeps_text) {
      const auto [at, added] = entries_.try_emplace(digest(fields), std::forward<Args>(args)...);
      return {&at->second, added};
    } else {
      if (const T* found = locate(fields)) return {const_cast<T*>(found), false};
      std::string text;
      std::apply([&](const auto&... f) { (detail::append_field(text, f), ...); }, fields);
      const digest128 code = digest(fields);
      if (entries_.contains(code)) {
        const auto at = collided_.try_emplace(std::move(text), std::forward<Args>(args)...).first;
        return {&at->second, true};
      }
      const auto at =
          entries_.try_emplace(code, entry{texts_.add(text), T(std::forward<Args>(args)...)}).first;
      return {&at->second.value, true};
    }
  }

  template <class Key, class Value>
  std::pair<T*, bool> insert_or_assign(const Key& key, Value&& value) {
    const auto [at, added] = try_emplace(key, std::forward<Value>(value));
    // A value that found its key present was not consumed.
    if (!added) *at = std::forward<Value>(value);  // NOLINT(bugprone-use-after-move)
    return {at, added};
  }
  // map[key], or map[row, column] by the fields of the key.
  template <class... Field>
  T& operator[](const Field&... field) {
    return *try_emplace(as_tuple(field...)).first;
  }

  template <class... Field>
  std::size_t erase(const Field&... field) {
    const auto fields = as_tuple(field...);
    const auto at = entries_.find(digest(fields));
    if constexpr (keeps_text) {
      if (at == entries_.end() || !same(at->second, fields)) {
        if (collided_.empty()) return 0;
        std::string text;
        std::apply([&](const auto&... f) { (detail::append_field(text, f), ...); }, fields);
        return collided_.erase(text);
      }
    }
    if (at == entries_.end()) return 0;
    entries_.erase(at);
    return 1;
  }

  // Erases every element that fits(digest, value), as for_each visits them; returns how many.
  template <class Predicate>
  friend std::size_t erase_if(digest_map& map, Predicate fits) {
    const std::size_t erased = map.entries_.erase_elements_if(
        [&](auto& element) { return fits(element.first, value_of(element.second)); });
    return erased + map.collided_.erase_elements_if([&](auto& element) {
      return fits(map.digester_(element.first), element.second);
    });
  }

  // Both sides must have equal allocators.
  void swap(digest_map& other) noexcept {
    std::swap(digester_, other.digester_);
    entries_.swap(other.entries_);
    texts_.swap(other.texts_);
    collided_.swap(other.collided_);
  }
  friend void swap(digest_map& a, digest_map& b) noexcept { a.swap(b); }

  // Equal maps hold equal values under equal texts, where these are kept, else under equal digests:
  // then maps whose digesters have keys of their own are not equal.
  friend bool operator==(const digest_map& a, const digest_map& b) {
    if (a.size() != b.size()) return false;
    if constexpr (!keeps_text) {
      return a.entries_ == b.entries_;
    } else {
      flat_map<std::string_view, const T*> by_text(b.size());
      b.for_each_text([&](std::string_view text, const T& value) { by_text[text] = &value; });
      bool equal = true;
      a.for_each_text([&](std::string_view text, const T& value) {
        const T* const* other = by_text.find_value(text);
        equal = equal && other != nullptr && **other == value;
      });
      return equal;
    }
  }

  void reserve(std::size_t size) { entries_.reserve(size); }
  void clear() noexcept {
    entries_.clear();
    texts_.clear();
    collided_.clear();
  }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size() + collided_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  // How many keys found their digest taken by another; always 0 where texts are not kept.
  [[nodiscard]] std::size_t collisions() const noexcept { return collided_.size(); }
  [[nodiscard]] Alloc get_allocator() const noexcept { return Alloc(entries_.get_allocator()); }
  // Of the digests and, where there are any, of the keys that collided.
  [[nodiscard]] flat_stats stats() const {
    detail::stats_counter counter;
    entries_.count_into(counter);
    collided_.count_into(counter);
    return counter.result(memory_bytes());
  }
  // The elements, in no particular order, each as its digest and a reference to its value: the keys
  // are not kept as what they were. Keys that found their digest taken come last, with the digest
  // of their text.
  [[nodiscard]] const_iterator begin() const noexcept {
    return const_iterator(*this, entries_.begin(), collided_.begin());
  }
  [[nodiscard]] const_iterator end() const noexcept {
    return const_iterator(*this, entries_.end(), collided_.end());
  }
  // Calls visit(digest, value) for every element, in the same order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    entries_.for_each([&](digest128 code, const entry& held) { visit(code, value_of(held)); });
    for (const auto& [text, value] : collided_) visit(digester_(text), value);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return entries_.memory_bytes() + texts_.memory_bytes() + collided_.memory_bytes();
  }

 private:
  friend struct detail::table_bytes<digest_map>;

  // The value of an entry, const or not.
  template <class Entry>
  static auto& value_of(Entry& held) noexcept {
    if constexpr (keeps_text) {
      return held.value;
    } else {
      return held;
    }
  }
  // Calls visit(text, value) for every element.
  template <class Visit>
  void for_each_text(Visit&& visit) const {
    entries_.for_each(
        [&](digest128, const entry& held) { visit(texts_.at(held.position), held.value); });
    for (const auto& [text, value] : collided_) visit(std::string_view(text), value);
  }
  // The texts of the entries, which were those of `from`.
  void copy_texts(const digest_map& from) {
    if constexpr (keeps_text) {
      for (auto& [code, kept] : entries_) {
        kept.position = texts_.add(from.texts_.at(kept.position));
      }
    }
  }

  template <class Field>
  static auto as_tuple(const Field& field) {
    if constexpr (has_fields<Field>) {
      return crosstie::as_fields(field);
    } else {
      return std::tuple<const Field&>(field);
    }
  }
  template <class First, class Second, class... More>
  static auto as_tuple(const First& first, const Second& second, const More&... more) {
    return std::tuple<const First&, const Second&, const More&...>(first, second, more...);
  }

  template <class... Field>
  [[nodiscard]] digest128 digest(const std::tuple<const Field&...>& fields) const {
    static_assert((digest_field<Field> && ...),
                  "crosstie: a key of a digest_map is a field or a tuple of fields, each of them "
                  "text, an integer or an enum");
    if constexpr ((digest_field<Field> && ...)) return std::apply(digester_, fields);
  }
  template <class Fields>
  [[nodiscard]] bool same(const entry& candidate, const Fields& fields) const {
    std::string_view text = texts_.at(candidate.position);
    return std::apply([&](const auto&... f) { return (detail::take_field(text, f) && ...); },
                      fields) &&
           text.empty();
  }
  template <class Fields>
  [[nodiscard]] const T* locate(const Fields& fields) const {
    const entry* found = entries_.find_value(digest(fields));
    if constexpr (!keeps_text) {
      return found;
    } else {
      if (found != nullptr && same(*found, fields)) return &found->value;
      if (collided_.empty()) return nullptr;
      std::string text;
      std::apply([&](const auto&... f) { (detail::append_field(text, f), ...); }, fields);
      return collided_.find_value(text);
    }
  }

  [[no_unique_address]] Digester digester_;
  map_of<digest128, entry> entries_;
  detail::text_arena<Alloc> texts_;
  map_of<std::string, T> collided_;  // keys whose digest is another's
};

// Invalidated as those of a flat_map.
template <class T, digest_policy Policy, class Digester, class Alloc>
class digest_map<T, Policy, Digester, Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<digest128, const T&>> {
  using walk = detail::forward_iterator<const_iterator, std::pair<digest128, const T&>>;
  friend walk;

 public:
  using typename walk::value_type;

  const_iterator() noexcept = default;
  [[nodiscard]] value_type operator*() const {
    if (entry_ != map_->entries_.end()) return {entry_->first, value_of(entry_->second)};
    return {map_->digester_(collided_->first), collided_->second};
  }
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.entry_ == b.entry_ && a.collided_ == b.collided_;
  }

 private:
  friend class digest_map;
  using entry_iterator = typename map_of<digest128, entry>::const_iterator;
  using collided_iterator = typename map_of<std::string, T>::const_iterator;

  const_iterator(const digest_map& map, entry_iterator at, collided_iterator then) noexcept
      : map_(&map), entry_(at), collided_(then) {}
  void step() noexcept {
    if (entry_ != map_->entries_.end()) {
      ++entry_;
    } else {
      ++collided_;
    }
  }

  const digest_map* map_ = nullptr;
  entry_iterator entry_;
  collided_iterator collided_;
};

}  // namespace crosstie
