// The restart story on Redis, in real time: 2,000 requests a second by Zipf's law over a million keys, a
// cache of a tenth of them that was just restarted, an origin of 5 ms that takes 2,000 calls a second, users'
// and the warmer's together. How long until it is warm, cold and warmed from history?
//
// Warm: the hit ratio over a window (10,000 requests: a tenth of the entries) is within a point of a twin's,
// for three windows in a row; the twin is another Redis of the same size that gets the same requests at the
// same time, and was never restarted. Time runs from the restart, with which traffic and warming begin, to
// the first of the three windows.
//
// What can be reached at all is simulated beside it: a warmer that knows every popularity, and never leaves a
// call that the origin would have taken.
#include <algorithm>
#include <atomic>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <unordered_map>

#include "bench/peers.hpp"
#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/caches/redis_server.hpp"

namespace {

using namespace stoker;
using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::uint32_t key_count = 1'000'000;
constexpr std::size_t capacity = key_count / 10;
constexpr std::size_t rate = 2000;          // requests a second
constexpr std::size_t origin_limit = 2000;  // calls in any second
// What the warmer is told: demand reaches the origin's actor with a delay, and threads run when they may.
constexpr double told_limit = 1900;
constexpr milliseconds load_time{5};
constexpr std::size_t learned_accesses = 2'000'000;
constexpr std::size_t window = capacity / 10;
constexpr std::size_t window_step = window / 10;
constexpr std::size_t longest = 600 * rate;  // requests that are played at most
constexpr unsigned players = 24;             // threads: 10 loads at once, and some that are late
constexpr double least_ratio = 12;

remote_cache::steady_deadline soon() {
  return clock_type::now() + std::chrono::minutes{1};
}

std::string name_of(std::uint32_t key) {
  return "page:" + std::to_string(key);
}

std::string value_of(std::string_view name) {
  std::string value{name};
  value.resize(100, 'v');
  return value;
}

// Ranks by Zipf's law with exponent 1.
class zipf {
 public:
  zipf() : cumulative_(key_count) {
    double sum = 0;
    for (std::uint32_t i = 0; i < key_count; ++i) cumulative_[i] = sum += 1.0 / (i + 1);
  }
  std::uint32_t operator()() {
    const auto drawn = std::uniform_real_distribution<double>{0, cumulative_.back()}(random_);
    const auto at = std::lower_bound(cumulative_.begin(), cumulative_.end(), drawn);
    return static_cast<std::uint32_t>(at - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
  std::mt19937_64 random_{20261127};
};

class plain_lru {
 public:
  bool get(std::uint32_t key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return false;
    order_.splice(order_.begin(), order_, found->second);
    return true;
  }
  void put(std::uint32_t key) {
    if (places_.contains(key)) return;
    order_.push_front(key);
    places_[key] = order_.begin();
    if (places_.size() <= capacity) return;
    places_.erase(order_.back());
    order_.pop_back();
  }
  bool contains(std::uint32_t key) const { return places_.contains(key); }
  const std::list<std::uint32_t>& content() const { return order_; }  // latest first

 private:
  std::list<std::uint32_t> order_;
  std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> places_;
};

// Takes 5 ms a call, and counts how many began within any second.
class metered_origin final : public origin {
 public:
  load_result load(std::string_view key, clock_type::time_point) override {
    {
      std::lock_guard guard{mutex_};
      const auto now = clock_type::now();
      ++calls_;
      latest_.push_back(now);
      while (now - latest_.front() >= std::chrono::seconds{1}) latest_.pop_front();
      most_ = std::max(most_, latest_.size());
    }
    std::this_thread::sleep_for(load_time);
    return loaded(value_of(key));
  }
  std::size_t most_in_a_second() const { return most_; }
  std::uint64_t calls() const { return calls_; }

 private:
  std::mutex mutex_;
  std::deque<clock_type::time_point> latest_;
  std::size_t most_ = 0;
  std::uint64_t calls_ = 0;
};

// 1: a hit, 0: a miss, -1: not played yet.
using outcomes = std::vector<std::atomic<signed char>>;

outcomes none_yet() {
  outcomes all(longest);
  for (auto& each : all) each = -1;
  return all;
}

// Hits of the windows that begin at `at`; empty: not all of it is played.
std::optional<std::size_t> hits_of(const outcomes& played, std::size_t at) {
  std::size_t hits = 0;
  for (std::size_t i = at; i < at + window; ++i) {
    if (played[i] < 0) return std::nullopt;
    hits += static_cast<std::size_t>(played[i].load());
  }
  return hits;
}

// The first request from which on it is warm; empty: not within what was played.
std::optional<std::size_t> warm_from(const outcomes& played, const outcomes& twin, std::size_t& looked_at) {
  for (; looked_at + 3 * window <= longest; looked_at += window_step) {
    bool warm = true;
    for (std::size_t next = 0; next < 3 && warm; ++next) {
      const auto here = hits_of(played, looked_at + next * window);
      const auto there = hits_of(twin, looked_at + next * window);
      if (!here || !there) return std::nullopt;
      warm = *here + window / 100 >= *there;
    }
    if (warm) return looked_at;
  }
  return std::nullopt;
}

struct workload {
  zipf draw;
  std::vector<std::uint32_t> learned, requests;
  plain_lru before;  // the restart

  workload() {
    for (std::size_t i = 0; i < learned_accesses; ++i) {
      learned.push_back(draw());
      if (!before.get(learned.back())) before.put(learned.back());
    }
    for (std::size_t i = 0; i < longest; ++i) requests.push_back(draw());
  }
};

void fill_with(redis_cache& cache, const std::list<std::uint32_t>& latest_first) {
  constexpr std::size_t batch_keys = 4096;
  std::vector<std::string> names, values;
  for (auto key = latest_first.rbegin(); key != latest_first.rend(); ++key) names.push_back(name_of(*key));
  for (const auto& name : names) values.push_back(value_of(name));
  for (std::size_t at = 0; at < names.size(); at += batch_keys) {
    std::vector<remote_entry> batch;
    for (auto i = at; i < std::min(names.size(), at + batch_keys); ++i) {
      batch.emplace_back();
      batch.back().key = names[i];
      batch.back().bytes = values[i];
    }
    cache.put(batch, soon());
  }
}

std::string memory_for_the_capacity(const workload& work) {
  const test::redis_server server;
  redis_cache cache{server.config()};
  fill_with(cache, work.before.content());
  return std::to_string(cache.memory(soon()).used_bytes);
}

// Another Redis that was never restarted: whatever is asked of the first one is asked of it, too.
class twin_player {
 public:
  twin_player(const workload& work, const std::vector<std::string>& options)
      : requests_(work.requests), server_(options), cache_(server_.config()), played_(none_yet()) {
    fill_with(cache_, work.before.content());
  }
  const outcomes& played() const { return played_; }

  // Up to request `end`.
  void play(std::size_t end) {
    std::vector<std::string> names;
    for (auto i = next_; i < end; ++i) names.push_back(name_of(requests_[i]));
    const std::vector<std::string_view> keys{names.begin(), names.end()};
    const auto found = cache_.read(keys, soon());
    std::vector<std::string> values;
    std::vector<remote_entry> missed;
    values.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool hit = found[i].there.state == residency::present;
      played_[next_ + i] = hit ? 1 : 0;
      if (hit) continue;
      values.push_back(value_of(names[i]));
      missed.emplace_back();
      missed.back().key = names[i];
      missed.back().bytes = values.back();
    }
    cache_.put(missed, soon());
    next_ = end;
  }

 private:
  const std::vector<std::uint32_t>& requests_;
  test::redis_server server_;
  redis_cache cache_;
  outcomes played_;
  std::size_t next_ = 0;
};

struct result {
  double seconds = 0;  // until warm
  std::size_t most_calls = 0;
  std::int64_t latest_ms = 0;  // beyond a second, the machine did not keep up, and the figures say nothing
  warm_report warmed;
};

cache_config pages(std::shared_ptr<remote_cache> back_end, std::shared_ptr<origin> source) {
  cache_config config;
  config.name = "pages";
  config.source = std::move(source);
  config.back_end = std::move(back_end);
  config.capacity_entries = capacity;
  config.direct_deletes = false;
  config.hold_out = 0;
  config.predictor = predictor_kind::none;  // these requests follow no pattern
  return config;
}

// Plays the requests at their times until the cache is warm.
class story {
 public:
  story(const workload& work, const std::vector<std::string>& options, const std::string& history)
      : requests_(work.requests),
        server_(options),
        source_(std::make_shared<metered_origin>()),
        engine_({.history_folder = history, .loaders = 16}),
        cache_(engine_.add_cache(pages(std::make_shared<redis_cache>(server_.config()), source_))),
        twin_(work, options),
        played_(none_yet()) {
    engine_.limit_origin("pages", {.calls = per_second(told_limit, 5)});
  }

