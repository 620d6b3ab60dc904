// Filling memcached over a Unix socket with a million 100-byte values from memory, beside the same meta
// commands, made beforehand and written raw: alternating, on one server, medians.
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "bench/peers.hpp"
#include "tests/storage/caches/memcached_server.hpp"

namespace {

using namespace stoker;

constexpr std::size_t key_count = 1'000'000;
constexpr std::size_t batch_items = 8192;
constexpr int rounds = 5;
constexpr duration ttl = std::chrono::hours{1};

remote_cache::steady_deadline soon() {
  return std::chrono::steady_clock::now() + std::chrono::minutes{1};
}

std::string key_of(std::size_t number) {
  return "page:" + std::to_string(number);
}

double fill_all(remote_cache& cache, const std::vector<std::string>& keys, const std::string& bytes) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<remote_entry> batch;
  std::size_t stored = 0;
  for (std::size_t at = 0; at < key_count; at += batch.size()) {
    batch.clear();
    for (std::size_t i = at; i < std::min(key_count, at + batch_items); ++i)
      batch.push_back({keys[i], bytes, ttl, cache.begin_fill(keys[i])});
    for (const auto& outcome : cache.fill(batch, soon()))
      stored += outcome.result == fill_result::stored ? 1 : 0;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (stored != key_count) throw std::runtime_error{"not all were stored: " + cache.last_error()};
  return took.count();
}

// All commands in one go; the answers are counted by their line ends.
double write_raw(const endpoint& where, const std::string& commands) {
  socket_stream stream;
  const auto began = std::chrono::steady_clock::now();
  if (stream.open(where, soon()) != trouble::none) throw std::runtime_error{stream.error()};
  std::size_t answers = 0;
  std::size_t at = 0;
  constexpr std::size_t piece = 128 * 1024;
  const auto talked = stream.exchange(
      [&](std::string& out) {
        out.append(commands, at, piece);
        at += piece;
        return at < commands.size();
      },
      [&](std::string_view bytes) {
        for (const char c : bytes) answers += c == '\n' ? 1 : 0;
        return answers == key_count ? progress::done : progress::more;
      },
      soon());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (talked != trouble::none) throw std::runtime_error{stream.error()};
  return took.count();
}

int run() {
  if (!test::is_installed("memcached")) return 0;
  const std::string bytes(100, 'v');
  std::vector<std::string> keys;
  std::string commands;
  for (std::size_t i = 0; i < key_count; ++i) {
    keys.push_back(key_of(i));
    commands += "ms " + keys.back() + " 100 ME F0 T3600\r\n" + bytes + "\r\n";
  }
  const test::memcached_server server{{"-m", "1024"}};
  memcached_cache cache{server.config()};
  std::vector<double> stoker;
  std::vector<double> peer;
  for (int round = 0; round < rounds; ++round) {
    cache.clear(soon());
    stoker.push_back(fill_all(cache, keys, bytes));
    cache.clear(soon());
    peer.push_back(write_raw(server.config().where, commands));
  }
  const auto rate = [](std::vector<double> seconds) {
    return key_count / bench::median(std::move(seconds)) / 1e6;
  };
  return bench::report("filling memcached, 100-byte values", rate(stoker), "the same meta commands, raw",
                       rate(peer), "M/s", 0.9)
             ? 0
             : 1;
}

}  // namespace

int main() {
  return run();
}
