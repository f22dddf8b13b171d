// matrix: a dense matrix of 16-byte keys in one block against vectors of vectors (R22).
#include <sys/wait.h>
#include <unistd.h>

#include <crosstie/matrix.hpp>
#include <csignal>
#include <cstring>

#include "harness/allocation.hpp"
#include "harness/plot.hpp"
#include "harness/rounds.hpp"
#include "lab/experiments.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

struct cell {
  std::uint64_t low, high;
};

cell value_of(std::size_t row, std::size_t column) { return {row * 31 + column, row ^ column}; }

// One block by row * columns + column that starts `offset` bytes after a cache line.
class block {
 public:
  block(std::size_t rows, std::size_t columns, std::size_t offset)
      : columns_(columns), offset_(offset), bytes_(rows * columns * sizeof(cell) + 128) {
    const auto base = reinterpret_cast<std::uintptr_t>(bytes_.data());
    start_ = bytes_.data() + (64 - base % 64) % 64 + offset_;
  }
  // By memcpy: a cell that does not start on its alignment is no object.
  cell get(std::size_t row, std::size_t column) const {
    cell out;
    std::memcpy(&out, start_ + (row * columns_ + column) * sizeof(cell), sizeof out);
    return out;
  }
  void set(std::size_t row, std::size_t column, cell value) {
    std::memcpy(start_ + (row * columns_ + column) * sizeof(cell), &value, sizeof value);
  }

 private:
  std::size_t columns_, offset_;
  std::vector<std::byte> bytes_;
  std::byte* start_;
};

struct in_matrix {
  matrix<cell> cells;
  in_matrix(std::size_t rows, std::size_t columns) : cells(rows, columns) {}
  cell get(std::size_t row, std::size_t column) const { return cells(row, column); }
  void set(std::size_t row, std::size_t column, cell value) { cells(row, column) = value; }
};
struct in_vectors {
  std::vector<std::vector<cell>> cells;
  in_vectors(std::size_t rows, std::size_t columns) : cells(rows, std::vector<cell>(columns)) {}
  cell get(std::size_t row, std::size_t column) const { return cells[row][column]; }
  void set(std::size_t row, std::size_t column, cell value) { cells[row][column] = value; }
};

template <class Cells>
std::uint64_t add_up(const Cells& cells, std::size_t rows, std::size_t columns, bool by_row) {
  std::uint64_t sum = 0;
  const auto add = [&](std::size_t row, std::size_t column) {
    const cell one = cells.get(row, column);
    sum += one.low + 3 * one.high;
  };
  if (by_row) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) add(r, c);
    }
  } else {
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t r = 0; r < rows; ++r) add(r, c);
    }
  }
  return sum;
}

template <class Cells, class... Arguments>
void enter(rounds& to, results& into, const std::string& name, std::size_t rows,
           std::size_t columns, Arguments... arguments) {
  const cli::case_fields of = {{"layout", name},
                               {"rows", static_cast<std::int64_t>(rows)},
                               {"columns", static_cast<std::int64_t>(columns)}};
  const allocation_meter meter;
  const auto cells = std::make_shared<Cells>(rows, columns, arguments...);
  const auto count = static_cast<double>(rows * columns);
  into.add("matrix", of, "memory", "bytes/entry",
           exactly(static_cast<double>(meter.read().live_bytes) / count));
  into.add("matrix", of, "blocks", "count", exactly(static_cast<double>(meter.read().calls)));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) cells->set(r, c, value_of(r, c));
  }
  to.add({of,
          [] {},
          {{"row order", count, [=] { return add_up(*cells, rows, columns, true); }, "sum"},
           {"column order", count, [=] { return add_up(*cells, rows, columns, false); }, "sum"}}});
}

// Breaks its promise: memory off by eight bytes.
template <class T>
struct misaligning_allocator {
  using value_type = T;
  misaligning_allocator() = default;
  template <class U>
  misaligning_allocator(const misaligning_allocator<U>&) noexcept {}  // NOLINT
  T* allocate(std::size_t count) {
    static std::vector<std::byte> memory;
    memory.resize(count * sizeof(T) + 128);
    const auto base = reinterpret_cast<std::uintptr_t>(memory.data());
    return reinterpret_cast<T*>(memory.data() + (64 - base % 64) % 64 + 8);
  }
  void deallocate(T*, std::size_t) noexcept {}
  friend bool operator==(misaligning_allocator, misaligning_allocator) { return true; }
};

// In a child process, since the check ends it.
bool is_misalignment_refused() {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("matrix: no child process");
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    const matrix<cell, misaligning_allocator<cell>> made(4, 4);
    ::_exit(made.row_count() == 4 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

void measure_matrix(const bench_options& options, results& into) {
  const std::size_t rows = options.quick ? 50 : 2000, columns = options.quick ? 33 : 1000;
  rounds to("matrix", options.rounds);
  std::uint64_t sum = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) sum += value_of(r, c).low + 3 * value_of(r, c).high;
  }
  to.expect("sum", sum);
  enter<in_matrix>(to, into, "crosstie::matrix", rows, columns);
  enter<block>(to, into, "block, aligned to 64", rows, columns, std::size_t{0});
  enter<block>(to, into, "block, aligned to 16", rows, columns, std::size_t{16});
  enter<block>(to, into, "block, off by 8", rows, columns, std::size_t{8});
  enter<in_vectors>(to, into, "vector of vectors", rows, columns);
  to.run(into);
  if (!is_misalignment_refused()) throw wrong_answer("matrix: a misaligned block was accepted");
  into.add("matrix", {{"layout", "crosstie::matrix"}}, "misaligned block refused", "count",
           exactly(1));
}

void draw_matrix(const results& found, page& to) {
  for (const char* order : {"row order", "column order"}) {
    std::vector<bar> bars;
    for (const cli::measurement& one : found.all()) {
      if (one.bench != "matrix" || one.metric != "time") continue;
      if (!has_fields(one, {{"operation", order}})) continue;
      const std::string name = cli::to_text(one.of.front().second);
      bars.push_back({name, one.value, one.low, one.high, "", name == "crosstie::matrix"});
    }
    to.plot(draw_bars(std::string("Every cell once, in ") + order, "ns a cell", bars));
  }
}

void define_matrix(CLI::App& app) {
  define_bench(app, "matrix", "a dense matrix in one block against vectors of vectors",
               measure_matrix, [](const results& found, page& to) {
                 to.card("Dense matrix");
                 draw_matrix(found, to);
               });
}

}  // namespace crosstie::bench
