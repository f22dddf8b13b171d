// A flat set whose elements hold both parts of the key; what the flat layouts share.
//
// Cost: a lookup is one hash and one probe; a scan of a row or column looks at every element.
// Thread safety: as the set's.
#pragma once

#include "lab/layout.hpp"
#include "lab/peers.hpp"

namespace crosstie::bench {

template <class Form, class Key>
using made_for = std::remove_cvref_t<decltype(Form::asked(std::declval<const Key&>()))>;
template <class Set, class Form, class Key>
concept answers_made = requires(const Set cells, std::span<const made_for<Form, Key>> made,
                                std::span<bool> answers) { cells.contains_many(made, answers); };

// `Form` turns keys into elements and back: element stored(key), view asked(key), row_of(element),
// column_of(element).
template <class Set, class Form>
struct flat {
  static constexpr scan rows = Form::scannable ? scan::full : scan::impossible;
  static constexpr scan columns = rows;
  Set cells;

  void reserve(std::size_t entries) { cells.reserve(entries); }
  template <class Key>
  bool put(const Key& key) {
    return cells.insert(Form::stored(key)).second;
  }
  template <class Key>
  bool has(const Key& key) const {
    return cells.find(Form::asked(key)) != cells.end();
  }
  template <class Key>
  std::size_t has_many(std::span<const Key> keys, std::span<bool> answers) const
    requires requires { cells.contains_many(keys, answers); }
  {
    return cells.contains_many(keys, answers);
  }
  // What is asked for is not the key itself: made in a row, then asked for together.
  template <class Key>
  std::size_t has_many(std::span<const Key> keys, std::span<bool> answers) const
    requires(!requires { cells.contains_many(keys, answers); } && answers_made<Set, Form, Key>)
  {
    std::array<made_for<Form, Key>, batch_size> made;
    for (std::size_t i = 0; i < keys.size(); ++i) made[i] = Form::asked(keys[i]);
    return cells.contains_many(std::span<const made_for<Form, Key>>(made.data(), keys.size()),
                               answers);
  }
  template <class Key>
  bool drop(const Key& key) {
    return erase_view(cells, Form::asked(key));
  }
  template <class Visit>
  void scan_row(const auto& row, Visit visit) const {
    for (const auto& element : cells) {
      if (Form::row_of(element) == row) visit(Form::column_of(element));
    }
  }
  template <class Visit>
  void scan_column(const auto& column, Visit visit) const {
    for (const auto& element : cells) {
      if (Form::column_of(element) == column) visit(Form::row_of(element));
    }
  }
};

template <class Key, class Form, class Element>
void add_flat(layouts<Key>& to, const std::string& name) {
  to.push_back(describe<Key, flat<std_library::set<Element>, Form>>(name, "std"));
  to.push_back(describe<Key, flat<boost_library::set<Element>, Form>>(name, "boost"));
  to.push_back(describe<Key, flat<absl_library::set<Element>, Form>>(name, "absl"));
  to.push_back(describe<Key, flat<own_library::set<Element>, Form>>(name, "crosstie"));
}

}  // namespace crosstie::bench
