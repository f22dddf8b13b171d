#include <algorithm>

#include "simulate/generator_parts.hpp"

namespace crosstie::simulate {
namespace {

using cluster::store;

// Where pods are before the run begins: on any open node that still has room.
class room_finder {
 public:
  room_finder(const generate_spec& spec, store& objects)
      : objects_(objects), random_(draw(spec, drawn_for::placement, 0)) {
    for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
      const cluster::node& node = objects[cluster::node_id{slot}];
      if (!node.unschedulable && node.taints.empty()) rooms_.push_back(room_of(node));
    }
  }

  // The node that takes the pod; no_name where none has room.
  cluster::name_id take(const cluster::pod_spec& pod) {
    room asked;
    for (const auto* list : {&pod.init_containers, &pod.containers}) {
      for (const cluster::container& container : *list) add(asked, container.requests);
    }
    asked.pods = 1;
    if (rooms_.empty()) return cluster::no_name;
    // A few nodes at random; then, while a whole round may still find one, all in turn.
    for (int i = 0; i < 8; ++i) {
      if (room& found = rooms_[random_.below(rooms_.size())]; fits(asked, found)) {
        return occupy(asked, found);
      }
    }
    for (std::size_t i = 0; !full_ && i < rooms_.size(); ++i) {
      next_ = (next_ + 1) % rooms_.size();
      if (fits(asked, rooms_[next_])) return occupy(asked, rooms_[next_]);
    }
    full_ = true;
    return cluster::no_name;
  }

 private:
  struct room {
    cluster::name_id node = cluster::no_name;
    std::int64_t milli_cpu = 0, memory = 0, pods = 0;
  };

  room room_of(const cluster::node& node) const {
    room all;
    add(all, node.allocatable);
    all.node = node.name;
    return all;
  }
  void add(room& to, const cluster::resource_list& amounts) const {
    for (const cluster::resource_amount& amount : amounts) {
      const std::string_view name = objects_.text(amount.name);
      if (name == "cpu") to.milli_cpu += amount.amount.milli_value();
      if (name == "memory") to.memory += amount.amount.value();
      if (name == "pods") to.pods += amount.amount.value();
    }
  }
  static bool fits(const room& asked, const room& in) {
    return asked.milli_cpu <= in.milli_cpu && asked.memory <= in.memory && asked.pods <= in.pods;
  }
  static cluster::name_id occupy(const room& asked, room& in) {
    in.milli_cpu -= asked.milli_cpu;
    in.memory -= asked.memory;
    in.pods -= asked.pods;
    return in.node;
  }

  const store& objects_;
  random_stream random_;
  std::vector<room> rooms_;
  std::size_t next_ = 0;
  bool full_ = false;
};

class pod_maker {
 public:
  pod_maker(const generate_spec& spec, store& into) : spec_(spec), into_(into) {}

  void make_bound(std::int64_t count) {
    room_finder rooms(spec_, into_);
    make(count, true, -30 * 24 * 3600, [&](cluster::pod& pod) {
      pod.node = rooms.take(into_.spec(pod.spec));
      if (pod.node == cluster::no_name) return;  // full: it waits with the others
      pod.phase = cluster::pod_phase::running;
      pod.started = pod.created + 2 * one_second;
    });
  }
  void make_pending(std::int64_t count) {
    make(count, false, 24 * 3600, [](cluster::pod&) {});
  }

 private:
  template <class Finish>
  void make(std::int64_t count, bool bound, std::int64_t start_seconds, Finish finish) {
    std::int64_t seconds = start_seconds;
    for (std::int64_t made = 0; made < count;) {
      const deployment one = make_deployment(spec_, into_, deployments_, bound);
      random_stream random =
          draw(spec_, drawn_for::pod, static_cast<std::uint64_t>(deployments_++));
      const std::int64_t replicas = std::min(one.replicas, count - made);
      const std::uint64_t first_suffix = random.next() % suffix_count;
      seconds += random.between(0, 4);
      for (std::int64_t copy = 0; copy < replicas; ++copy, ++made) {
        cluster::pod pod{};
        pod.ns = one.ns;
        // A step that shares no factor with the count meets each suffix once.
        const std::uint64_t suffix =
            (first_suffix + 7'919'111 * static_cast<std::uint64_t>(copy)) % suffix_count;
        pod.name = into_.names().intern(one.pod_prefix + letters_of(suffix, 5));
        pod.uid = into_.names().intern(make_uid(random));
        pod.spec = one.spec;
        pod.labels = one.labels;
        pod.controller = one.controller;
        pod.created = generated_epoch + seconds * one_second;
        finish(pod);
        into_.put(pod);
      }
    }
  }

  static constexpr std::uint64_t suffix_count = 27 * 27 * 27 * 27 * 27;
  const generate_spec& spec_;
  store& into_;
  std::int64_t deployments_ = 0;
};

}  // namespace

void generate_pods(const generate_spec& spec, store& into) {
  pod_maker maker(spec, into);
  maker.make_bound(spec.bound);
  maker.make_pending(spec.pods);
}

}  // namespace crosstie::simulate
