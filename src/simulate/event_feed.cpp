#include "simulate/event_feed.hpp"

#include <algorithm>
#include <utility>

namespace crosstie::simulate {
namespace {

cluster::event removal_of(const departure& what) {
  cluster::pod gone{};
  gone.ns = what.pod.ns;
  gone.name = what.pod.name;
  return {cluster::event_kind::remove, what.at, gone};
}

}  // namespace

event_feed::event_feed(std::vector<arrival> arrivals, std::vector<departure> departures)
    : arrivals_(std::move(arrivals)), departures_(std::move(departures)) {}

std::expected<void, cluster::error> event_feed::follow(event_reader file) {
  file_.emplace(std::move(file));
  return read_ahead();
}

std::expected<void, cluster::error> event_feed::read_ahead() {
  auto next = file_->next();
  if (!next) return std::unexpected(std::move(next.error()));
  ahead_ = std::move(*next);
  return {};
}

void event_feed::evict(cluster::object_key pod, cluster::timestamp at) {
  evictions_.push_back({pod, at});
}

std::optional<cluster::timestamp> event_feed::next_at() const {
  if (failure_) return std::nullopt;
  std::optional<cluster::timestamp> first;
  const auto consider = [&](cluster::timestamp at) { first = first ? std::min(*first, at) : at; };
  if (!evictions_.empty()) consider(evictions_.front().at);
  if (next_departure_ < departures_.size()) consider(departures_[next_departure_].at);
  if (next_arrival_ < arrivals_.size()) consider(arrivals_[next_arrival_].at);
  if (ahead_) consider(ahead_->at);
  return first;
}

std::optional<cluster::event> event_feed::pop(cluster::timestamp now) {
  const auto first = next_at();
  if (!first || *first > now) return std::nullopt;
  if (!evictions_.empty() && evictions_.front().at == *first) {
    const departure next = evictions_.front();
    evictions_.pop_front();
    return removal_of(next);
  }
  if (next_departure_ < departures_.size() && departures_[next_departure_].at == *first) {
    return removal_of(departures_[next_departure_++]);
  }
  if (next_arrival_ < arrivals_.size() && arrivals_[next_arrival_].at == *first) {
    const arrival& next = arrivals_[next_arrival_++];
    return cluster::event{cluster::event_kind::put, next.at, next.pod};
  }
  cluster::event next = *std::exchange(ahead_, std::nullopt);
  if (auto read = read_ahead(); !read) failure_ = std::move(read.error());
  return next;
}

}  // namespace crosstie::simulate
