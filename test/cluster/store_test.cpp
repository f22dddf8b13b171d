#include "cluster/store.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "cluster/spec_bytes.hpp"

namespace crosstie::cluster {
namespace {

node make_node(store& objects, const std::string& name) {
  node made{};
  made.name = objects.names().intern(name);
  return made;
}

pod make_pod(store& objects, const std::string& name) {
  pod made{};
  made.ns = objects.names().intern("default");
  made.name = objects.names().intern(name);
  return made;
}

TEST(store, equal_specs_share_an_id_and_different_ones_do_not) {
  store objects;
  pod_spec spec;
  spec.containers.push_back({});
  spec.containers[0].requests.push_back({objects.names().intern("cpu"), {500'000'000}});
  const spec_id first = objects.intern(spec);
  EXPECT_EQ(objects.intern(pod_spec(spec)), first);
  spec.containers[0].requests[0].amount.nanos += 1;
  const spec_id second = objects.intern(spec);
  EXPECT_NE(second, first);
  EXPECT_EQ(objects.spec(second), spec);
  EXPECT_EQ(objects.spec_count(), 2u);
}

// Each change below touches one field alone, so a field left out of the bytes shows.
TEST(store, every_field_of_a_spec_counts) {
  store objects;
  const name_id word = objects.names().intern("word");
  const requirement wanted{word, selector_operator::in, {word}};
  pod_spec base;
  base.affinity.emplace();
  base.pods_near.emplace().required.push_back({});
  base.pods_far.emplace().preferred.push_back({});
  base.containers.resize(1);
  base.containers[0].ports.push_back({});
  base.containers[0].status.emplace();
  base.tolerations.push_back({});
  base.spread.push_back({});
  base.volumes.push_back({});
  base.resource_claims.push_back({});
  base.resources.emplace();
  const std::vector<void (*)(pod_spec&, name_id, const requirement&)> changes{
      [](pod_spec& s, name_id w, const requirement&) { s.scheduler_name = w; },
      [](pod_spec& s, name_id, const requirement&) { s.priority = 1; },
      [](pod_spec& s, name_id, const requirement&) { s.preempts_lower_priority = false; },
      [](pod_spec& s, name_id, const requirement&) { s.host_network = true; },
      [](pod_spec& s, name_id, const requirement&) { s.host_users = false; },
      [](pod_spec& s, name_id, const requirement&) { s.resize_infeasible = true; },
      [](pod_spec& s, name_id w, const requirement&) { s.selector.push_back({w, w}); },
      [](pod_spec& s, name_id, const requirement&) { s.affinity.reset(); },
      [](pod_spec& s, name_id, const requirement&) { s.affinity->required.emplace(); },
      [](pod_spec& s, name_id, const requirement& r) {
        s.affinity->preferred.push_back({1, {{r}, {}}});
      },
      [](pod_spec& s, name_id, const requirement& r) {
        s.affinity->preferred.push_back({1, {{}, {r}}});
      },
      [](pod_spec& s, name_id, const requirement&) { s.pods_near->required[0].selector.emplace(); },
      [](pod_spec& s, name_id w, const requirement&) {
        s.pods_near->required[0].namespaces.push_back(w);
      },
      [](pod_spec& s, name_id, const requirement&) {
        s.pods_near->required[0].namespace_selector.emplace();
      },
      [](pod_spec& s, name_id w, const requirement&) { s.pods_near->required[0].topology_key = w; },
      [](pod_spec& s, name_id, const requirement&) { s.pods_far->preferred[0].weight = 7; },
      [](pod_spec& s, name_id w, const requirement&) { s.tolerations[0].key = w; },
      [](pod_spec& s, name_id w, const requirement&) { s.tolerations[0].value = w; },
      [](pod_spec& s, name_id, const requirement&) {
        s.tolerations[0].op = toleration_operator::exists;
      },
      [](pod_spec& s, name_id, const requirement&) {
        s.tolerations[0].effect = taint_effect::no_execute;
      },
      [](pod_spec& s, name_id, const requirement&) { s.spread[0].max_skew = 5; },
      [](pod_spec& s, name_id, const requirement&) { s.spread[0].min_domains = 0; },
      [](pod_spec& s, name_id w, const requirement&) { s.spread[0].match_label_keys = {w}; },
      [](pod_spec& s, name_id, const requirement&) { s.init_containers.emplace_back(); },
      [](pod_spec& s, name_id, const requirement&) { s.containers.emplace_back(); },
      [](pod_spec& s, name_id w, const requirement&) { s.containers[0].image = w; },
      [](pod_spec& s, name_id w, const requirement&) { s.containers[0].requests = {{w, {1}}}; },
      [](pod_spec& s, name_id, const requirement&) { s.containers[0].ports[0].host_port = 80; },
      [](pod_spec& s, name_id w, const requirement&) { s.containers[0].ports[0].host_ip = w; },
      [](pod_spec& s, name_id, const requirement&) { s.containers[0].status.reset(); },
      [](pod_spec& s, name_id w, const requirement&) {
        s.containers[0].status->actuated = {{w, {1}}};
      },
      [](pod_spec& s, name_id w, const requirement&) {
        s.containers[0].status->allocated = {{w, {1}}};
      },
      [](pod_spec& s, name_id, const requirement&) { s.overhead.emplace(); },
      [](pod_spec& s, name_id, const requirement&) { s.resources->has_status = true; },
      [](pod_spec& s, name_id w, const requirement&) { s.volumes[0].source = w; },
      [](pod_spec& s, name_id, const requirement&) { s.volumes[0].read_only = true; },
      [](pod_spec& s, name_id w, const requirement&) { s.scheduling_gates = {w}; },
      [](pod_spec& s, name_id w, const requirement&) { s.resource_claims[0].claim = w; },
      [](pod_spec& s, name_id, const requirement&) { s.resource_claims[0].made = true; },
  };
  objects.intern(base);
  for (const auto change : changes) {
    pod_spec changed = base;
    change(changed, word, wanted);
    ASSERT_NE(changed, base);
    const std::size_t before = objects.spec_count();
    objects.intern(changed);
    EXPECT_EQ(objects.spec_count(), before + 1);
  }
}

TEST(store, label_sets_and_owners_start_with_none) {
  store objects;
  EXPECT_EQ(objects.intern(label_set{}), 0u);
  EXPECT_EQ(objects.intern(owner{}), 0u);
  const name_id word = objects.names().intern("word");
  const std::uint32_t labels = objects.intern(label_set{{word, word}});
  EXPECT_EQ(labels, 1u);
  EXPECT_EQ(objects.intern(label_set{{word, word}}), labels);
  EXPECT_EQ(objects.labels(labels).size(), 1u);
  const std::uint32_t controller = objects.intern(owner{word, no_name, word, word});
  EXPECT_EQ(objects.intern(owner{word, no_name, word, word}), controller);
  EXPECT_EQ(objects.controller(controller).name, word);
}

TEST(store, put_replaces_by_name_and_keeps_the_id) {
  store objects;
  const node_id id = objects.put(make_node(objects, "n1"));
  node again = make_node(objects, "n1");
  again.unschedulable = true;
  EXPECT_EQ(objects.put(again), id);
  EXPECT_TRUE(objects[id].unschedulable);
  EXPECT_EQ(objects.node_count(), 1u);
  const pod_id pod = objects.put(make_pod(objects, "p1"));
  EXPECT_EQ(objects.full_name(pod), "default/p1");
  EXPECT_EQ(objects.put(make_pod(objects, "p1")), pod);
  EXPECT_EQ(objects.pod_count(), 1u);
}

TEST(store, random_puts_and_removals_agree_with_a_map) {
  std::mt19937 random(7);
  store objects;
  std::map<std::string, std::int64_t> twin;
  for (int step = 0; step < 20'000; ++step) {
    const std::string name = "p" + std::to_string(random() % 60);
    pod object = make_pod(objects, name);
    const object_key key{object.ns, object.name};
    if (random() % 2) {
      object.created = step;
      objects.put(object);
      twin[name] = step;
    } else {
      EXPECT_EQ(objects.remove_pod(key), twin.erase(name) == 1);
    }
    ASSERT_EQ(objects.pod_count(), twin.size());
    ASSERT_LE(objects.pod_slots(), 60u);
    const auto found = objects.find_pod(key);
    ASSERT_EQ(found.has_value(), twin.contains(name));
    if (found) {
      ASSERT_TRUE(objects.alive(*found));
      ASSERT_EQ(objects[*found].created, twin[name]);
    }
  }
}

TEST(store, catalogs_find_replace_and_remove) {
  store objects;
  const name_id a = objects.names().intern("a"), b = objects.names().intern("b");
  objects.services.put({a, a, {}});
  objects.services.put({a, b, {}});
  objects.services.put({a, a, {{b, b}}});
  ASSERT_EQ(objects.services.all().size(), 2u);
  EXPECT_EQ(objects.services.find({a, a})->selector.size(), 1u);
  EXPECT_TRUE(objects.services.remove({a, a}));
  EXPECT_FALSE(objects.services.remove({a, a}));
  EXPECT_EQ(objects.services.find({a, a}), nullptr);
  ASSERT_NE(objects.services.find({a, b}), nullptr);
}

TEST(store, removed_nodes_free_their_slot) {
  store objects;
  const node_id first = objects.put(make_node(objects, "n1"));
  objects.put(make_node(objects, "n2"));
  EXPECT_TRUE(objects.remove_node(objects[first].name));
  EXPECT_FALSE(objects.alive(first));
  EXPECT_FALSE(objects.remove_node(objects.names().intern("n1")));
  EXPECT_EQ(objects.put(make_node(objects, "n3")), first);
  EXPECT_EQ(objects.node_slots(), 2u);
  EXPECT_EQ(objects.node_count(), 2u);
}

}  // namespace
}  // namespace crosstie::cluster
