#include "cluster/operation_meter.hpp"

namespace crosstie::cluster {

std::string_view to_text(metered table) {
  switch (table) {
    case metered::objects:
      return "objects";
    case metered::bindings:
      return "bindings";
    case metered::node_use:
      return "node use";
    case metered::score_rows:
      return "score rows";
    case metered::queue:
      return "queue";
  }
  return "";
}

std::string_view to_text(operation done) {
  switch (done) {
    case operation::find:
      return "find";
    case operation::add:
      return "add";
    case operation::remove:
      return "remove";
    case operation::scan:
      return "scan row";
    case operation::note:
      return "note change";
    case operation::pop:
      return "pop";
    case operation::notify:
      return "notify";
    case operation::advance:
      return "advance";
  }
  return "";
}

operation_meter::operation_meter(clock read) : read_(read), before_(detail::current_meter) {
  detail::current_meter = this;
}
operation_meter::~operation_meter() { detail::current_meter = before_; }

void timed::begin(metered table, operation done) {
  figure_ = &meter_->at(table, done);
  outer_ns_ = meter_->within_ns_;
  meter_->within_ns_ = 0;
  start_ = meter_->read_();
}

void timed::end() {
  const std::int64_t taken = meter_->read_() - start_;
  ++figure_->calls;
  figure_->ns += taken - meter_->within_ns_;
  meter_->within_ns_ = outer_ns_ + taken;
}

}  // namespace crosstie::cluster
