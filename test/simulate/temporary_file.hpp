// Files that tests write, each in the test's own folder, gone at its end.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace crosstie::simulate {

class temporary_folder {
 public:
  temporary_folder()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("crosstie-simulate-" + std::to_string(getpid()) + "-" + std::to_string(count_++))) {
    std::filesystem::create_directories(path_);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  std::string path(std::string_view name) const { return (path_ / name).string(); }
  std::string write(std::string_view name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

}  // namespace crosstie::simulate
