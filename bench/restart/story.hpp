// The restart story in real time, on Redis: a cache that was restarted and is asked by users through an
// engine, warmed or not; and a twin that was never restarted.
//
// Each has a Redis server of its own, of the same size and policy. Threads: each object is used by one thread
// at a time; a story plays on threads of its own.
#pragma once

#include <deque>
#include <mutex>
#include <thread>

#include "bench/restart/simulation.hpp"
#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "tests/storage/caches/redis_server.hpp"

namespace stoker::bench {

using steady = std::chrono::steady_clock;

// Options of a Redis server that evicts by this policy, and has room for a tenth of the keys.
std::vector<std::string> server_options(const workload& work, redis_policy policy);

// Plays the accesses before the restart into a history, much faster than they would come.
void learn(const workload& work, const std::string& history);

// Takes 5 ms a call, and counts how many began within any second.
class metered_origin final : public origin {
 public:
  load_result load(std::string_view key, steady::time_point deadline) override;
  std::size_t most_in_a_second() const { return most_; }
  std::uint64_t calls() const { return calls_; }

 private:
  std::mutex mutex_;
  std::deque<steady::time_point> latest_;
  std::size_t most_ = 0;
  std::uint64_t calls_ = 0;
};

class twin {
 public:
  // As it is after the accesses before the restart.
  twin(const workload& work, redis_policy policy, const std::vector<std::string>& options);

  // Up to that request.
  void play(std::size_t end);
  const outcomes& played() const { return played_; }

 private:
  void learn_by_use();
  void fill_by_idle_time();
  void limit_memory(std::uint64_t bytes);

  const workload& work_;
  test::redis_server server_;
  redis_cache cache_;
  outcomes played_;
  std::size_t next_ = 0;
};

class story {
 public:
  // Without a history it stays cold.
  story(const workload& work, const std::vector<std::string>& options, const std::string& history);
  ~story() { stop(); }

  // Requests come at their times from then on, and warming begins.
  void begin(steady::time_point at);
  void stop();

  // What came of the requests, and how far they are.
  const outcomes& played() const { return played_; }
  std::size_t next() const { return std::min<std::size_t>(next_, work_.requests.size()); }
  const metered_origin& calls() const { return *source_; }
  std::int64_t latest_ms() const { return latest_ms_; }  // how late a request was at most
  // Of users' requests, how long the slowest hundredth waited at least.
  double p99_ms() const;
  // REQUIRES: stopped.
  warm_report warming() const { return report_; }

 private:
  void one_player();
  void note_wait(std::size_t number, steady::time_point due, steady::time_point asked);

  const workload& work_;
  const bool warms_;
  test::redis_server server_;
  std::shared_ptr<metered_origin> source_;
  engine engine_;
  cache_handle cache_;
  outcomes played_;
  std::vector<float> waits_ms_;  // each request its own
  warm_report report_;
  steady::time_point began_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> over_{false};
  std::atomic<std::int64_t> latest_ms_{0};
};

}  // namespace stoker::bench
