// The order in which kube-scheduler looks at nodes: round robin over the zones, in each zone in the
// order in which the nodes came.
//
// Promise: nodes() is what upstream's node tree lists (v1.36.2). As there, a node that changes its
// zone moves in the list only once a node comes or goes.
// Cost: a node that comes, goes or changes its zone O(nodes of the zone); the next list O(nodes).
// Thread safety: none.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::schedule {

class node_order {
 public:
  explicit node_order(const cluster::store& objects) : objects_(&objects) {}

  void reset();  // nodes come by their slots
  void node_changed(cluster::node_id node);
  std::span<const cluster::node_id> nodes();

 private:
  using zone_key = std::pair<cluster::name_id, cluster::name_id>;  // region, zone
  struct zone {
    zone_key key;
    std::vector<cluster::node_id> nodes;
  };
  struct place {
    bool known = false;
    zone_key key{};
  };

  zone_key zone_of(cluster::node_id node) const;
  cluster::name_id find_label(cluster::node_id node, std::string_view older,
                              std::string_view newer) const;
  void add(cluster::node_id node, const zone_key& key);
  void remove(cluster::node_id node);

  const cluster::store* objects_;
  std::vector<zone> zones_;
  std::vector<place> places_;  // by node slot
  std::vector<cluster::node_id> list_;
  bool listed_ = false;
};

}  // namespace crosstie::schedule
