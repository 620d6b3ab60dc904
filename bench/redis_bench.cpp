// Filling Redis over a Unix socket with a million 100-byte values from memory, beside `redis-cli --pipe` that
// is fed the same SET ... NX PX commands from a file: alternating, on one server, medians.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/peers.hpp"
#include "storage/caches/redis/redis_wire.hpp"
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
  return bench::report("filling Redis, 100-byte values", rate(stoker), "redis-cli --pipe, same commands",
                       rate(peer), "M/s", 0.9)
             ? 0
             : 1;
}

}  // namespace

int main() {
  return run();
}
