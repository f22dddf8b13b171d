// Upstream's volume workloads: each pod with a claim of its own, bound before it comes.
#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

void compose_secrets(workload_composer& into, const workload_size& size) {
  const pod_template pod{
      .name = "secret-volume-",
      .spec = R"("volumes":[{"name":"secret","secret":{"secretName":"secret"}}],)"};
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), pod);
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), pod);
}

// With `limit`, a CSINode that takes 39 volumes of the driver; with `migrated`, one that has the
// in-tree plugin's volumes handled by it.
void compose_volumes(workload_composer& into, const workload_size& size, claimed_volume kind,
                     bool limit, bool migrated) {
  node_template node;
  if (limit) {
    node.capacity = R"("cpu":"4","memory":"32Gi","pods":"110",)"
                    R"("attachable-volumes-csi-ebs.csi.aws.com":"39")";
  }
  const object_group nodes = into.create_nodes(size.get("initNodes"), node);
  if (limit) into.create_beside(nodes, csi_node_part(node.name, 39, migrated));
  into.create_pods(size.get("initPods"), default_pod(), "", {.volume = kind});
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), default_pod(), "", {.volume = kind});
}

void compose_in_tree(workload_composer& into, const workload_size& size) {
  compose_volumes(into, size, claimed_volume::aws, false, false);
}
void compose_migrated(workload_composer& into, const workload_size& size) {
  compose_volumes(into, size, claimed_volume::aws, true, true);
}
void compose_csi(workload_composer& into, const workload_size& size) {
  compose_volumes(into, size, claimed_volume::csi, true, false);
}

void compose_preemption_volumes(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), low_priority_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), high_priority_pod(), "",
                   {.volume = claimed_volume::aws});
}

std::vector<workload_parameter> init_and_measured(std::int64_t init, std::int64_t measured) {
  return {{"initNodes", 5000}, {"initPods", init}, {"measurePods", measured}};
}

}  // namespace

void add_volume_workloads(std::vector<workload_case>& to) {
  to.push_back({"SchedulingSecrets",
                {{"5000Nodes_10000Pods", init_and_measured(1000, 10000), 260}},
                compose_secrets});
  to.push_back({"SchedulingInTreePVs",
                {{"5000Nodes_2000Pods", init_and_measured(1000, 2000), 90},
                 {"5000Nodes", init_and_measured(5000, 1000)}},
                compose_in_tree});
  to.push_back({"SchedulingMigratedInTreePVs",
                {{"5000Nodes_5000Pods", init_and_measured(5000, 5000), 35},
                 {"5000Nodes", init_and_measured(5000, 1000)}},
                compose_migrated});
  to.push_back({"SchedulingCSIPVs",
                {{"5000Nodes_5000Pods", init_and_measured(5000, 5000), 48},
                 {"5000Nodes", init_and_measured(5000, 1000)}},
                compose_csi});
  to.push_back(make_preemption_case("PreemptionPVs", 1000, compose_preemption_volumes));
}

}  // namespace crosstie::simulate
