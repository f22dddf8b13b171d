// Which plugins run where: the plugin sets of a profile, merged with the defaults and expanded.
//
// Promise: the plugins of each extension point, in the order and with the weights that
// kube-scheduler 1.36 computes from multiPoint, enabled, disabled and "*"; a set it refuses is
// refused in its words.
// Cost: O(plugins x points). Thread safety: pure functions.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/configuration.hpp"

namespace crosstie::schedule {

enum class extension_point : std::uint8_t {
  pre_enqueue,
  queue_sort,
  pre_filter,
  filter,
  post_filter,
  pre_score,
  score,
  reserve,
  permit,
  pre_bind,
  bind,
  post_bind,
  multi_point,
  placement_generate,
  placement_score
};
inline constexpr std::size_t extension_point_count = 15;

struct plugin_set {
  std::vector<enabled_plugin> enabled;  // weight 0: not given
  std::vector<std::string> disabled;    // "*": all
};

class plugin_sets {
 public:
  plugin_set& operator[](extension_point point) { return sets_[static_cast<std::size_t>(point)]; }
  const plugin_set& operator[](extension_point point) const {
    return sets_[static_cast<std::size_t>(point)];
  }

 private:
  std::array<plugin_set, extension_point_count> sets_;
};

// "preEnqueue", as the file spells it.
std::string_view to_string(extension_point point);

// The defaults with the written sets laid over them.
plugin_sets merge_with_defaults(const plugin_sets& written);

// Fills in the profile's plugins of every point; an error says what is wrong with the sets.
std::expected<void, std::string> enable_plugins(const plugin_sets& merged, profile& into);

}  // namespace crosstie::schedule
