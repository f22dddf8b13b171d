// Text arena: texts laid one after another, each behind its length, at places of 32 bits or fewer.
//
//   block:  [block before, size][len|text][len|text][len|text] ... free
//
// A place is a position in a virtual space of pages of 64 KiB, counted in bytes, or in 16 bytes
// where texts lie in lines; a table maps a page to its memory, and a block of memory takes one page
// or several in a row. Blocks double from 256 bytes to 64 KiB, so a small arena is small; a text
// longer than that gets a block to itself.
//
// Promise: a text never moves until clear(). Cost: a length of 1 byte up to 127, at most 5.
// Limits: 4 GiB of text in all (length_error beyond). Thread safety: readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <crosstie/detail/length_error.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie {

// packed: a text begins where the one before it ends. in_lines: at a multiple of 16 bytes, so that
// a place takes 28 bits, and in one cache line where it fits into one, so that reading it costs one
// miss; that leaves 8 to 20 bytes a text free.
enum class text_layout : bool { packed, in_lines };

}  // namespace crosstie

namespace crosstie::detail {

template <class Alloc, text_layout Layout = text_layout::packed>
class text_arena {
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<char>;
  using char_alloc = typename traits::allocator_type;

  // What a block of memory begins with.
  struct block {
    char* before;      // the block before it
    std::size_t size;  // of this block, header included
  };

 public:
  static constexpr unsigned grain_bits = Layout == text_layout::in_lines ? 4 : 0;
  static constexpr std::size_t grain_bytes = std::size_t{1} << grain_bits;
  static constexpr std::size_t line_bytes = 64;
  static constexpr std::size_t most_gap = Layout == text_layout::in_lines ? line_bytes : 0;
  static constexpr unsigned page_bits = text_page_bits;
  static constexpr std::size_t page_bytes = std::size_t{1} << page_bits;
  static constexpr std::size_t page_limit = std::size_t{1} << (32 - page_bits);
  static constexpr std::size_t smallest_block = smallest_text_block;
  static constexpr std::size_t largest_block = page_bytes;

  explicit text_arena(const Alloc& alloc) : alloc_(alloc), pages_(alloc) {}
  text_arena(text_arena&& other) noexcept : alloc_(other.alloc_), pages_(other.alloc_) {
    swap(other);
  }
  text_arena& operator=(text_arena&&) = delete;
  ~text_arena() { clear(); }

  // Copies `text` in; returns its place.
  std::uint32_t add(std::string_view text) {
    const std::size_t room = length_bytes(text.size()) + text.size();
    if (gap_before(room) + room > left_) add_block(room + most_gap);
    leave_free(gap_before(room));
    char* to = cursor_;
    std::size_t length = text.size();
    for (; length >= 128; length >>= 7) *to++ = static_cast<char>(length | 128);
    *to++ = static_cast<char>(length);
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    const std::uint32_t place = position_ >> grain_bits;
    leave_free(room);
    text_bytes_ += text.size();
    return place;
  }

  // Starts to fetch a text.
  [[gnu::always_inline]] void prefetch(std::uint32_t place) const noexcept {
    __builtin_prefetch(address(place));
  }

  [[nodiscard]] std::string_view at(std::uint32_t place) const noexcept {
    const char* from = address(place);
    std::size_t length = static_cast<unsigned char>(*from++);
    if (length >= 128) [[unlikely]] {
      length &= 127;
      for (unsigned bits = 7;; bits += 7) {
        const std::size_t next = static_cast<unsigned char>(*from++);
        length |= (next & 127) << bits;
        if (next < 128) break;
      }
    }
    return {from, length};
  }

  [[nodiscard]] std::size_t text_bytes() const noexcept { return text_bytes_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return pages_.capacity() * sizeof(char*) + block_bytes_;
  }

