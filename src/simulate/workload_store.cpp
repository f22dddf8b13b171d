#include "simulate/workload_store.hpp"

#include <cstdlib>
#include <utility>
#include <variant>

#include "schedule/cycle.hpp"

namespace crosstie::simulate {

script_reader::script_reader(const workload_script& script, cluster::store& into)
    : script_(&script), objects_(&into), decoder_(into) {}

cluster::any_object script_reader::read(workload_object object, std::string_view node) {
  text_.clear();
  script_->append_text(object, node, text_);
  const std::size_t size = text_.size();
  text_.append(cluster::json_padding, ' ');
  auto decoded = decoder_.decode({.json = std::string_view(text_).substr(0, size)});
  if (!decoded) std::abort();  // a text of ours is never wrong
  if (auto* pod = std::get_if<cluster::pod>(&*decoded)) {
    cluster::resolve_priority(*objects_, *pod, decoder_.last_priority());
  }
  return std::move(*decoded);
}

cluster::event script_reader::read(const workload_event& what) {
  return {what.what == change::remove ? cluster::event_kind::remove : cluster::event_kind::put,
          what.at, read(what.object, {})};
}

void script_reader::load(const std::vector<std::string>& places) {
  const auto put = [&](cluster::any_object&& object) {
    if (auto* pod = std::get_if<cluster::pod>(&object)) {
      objects_->put(*pod);
    } else if (auto* node = std::get_if<cluster::node>(&object)) {
      objects_->put(std::move(*node));
    } else {
      schedule::apply_other(*objects_, {cluster::event_kind::put, 0, std::move(object)});
    }
  };
  for (const workload_object object : script_->objects) put(read(object, {}));
  for (std::size_t i = 0; i < script_->early.size(); ++i) {
    put(read(script_->early[i].object, places[i]));
  }
}

}  // namespace crosstie::simulate
