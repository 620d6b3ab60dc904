// Filling Redis over a Unix socket with a million 100-byte values from memory, beside `redis-cli --pipe` that
// is fed the same SET ... NX PX commands from a file: alternating, on one server, medians.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/peers.hpp"
#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/remote_filler.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/storage/caches/redis_server.hpp"

namespace {

using namespace stoker;

constexpr std::size_t key_count = 1'000'000;
constexpr std::size_t batch_items = 8192;
constexpr int rounds = 5;
constexpr duration ttl = std::chrono::hours{1};

remote_cache::steady_deadline soon() {
  return std::chrono::steady_clock::now() + std::chrono::minutes{1};
}

struct content {
  std::vector<std::string> keys;
  std::vector<std::string> values;

  content() {
    for (std::size_t i = 0; i < key_count; ++i) {
      keys.push_back("page:" + std::to_string(i));
      values.push_back(std::to_string(i * 7919) + std::string(100, 'v'));
      values.back().resize(100);
    }
  }
};

void write_commands(const content& what, const std::string& path) {
  std::ofstream file{path, std::ios::binary};
  std::string out;
  for (std::size_t i = 0; i < key_count; ++i) {
    out.clear();
    append_command(out, {"SET", what.keys[i], what.values[i], "NX", "PX", "3600000"});
    file << out;
  }
}

double fill_all(remote_cache& cache, const content& what) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<remote_entry> batch;
  std::size_t stored = 0;
  for (std::size_t at = 0; at < key_count; at += batch.size()) {
    batch.clear();
    for (std::size_t i = at; i < std::min(key_count, at + batch_items); ++i)
      batch.push_back({what.keys[i], what.values[i], ttl, cache.begin_fill(what.keys[i])});
    for (const auto& outcome : cache.fill(batch, soon()))
      stored += outcome.result == fill_result::stored ? 1 : 0;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (stored != key_count) throw std::runtime_error{"not all were stored: " + cache.last_error()};
  return took.count();
}

// Milliseconds at the 99th percentile, of warming a key from a local origin and of reading it back.
bool latencies(const std::shared_ptr<redis_cache>& cache) {
  constexpr std::size_t samples = 10'000;
  remote_filler_config config;
  config.name = "pages";
  config.back_end = cache;
  config.source = std::make_shared<function_origin>([](std::string_view key) { return std::string{key}; });
  remote_filler filler{config};
  std::vector<double> warming;
  std::vector<double> hits;
  const auto milliseconds = [](auto work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  };
  for (std::size_t i = 0; i < samples; ++i) {
    load_item item;
    item.key = "key " + std::to_string(i);
    warming.push_back(
        milliseconds([&] { filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr); }));
    hits.push_back(milliseconds([&] { filler.get(item.key, soon()); }));
  }
  const auto p99 = [](std::vector<double>& all) {
    std::sort(all.begin(), all.end());
    return all[all.size() * 99 / 100];
  };
  const double warm = p99(warming);
  const double hit = p99(hits);
  std::printf("warming a key, p99                           %8.3f ms, limit 100: %s\n", warm,
              warm < 100 ? "reached" : "missed");
  std::printf("a hit, p99                                   %8.3f ms, limit 10: %s\n", hit,
              hit < 10 ? "reached" : "missed");
  return warm < 100 && hit < 10;
}

int run() {
  if (!test::is_installed("redis-server")) return 0;
  const content what;
  const test::redis_server server;
  const test::temporary_folder folder;
  const auto commands = folder / "commands";
  write_commands(what, commands);
  redis_cache cache{server.config()};
  std::vector<double> stoker;
  std::vector<double> peer;
  for (int round = 0; round < rounds; ++round) {
    cache.clear(soon());
    stoker.push_back(fill_all(cache, what));
    cache.clear(soon());
    peer.push_back(bench::seconds_of({"redis-cli", "-s", server.socket_path(), "--pipe"}, commands));
  }
  const auto rate = [](std::vector<double> seconds) {
    return key_count / bench::median(std::move(seconds)) / 1e6;
  };
  const bool fast = bench::report("filling Redis, 100-byte values", rate(stoker),
                                  "redis-cli --pipe, same commands", rate(peer), "M/s", 0.9);
  cache.clear(soon());
  const bool prompt = latencies(std::make_shared<redis_cache>(server.config()));
  return fast && prompt ? 0 : 1;
}

}  // namespace

int main() {
  return run();
}