  void clear() noexcept {
    while (last_ != nullptr) {
      const block gone = header_of(last_);
      traits::deallocate(alloc_, std::exchange(last_, gone.before), gone.size);
    }
    pages_.clear();
    cursor_ = nullptr;
    position_ = 0;
    left_ = text_bytes_ = block_bytes_ = 0;
  }

  void swap(text_arena& other) noexcept {
    std::swap(pages_, other.pages_);
    std::swap(last_, other.last_);
    std::swap(cursor_, other.cursor_);
    std::swap(position_, other.position_);
    std::swap(left_, other.left_);
    std::swap(text_bytes_, other.text_bytes_);
    std::swap(block_bytes_, other.block_bytes_);
  }

 private:
  static constexpr std::size_t length_bytes(std::size_t length) noexcept {
    std::size_t bytes = 1;
    for (; length >= 128; length >>= 7) ++bytes;
    return bytes;
  }

  [[nodiscard]] const char* address(std::uint32_t place) const noexcept {
    constexpr unsigned places_bits = page_bits - grain_bits;
    constexpr std::uint32_t within = (std::uint32_t{1} << places_bits) - 1;
    return pages_[place >> places_bits] + (std::size_t{place & within} << grain_bits);
  }

  // Bytes to leave free before a text of `room` bytes. The block may begin anywhere in a line:
  // allocators of char promise no alignment.
  [[nodiscard]] std::size_t gap_before(std::size_t room) const noexcept {
    if constexpr (Layout == text_layout::packed) return 0;
    const std::size_t gap = -std::size_t{position_} & (grain_bytes - 1);
    const std::size_t offset = (reinterpret_cast<std::uintptr_t>(cursor_) + gap) % line_bytes;
    if (offset + room <= line_bytes) return gap;
    const std::size_t to_next_line =
        (line_bytes - offset + grain_bytes - 1) / grain_bytes * grain_bytes;
    const bool fits_there = (offset + to_next_line) % line_bytes + room <= line_bytes;
    return fits_there ? gap + to_next_line : gap;
  }
  void leave_free(std::size_t bytes) noexcept {
    cursor_ += bytes;
    position_ += static_cast<std::uint32_t>(bytes);
    left_ -= bytes;
  }

  void add_block(std::size_t room) {
    const std::size_t usual =
        last_ == nullptr ? smallest_block : std::min(largest_block, 2 * header_of(last_).size);
    const std::size_t size = std::max(usual, room + sizeof(block));
    const std::size_t pages = (size + page_bytes - 1) / page_bytes;
    if (size > page_limit * page_bytes || pages_.size() + pages > page_limit) {
      throw_length_error("crosstie::interner: more than 4 GiB of text");
    }
    if (pages_.size() + pages > pages_.capacity()) pages_.reserve(2 * (pages_.size() + pages));
    char* memory = traits::allocate(alloc_, size);
    const block header = {last_, size};
    std::memcpy(memory, &header, sizeof header);
    last_ = memory;
    block_bytes_ += size;
    position_ = static_cast<std::uint32_t>(pages_.size() << page_bits);
    for (std::size_t page = 0; page < pages; ++page) pages_.push_back(memory + page * page_bytes);
    cursor_ = memory;
    left_ = size;
    leave_free(sizeof header);
  }
  // Copied out: allocators of char promise no alignment.
  [[nodiscard]] static block header_of(const char* memory) noexcept {
    block header;
    std::memcpy(&header, memory, sizeof header);
    return header;
  }

  [[no_unique_address]] char_alloc alloc_;
  std::vector<char*, typename traits::template rebind_alloc<char*>> pages_;
  char* last_ = nullptr;        // the newest block
  char* cursor_ = nullptr;      // where the next text goes
  std::uint32_t position_ = 0;  // its position
  std::size_t left_ = 0;        // bytes free in the last block
  std::size_t text_bytes_ = 0;
  std::size_t block_bytes_ = 0;
};

}  // namespace crosstie::detail
