// Puts a workload's script together in the words of upstream's op lists: createNodes, createPods,
// churn, barrier, deletePods, updateAny.
//
// Promise: what is created before begin_measuring() is in the dump, what comes after it is an
// event. An event's time is that at which upstream's harness would make it: pods are created as
// fast as its client may (5,000 a second), or at `pace` where something else goes on beside them
// whose share would otherwise depend on the scheduler's speed. A barrier is a pause that lets every
// back-off end.
// Cost: O(events log events). Thread safety: none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/workload_script.hpp"
#include "simulate/workload_templates.hpp"

namespace crosstie::simulate {

enum class claimed_volume : std::uint8_t { none, aws, csi, csi_once_per_pod };

// Objects of one part with following numbers.
struct object_group {
  std::uint32_t part = 0, first = 0, count = 0;
};

struct pod_manner {
  claimed_volume volume = claimed_volume::none;
  double pace = 5000;    // pods a second
  bool measured = true;  // where they come as events
  // Of other pods in the namespace: each pod shares the claim of its number.
  bool shares_claims = false;
};

class workload_composer {
 public:
  explicit workload_composer(std::uint64_t seed) { script_.seed = seed; }

  object_group create_nodes(std::int64_t count, const node_template& like);
  // An object for each of `which`, with its number.
  void create_beside(const object_group& which, workload_part part);
  void create_namespace(std::string name);
  // "prefix-0", "prefix-1", ...
  void create_namespaces(std::string_view prefix, std::int64_t count, std::string_view labels = "");
  // Objects of any part, in the dump or as events at once.
  object_group create(workload_part part, std::int64_t count);
  // Without a namespace, one of their own.
  object_group create_pods(std::int64_t count, const pod_template& like, std::string ns = "",
                           const pod_manner& how = {});
  void begin_measuring() { measuring_ = true; }
  void barrier() { now_ += 30 * one_second_ns; }

  // Beside what follows; neither waits.
  void delete_pods(const object_group& which, double per_second);
  // The objects of `which` become those of `like`, which keeps their names.
  void update_beside(const object_group& which, workload_part like, double per_second);
  // The same, and what follows comes after it.
  void update(const object_group& which, workload_part like, double per_second);

  // Every `seconds` until end_churn(): one more of each part, or with `recreate` one by turns made
  // and deleted.
  void churn(std::vector<workload_part> parts, double seconds, bool recreate);
  void end_churn();

  // Adds a part alone, for those who write events themselves.
  std::uint32_t add_part(workload_part part);
  workload_script& script() { return script_; }
  // A namespace for the next op, as upstream names it.
  std::string fresh_namespace();

  workload_script finish() &&;

 private:
  static constexpr cluster::timestamp one_second_ns = 1'000'000'000;

  struct churning {
    std::vector<std::uint32_t> parts;
    cluster::timestamp begin = 0, every = 0;
    bool recreate = false;
  };

  std::uint32_t take_numbers(const workload_part& part, std::int64_t count);
  void create(const object_group& made);
  void add_event(cluster::timestamp at, change what, workload_object object, bool measured);
  // The claims and volumes of pods still to be made: parts, to be made with each pod.
  std::vector<std::uint32_t> volume_parts(claimed_volume kind, const std::string& ns);

  workload_script script_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> next_number_;  // by ns, prefix
  std::vector<churning> churns_;
  cluster::timestamp now_ = 0;
  int ops_ = 0;
  bool measuring_ = false;
};

}  // namespace crosstie::simulate