  result play(bool warm) {
    began_ = clock_type::now();
    std::thread warming;
    if (warm)
      warming = std::thread{[this] { report_ = engine_.warm({.cache = "pages", .limit = capacity}); }};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < players; ++i) threads.emplace_back([this] { one_player(); });
    std::size_t looked_at = 0;
    std::optional<std::size_t> warm_at;
    while (!warm_at && next_ < longest) {
      std::this_thread::sleep_for(milliseconds{50});
      twin_.play(std::min<std::size_t>(next_, longest));
      warm_at = warm_from(played_, twin_.played(), looked_at);
    }
    over_ = true;
    for (auto& thread : threads) thread.join();
    if (warm) {
      engine_.cancel("pages");
      warming.join();
      report_ = engine_.report("pages", report_.run);
    }
    return {static_cast<double>(warm_at.value_or(longest)) / rate, source_->most_in_a_second(), latest_ms_,
            report_};
  }

 private:
  void one_player() {
    for (;;) {
      const auto number = next_++;
      if (number >= longest) return;
      const auto due = began_ + std::chrono::nanoseconds{1'000'000'000 / rate} * number;
      std::this_thread::sleep_until(due);
      const auto late = std::chrono::duration_cast<milliseconds>(clock_type::now() - due).count();
      for (auto known = latest_ms_.load(); late > known && !latest_ms_.compare_exchange_weak(known, late);) {
      }
      if (over_) return;
      played_[number] = cache_.get(name_of(requests_[number])).outcome == get_outcome::hit ? 1 : 0;
    }
  }

  const std::vector<std::uint32_t>& requests_;
  test::redis_server server_;
  std::shared_ptr<metered_origin> source_;
  engine engine_;
  cache_handle cache_;
  twin_player twin_;
  outcomes played_;
  warm_report report_;
  clock_type::time_point began_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> over_{false};
  std::atomic<std::int64_t> latest_ms_{0};  // how late a request was at most
};

void learn(const workload& work, const std::string& history) {
  engine running{{.history_folder = history}};
  auto cache = running.add_cache(pages(nullptr, std::make_shared<metered_origin>()));
  constexpr std::size_t between_flushes = 20'000;  // so that none is lost for want of room
  for (std::size_t i = 0; i < work.learned.size(); ++i) {
    cache.record(name_of(work.learned[i]), access_outcome::hit, 100, 5000);
    if (i % between_flushes == 0) running.flush();
  }
  running.flush();
}

// Requests until warm when every popularity is known, and every call that the origin takes is made.
double best_possible_seconds(const workload& work) {
  auto twin = work.before;
  plain_lru cache;
  auto here = none_yet();
  auto there = none_yet();
  std::uint32_t next = 0;  // keys are numbered by their rank
  double calls = 0;
  for (std::size_t i = 0; i < work.requests.size(); ++i) {
    const auto key = work.requests[i];
    there[i] = twin.get(key) ? 1 : 0;
    twin.put(key);
    calls += static_cast<double>(origin_limit) / rate;
    here[i] = cache.get(key) ? 1 : 0;
    if (here[i] == 0) --calls;
    cache.put(key);
    for (; calls >= 1 && next < capacity; ++next) {
      if (cache.contains(next)) continue;
      cache.put(next);
      --calls;
    }
  }
  std::size_t looked_at = 0;
  return static_cast<double>(warm_from(here, there, looked_at).value_or(longest)) / rate;
}

int run() {
  if (!test::is_installed("redis-server")) return 0;
  const workload work;
  const test::temporary_folder folder;
  const auto history = folder / "history";
  const std::vector<std::string> options{"--maxmemory", memory_for_the_capacity(work), "--maxmemory-policy",
                                         "allkeys-lru", "--maxmemory-samples",         "10"};
  learn(work, history);
  const auto warmed = std::make_unique<story>(work, options, history)->play(true);
  std::printf(
      "warm after a restart, warmed from history    %8.1f s; %zu calls of the origin in the worst second\n",
      warmed.seconds, warmed.most_calls);
  std::printf("  warmed %llu entries; %llu of them were used while it was played, %.0f %%\n",
              static_cast<unsigned long long>(warmed.warmed.warmed),
              static_cast<unsigned long long>(warmed.warmed.used),
              100.0 * static_cast<double>(warmed.warmed.used) /
                  static_cast<double>(std::max<std::uint64_t>(1, warmed.warmed.warmed)));
  const auto cold = std::make_unique<story>(work, options, std::string{})->play(false);
  std::printf(
      "warm after a restart, cold                   %8.1f s; %zu calls of the origin in the worst second\n",
      cold.seconds, cold.most_calls);
  std::printf("the latest request was                       %8lld ms late\n",
              static_cast<long long>(std::max(warmed.latest_ms, cold.latest_ms)));
  const auto best = best_possible_seconds(work);
  std::printf("the best that this limit allows (simulated)  %8.1f s: %.1f times shorter than cold\n", best,
              cold.seconds / best);
  const auto ratio = cold.seconds / warmed.seconds;
  const bool shorter = ratio >= least_ratio;
  std::printf("time until warm                              %8.1f times shorter, at least %.0f: %s\n", ratio,
              least_ratio, shorter ? "reached" : "missed");
  const auto most = std::max(warmed.most_calls, cold.most_calls);
  const bool kept = most <= origin_limit;
  std::printf("calls of the origin in any second            %8zu, limit %zu: %s\n", most, origin_limit,
              kept ? "kept" : "exceeded");
  return shorter && kept ? 0 : 1;
}

}  // namespace

int main() {
  return run();
}
