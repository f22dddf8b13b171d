#include "schedule/plugin_sets.hpp"

#include <gtest/gtest.h>

namespace crosstie::schedule {
namespace {

using enum extension_point;

std::vector<std::string> names_of(const std::vector<enabled_plugin>& plugins) {
  std::vector<std::string> names;
  for (const enabled_plugin& each : plugins) names.push_back(each.name);
  return names;
}

std::int32_t weight_of(const profile& of, std::string_view name) {
  for (const enabled_plugin& each : of.score) {
    if (each.name == name) return each.weight;
  }
  return 0;
}

profile enable(const plugin_sets& written) {
  profile made;
  const auto enabled = enable_plugins(merge_with_defaults(written), made);
  EXPECT_TRUE(enabled) << enabled.error();
  return made;
}

std::string refuse(const plugin_sets& written) {
  profile made;
  const auto enabled = enable_plugins(merge_with_defaults(written), made);
  EXPECT_FALSE(enabled);
  return enabled ? "" : enabled.error();
}

TEST(plugin_sets, default_plugins_stand_in_upstreams_order) {
  const profile made = enable({});
  EXPECT_EQ(names_of(made.pre_enqueue),
            (std::vector<std::string>{"SchedulingGates", "DynamicResources", "DefaultPreemption"}));
  EXPECT_EQ(names_of(made.filter),
            (std::vector<std::string>{"NodeUnschedulable", "NodeName", "TaintToleration",
                                      "NodeAffinity", "NodePorts", "NodeResourcesFit",
                                      "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding",
                                      "VolumeZone", "PodTopologySpread", "InterPodAffinity",
                                      "DynamicResources", "NodeDeclaredFeatures"}));
  EXPECT_EQ(names_of(made.post_filter),
            (std::vector<std::string>{"DynamicResources", "DefaultPreemption"}));
  EXPECT_EQ(weight_of(made, "TaintToleration"), 3);
  EXPECT_EQ(weight_of(made, "VolumeBinding"), 1) << "a weight that nobody gives reads as 1";
}

TEST(plugin_sets, a_points_own_plugins_come_first_and_override_weights) {
  plugin_sets written;
  written[score].enabled = {{"ImageLocality", 7}, {"NodeAffinity", 0}};
  const profile made = enable(written);
  EXPECT_EQ(names_of(made.score).front(), "ImageLocality");
  EXPECT_EQ(names_of(made.score)[1], "NodeAffinity");
  EXPECT_EQ(weight_of(made, "ImageLocality"), 7);
  EXPECT_EQ(weight_of(made, "NodeAffinity"), 1);
  EXPECT_EQ(made.score.size(), enable({}).score.size());
}

TEST(plugin_sets, a_default_enabled_again_keeps_its_place) {
  plugin_sets written;
  written[multi_point].enabled = {{"TaintToleration", 9}};
  const profile made = enable(written);
  EXPECT_EQ(names_of(made.score), names_of(enable({}).score));
  EXPECT_EQ(weight_of(made, "TaintToleration"), 9);
}

TEST(plugin_sets, disabling_works_for_one_point_or_everywhere) {
  plugin_sets written;
  written[filter].disabled = {"NodeName"};
  written[multi_point].disabled = {"VolumeZone"};
  const profile made = enable(written);
  for (const std::string& name : names_of(made.filter)) {
    EXPECT_NE(name, "NodeName");
    EXPECT_NE(name, "VolumeZone");
  }
  for (const std::string& name : names_of(made.pre_filter)) EXPECT_NE(name, "VolumeZone");
}

TEST(plugin_sets, a_star_leaves_only_what_is_enabled) {
  plugin_sets written;
  written[multi_point] = {{{"PrioritySort", 0}, {"DefaultBinder", 0}, {"NodeAffinity", 4}}, {"*"}};
  written[pre_score] = {{}, {"*"}};
  const profile made = enable(written);
  EXPECT_EQ(names_of(made.filter), std::vector<std::string>{"NodeAffinity"});
  EXPECT_EQ(names_of(made.score), std::vector<std::string>{"NodeAffinity"});
  EXPECT_TRUE(made.pre_score.empty());
}

TEST(plugin_sets, refuses_in_upstreams_words) {
  plugin_sets unknown;
  unknown[multi_point].enabled = {{"Foo", 0}};
  EXPECT_EQ(refuse(unknown), "PreFilterPlugin \"Foo\" does not exist");
  plugin_sets misplaced;
  misplaced[score].enabled = {{"NodeName", 0}};
  EXPECT_EQ(refuse(misplaced), "plugin \"NodeName\" does not extend ScorePlugin plugin");
  plugin_sets twice;
  twice[filter].enabled = {{"NodeName", 0}, {"NodeName", 0}};
  EXPECT_EQ(refuse(twice), "plugin \"NodeName\" already registered as \"FilterPlugin\"");
  plugin_sets twice_everywhere;
  twice_everywhere[multi_point].enabled = {{"NodeName", 0}, {"NodeName", 0}};
  EXPECT_EQ(refuse(twice_everywhere), "plugin \"NodeName\" already registered as \"FilterPlugin\"");
  plugin_sets unsorted;
  unsorted[queue_sort].disabled = {"*"};
  EXPECT_EQ(refuse(unsorted),
            "only one queue sort plugin required for profile with scheduler name "
            "\"default-scheduler\", but got 0");
  plugin_sets unbound;
  unbound[bind].disabled = {"DefaultBinder"};
  EXPECT_EQ(refuse(unbound),
            "at least one bind plugin is needed for profile with scheduler name "
            "\"default-scheduler\"");
  plugin_sets grouped;
  grouped[pre_enqueue].enabled = {{"GangScheduling", 0}};
  EXPECT_EQ(refuse(grouped), "plugin \"GangScheduling\" is not supported yet");
}

}  // namespace
}  // namespace crosstie::schedule
