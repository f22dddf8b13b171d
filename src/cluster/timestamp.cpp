#include "cluster/timestamp.hpp"

#include <chrono>

namespace crosstie::cluster {

namespace {

// Reads from the front of a text; the first thing that does not fit spoils the rest.
class time_reader {
 public:
  explicit time_reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(int digits, int lowest, int highest, int& value) {
    value = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') return false;
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value >= lowest && value <= highest;
  }
  // Digits after the point, as nanoseconds.
  bool fraction(std::int64_t& nanos) {
    std::int64_t unit = 1'000'000'000;
    bool any = false;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1)) {
      unit /= 10;
      nanos += (rest_[0] - '0') * unit;
      any = true;
    }
    return any;
  }

 private:
  std::string_view rest_;
};

// "Z" or "+hh:mm", as seconds east of UTC.
bool read_offset(time_reader& in, int& seconds) {
  seconds = 0;
  if (in.skip('Z')) return true;
  const bool west = in.skip('-');
  if (!west && !in.skip('+')) return false;
  int hours = 0, minutes = 0;
  if (!in.number(2, 0, 24, hours) || !in.skip(':') || !in.number(2, 0, 60, minutes)) return false;
  seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
  return true;
}

}  // namespace

std::optional<timestamp> parse_timestamp(std::string_view text) {
  if (text == "0001-01-01T00:00:00Z") return 0;  // how Go writes a time that is not set
  time_reader in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0;
  std::int64_t nanos = 0;
  if (!in.number(4, 1678, 2261, year) || !in.skip('-') || !in.number(2, 1, 12, month) ||
      !in.skip('-') || !in.number(2, 1, 31, day) || !in.skip('T') || !in.number(2, 0, 23, hour) ||
      !in.skip(':') || !in.number(2, 0, 59, minute) || !in.skip(':') ||
      !in.number(2, 0, 59, second)) {
    return std::nullopt;
  }
  if ((in.skip('.') || in.skip(',')) && !in.fraction(nanos)) return std::nullopt;
  if (!read_offset(in, offset) || !in.at_end()) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
  return seconds * 1'000'000'000 + nanos;
}

}  // namespace crosstie::cluster
