// Strict reading of a configuration file: an object's members, and the way to them for errors.
//
// Promise: as kube-scheduler's decoder, names are case sensitive, a null is an absent member, and
// close() reports members that nobody asked for or that stand there twice. Every problem becomes an
// error that names the whole field; reading goes on, so that one run shows all of them.
// Cost: O(members) for each member read. Thread safety: none.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/error.hpp"

namespace crosstie::schedule {

// The problems of one file, in the order in which they are found.
class problem_list {
 public:
  explicit problem_list(std::string_view file) : file_(file) {}

  void add(std::string field, std::string text);
  // In the words of Kubernetes' field errors; values as quote() or a number's text.
  void invalid(std::string field, std::string_view value, std::string_view detail);
  void required(std::string field, std::string_view detail = {});
  void duplicate(std::string field, std::string_view value);
  void forbidden(std::string field, std::string_view detail);
  void unsupported(std::string field, std::string_view value, std::string_view supported);
  void append(problem_list other);
  std::string_view file() const { return file_; }
  bool empty() const { return errors_.empty(); }
  std::vector<cluster::error> take() && { return std::move(errors_); }

 private:
  std::string file_;
  std::vector<cluster::error> errors_;
};

// A text as Go's %q writes it.
std::string quote(std::string_view text);
// On one line, members by name: what Go makes of a value that it does not know.
std::string to_json(simdjson::dom::element value);

class configuration_object {
 public:
  using element = simdjson::dom::element;

  // An element that is no object is a problem, and reads as an empty one.
  configuration_object(element from, std::string path, problem_list& problems);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view member) const;
  problem_list& problems() const { return problems_; }

  // Each is absent where the member is, is null, or is of another type (which is a problem).
  std::optional<element> value(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int32_t> int32(std::string_view name);
  std::optional<std::int64_t> int64(std::string_view name);
  std::optional<double> number(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::optional<std::int64_t> duration_ns(std::string_view name);  // "1m30s"
  std::optional<std::vector<std::string>> texts(std::string_view name);

  // read(configuration_object&) for a member that is an object; false where it is absent.
  template <class Read>
  bool object(std::string_view name, Read&& read) {
    const auto found = value(name);
    if (!found) return false;
    configuration_object inner(*found, path_of(name), problems_);
    read(inner);
    inner.close();
    return true;
  }
  // read(configuration_object&) for each object of a list; false where the list is absent.
  template <class Read>
  bool objects(std::string_view name, Read&& read) {
    const auto found = list(name);
    if (!found) return false;
    std::size_t index = 0;
    for (const element each : *found) {
      configuration_object inner(each, path_of(name) + "[" + std::to_string(index++) + "]",
                                 problems_);
      read(inner);
      inner.close();
    }
    return true;
  }

  // Nothing more will be read.
  void close();

 private:
  struct member {
    std::string_view name;
    element value;
    bool known = false;
  };

  std::optional<simdjson::dom::array> list(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t lowest,
                                      std::int64_t highest, std::string_view expected);
  void refuse(std::string_view name, std::string_view expected, element found);

  std::string path_;
  problem_list& problems_;
  std::vector<member> members_;
};

}  // namespace crosstie::schedule
