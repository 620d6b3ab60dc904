#include "bench/restart/story.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "bench/peers.hpp"
#include "storage/caches/redis/redis_wire.hpp"

namespace stoker::bench {

namespace {

using std::chrono::milliseconds;

// Of the limit; the rest is for calls that threads begin later than they were allowed to.
constexpr double told_share = 0.95;
constexpr double told_burst_s = 0.01;
constexpr milliseconds load_time{5};
constexpr unsigned players = 24;  // threads a story: ten loads at once, and some that are late
constexpr std::uint32_t loaders = 16;
constexpr std::size_t batch_keys = 1000;

remote_cache::steady_deadline soon() {
  return steady::now() + std::chrono::minutes{1};
}

// Some keys with their values, as back ends take them.
struct batch {
  std::vector<std::string> names, values;

  template <class Keys>
  explicit batch(const Keys& keys) {
    for (const auto key : keys) names.push_back(name_of(key));
    for (const auto& name : names) values.push_back(value_of(name));
  }
  remote_entry entry(std::size_t i) const {
    remote_entry made;
    made.key = names[i];
    made.bytes = values[i];
    return made;
  }
};

// Reads, and puts what is missing; of each whether it was there.
std::vector<bool> ask(redis_cache& cache, std::span<const std::uint32_t> keys) {
  const batch asked{keys};
  const auto found =
      cache.read(std::vector<std::string_view>{asked.names.begin(), asked.names.end()}, soon());
  std::vector<bool> hits;
  std::vector<remote_entry> missed;
  for (std::size_t i = 0; i < found.size(); ++i) {
    hits.push_back(found[i].there.state == residency::present);
    if (!hits.back()) missed.push_back(asked.entry(i));
  }
  cache.put(missed, soon());
  return hits;
}

void put(redis_cache& cache, std::span<const std::uint32_t> keys) {
  for (; !keys.empty(); keys = keys.subspan(std::min(keys.size(), batch_keys))) {
    const batch some{keys.first(std::min(keys.size(), batch_keys))};
    std::vector<remote_entry> entries;
    for (std::size_t i = 0; i < some.names.size(); ++i) entries.push_back(some.entry(i));
    cache.put(entries, soon());
  }
}

// What a cache holds after the accesses before the restart.
std::vector<std::uint32_t> content(const workload& work, redis_policy policy) {
  const auto cache = simulate(policy, work.settings);
  for (const auto key : work.learned)
    if (!cache->get(key)) cache->put(key);
  std::vector<std::uint32_t> keys;
  for (std::uint32_t key = 0; key < work.settings.keys; ++key)
    if (cache->contains(key)) keys.push_back(key);
  return keys;
}

cache_config pages(const workload& work, std::shared_ptr<remote_cache> back_end,
                   std::shared_ptr<origin> source) {
  cache_config config;
  config.name = "pages";
  config.source = std::move(source);
  config.back_end = std::move(back_end);
  config.capacity_entries = work.settings.capacity();
  config.direct_deletes = false;
  config.hold_out = 0;
  config.predictor = predictor_kind::none;  // these requests follow no pattern
  return config;
}

engine_config with_loaders(const std::string& history) {
  engine_config config;
  config.history_folder = history;
  config.loaders = loaders;
  config.profile.workers = loaders;
  return config;
}

}  // namespace

std::vector<std::string> server_options(const workload& work, redis_policy policy) {
  const test::redis_server server;
  redis_cache cache{server.config()};
  put(cache, content(work, policy));
  const auto bytes = std::to_string(cache.memory(soon()).used_bytes);
  std::vector<std::string> options{"--maxmemory", bytes, "--maxmemory-samples", "10", "--maxmemory-policy"};
  options.push_back(policy == redis_policy::lru ? "allkeys-lru" : "allkeys-lfu");
  // A popularity that does not change needs no forgetting; and it would be by the clock, while the accesses
  // before the restart are played faster than it goes.
  options.insert(options.end(), {"--lfu-decay-time", "0"});
  return options;
}

void learn(const workload& work, const std::string& history) {
  engine running{{.history_folder = history}};
  auto cache = running.add_cache(pages(work, nullptr, std::make_shared<metered_origin>()));
  constexpr std::size_t between_flushes = 20'000;  // so that none is lost for want of room
  for (std::size_t i = 0; i < work.learned.size(); ++i) {
    cache.record(name_of(work.learned[i]), access_outcome::hit, 100, 5000);
    if (i % between_flushes == 0) running.flush();
  }
  running.flush();
}

load_result metered_origin::load(std::string_view key, steady::time_point) {
  {
    std::lock_guard guard{mutex_};
    const auto now = steady::now();
    ++calls_;
    latest_.push_back(now);
    while (now - latest_.front() >= std::chrono::seconds{1}) latest_.pop_front();
    most_ = std::max(most_, latest_.size());
  }
  std::this_thread::sleep_for(load_time);
  return loaded(value_of(key));
}

twin::twin(const workload& work, redis_policy policy, const std::vector<std::string>& options)
    : work_(work), server_(options), cache_(server_.config()), played_(none_yet(work.requests.size())) {
  if (policy == redis_policy::lru) {
    fill_by_idle_time();
  } else {
    learn_by_use();
  }
}

// Redis counts uses itself, and counts them whenever they come.
void twin::learn_by_use() {
  const std::span<const std::uint32_t> all{work_.learned};
  for (std::size_t at = 0; at < all.size(); at += batch_keys)
    ask(cache_, all.subspan(at, std::min(batch_keys, all.size() - at)));
}

// Idle times are what they were if the accesses had come at their rate. The room is bounded again afterwards:
// nothing must be evicted before its idle time is known.
void twin::fill_by_idle_time() {
  const auto limit = cache_.memory(soon()).limit_bytes;
  limit_memory(0);
  const auto keys = content(work_, redis_policy::lru);
  put(cache_, keys);
  std::vector<std::size_t> last_use(work_.settings.keys);
  for (std::size_t i = 0; i < work_.learned.size(); ++i) last_use[work_.learned[i]] = i;
  std::string commands;
  for (const auto key : keys) {
    const auto idle_s = (work_.learned.size() - last_use[key]) / work_.settings.rate;
    append_command(commands, {"EVAL",
                              "return redis.call('RESTORE', KEYS[1], 0, redis.call('DUMP', KEYS[1]), "
                              "'REPLACE', 'IDLETIME', ARGV[1])",
                              "1", name_of(key), std::to_string(idle_s)});
  }
  const test::temporary_folder folder;
  const auto path = folder / "commands";
  std::ofstream{path, std::ios::binary} << commands;
  seconds_of({"redis-cli", "-s", server_.socket_path(), "--pipe"}, path);
  limit_memory(limit);
}

void twin::limit_memory(std::uint64_t bytes) {
  seconds_of({"redis-cli", "-s", server_.socket_path(), "CONFIG", "SET", "maxmemory", std::to_string(bytes)});
}

void twin::play(std::size_t end) {
  const std::span<const std::uint32_t> all{work_.requests};
  const auto hits = ask(cache_, all.subspan(next_, end - next_));
  for (std::size_t i = 0; i < hits.size(); ++i) played_[next_ + i] = hits[i] ? 1 : 0;
  next_ = end;
}

story::story(const workload& work, const std::vector<std::string>& options, const std::string& history)
    : work_(work),
      warms_(!history.empty()),
      server_(options),
      source_(std::make_shared<metered_origin>()),
      engine_(with_loaders(history)),
      cache_(engine_.add_cache(pages(work, std::make_shared<redis_cache>(server_.config()), source_))),
      played_(none_yet(work.requests.size())),
      waits_ms_(work.requests.size()) {
  const auto told = told_share * static_cast<double>(work.settings.origin_limit);
  engine_.limit_origin("pages", {.calls = per_second(told, told * told_burst_s)});
}

void story::begin(steady::time_point at) {
  began_ = at;
  if (warms_)
    threads_.emplace_back([this] {
      const auto limit = static_cast<std::uint32_t>(work_.settings.capacity());
      std::this_thread::sleep_until(began_);
      report_ = engine_.warm({.cache = "pages", .limit = limit});
    });
  for (unsigned i = 0; i < players; ++i) threads_.emplace_back([this] { one_player(); });
}

void story::stop() {
  if (threads_.empty()) return;
  over_ = true;
  if (warms_) engine_.cancel("pages");
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  if (!warms_) return;
  engine_.flush();
  report_ = engine_.report("pages", report_.run);
}

void story::one_player() {
  for (;;) {
    const auto number = next_++;
    if (number >= work_.requests.size()) return;
    const auto interval = std::chrono::nanoseconds{std::chrono::seconds{1}} / work_.settings.rate;
    const auto due = began_ + interval * number;
    std::this_thread::sleep_until(due);
    if (over_) return;
    const auto asked = steady::now();
    played_[number] = cache_.get(name_of(work_.requests[number])).outcome == get_outcome::hit ? 1 : 0;
    note_wait(number, due, asked);
  }
}

void story::note_wait(std::size_t number, steady::time_point due, steady::time_point asked) {
  waits_ms_[number] = std::chrono::duration<float, std::milli>{steady::now() - asked}.count();
  const auto late = std::chrono::duration_cast<milliseconds>(asked - due).count();
  for (auto known = latest_ms_.load(); late > known && !latest_ms_.compare_exchange_weak(known, late);) {
  }
}

double story::p99_ms() const {
  std::vector<float> waits;
  for (std::size_t i = 0; i < next(); ++i)
    if (played_[i] >= 0) waits.push_back(waits_ms_[i]);
  if (waits.empty()) throw std::runtime_error{"nothing was played"};
  const auto at = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() * 99 / 100);
  std::nth_element(waits.begin(), at, waits.end());
  return static_cast<double>(*at);
}

}  // namespace stoker::bench
