// Segments: a growing array whose elements never move.
//
// Promise: push_back never moves an element; memory grows by one segment of 1,024 elements.
// Cost: an element is two loads, of which the first is from a small table of segments.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

template <class T, class Alloc>
class segments {
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<T>;
  using element_alloc = typename traits::allocator_type;
  using pointer_alloc = typename traits::template rebind_alloc<T*>;

 public:
  static constexpr std::size_t segment_size = elements_a_segment;

  explicit segments(const Alloc& alloc) : alloc_(alloc), segments_(pointer_alloc(alloc)) {}
  segments(segments&& other) noexcept
      : alloc_(other.alloc_),
        segments_(std::move(other.segments_)),
        size_(std::exchange(other.size_, 0)) {
    other.segments_.clear();
  }
  segments& operator=(segments&&) = delete;
  ~segments() { clear(); }

  [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
    return segments_[index / segment_size][index % segment_size];
  }
  [[nodiscard]] T& operator[](std::size_t index) noexcept {
    return segments_[index / segment_size][index % segment_size];
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  template <class... Args>
  void emplace_back(Args&&... args) {
    if (size_ == segments_.size() * segment_size) {
      // Grows the table first: nothing may throw between the allocation and its entry.
      if (segments_.size() == segments_.capacity()) segments_.reserve(2 * segments_.size() + 4);
      segments_.push_back(traits::allocate(alloc_, segment_size));
    }
    traits::construct(alloc_, &segments_[size_ / segment_size][size_ % segment_size],
                      std::forward<Args>(args)...);
    ++size_;
  }
  void pop_back() noexcept {
    --size_;
    traits::destroy(alloc_, &segments_[size_ / segment_size][size_ % segment_size]);
  }

  void clear() noexcept {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      while (size_ != 0) pop_back();
    }
    size_ = 0;
    for (T* segment : segments_) traits::deallocate(alloc_, segment, segment_size);
    segments_.clear();
  }

  void swap(segments& other) noexcept {
    std::swap(segments_, other.segments_);
    std::swap(size_, other.size_);
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return segments_.size() * segment_size * sizeof(T) + segments_.capacity() * sizeof(T*);
  }

 private:
  [[no_unique_address]] element_alloc alloc_;
  std::vector<T*, pointer_alloc> segments_;
  std::size_t size_ = 0;
};

}  // namespace crosstie::detail
