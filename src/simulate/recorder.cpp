#include "simulate/recorder.hpp"

namespace crosstie::simulate {
namespace {

verdict verdict_of(schedule::verdict what) {
  switch (what) {
    case schedule::verdict::bound:
      return verdict::placed;
    case schedule::verdict::unschedulable:
      return verdict::unschedulable;
    case schedule::verdict::nominated:
      return verdict::nominated;
    case schedule::verdict::failed:
      break;
  }
  return verdict::failed;
}

std::string join(const std::vector<std::string>& reasons) {
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "" : ", ") + reason;
  return text;
}

}  // namespace

recorder::recorder(outcome& into, const cluster::store& objects) : into_(into), objects_(objects) {
  texts_.intern(std::string_view{});  // into.messages has the empty text as its first, too
}

std::uint32_t recorder::intern(std::string text) {
  const std::uint32_t id = texts_.intern(std::string_view(text));
  if (id == into_.messages.size()) into_.messages.push_back(std::move(text));
  return id;
}

void recorder::add(const schedule::decision& made, const schedule::cycle& by) {
  decision written;
  written.pod = cluster::key_of(objects_[made.pod]);
  if (made.node != cluster::no_node) written.node = objects_[made.node].name;
  written.at = made.at;
  written.attempt = made.attempt;
  written.message = message_of(made, by);
  written.what = verdict_of(made.what);
  if (written.what == verdict::nominated) {
    written.first_victim = static_cast<std::uint32_t>(into_.victims.size());
    written.victims = static_cast<std::uint32_t>(by.victims().size());
    for (const cluster::pod_id victim : by.victims()) {
      into_.victims.push_back(cluster::key_of(objects_[victim]));
    }
  }
  into_.decisions.push_back(written);

  if (index(made.pod) >= last_messages_.size()) last_messages_.resize(objects_.pod_slots());
  last_messages_[index(made.pod)] = written.message;
  if (made.what != schedule::verdict::unschedulable) ++changes_;
}

std::uint32_t recorder::message_of(const schedule::decision& made, const schedule::cycle& by) {
  if (made.what == schedule::verdict::bound) return 0;
  if (made.what != schedule::verdict::unschedulable) return intern(by.message());
  const cluster::pod& pod = objects_[made.pod];
  const cluster::pod_spec& spec = objects_.spec(pod.spec);
  // Claims are named after their pod, and so are the texts about them.
  const bool shared = spec.volumes.empty() && spec.resource_claims.empty() &&
                      pod.nominated_node == cluster::no_name;
  const asker now{pod.spec, pod.labels, pod.ns, changes_ + by.events_applied()};
  if (!shared || last_asker_ != now) {
    last_message_ = intern(by.message());
    last_asker_ = shared ? std::optional(now) : std::nullopt;
  }
  return last_message_;
}

void recorder::sample(const struct sample& point, std::int64_t wall_ns) {
  if (point.decisions % stride_ != 0) return;
  if (into_.series.size() + 1 == most_samples) thin_out();
  if (point.decisions % stride_ == 0) keep(point, wall_ns);
}

void recorder::finish(const struct sample& point, std::int64_t wall_ns) {
  if (!into_.series.empty() && into_.series.back().decisions == point.decisions) {
    into_.series.pop_back();
    into_.timing.sample_wall_ns.pop_back();
  }
  keep(point, wall_ns);
}

void recorder::keep(const struct sample& point, std::int64_t wall_ns) {
  into_.series.push_back(point);
  into_.timing.sample_wall_ns.push_back(wall_ns);
}

// Every other point goes, and from now on only every other is kept.
void recorder::thin_out() {
  stride_ *= 2;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < into_.series.size(); ++i) {
    if (into_.series[i].decisions % stride_ != 0) continue;
    into_.series[kept] = into_.series[i];
    into_.timing.sample_wall_ns[kept] = into_.timing.sample_wall_ns[i];
    ++kept;
  }
  into_.series.resize(kept);
  into_.timing.sample_wall_ns.resize(kept);
}

void recorder::add_waiting(const schedule::cycle& by) {
  by.waiting().for_each([&](cluster::pod_id pod, schedule::queue::place at) {
    into_.waiting.push_back(describe(pod, at, by));
  });
  sort_by_name(objects_, into_.waiting);
}

waiting_pod recorder::describe(cluster::pod_id pod, schedule::queue::place at,
                               const schedule::cycle& by) {
  waiting_pod left{cluster::key_of(objects_[pod]), waiting_pod::reason::untried, 0};
  if (at == schedule::queue::place::gated) {
    left.why = waiting_pod::reason::gated;
    if (const auto gate = by.gate_of(pod)) left.message = intern(join(gate->second.reasons));
  } else if (by.waiting().attempts(pod) > 0) {
    left.why = waiting_pod::reason::unschedulable;
    left.message = last_messages_[index(pod)];
  }
  return left;
}

}  // namespace crosstie::simulate
