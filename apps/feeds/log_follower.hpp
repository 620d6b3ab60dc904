// Follows a log while it is written to and rotated: renamed, with a new one in its place, or copied and
// truncated; compressed later or not. Each line is told once.
//
// A log that was renamed is read until nobody has written to it for a while, since a server opens its new one
// a moment later. What was written to a log between the last look and its truncation is in the copy, which is
// found by its content; so is what was rotated away while nobody followed, if it is still there. When it is
// not, that is a gap, and counted. (What copytruncate itself loses, between its copy and its truncation, was
// never anywhere.)
//
// Ownership: owns its descriptors, a bounded number. Threads: one at a time. Time: the steady clock's, given.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <vector>

#include "apps/feeds/log_part.hpp"
#include "apps/feeds/plain_log.hpp"

namespace stoker::feeds {

struct log_follower_config {
  std::filesystem::path path;
  bool from_start = false;  // when there are no positions: all of it; else what is written from now on
  // After the last write to a log that was rotated away: nobody has it open any more.
  std::chrono::nanoseconds linger = std::chrono::seconds{60};
};

class log_follower {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  // `positions`: of an earlier follower; empty: none.
  log_follower(log_follower_config config, std::vector<file_position> positions);

  // Opens what is there, and reads nothing: following begins here. poll() does it otherwise.
  void begin(steady_time now);

  // Tells the lines that are there, a bounded part of them. True: ask again at once.
  bool poll(steady_time now, const line_function& line);

  std::vector<file_position> positions() const;
  std::uint64_t rotations() const noexcept { return rotations_; }
  // How often lines may have been lost, since what held them was gone.
  std::uint64_t gaps() const noexcept { return gaps_; }
  // Whether the log is there at the moment.
  bool is_open() const noexcept { return live_ != nullptr; }

 private:
  struct old_part {
    std::unique_ptr<log_part> part;
    steady_time grew;
  };

  void open();
  void resume(steady_time now);
  void add_old(std::unique_ptr<log_part> part, steady_time now);
  void add_between(std::filesystem::file_time_type after, steady_time now);
  bool is_known(const std::filesystem::path& path) const;
  bool read_old(steady_time now, const line_function& line);
  bool read_live(steady_time now, const line_function& line);
  void recover(steady_time now);
  bool follow_rename(steady_time now);

  const log_follower_config config_;
  std::vector<file_position> kept_;  // until they are resumed
  std::deque<old_part> old_;         // the oldest first
  std::unique_ptr<plain_log> live_;
  bool anew_;  // the log was not there when following began: all of it is to be read
  std::uint64_t rotations_ = 0;
  std::uint64_t gaps_ = 0;
};

}  // namespace stoker::feeds
