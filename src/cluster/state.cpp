#include "cluster/state.hpp"

#include <algorithm>
#include <cassert>

#include "cluster/operation_meter.hpp"
#include "cluster/wrapping.hpp"

namespace crosstie::cluster {

usage_table::usage_table(store& objects)
    : objects_(&objects),
      demands_(std::make_shared<demand_table>(objects)),
      pods_name_(objects.names().intern("pods")),
      any_ip_(objects.names().intern("0.0.0.0")) {
  counts_.resize_rows(count_kinds);
  make_rows();
}

// ---- nodes ------------------------------------------------------------------------------------

void usage_table::add_node(node_id node) {
  make_room(node);
  clear_allocatable(node);
  for (const auto& [name, amount] : (*objects_)[node].allocatable) {
    if (name == pods_name_) {
      count(count_kind::allowed_pods, node) = amount.value();
    } else if (const auto id = demands_->resource(name)) {
      make_rows();
      allocatable_(index(*id), index(node)) = *id == cpu ? amount.milli_value() : amount.value();
    }
  }
  drop_images(node);
  add_images(node);
}

void usage_table::remove_node(node_id node) {
  if (index(node) >= slots_) return;
  assert(count(count_kind::pods, node) == 0);
  clear_allocatable(node);
  drop_images(node);
}

void usage_table::make_room(node_id node) {
  if (index(node) < slots_) return;
  slots_ = index(node) + 1;
  if (slots_ <= nothing_.size()) return;
  const std::size_t room = std::max<std::size_t>(slots_, nothing_.size() * 3 / 2);
  for (table* each : {&allocatable_, &requested_, &counts_}) each->resize_columns(room);
  nothing_.resize(room);
}

void usage_table::make_rows() {
  if (allocatable_.row_count() == demands_->resource_count()) return;
  allocatable_.resize_rows(demands_->resource_count());
  requested_.resize_rows(demands_->resource_count());
}

void usage_table::clear_allocatable(node_id node) {
  count(count_kind::allowed_pods, node) = 0;
  for (std::size_t each = 0; each < allocatable_.row_count(); ++each) {
    allocatable_(each, index(node)) = 0;
  }
}

// ---- pods -------------------------------------------------------------------------------------

void usage_table::add_pod(spec_id spec, node_id node) {
  const timed watch(metered::node_use, operation::add);
  const pod_demand& demand = demands_->of(spec);
  make_room(node);
  make_rows();
  change(demand, node, 1);
  take_ports(demand, node);
}

void usage_table::remove_pod(spec_id spec, node_id node) {
  const timed watch(metered::node_use, operation::remove);
  const pod_demand& demand = demands_->of(spec);
  change(demand, node, -1);
  free_ports(demand, node, true);
}

void usage_table::take_back_pod(spec_id spec, node_id node) {
  const pod_demand& demand = demands_->of(spec);
  change(demand, node, -1);
  free_ports(demand, node, false);
}

void usage_table::change(const pod_demand& demand, node_id node, std::int64_t sign) {
  const auto add = [sign](std::int64_t& sum, std::int64_t amount) {
    sum = wrapping_add(sum, wrapping_multiply(sign, amount));
  };
  for (const auto& [id, amount] : demand.requested) add(requested_(index(id), index(node)), amount);
  add(count(count_kind::milli_cpu, node), demand.nonzero_milli_cpu);
  add(count(count_kind::memory, node), demand.nonzero_memory);
  count(count_kind::pods, node) += sign;
}

// ---- host ports -------------------------------------------------------------------------------

void usage_table::take_ports(const pod_demand& demand, node_id node) {
  for (const container_port& port : demand.host_ports) {
    auto& ips = taken_ports_[host_port{node, port.protocol, port.host_port}];
    const auto taken = std::ranges::find(ips, port.host_ip, &taken_ip::ip);
    if (taken == ips.end()) {
      ips.push_back({port.host_ip, 1});
    } else {
      ++taken->holders;
    }
  }
}

void usage_table::free_ports(const pod_demand& demand, node_id node, bool shared_too) {
  for (const container_port& port : demand.host_ports) {
    const auto found = taken_ports_.find(host_port{node, port.protocol, port.host_port});
    if (found == taken_ports_.end()) continue;
    std::vector<taken_ip>& ips = found->second;
    const auto taken = std::ranges::find(ips, port.host_ip, &taken_ip::ip);
    if (taken == ips.end()) continue;
    if (--taken->holders == 0 || shared_too) ips.erase(taken);
    if (ips.empty()) taken_ports_.erase(found);
  }
}

void usage_table::remember_ports(spec_id spec, node_id node) {
  for (const container_port& port : demands_->of(spec).host_ports) {
    const host_port key{node, port.protocol, port.host_port};
    const auto same = [&](const auto& each) { return each.first == key; };
    if (std::ranges::any_of(remembered_ports_, same)) continue;
    const std::vector<taken_ip>* ips = taken_ports_.find_value(key);
    remembered_ports_.emplace_back(key, ips != nullptr ? *ips : std::vector<taken_ip>{});
  }
}

void usage_table::restore_ports() {
  for (auto& [key, ips] : remembered_ports_) {
    if (ips.empty()) {
      taken_ports_.erase(key);
    } else {
      taken_ports_[key] = std::move(ips);
    }
  }
  remembered_ports_.clear();
}

bool usage_table::ports_conflict(const pod_demand& demand, node_id node) const {
  return std::ranges::any_of(demand.host_ports, [&](const container_port& port) {
    const auto found = taken_ports_.find(host_port{node, port.protocol, port.host_port});
    if (found == taken_ports_.end()) return false;
    return port.host_ip == any_ip_ ||
           std::ranges::any_of(found->second, [&](const taken_ip& taken) {
             return taken.ip == any_ip_ || taken.ip == port.host_ip;
           });
  });
}

// ---- images -----------------------------------------------------------------------------------

void usage_table::add_images(node_id node) {
  for (const node_image& image : (*objects_)[node].images) {
    for (const name_id name : image.names) {
      const image_id next{static_cast<std::uint32_t>(image_sizes_.size())};
      const auto [found, added] = images_.try_emplace(name, next);
      const image_id id = found->second;
      if (added) image_sizes_.push_back(image.size_bytes);
      // The size is forgotten with the last node that has the image.
      if (image_nodes_.row_count(id) == 0) image_sizes_[index(id)] = image.size_bytes;
      image_nodes_.insert(id, node);
    }
  }
}

void usage_table::drop_images(node_id node) { image_nodes_.erase_column(node); }

std::int64_t usage_table::image_size(name_id image) const {
  return image_node_count(image) == 0 ? 0 : image_sizes_[index(images_.find(image)->second)];
}

std::uint32_t usage_table::image_node_count(name_id image) const {
  const auto found = images_.find(image);
  if (found == images_.end()) return 0;
  return static_cast<std::uint32_t>(image_nodes_.row_count(found->second));
}

bool usage_table::has_image(name_id image, node_id node) const {
  const auto found = images_.find(image);
  return found != images_.end() && image_nodes_.contains(found->second, node);
}

std::size_t usage_table::memory_bytes() const {
  std::size_t bytes = demands_->memory_bytes() + allocatable_.memory_bytes() +
                      requested_.memory_bytes() + counts_.memory_bytes() +
                      nothing_.capacity() * sizeof(nothing_[0]) + taken_ports_.memory_bytes() +
                      images_.memory_bytes() + image_sizes_.capacity() * sizeof(image_sizes_[0]) +
                      image_nodes_.memory_bytes();
  for (const auto& [port, ips] : taken_ports_) bytes += ips.capacity() * sizeof(taken_ip);
  return bytes;
}

}  // namespace crosstie::cluster
