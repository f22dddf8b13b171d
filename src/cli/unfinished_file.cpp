#include "cli/unfinished_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace crosstie::cli {
namespace {

namespace fs = std::filesystem;

// The names of files that nobody has published yet. One that finds no place here is left behind by
// a signal, and that is all.
std::array<std::atomic<const char*>, 8> unfinished_names{};
static_assert(std::atomic<const char*>::is_always_lock_free);

void discard_unfinished(int signal) {
  for (const auto& name : unfinished_names) {
    if (const char* path = name.load()) ::unlink(path);
  }
  ::raise(signal);  // by now it has its usual effect again: SA_RESETHAND
}

void discard_when_killed() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ}) {
    struct sigaction now{};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
      discard_unfinished_on(signal);
    }
  }
}

void remember_unfinished(const char* path) {
  for (auto& name : unfinished_names) {
    const char* none = nullptr;
    if (name.compare_exchange_strong(none, path)) return;
  }
}

// Opens a new file in the folder and remembers it, before any signal; negative with errno.
int open_beside(const fs::path& folder, std::string& name) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  int descriptor = -1;
  for (int number = 0; descriptor < 0 && (number == 0 || errno == EEXIST); ++number) {
    name = (folder / fmt::format(".crosstie-{}-{}", ::getpid(), number)).string();
    descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  const int problem = errno;
  if (descriptor >= 0) remember_unfinished(name.c_str());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = problem;
  return descriptor;
}

// Who writes to /dev/stdout means the open file and not its name.
bool is_open_for_writing(const struct stat& file) {
  constexpr int descriptors_of_a_shell = 256;
  for (int descriptor = 0; descriptor < descriptors_of_a_shell; ++descriptor) {
    struct stat open{};
    if (::fstat(descriptor, &open) != 0 || open.st_dev != file.st_dev ||
        open.st_ino != file.st_ino) {
      continue;
    }
    if ((::fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY) return true;
  }
  return false;
}

// As of the file that was there. Only root may give a file away; others own what they write.
void take_over_permissions(int descriptor, const struct stat& from) {
  if (::fchown(descriptor, from.st_uid, from.st_gid) != 0) errno = 0;
  if (::fchmod(descriptor, from.st_mode & 07777) != 0) errno = 0;
}

}  // namespace

void discard_unfinished_on(int signal) {
  struct sigaction action{};
  action.sa_handler = discard_unfinished;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(signal, &action, nullptr);
}

std::expected<unfinished_file, int> unfinished_file::open_directly(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return std::unexpected(errno);
  return unfinished_file(descriptor);
}

std::expected<unfinished_file, int> unfinished_file::create(const std::string& path) {
  struct stat there{};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  const bool is_new = !exists && errno == ENOENT;
  std::error_code problem;
  if (exists) {
    if (!S_ISREG(there.st_mode) || is_open_for_writing(there)) return open_directly(path);
    if (::access(path.c_str(), W_OK) != 0) return std::unexpected(errno);
  } else if (!is_new || path.empty() || path.back() == '/' || fs::is_symlink(path, problem)) {
    return open_directly(path);
  }
  const fs::path target = exists ? fs::canonical(path, problem) : fs::path(path);
  if (target.empty()) return std::unexpected(problem.value());

  discard_when_killed();
  auto beside = std::make_unique<std::string>();
  const int descriptor = open_beside(target.parent_path(), *beside);
  if (descriptor < 0 && exists && errno == EACCES) return open_directly(path);
  if (descriptor < 0) return std::unexpected(errno);
  if (exists) take_over_permissions(descriptor, there);
  unfinished_file file(descriptor);
  file.beside_ = std::move(beside);
  file.target_ = target.string();
  return file;
}

unfinished_file::unfinished_file(unfinished_file&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      beside_(std::move(other.beside_)),
      target_(std::move(other.target_)) {}

unfinished_file::~unfinished_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (beside_ == nullptr) return;
  ::unlink(beside_->c_str());
  forget();
}

int unfinished_file::publish() {
  if (::close(std::exchange(descriptor_, -1)) != 0) return errno;
  if (beside_ == nullptr) return 0;
  if (std::rename(beside_->c_str(), target_.c_str()) != 0) return errno;
  forget();
  return 0;
}

void unfinished_file::forget() {
  for (auto& name : unfinished_names) {
    const char* ours = beside_->c_str();
    if (name.compare_exchange_strong(ours, nullptr)) break;
  }
  beside_.reset();
}

bool are_one_file(const std::string& a, const std::string& b) {
  std::error_code none;
  if (fs::exists(a, none)) return fs::is_regular_file(a, none) && fs::equivalent(a, b, none);
  return fs::weakly_canonical(fs::absolute(a, none), none) ==
         fs::weakly_canonical(fs::absolute(b, none), none);
}

}  // namespace crosstie::cli
