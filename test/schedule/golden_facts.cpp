#include "schedule/golden_facts.hpp"

#include <algorithm>
#include <vector>

namespace crosstie::schedule {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using texts = std::vector<std::string>;

std::string join(texts list, bool sorted = true) {
  if (sorted) std::ranges::sort(list);
  std::string joined;
  for (const std::string& each : list) joined += each + "; ";
  return joined;
}

std::string spell(std::string_view plugin, std::string_view code, texts reasons) {
  return std::string(plugin) + " " + std::string(code) + ": " + join(std::move(reasons));
}

// ---- ours ---------------------------------------------------------------------------------------

class our_facts {
 public:
  our_facts(const cluster::store& objects, const evaluation& answer)
      : objects_(objects), answer_(answer) {}

  fact_list list() {
    if (answer_.gate) {
      facts_["gate"][""] = spell(*answer_.gate);
      return std::move(facts_);
    }
    if (!answer_.error.empty()) {
      facts_["error"][""] = "yes";
      return std::move(facts_);
    }
    if (answer_.pre_filter) facts_["prefilter"][""] = spell(*answer_.pre_filter);
    if (answer_.node_names) facts_["node names"][""] = join(names(*answer_.node_names));
    for (const rejection& each : answer_.rejected) {
      facts_["verdict"][name(each.node)] = spell({each.plugin, each.why});
    }
    for (const node_id node : answer_.feasible) facts_["verdict"][name(node)] = "feasible";
    list_choice();
    if (answer_.preemption) list_preemption(*answer_.preemption);
    for (const solo_answer& each : answer_.solo) list_alone(each);
    return std::move(facts_);
  }

 private:
  std::string name(node_id node) const { return std::string(objects_.text(objects_[node].name)); }
  template <class Ids>
  texts names(const Ids& ids) const {
    texts list;
    for (const auto id : ids) {
      if constexpr (std::is_same_v<std::remove_cv_t<decltype(id)>, cluster::name_id>) {
        list.emplace_back(objects_.text(id));
      } else {
        list.push_back(name(id));
      }
    }
    return list;
  }
  static std::string spell(const std::pair<std::string_view, status>& verdict) {
    return schedule::spell(verdict.first, to_string(verdict.second.code), verdict.second.reasons);
  }

  void list_choice() {
    for (const scored_node& node : answer_.scores) {
      for (const plugin_score& each : node.scores) {
        facts_["score " + std::string(each.plugin)][name(node.node)] =
            std::to_string(each.weighted);
      }
      facts_["total"][name(node.node)] = std::to_string(node.total);
    }
    if (answer_.nominated) facts_["nominated"][""] = name(*answer_.nominated);
    if (!answer_.best.empty()) {
      facts_["best"][""] = join(names(answer_.best));
      facts_["chosen"][""] = std::ranges::min(names(answer_.best));
    }
    if (!answer_.message.empty()) facts_["message"][""] = answer_.message;
  }

  void list_preemption(const preemption_answer& found) {
    facts_["preemption eligible"][""] = found.ineligible;
    for (const preemption_victims& each : found.candidates) {
      texts victims;
      for (const pod_id victim : each.victims) victims.push_back(objects_.full_name(victim));
      facts_["preemption victims"][name(each.node)] =
          join(victims, false) + std::to_string(each.pdb_violations);
    }
    if (!found.best.empty()) facts_["preemption best"][""] = join(names(found.best));
  }

  void list_alone(const solo_answer& alone) {
    const std::string plugin(alone.plugin), on = plugin + " on ";
    facts_["alone plugin"][plugin] = "asked";
    if (!alone.pre_filter.ok()) facts_["alone prefilter"][plugin] = spell({"", alone.pre_filter});
    if (alone.node_names) facts_["alone node names"][plugin] = join(names(*alone.node_names));
    for (const rejection& each : alone.rejected) {
      facts_["alone verdict"][on + name(each.node)] = spell({"", each.why});
    }
    if (!alone.pre_score.ok()) {
      facts_["alone prescore"][plugin] = to_string(alone.pre_score.code);
    }
    for (std::size_t i = 0; i < alone.raw.size(); ++i) {
      facts_["alone raw"][on + name(answer_.feasible[i])] = std::to_string(alone.raw[i]);
    }
    for (std::size_t i = 0; i < alone.normal.size(); ++i) {
      facts_["alone normal"][on + name(answer_.feasible[i])] = std::to_string(alone.normal[i]);
    }
  }

