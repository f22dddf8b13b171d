// Reads an events file: JSON lines, one change of the cluster each, in order of time.
//
//   {"time": "2026-01-02T00:00:00Z", "event": "add", "object": {"kind": "Pod", ...}}
//   {"time": 12.5, "type": "DELETED", "object": {...}}
//
// `time` is an RFC 3339 date, or seconds since the moment that the reader was opened with. `event`
// (or `type`, as a watch has it) is add, update or delete, or ADDED, MODIFIED or DELETED.
//
// Promise: lines are read as they are asked for; a bad one, or one whose time goes back, is an
// error that names file, line and field. Kinds that placing does not read are passed over and
// counted. Cost: one parse of the line for the frame, one for the object. Thread safety: none.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "cluster/byte_source.hpp"
#include "cluster/decode.hpp"
#include "cluster/error.hpp"
#include "cluster/world.hpp"

namespace crosstie::simulate {

class event_reader {
 public:
  // `path` may be "-" for standard input; gzipped or not. Names and interned parts go into the
  // store.
  static std::expected<event_reader, cluster::error> open(const std::string& path,
                                                          cluster::timestamp zero,
                                                          cluster::store& into);
  event_reader(std::string name, std::unique_ptr<cluster::byte_source> from,
               cluster::timestamp zero, cluster::store& into);
  event_reader(event_reader&&) noexcept;
  ~event_reader();

  // The next event; absent at the end.
  std::expected<std::optional<cluster::event>, cluster::error> next();

  std::int64_t passed_over() const { return passed_over_; }
  // Pods whose PriorityClass is not known; their priority is 0.
  std::int64_t unknown_classes() const { return unknown_classes_; }

 private:
  struct frame;
  class frame_parser;

  std::expected<cluster::event, cluster::error> read_line();
  std::unexpected<cluster::error> wrong(std::string field, std::string expected) const;

  // Cuts the next line into line_, padded; false at the end.
  std::expected<bool, cluster::error> cut_line();

  std::string name_;
  std::unique_ptr<cluster::byte_source> from_;
  std::string read_;  // bytes that are read and not cut yet, from read_from_ on
  std::size_t read_from_ = 0;
  cluster::timestamp zero_;
  cluster::store* objects_;
  std::unique_ptr<frame_parser> frames_;
  std::unique_ptr<cluster::decoder> objects_decoder_;
  std::string line_;  // without its end, then padding
  std::size_t line_size_ = 0;
  std::int64_t line_number_ = 0;
  std::optional<cluster::timestamp> last_;
  std::int64_t passed_over_ = 0, unknown_classes_ = 0;
};

}  // namespace crosstie::simulate
