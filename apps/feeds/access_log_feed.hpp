// Follows a web server's access log: each line that is a successful read of the cache is an access, recorded
// within a moment of being written. Rotation is followed (log_follower.hpp); the position is kept over
// restarts when a state file is given.
//
// The position is written after each look: a process that is stopped loses and repeats nothing, one that is
// killed repeats at most what it read in its last look. Yesterday's logs are `stoker learn`'s, which reads
// the same formats.
#pragma once

#include <functional>
#include <memory>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/log_accesses.hpp"
#include "apps/feeds/log_follower.hpp"
#include "apps/feeds/tally.hpp"

namespace stoker::feeds {

class access_writer;

struct access_log_config {
  std::string path;    // of the log; it need not be there yet
  std::string format;  // as nginx's log_format; empty: combined (storage/traces/log_format.hpp)
  std::string
      state_file;  // where the position is kept; empty: nowhere, and a restart begins at the log's end
  bool from_start = false;  // without a position: the whole log
  log_access_rules rules;
  duration poll_interval = std::chrono::milliseconds{250};  // how late a line is noticed, at most
  duration linger = std::chrono::seconds{60};               // see log_follower_config
};

// Throws stoker::error, which names the field.
void validate(const access_log_config& config);

class access_log_feed final : public feed {
 public:
  // Throws stoker::error when the config is not valid. `now_s`: seconds since 1970; empty: the system's
  // clock.
  access_log_feed(access_log_config config, access_sink sink, std::function<double()> now_s = {});
  ~access_log_feed() override;

  void start() override;
  void stop() override;
  bool connected() const override { return counts_.connected(); }
  feed_counters counters() const override { return counts_.counters(); }
  std::string last_error() const override { return counts_.error(); }

 private:
  class follower;

  const access_log_config config_;
  const access_sink sink_;
  const std::function<double()> now_s_;
  tally counts_;
  std::unique_ptr<follower> follower_;
  feed_thread thread_;
};

}  // namespace stoker::feeds