  const cluster::store& objects_;
  const evaluation& answer_;
  fact_list facts_;
};

// ---- the golden file's --------------------------------------------------------------------------

template <class T>
void visit_entries(element parent, const char* key, T&& visit) {
  object entries;
  if (parent[key].get(entries)) return;
  for (const auto [name, value] : entries) visit(std::string(name), value);
}

texts read_list(element parent, const char* key) {
  texts list;
  simdjson::dom::array values;
  if (parent[key].get(values)) return list;
  for (const element value : values) list.emplace_back(std::string_view(value));
  return list;
}

std::string read_text(element parent, const char* key) {
  std::string_view text;
  return parent[key].get(text) ? std::string() : std::string(text);
}

std::string spell(element verdict) {
  return spell(read_text(verdict, "plugin"), read_text(verdict, "code"),
               read_list(verdict, "reasons"));
}

std::string spell_number(element value) { return std::to_string(std::int64_t(value)); }

void list_preemption(element expected, fact_list& facts) {
  element found;
  if (expected["preemption"].get(found)) return;
  facts["preemption eligible"][""] = read_text(found, "ineligible");
  visit_entries(found, "candidates", [&](const std::string& node, element each) {
    facts["preemption victims"][node] =
        join(read_list(each, "victims"), false) + spell_number(each["pdbViolations"]);
  });
  if (auto best = read_list(found, "best"); !best.empty())
    facts["preemption best"][""] = join(best);
}

void list_alone(const std::string& plugin, element alone, fact_list& facts) {
  const std::string on = plugin + " on ";
  facts["alone plugin"][plugin] = "asked";
  element verdict;
  if (!alone["prefilter"].get(verdict)) facts["alone prefilter"][plugin] = spell(verdict);
  if (auto names = read_list(alone, "nodeNames"); !names.empty()) {
    facts["alone node names"][plugin] = join(names);
  }
  visit_entries(alone, "rejected", [&](const std::string& node, element why) {
    facts["alone verdict"][on + node] = spell(why);
  });
  if (!alone["prescore"].get(verdict)) facts["alone prescore"][plugin] = read_text(verdict, "code");
  for (const char* kind : {"raw", "normal"}) {
    visit_entries(alone, kind, [&](const std::string& node, element score) {
      facts[std::string("alone ") + kind][on + node] = spell_number(score);
    });
  }
}

}  // namespace

fact_list list_facts(const cluster::store& objects, const evaluation& answer) {
  return our_facts(objects, answer).list();
}

fact_list list_facts(element expected) {
  fact_list facts;
  element verdict;
  if (!expected["gate"].get(verdict)) {
    facts["gate"][""] = spell(verdict);
    return facts;
  }
  if (!read_text(expected, "error").empty()) {
    facts["error"][""] = "yes";
    return facts;
  }
  if (!expected["prefilter"].get(verdict)) facts["prefilter"][""] = spell(verdict);
  if (auto names = read_list(expected, "nodeNames"); !names.empty()) {
    facts["node names"][""] = join(names);
  }
  visit_entries(expected, "rejected",
                [&](const std::string& node, element why) { facts["verdict"][node] = spell(why); });
  for (const std::string& node : read_list(expected, "feasible"))
    facts["verdict"][node] = "feasible";
  visit_entries(expected, "scores", [&](const std::string& node, element) {
    visit_entries(expected["scores"], node.c_str(), [&](const std::string& plugin, element score) {
      facts["score " + plugin][node] = spell_number(score);
    });
  });
  visit_entries(expected, "totals", [&](const std::string& node, element total) {
    facts["total"][node] = spell_number(total);
  });
  for (const char* key : {"nominated", "chosen", "message"}) {
    if (auto text = read_text(expected, key); !text.empty()) facts[key][""] = text;
  }
  if (auto best = read_list(expected, "best"); !best.empty()) facts["best"][""] = join(best);
  list_preemption(expected, facts);
  visit_entries(expected, "plugins", [&](const std::string& plugin, element alone) {
    list_alone(plugin, alone, facts);
  });
  return facts;
}

}  // namespace crosstie::schedule
