// Runs that requests started: each on a thread of its own, watched by whoever has its number.
//
// Bounded: so many at once, and the latest of those that ended. Threads: any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/control/json.hpp"
#include "apps/control/problem.hpp"
#include "messages/warming.hpp"

namespace stoker::control {

enum class run_phase { running, completed, failed };

struct run_entry {
  std::uint64_t id = 0;
  std::string kind{};   // "warm", "plan", "warm_together", "warm_user", "warm_critical"
  std::string cache{};  // empty: several
  run_phase phase = run_phase::running;
  time_point started_at{};
  time_point ended_at{};
  std::optional<warm_progress> progress{};
  json report{};  // of a completed one
  std::optional<problem> failure{};
};

json to_json(const run_entry& x);

class run_board {
 public:
  // `cancel` makes the run of a cache end soon; empty: all that go on.
  run_board(std::size_t most, clock_function now, std::function<void(const std::string& cache)> cancel);
  ~run_board();
  run_board(const run_board&) = delete;
  run_board& operator=(const run_board&) = delete;

  using report_progress = std::function<void(const warm_progress&)>;
  // Starts `work`, which returns the report. Throws `refused` when too many go on.
  std::uint64_t start(const std::string& kind, const std::string& cache,
                      std::function<json(const report_progress&)> work);
  // As it is once it has ended, or after `at_most`; empty: there is none of this number any more.
  std::optional<run_entry> wait(std::uint64_t id, duration at_most);
  std::vector<run_entry> all() const;
  std::size_t running() const;

  // Cancels what goes on, and waits for its end.
  void stop();

 private:
  void run(std::uint64_t id, const std::function<json(const report_progress&)>& work);
  void settle(std::uint64_t id, json report, std::optional<problem> failure);
  void join_ended(std::unique_lock<std::mutex>& guard);
  void forget_oldest();

  const std::size_t most_;
  const clock_function now_;
  const std::function<void(const std::string&)> cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t last_ = 0;
  bool stopped_ = false;
  std::map<std::uint64_t, run_entry> entries_;
  std::map<std::uint64_t, std::thread> threads_;
  std::vector<std::uint64_t> ended_;  // their threads are to be joined
};

}  // namespace stoker::control
