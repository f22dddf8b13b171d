// The numbers of every node that scores are made of, as columns of doubles over node slots.
//
// Promise: equal to the usage table's integers, exactly, while exact(); a double holds every
// integer below 2^53, and columns keep to 2^46 so that products with 100 are exact too. Cost:
// refresh(node) O(1). A node takes about 260 bytes. Invariants: columns are padded to whole blocks;
// slots of no node offer nothing and are not alive. Thread safety: none.
#pragma once

#include <crosstie/matrix.hpp>
#include <span>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/change_log.hpp"

namespace crosstie::schedule {

using cluster::node_id;

inline constexpr double exact_limit = 70368744177664.0;  // 2^46
inline constexpr double large_limit = 17592186044416.0;  // 2^44

class node_columns {
 public:
  enum column : std::uint32_t {
    cpu_allocatable,
    memory_allocatable,
    cpu_free,  // allocatable - requested
    memory_free,
    cpu_requested,
    memory_requested,
    cpu_nonzero,  // requested, with missing requests counted as scores count them
    memory_nonzero,
    pods_free,
    cpu_inverse,  // 1 / allocatable; 0 where there is none
    memory_inverse,
    column_count
  };

  node_columns(const cluster::store& objects, const cluster::usage_table& usage,
               std::uint32_t block_nodes);

  // Reads everything anew; true where the number of slots grew, and all rows over them are stale.
  bool reset();
  // Reads one node's use; `object` says that its object changed, came or went as well. True as for
  // reset().
  bool refresh(node_id node, bool object);

  // Column c starts at first_column() + c * column_stride().
  const double* first_column() const { return values_.row(0).data(); }
  std::size_t column_stride() const { return values_.row_stride(); }
  // The same numbers of one node next to each other, for who asks about that node alone.
  const double* of(std::uint32_t slot) const { return nodes_.row(slot).data(); }
  // BalancedAllocation's score of the node as it is, 50..100.
  const std::int32_t* balance() const { return balance_.data(); }
  std::uint32_t slots() const { return slots_; }  // a multiple of block_nodes
  std::uint32_t block_nodes() const { return block_nodes_; }
  std::uint32_t blocks() const { return slots_ / block_nodes_; }
  bool exact() const { return inexact_count_ == 0; }
  bool large() const { return large_count_ > 0; }  // some amount is large_limit or more

  // The order of the names, as numbers.
  std::uint32_t rank(std::uint32_t slot) const { return rank_[slot]; }
  void sort_names();  // before rank is asked, after objects changed
  // The one whose name is the smaller; `a` may be no_node.
  node_id first_by_name(node_id a, node_id b) const {
    return a == cluster::no_node || rank(cluster::index(b)) < rank(cluster::index(a)) ? b : a;
  }

  const change_log& use_changes() const { return use_changes_; }
  const change_log& object_changes() const { return object_changes_; }
  // Changes where image scores of all nodes may have: images, or the number of nodes.
  std::uint64_t image_epoch() const { return image_epoch_; }
  std::size_t memory_bytes() const;

 private:
  bool grow();
  void read_use(std::uint32_t slot);
  void read_object(std::uint32_t slot);

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  std::uint32_t block_nodes_, slots_ = 0;
  crosstie::matrix<double> values_;  // column x slot
  crosstie::matrix<double> nodes_;   // slot x column
  std::vector<std::int32_t> balance_;
  std::vector<cluster::name_id> names_;  // no_name: the slot is of no node
  std::vector<std::uint8_t> inexact_, large_;
  std::uint32_t inexact_count_ = 0, large_count_ = 0, with_images_ = 0;
  std::vector<std::uint64_t> image_digest_;  // of the node's images; 0: none
  std::uint64_t image_epoch_ = 0;
  std::vector<std::uint32_t> rank_, by_name_;
  bool names_sorted_ = true;
  change_log use_changes_, object_changes_;
};

}  // namespace crosstie::schedule
