// Recency: what lru_map and lru_rows share. Elements found by key, and lists of them by last use.
//
//   index   a flat table of pointers to nodes, hashed and compared by the keys inside them
//   nodes   [newer | older | key, value], in blocks that never move: 8 of them, then as many as
//           there are, up to 512; freed ones are used again
//
// Promise: adding, finding, touching and removing take constant time (amortised); elements never
//   move, and neither does the memory when the store is moved.
// Invariant: a node of the index is in exactly one list, kept by the owner of the store.
// Exceptions: strong guarantee. Thread safety: as plain data; also finding with a touch writes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <tuple>
#include <utility>
#include <vector>

#include <crosstie/detail/lookup.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/key.hpp>

namespace crosstie::detail {

template <class Key, class T>
struct recency_node {
  using element = std::pair<const Key, T>;

  recency_node* newer;
  recency_node* older;
  alignas(element) std::byte memory[sizeof(element)];

  [[nodiscard]] element& held() noexcept {
    return *std::launder(reinterpret_cast<element*>(memory));
  }
  [[nodiscard]] const element& held() const noexcept {
    return *std::launder(reinterpret_cast<const element*>(memory));
  }
};

// Nodes by the order of their last use.
template <class Node>
struct recency_list {
  Node* newest = nullptr;
  Node* oldest = nullptr;
  std::size_t size = 0;

  void link(Node* node) noexcept {
    node->older = newest;
    node->newer = nullptr;
    (newest != nullptr ? newest->newer : oldest) = node;
    newest = node;
    ++size;
  }
  void unlink(Node* node) noexcept {
    (node->newer != nullptr ? node->newer->older : newest) = node->older;
    (node->older != nullptr ? node->older->newer : oldest) = node->newer;
    --size;
  }
  void touch(Node* node) noexcept {
    if (node == newest) return;
    unlink(node);
    link(node);
  }
  // Calls visit(node) from the newest use to the oldest; it may take the node out.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (Node* at = newest; at != nullptr;) {
      Node* const next = at->older;
      visit(at);
      at = next;
    }
  }
};

template <class Key, class T, class Alloc>
class recency_store {
  struct handle {
    recency_node<Key, T>* to;
  };
  template <class U>
  using rebound = typename std::allocator_traits<Alloc>::template rebind_alloc<U>;
  using element_alloc = rebound<std::pair<const Key, T>>;
  using element_traits = std::allocator_traits<element_alloc>;

 public:
  using node = recency_node<Key, T>;
  using list = recency_list<node>;

  explicit recency_store(const Alloc& alloc)
      : alloc_(alloc), blocks_(alloc), index_(rebound<handle>(alloc)) {
    require_composite_key<Key>();
  }
  recency_store(recency_store&& other) noexcept
      : alloc_(other.alloc_),
        blocks_(std::move(other.blocks_)),
        node_count_(std::exchange(other.node_count_, 0)),
        index_(std::move(other.index_)),
        free_(std::exchange(other.free_, nullptr)) {
    other.blocks_.clear();
  }
  recency_store& operator=(recency_store&&) = delete;
  ~recency_store() { clear(); }

  template <class View>
  static constexpr bool is_lookup = view_of<View, Key>;

  template <class View>
  [[nodiscard]] hash_code hash(const View& view) const {
    return index_.hash(view);
  }
  template <class View>
  [[nodiscard]] node* find(hash_code code, const View& view) const {
    const auto at = index_.find(code, view);
    return at == index_.end() ? nullptr : at->to;
  }
  template <class View>
  [[nodiscard]] node* find(const View& view) const {
    if constexpr (view_of<View, Key>) {
      return find(hash(view), view);
    } else {
      return find(Key(view));
    }
  }

