// Forward iterator: what each iterator of a table is besides where it stands and how it goes on.
//
//   class const_iterator : public forward_iterator<const_iterator, std::pair<Row, Column>> {
//     friend forward_iterator<const_iterator, std::pair<Row, Column>>;
//     void step() noexcept;      // to the next one
//     ...                        // operator*, operator==
//   };
//
// An iterator that makes its values (Reference is no reference) is a forward iterator to ranges,
// and an input iterator to what knows the categories of C++17 only. Cost: none at run time. Thread
// safety: as plain data.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace crosstie::detail {

template <class Self, class Value, class Reference = Value>
class forward_iterator {
  static constexpr bool points = std::is_reference_v<Reference>;

 public:
  using iterator_category =
      std::conditional_t<points, std::forward_iterator_tag, std::input_iterator_tag>;
  using iterator_concept = std::forward_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using reference = Reference;
  // Holds the value that an iterator has made for as long as a member of it is looked at.
  class made {
   public:
    [[nodiscard]] Reference* operator->() noexcept { return std::addressof(value_); }

   private:
    friend forward_iterator;
    explicit made(Reference value) : value_(std::move(value)) {}
    Reference value_;
  };
  using pointer = std::conditional_t<points, std::add_pointer_t<Reference>, made>;

  [[nodiscard]] pointer operator->() const noexcept {
    if constexpr (points) {
      return std::addressof(*self());
    } else {
      return made(*self());
    }
  }
  Self& operator++() noexcept {
    self().step();
    return self();
  }
  Self operator++(int) noexcept {
    Self before = self();
    self().step();
    return before;
  }

 private:
  friend Self;  // and nobody else who names it
  forward_iterator() noexcept = default;

  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }
  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

}  // namespace crosstie::detail
