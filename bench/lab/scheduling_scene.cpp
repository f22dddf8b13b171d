#include "lab/scheduling_scene.hpp"

#include <deque>
#include <variant>

#include "harness/allocation.hpp"
#include "harness/results.hpp"
#include "harness/share_meter.hpp"
#include "simulate/loading.hpp"
#include "simulate/worlds.hpp"

namespace crosstie::bench {
namespace {

using cluster::node_id;
using cluster::pod_id;
using cluster::timestamp;

// The engine's own table, so that its share of the time can be told.
class marked_bindings {
 public:
  void bind(pod_id pod, node_id node) {
    const stretch within;
    table_.bind(pod, node);
  }
  void unbind(pod_id pod) {
    const stretch within;
    table_.unbind(pod);
  }
  bool contains(pod_id pod, node_id node) const {
    const stretch within;
    return table_.contains(pod, node);
  }
  std::optional<node_id> node_of(pod_id pod) const {
    const stretch within;
    return table_.node_of(pod);
  }
  std::size_t count(node_id node) const { return table_.count(node); }
  template <class Visitor>
  void for_each_pod(node_id node, Visitor&& visit) const {
    const stretch within;
    table_.for_each_pod(node, visit);
  }
  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  cluster::assigned_bindings table_;
};

// A simulated world whose oldest pods leave, and whose bindings a table is asked about.
class asking_world final : public cluster::world {
 public:
  asking_world(simulate::event_feed& feed, const cluster::store& objects,
               std::unique_ptr<simulate::simulated_world> inner, asked_bindings* asked,
               std::size_t bound, std::vector<double>& waited_ms)
      : feed_(feed),
        objects_(objects),
        inner_(std::move(inner)),
        asked_(asked),
        bound_(bound),
        waited_ms_(waited_ms) {}

  timestamp now() override { return inner_->now(); }
  bool wait(std::optional<timestamp> until) override { return inner_->wait(until); }
  bool stopping() override { return inner_->stopping(); }

  std::optional<cluster::event> poll() override {
    auto next = inner_->poll();
    if (!next) return next;
    const auto* pod = std::get_if<cluster::pod>(&next->object);
    if (pod == nullptr) return next;
    if (next->kind == cluster::event_kind::remove) {
      leave(cluster::key_of(*pod));
    } else {
      arrived_.insert_or_assign(cluster::key_of(*pod), next->at);
    }
    return next;
  }

  std::expected<void, std::string> bind(pod_id pod, node_id node) override {
    ask(pod);
    if (asked_ != nullptr) {
      const stretch within;
      if (!asked_->bind(pod, node)) throw wrong_answer("before-after: bound twice");
    }
    const cluster::object_key key = cluster::key_of(objects_[pod]);
    if (const auto at = arrived_.find(key); at != arrived_.end()) {
      waited_ms_.push_back(static_cast<double>(now() - at->second) / 1e6);
      arrived_.erase(at);
    }
    stay(key);
    return inner_->bind(pod, node);
  }

  std::expected<void, std::string> evict(pod_id victim, pod_id preemptor) override {
    return inner_->evict(victim, preemptor);
  }

  // Is the pod on any node already? Once a node.
  void ask(pod_id pod) {
    if (asked_ == nullptr) return;
    const stretch within;
    if (asked_->ask_all_nodes(pod) != 0) throw wrong_answer("before-after: already bound");
  }
  // The pod is on a node; the one that has been longest has to go if there are too many.
  void stay(cluster::object_key pod) {
    on_node_.push_back(pod);
    if (on_node_.size() <= bound_) return;
    feed_.evict(on_node_.front(), now());
    on_node_.pop_front();
  }
  std::int64_t placed() const { return inner_->counted().placed; }

 private:
  void leave(cluster::object_key key) {
    const auto pod = objects_.find_pod(key);
    if (asked_ == nullptr || !pod) return;
    const auto node = objects_.find_node(objects_[*pod].node);
    if (!node) return;
    const stretch within;
    if (!asked_->unbind(*pod, *node)) throw wrong_answer("before-after: a binding was lost");
  }

