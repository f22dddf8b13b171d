// The one door to the outside: a clock, a source of events and a binder.
//
// Promise: the scheduling cycle meets dumps, traces, generators and API servers only through this
// class, so that one loop runs in all of them. Events come in the order in which they happened.
// Thread safety: all calls come from the thread that runs the cycle.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "cluster/objects.hpp"

namespace crosstie::cluster {

enum class event_kind : std::uint8_t {
  put,    // the object was added, or replaced an object of the same name
  remove  // the object is gone; only its namespace and name need be set
};

struct event {
  event_kind kind = event_kind::put;
  timestamp at = 0;
  any_object object;
};

class world {
 public:
  virtual ~world() = default;

  // Nanoseconds since 1970; virtual or real, never going back.
  virtual timestamp now() = 0;

  // The next event that has happened by now, if any; never waits.
  virtual std::optional<event> poll() = 0;

  // Nothing is left to do until an event arrives or `until` is reached (absent: for ever). Returns
  // false where the world has ended: no event will come and no time will pass, or a stop was asked.
  virtual bool wait(std::optional<timestamp> until) = 0;

  // Has somebody asked to stop? Asked between two pods; the cycle then ends cleanly.
  virtual bool stopping() = 0;

  // Binds the pod to the node for good; an error puts the pod back into the queue.
  virtual std::expected<void, std::string> bind(pod_id pod, node_id node) = 0;

  // Deletes a pod that has to make room for another; its removal comes back as an event.
  virtual std::expected<void, std::string> evict(pod_id victim, pod_id preemptor) = 0;
};

}  // namespace crosstie::cluster
