// Which pod is on which node, asked as the field report's scheduler asked: once for each pair of a
// waiting pod and a node.
//
// Promise: whatever the layout, equal calls give equal answers. Keys are names ("node" and
// "namespace/pod") or the store's ids, as the layout takes them.
// Cost: the layout's; a pod's name is made once a question of all nodes.
// Thread safety: none.
#pragma once

#include <memory>
#include <string_view>

#include "cluster/store.hpp"

namespace crosstie::bench {

class asked_bindings {
 public:
  virtual ~asked_bindings() = default;
  virtual std::uint64_t ask_all_nodes(cluster::pod_id pod) = 0;  // on how many is it?
  virtual bool bind(cluster::pod_id pod, cluster::node_id node) = 0;
  virtual bool unbind(cluster::pod_id pod, cluster::node_id node) = 0;
};

struct asked_layout {
  std::string_view name, library;  // of layout.hpp
  bool ids;                        // keys are ids, else names
};
std::unique_ptr<asked_bindings> make_asked_bindings(const cluster::store& objects,
                                                    const asked_layout& how);

}  // namespace crosstie::bench