  simulate::event_feed& feed_;
  const cluster::store& objects_;
  std::unique_ptr<simulate::simulated_world> inner_;
  asked_bindings* asked_;
  std::size_t bound_;
  std::vector<double>& waited_ms_;
  std::deque<cluster::object_key> on_node_;
  flat_map<cluster::object_key, timestamp> arrived_;
};

simulate::loaded_input load_cluster(const scene_setting& how) {
  simulate::options what;
  what.from = simulate::generate_spec{.nodes = how.nodes, .pods = how.arrivals, .bound = how.bound};
  what.arrive = {simulate::arrivals::mode::rate, how.pace};
  auto loaded = simulate::load(what);
  if (!loaded) throw std::runtime_error("before-after: " + to_string(loaded.error()));
  return *std::move(loaded);
}

std::vector<simulate::arrival> take_arrivals(simulate::loaded_input& from,
                                             const scene_setting& how) {
  auto later = simulate::withhold_arrivals(from, {simulate::arrivals::mode::rate, how.pace});
  later.resize(std::min(later.size(), static_cast<std::size_t>(how.kept)));
  later.shrink_to_fit();
  return later;
}

template <cluster::bindings_table Bindings>
class scene_of final : public scene {
 public:
  scene_of(const scene_setting& how, const std::optional<asked_layout>& asked)
      : input_(load_cluster(how)), feed_(take_arrivals(input_, how), {}), state_(*input_.objects) {
    state_.load();
    const cluster::store& objects = *input_.objects;
    if (asked) asked_ = make_asked_bindings(objects, *asked);
    world_.emplace(feed_, objects, make_world(how), asked_.get(),
                   static_cast<std::size_t>(how.bound), waited_ms);
    fill();
    schedule::cycle_options options;
    options.engine.incremental = !asked.has_value();
    options.engine.ties.by_name = true;
    options.preemption = false;
    options.retry_unschedulable_ns = 0;
    cycle_.emplace(*world_, *input_.objects, state_, settings_, options);
  }

  std::optional<schedule::decision> step() override {
    const auto made = cycle_->step();
    if (!made) return made;
    if (made->what == schedule::verdict::failed) {
      throw wrong_answer("before-after: " + cycle_->message());
    }
    if (made->what != schedule::verdict::bound) world_->ask(made->pod);
    digest_ = 31 * digest_ + index(made->node) + 7 * index((*input_.objects)[made->pod].name);
    return made;
  }
  bool wait() override { return world_->wait(cycle_->next_wake()); }
  std::uint64_t digest() const override { return digest_; }
  std::int64_t placed() const override { return world_->placed(); }
  std::int64_t table_bytes() const override { return table_bytes_; }

 private:
  std::unique_ptr<simulate::simulated_world> make_world(const scene_setting& how) {
    constexpr timestamp settle_ns = 60'000'000'000;
    const cluster::store& objects = *input_.objects;
    const timestamp start = input_.zero;
    if (how.paced) {
      return std::make_unique<simulate::paced_world>(feed_, objects, start, settle_ns, nullptr);
    }
    return std::make_unique<simulate::virtual_world>(feed_, objects, start, settle_ns, nullptr);
  }
  // The pods that are on nodes from the start.
  void fill() {
    std::vector<std::pair<pod_id, node_id>> all;
    for (std::uint32_t slot = 0; slot < input_.objects->pod_slots(); ++slot) {
      if (const auto node = state_.bindings().node_of(pod_id{slot})) {
        all.emplace_back(pod_id{slot}, *node);
      }
    }
    for (const auto& [pod, node] : all) world_->stay(cluster::key_of((*input_.objects)[pod]));
    table_bytes_ = static_cast<std::int64_t>(state_.bindings().memory_bytes());
    if (!asked_) return;
    const allocation_meter meter;
    for (const auto& [pod, node] : all) asked_->bind(pod, node);
    table_bytes_ = meter.read().live_bytes;
  }

  simulate::loaded_input input_;
  simulate::event_feed feed_;
  cluster::basic_state<Bindings> state_;
  schedule::configuration settings_ = schedule::default_configuration();
  std::unique_ptr<asked_bindings> asked_;
  std::optional<asking_world> world_;
  std::optional<schedule::basic_cycle<Bindings>> cycle_;
  std::uint64_t digest_ = 0;
  std::int64_t table_bytes_ = 0;
};

}  // namespace

void scene::attempt(std::int64_t pods) {
  while (pods > 0) {
    if (step()) {
      --pods;
    } else if (!wait()) {
      throw std::runtime_error("before-after: there were too few pods");
    }
  }
}

std::unique_ptr<scene> make_scene(const scene_setting& how,
                                  const std::optional<asked_layout>& asked) {
  if (asked) return std::make_unique<scene_of<cluster::assigned_bindings>>(how, asked);
  return std::make_unique<scene_of<marked_bindings>>(how, asked);
}

}  // namespace crosstie::bench
