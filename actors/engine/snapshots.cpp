#include "actors/engine/snapshots.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "actors/engine/managed_cache.hpp"
#include "messages/error.hpp"
#include "storage/snapshots/snapshot_file.hpp"

namespace stoker {

namespace {

using ttl_by_key = absl::flat_hash_map<std::string, duration>;

// Keys that a cache outside is asked for at once, and how long it may take in all: what is not known by then
// is saved without.
constexpr std::size_t batch_keys = 1024;
constexpr duration longest_look = std::chrono::seconds{20};

ttl_by_key ttls_outside(const managed_cache& cache, const ranked_keys& hottest) {
  ttl_by_key ttls;
  auto& server = cache.outside->back_end();
  if (!server.capabilities().ttl) return ttls;
  const auto deadline = std::chrono::steady_clock::now() + longest_look;
  std::vector<std::string_view> keys;
  for (const auto& each : hottest.keys) keys.push_back(each.key);
  for (std::span<const std::string_view> left = keys; !left.empty();) {
    const auto some = left.first(std::min(left.size(), batch_keys));
    left = left.subspan(some.size());
    const auto looks = server.contains(some, deadline);
    for (std::size_t i = 0; i < looks.size(); ++i)
      if (looks[i].ttl_left > duration::zero()) ttls[std::string{some[i]}] = looks[i].ttl_left;
    if (!looks.empty() && looks.back().state == residency::unknown) break;  // it does not answer
  }
  return ttls;
}

ttl_by_key ttls_of(const managed_cache& cache, const ranked_keys& hottest) {
  if (cache.outside) return ttls_outside(cache, hottest);
  ttl_by_key ttls;
  for (auto& entry : list_expiring(cache)) ttls[std::move(entry.key)] = entry.ttl;
  return ttls;
}

hot_set hot_set_of(const managed_cache& cache, const ranked_keys& hottest) {
  hot_set hot;
  hot.cache = cache.config.name;
  hot.taken_at = cache.now();
  const auto ttls = ttls_of(cache, hottest);
  hot.keys.reserve(hottest.keys.size());
  for (const auto& each : hottest.keys) {
    const auto ttl = ttls.find(each.key);
    hot.keys.push_back({each.key, each.rate_per_hour, each.count, each.last_access,
                        ttl == ttls.end() ? duration::zero() : ttl->second, each.cost_us, each.bytes,
                        each.tags});
  }
  return hot;
}

// Notes what goes wrong, for the status.
template <class Work>
snapshot_status noting(const managed_cache& cache, Work work) {
  try {
    work();
  } catch (const error& failure) {
    cache.snapshots->failed(failure.what());
    throw;
  }
  auto status = cache.snapshots->status();
  status.cache = cache.config.name;
  return status;
}

}  // namespace

std::string snapshot_path(const engine_config& config, const std::string& cache) {
  auto folder = config.snapshot_folder;
  if (folder.empty() && !config.history_folder.empty()) folder = config.history_folder + "-snapshots";
  if (folder.empty())
    throw error{errc::invalid_argument,
                "cache \"" + cache +
                    "\": there is no folder for snapshots; give a path, or the engine's "
                    "snapshot_folder"};
  return (std::filesystem::path{folder} / snapshot_file_name(cache)).string();
}

top_request hottest_keys(const std::string& cache, std::uint32_t keys, time_point now) {
  top_request question;
  question.cache = cache;
  question.limit = keys;
  question.now = now;
  question.with_tags = true;
  return question;
}

snapshot_status save_snapshot(const managed_cache& cache, const ranked_keys& hottest,
                              const std::string& path) {
  return noting(cache, [&] {
    const auto hot = hot_set_of(cache, hottest);
    const auto bytes = write_snapshot(path, hot);
    cache.snapshots->saved(path, hot.keys.size(), bytes, hot.taken_at);
  });
}

snapshot_status load_snapshot(const managed_cache& cache, const std::string& path) {
  return noting(cache, [&] {
    auto hot = std::make_shared<const hot_set>(read_snapshot(path));
    cache.snapshots->loaded(path, std::move(hot), cache.now());
  });
}

std::vector<cache_entry_info> list_expiring(const managed_cache& cache) {
  std::vector<cache_entry_info> expiring;
  std::vector<entry_info> some;
  memory_cache::listing at;
  for (bool more = true; more; some.clear()) {
    more = cache.entries->list(at, cache.now(), some);
    for (auto& entry : some)
      if (entry.ttl_left > duration::zero())
        expiring.push_back({std::move(entry.key), std::max(entry.ttl, entry.ttl_left), entry.ttl_left,
                            entry.cost_us, static_cast<std::uint32_t>(entry.size)});
  }
  return expiring;
}

}  // namespace stoker
