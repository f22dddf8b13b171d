#include "schedule/solo.hpp"

#include <set>

namespace crosstie::schedule {
namespace {

void score_alone(plugin& asked, std::span<const node_id> feasible, solo_answer& answer) {
  if (!answer.points.score || feasible.empty()) return;
  if (answer.points.pre_score) {
    answer.pre_score = asked.pre_score(feasible);
    if (!answer.pre_score.ok()) return;
  }
  for (const node_id node : feasible) answer.raw.push_back(asked.score(node));
  if (!answer.points.normalizes) return;
  answer.normal = answer.raw;
  asked.normalize(answer.normal);
}

solo_answer ask(const plugin_kind& kind, plugin& asked, std::span<const node_id> nodes,
                std::span<const node_id> feasible) {
  solo_answer answer;
  answer.plugin = kind.name;
  answer.points = kind.points;
  if (kind.points.pre_filter) {
    auto [verdict, names] = asked.pre_filter();
    answer.pre_filter = std::move(verdict);
    if (answer.pre_filter.ok()) answer.node_names = std::move(names);
  }
  if (kind.points.filter && answer.pre_filter.ok()) {
    for (const node_id node : nodes) {
      if (status why = asked.filter(node); !why.ok()) {
        answer.rejected.push_back({node, kind.name, std::move(why)});
      }
    }
  }
  // A PreFilter that rejected or failed has left nothing to score from.
  if (answer.pre_filter.ok() || answer.pre_filter.code == status_code::skip) {
    score_alone(asked, feasible, answer);
  }
  return answer;
}

}  // namespace

std::vector<solo_answer> ask_alone(const cluster::view& view, const profile& by, pod_id pod,
                                   std::span<const node_id> nodes,
                                   std::span<const node_id> feasible) {
  std::set<std::string_view> enabled;
  for (const auto* point :
       {&by.pre_filter, &by.filter, &by.post_filter, &by.pre_score, &by.score}) {
    for (const enabled_plugin& each : *point) enabled.insert(each.name);
  }
  std::vector<solo_answer> answers;
  for (const std::string_view name : enabled) {
    const plugin_kind* kind = find_plugin(name);
    if (!kind) continue;
    const auto asked = kind->make(view, by, pod);
    answers.push_back(ask(*kind, *asked, nodes, feasible));
  }
  return answers;
}

}  // namespace crosstie::schedule