  // A node with a new element, in the index and in no list. The key is constructed from the parts
  // of a tuple and must be absent.
  template <class... KeyPart, class... Args>
  node* add(hash_code code, std::tuple<KeyPart...> key, Args&&... args) {
    if (free_ == nullptr) add_block();
    node* fresh = free_;
    element_traits::construct(alloc_, reinterpret_cast<std::pair<const Key, T>*>(fresh->memory),
                              std::piecewise_construct, std::move(key),
                              std::forward_as_tuple(std::forward<Args>(args)...));
    pending guard{this, fresh};
    index_.insert(code, handle{fresh});
    free_ = fresh->older;
    guard.owner = nullptr;
    return fresh;
  }

  // Removes a node that is in no list.
  void remove(node* gone) noexcept {
    index_.erase(handle{gone});
    release(gone);
  }
  // The same, and moves its element out.
  std::pair<Key, T> take(node* gone) {
    index_.erase(handle{gone});  // as long as its key is there to be hashed
    const leaving guard{this, gone};
    auto& [key, value] = gone->held();
    // The key is const only for the user's sake.
    return {std::move(const_cast<Key&>(key)), std::move(value)};
  }

  void clear() noexcept {
    for (const handle& h : index_) element_traits::destroy(alloc_, &h.to->held());
    index_.clear();
    node_alloc nodes(alloc_);
    for (const block& one : blocks_) node_traits::deallocate(nodes, one.first, one.count);
    blocks_.clear();
    node_count_ = 0;
    free_ = nullptr;
  }

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return index_.memory_bytes() + node_count_ * sizeof(node) + blocks_.capacity() * sizeof(block);
  }
  [[nodiscard]] flat_stats stats() const { return index_.stats(); }
  [[nodiscard]] Alloc get_allocator() const noexcept { return Alloc(alloc_); }

  void swap(recency_store& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(node_count_, other.node_count_);
    index_.swap(other.index_);
    std::swap(free_, other.free_);
  }

 private:
  // What the index holds, hashed by the key and compared by identity or by the key.
  struct node_hash {
    using is_transparent = void;
    std::uint64_t operator()(handle h, std::uint64_t seed) const noexcept {
      return key_hash<Key>{}(std::as_const(*h.to).held().first, seed);
    }
    template <view_of<Key> View>
    std::uint64_t operator()(const View& view, std::uint64_t seed) const {
      return key_hash<Key>{}(view, seed);
    }
  };
  struct node_equal {
    using is_transparent = void;
    bool operator()(handle a, handle b) const noexcept { return a.to == b.to; }
    template <view_of<Key> View>
    bool operator()(handle h, const View& view) const {
      return detail::equals(std::as_const(*h.to).held().first, view);
    }
  };
  using node_alloc = rebound<node>;
  using node_traits = std::allocator_traits<node_alloc>;
  struct block {
    node* first;
    std::size_t count;
  };
  void add_block() {
    if (blocks_.size() == blocks_.capacity()) blocks_.reserve(2 * blocks_.size() + 4);
    const std::size_t count = std::clamp<std::size_t>(node_count_, 8, 512);
    node_alloc nodes(alloc_);
    node* const first = node_traits::allocate(nodes, count);
    blocks_.push_back({first, count});
    node_count_ += count;
    for (std::size_t i = count; i-- > 0;) {
      node* const added = ::new (static_cast<void*>(first + i)) node;
      added->older = std::exchange(free_, added);
    }
  }
  void release(node* gone) noexcept {
    element_traits::destroy(alloc_, &gone->held());
    gone->older = free_;
    free_ = gone;
  }
  struct leaving {
    recency_store* owner;
    node* gone;
    ~leaving() { owner->release(gone); }
  };
  // Destroys the element of a node that did not reach the index.
  struct pending {
    recency_store* owner;
    node* fresh;
    ~pending() {
      if (owner != nullptr) element_traits::destroy(owner->alloc_, &fresh->held());
    }
  };

  [[no_unique_address]] element_alloc alloc_;
  std::vector<block, rebound<block>> blocks_;
  std::size_t node_count_ = 0;
  flat_set<handle, node_hash, node_equal, rebound<handle>> index_;
  node* free_ = nullptr;  // by `older`
};

}  // namespace crosstie::detail
