// Warms within a memory limit: the child process of memory_limit_test.
//
// Usage: limited_engine PROCS alone|beside_others, where PROCS is the cgroup.procs of the cgroup to live in.
// Prints
//   limit BYTES                             what it reads as its limit
// and `alone`
//   warmed BYTES budget BYTES share SHARE   after a run that had more to warm than fits
// or `beside_others`
//   stopped OUTCOME rolled_back COUNT       after a run in which memory was taken by others
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <future>
#include <limits>
#include <mutex>
#include <optional>
#include <stoker/engine.hpp>
#include <string_view>
#include <thread>
#include <vector>

#include "actors/memory/pressure.hpp"
#include "actors/memory/readings.hpp"

// AddressSanitizer keeps 256 MB of what was freed, which is half of the limit.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=1";
}

namespace {

using namespace stoker;

constexpr std::size_t value_bytes = 32 * 1024;
constexpr int key_count = 32'000;          // 1 GB: more than the limit
constexpr double taken_by_others = 0.915;  // critical, with room for what is under way

// Loads wait here while it is closed.
class gate {
 public:
  void close() { set(false); }
  void open() { set(true); }
  void pass() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  void set(bool open) {
    {
      std::lock_guard guard{mutex_};
      open_ = open;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
};

struct world {
  world() {
    cache_config config;
    config.name = "pages";
    config.capacity_bytes = std::uint64_t{4} << 30;
    config.predictor = predictor_kind::none;
    config.default_strategy = "all";
    config.hold_out = 0;
    config.load_timeout = std::chrono::minutes{1};
    config.load = [this](std::string_view) {
      if (++loads >= hold_from) held.pass();
      return loaded(std::string(value_bytes, 'v'));
    };
    cache.emplace(running.add_cache(config));
    custom_strategy added;
    added.name = "all";
    added.propose = [](const strategy_request&) {
      std::vector<candidate> all;
      for (int i = 0; i < key_count; ++i) {
        auto& proposed = all.emplace_back();
        proposed.key = "k" + std::to_string(i);
        proposed.probability = 0.5;
        proposed.bytes = value_bytes;
      }
      return all;
    };
    running.register_strategy(added);
  }

  engine_config settings() {
    engine_config config;
    // The engine has noticed what others took: what it was held up in may end.
    config.on_memory_event = [this](const memory_event& event) {
      if (event.level == pressure_level::critical) held.open();
    };
    return config;
  }

  std::atomic<int> loads{0};
  std::atomic<int> hold_from{std::numeric_limits<int>::max()};
  gate held;
  engine running{settings()};
  std::optional<cache_handle> cache;
};

double share_in_use() {
  return used_share(read_memory(system_files()));
}

void warm_more_than_fits(world& w) {
  const auto report = w.running.warm({.cache = "pages"});
  std::printf("warmed %llu budget %llu share %.3f\n", static_cast<unsigned long long>(report.bytes),
              static_cast<unsigned long long>(report.budget_bytes), share_in_use());
}

// Others take memory while a run is under way, until it is critical.
void warm_beside_others(world& w) {
  constexpr int loads_before_others = 100;
  w.held.close();
  w.hold_from = loads_before_others;
  auto run = std::async(std::launch::async, [&] { return w.running.warm({.cache = "pages"}); });
  const auto over = [&] { return run.wait_for(std::chrono::seconds{0}) == std::future_status::ready; };
  while (w.loads < loads_before_others && !over()) std::this_thread::yield();
  std::vector<std::vector<char>> others;
  while (share_in_use() < taken_by_others && !over()) others.emplace_back(1 << 20, 'x');
  const auto report = run.get();
  std::printf("stopped %d rolled_back %llu\n", report.outcome == run_outcome::stopped_by_pressure ? 1 : 0,
              static_cast<unsigned long long>(report.rolled_back));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ofstream procs{argv[1]};
  procs << ::getpid() << std::endl;
  if (!procs) return 3;
  std::printf("limit %llu\n", static_cast<unsigned long long>(read_memory(system_files()).limit_bytes));
  world w;
  if (std::string_view{argv[2]} == "alone")
    warm_more_than_fits(w);
  else
    warm_beside_others(w);
  return 0;
}
