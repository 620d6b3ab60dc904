// What a hit and a miss of the memory cache cost under each eviction, what a second thread adds, and from
// which cost of a miss on the learned eviction pays; beside a cache as one would write it in an afternoon: a
// mutex, a flat_hash_map, a std::list in order of use.
//
// 1 M entries, keys of 32 bytes, values of 100 to 1,000 bytes; every cache is full and has evicted before, so
// that it does all that it does in production. A hit includes the hash of the key and the release of the
// value; a miss is the lookup, the allocation of the value, the fill and the eviction that makes its room.
// The caches take turns, round by round, since the machine may be shared; ratios are of the same round.
// Prints one line a figure: name, figure, limit, ok or over; exits 1 when one is over its limit.
#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "messages/key.hpp"
#include "storage/caches/memory/memory_cache.hpp"

namespace {

using namespace stoker;
using bench_clock = std::chrono::steady_clock;

constexpr std::size_t entries = 1'000'000;
constexpr std::size_t stored_before = entries * 6 / 5;  // so that each cache has evicted and learned
constexpr std::size_t key_size = 32;
constexpr std::size_t gets_per_round = 100'000;     // timed one by one
constexpr std::size_t misses_per_round = 50'000;    // timed together
constexpr std::size_t gets_per_thread = 1'000'000;  // for the throughput
constexpr int rounds = 9;
constexpr double hit_limit_ns = 300;
constexpr double speedup_limit = 1.7;
constexpr double typical_hit_ratio = 0.9;  // for what the learned eviction costs an access

using key_text = std::array<char, key_size>;

key_text key_of(std::uint32_t id) {
  key_text key;
  fmt::format_to_n(key.data(), key_size, "tenant:0001:object:{:013d}", id);
  return key;
}

std::string_view view(const key_text& key) {
  return {key.data(), key.size()};
}

// Ranks by Zipf's law with exponent 1 over all entries: by inversion of the summed weights.
class zipf {
 public:
  zipf() : cumulative_(entries) {
    double sum = 0;
    for (std::size_t i = 0; i < entries; ++i) cumulative_[i] = sum += 1.0 / static_cast<double>(i + 1);
  }
  std::uint32_t operator()(std::mt19937_64& random) const {
    const double point = std::uniform_real_distribution<>(0, cumulative_.back())(random);
    const auto at = std::lower_bound(cumulative_.begin(), cumulative_.end(), point) - cumulative_.begin();
    return static_cast<std::uint32_t>(at);
  }

 private:
  std::vector<double> cumulative_;
};

using draw = std::function<std::uint32_t(std::mt19937_64&)>;

std::vector<std::uint32_t> drawn(const draw& next, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> ids(count);
  for (auto& id : ids) id = next(random);
  return ids;
}

// The peer.
class afternoon_cache {
 public:
  value get(std::string_view key) {
    const std::lock_guard guard(mutex_);
    const auto found = index_.find(absl::string_view(key.data(), key.size()));
    if (found == index_.end()) return {};
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }
  void put(std::string_view key, const value& bytes) {
    const std::lock_guard guard(mutex_);
    order_.emplace_front(std::string(key), bytes);
    index_[order_.front().first] = order_.begin();
  }
  void evict() {
    const std::lock_guard guard(mutex_);
    index_.erase(order_.back().first);
    order_.pop_back();
  }

 private:
  std::mutex mutex_;
  std::list<std::pair<std::string, value>> order_;
  absl::flat_hash_map<std::string, std::list<std::pair<std::string, value>>::iterator> index_;
};

// Values of 100 to 1,000 bytes, the same ones each time.
class values {
 public:
  value next() { return value(std::string_view(bytes_).substr(0, 100 + random_() % 901)); }

 private:
  const std::string bytes_ = std::string(1000, 'v');
  std::mt19937_64 random_{7};
};

// Samples of one figure, of all rounds; `by_round` holds each round's median.
struct samples {
  std::vector<double> all;
  std::vector<double> by_round;

  void add(std::vector<double> round) {
    all.insert(all.end(), round.begin(), round.end());
    by_round.push_back(percentile(round, 0.5));
  }
  static double percentile(std::vector<double>& of, double share) {
    const auto at = of.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(of.size() - 1) * share);
    std::nth_element(of.begin(), at, of.end());
    return *at;
  }
};

// The median of what `of` is more than `base`, or of their ratio, round by round.
template <class Compare>
double paired(const samples& of, const samples& base, Compare&& compare) {
  std::vector<double> pairs(of.by_round.size());
  std::transform(of.by_round.begin(), of.by_round.end(), base.by_round.begin(), pairs.begin(), compare);
  return samples::percentile(pairs, 0.5);
}

// A cache under test, full, with the keys that it holds.
class contestant {
 public:
  virtual ~contestant() = default;
  virtual bool get(std::string_view key) = 0;
  virtual void miss(std::string_view key) = 0;  // a get that misses, and the fill

  std::string name;
  bool limited = true;
  std::vector<key_text> residents;
  samples zipf_hits, uniform_hits, misses;
  samples one_thread, two_threads;  // gets a second
};

class stoker_contestant final : public contestant {
 public:
  explicit stoker_contestant(eviction policy) : cache_(config_of(policy)) {
    name = fmt::format("{}:", to_string(policy));
    for (std::uint32_t id = 0; id < stored_before; ++id) store(view(key_of(id)));
    look_for_residents();
  }
  bool get(std::string_view key) override { return cache_.get(key, now).outcome != lookup::miss; }
  void miss(std::string_view key) override {
    const std::uint64_t hash = hash_key(key);
    if (cache_.get(key, hash, now).outcome == lookup::miss)
      cache_.fill(key, cache_.begin_fill(key), values_.next(), {}, filled_by::user, now);
  }
  // What is resident now, in an order that has nothing to do with where it lies.
  void look_for_residents() {
    std::vector<entry_info> listed;
    for (memory_cache::listing at; cache_.list(at, now, listed);) continue;
    residents.resize(listed.size());
    for (std::size_t i = 0; i < listed.size(); ++i)
      std::memcpy(residents[i].data(), listed[i].key.data(), key_size);
    std::shuffle(residents.begin(), residents.end(), std::mt19937_64(3));
  }

 private:
  static constexpr time_point now{};

  static memory_cache_config config_of(eviction policy) {
    memory_cache_config config;
    config.capacity_entries = entries;
    config.policy = policy;
    return config;
  }
  void store(std::string_view key) { cache_.put(key, values_.next(), {}, now); }

  memory_cache cache_;
  values values_;
};

class peer_contestant final : public contestant {
 public:
  peer_contestant() {
    name = "peer (mutex, map, list):";
    limited = false;
    for (std::uint32_t id = 0; id < entries; ++id) {
      residents.push_back(key_of(id));
      cache_.put(view(residents.back()), values_.next());
    }
    std::shuffle(residents.begin(), residents.end(), std::mt19937_64(3));
  }
  bool get(std::string_view key) override { return static_cast<bool>(cache_.get(key)); }
  void miss(std::string_view key) override {
    if (get(key)) return;
    cache_.put(key, values_.next());
    cache_.evict();
  }

 private:
  afternoon_cache cache_;
  values values_;
};

// Two clock reads are part of each sample; what they cost on their own is taken off.
double clock_cost_ns() {
  std::vector<double> costs(10'001);
  for (auto& cost : costs) {
    const auto start = bench_clock::now();
    cost = static_cast<double>((bench_clock::now() - start).count());
  }
  return samples::percentile(costs, 0.5);
}

std::vector<double> time_gets(contestant& cache, const std::vector<std::uint32_t>& ranks) {
  const double clock_ns = clock_cost_ns();
  std::vector<double> times;
  times.reserve(ranks.size());
  for (const std::uint32_t rank : ranks) {
    const key_text key = cache.residents[rank % cache.residents.size()];
    const auto start = bench_clock::now();
    const bool hit = cache.get(view(key));
    const auto end = bench_clock::now();
    if (!hit) throw std::runtime_error("the benchmark's cache lost an entry");
    times.push_back(std::max(0.0, static_cast<double>((end - start).count()) - clock_ns));
  }
  return times;
}

// Nanoseconds of one miss; every key is new.
double time_misses(contestant& cache, std::uint32_t first_id) {
  std::vector<key_text> keys(misses_per_round);
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = key_of(first_id + static_cast<std::uint32_t>(i));
  const auto start = bench_clock::now();
  for (const key_text& key : keys) cache.miss(view(key));
  return static_cast<double>((bench_clock::now() - start).count()) / misses_per_round;
}

std::vector<key_text> laid_out(const contestant& cache, const std::vector<std::uint32_t>& ranks) {
  std::vector<key_text> keys(ranks.size());
  for (std::size_t i = 0; i < ranks.size(); ++i) keys[i] = cache.residents[ranks[i] % cache.residents.size()];
  return keys;
}

// Calls a second of `threads` threads, each over keys of its own, laid out beforehand.
template <class Get>
double throughput(Get&& get, const std::vector<std::vector<key_text>>& keys, std::size_t threads) {
  std::atomic<std::size_t> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> pool;
  for (std::size_t t = 0; t < threads; ++t)
    pool.emplace_back([&, t] {
      ++ready;
      while (!go) std::this_thread::yield();
      for (const key_text& key : keys[t]) get(view(key));
    });
  while (ready < threads) std::this_thread::yield();
  const auto start = bench_clock::now();
  go = true;
  for (auto& thread : pool) thread.join();
  const double seconds = std::chrono::duration<double>(bench_clock::now() - start).count();
  return static_cast<double>(threads * keys[0].size()) / seconds;
}

bool all_ok = true;

void report(std::string_view name, double figure, std::string_view unit, std::string_view limit, bool ok) {
  all_ok = all_ok && ok;
  fmt::print("{:<58} {:>9.2f} {:<5} {:<12} {}\n", name, figure, unit, limit, ok ? "ok" : "over");
}

void note(std::string_view name, double figure, std::string_view unit) {
  fmt::print("{:<58} {:>9.2f} {:<5} -\n", name, figure, unit);
}

// One read of memory that waits for the one before, over as many bytes as a cache holds: a random cycle of
// lines.
double dependent_read_ns() {
  constexpr std::size_t line_bytes = 64;
  constexpr std::size_t lines = (700u << 20) / line_bytes;
  constexpr std::size_t reads = 1'000'000;
  struct alignas(line_bytes) line {
    std::size_t next;
  };
  std::vector<line> chain(lines);
  std::mt19937_64 random(5);
  for (std::size_t i = 0; i < lines; ++i) chain[i].next = i;
  for (std::size_t i = lines - 1; i > 0; --i)
    std::swap(chain[i].next, chain[random() % i].next);  // Sattolo: one cycle
  std::size_t at = 0;
  const auto start = bench_clock::now();
  for (std::size_t i = 0; i < reads; ++i) at = chain[at].next;
  const double ns = static_cast<double>((bench_clock::now() - start).count()) / reads;
  return at == lines ? 0 : ns;  // uses the result
}

struct drawing {
  zipf ranks;
  draw skewed = [this](std::mt19937_64& random) { return ranks(random); };
  draw uniform = [](std::mt19937_64& random) { return static_cast<std::uint32_t>(random() % entries); };
};

// What a second thread adds to work that shares nothing: what this machine has to give right now.
void calibrate(const contestant& any, const drawing& draws) {
  const std::vector<std::vector<key_text>> keys = {laid_out(any, drawn(draws.skewed, gets_per_thread, 11)),
                                                   laid_out(any, drawn(draws.skewed, gets_per_thread, 12))};
  const auto hash = [](std::string_view key) { return hash_key(key) != 0; };
  double one = 0, two = 0;
  for (int i = 0; i < rounds; ++i) {
    one = std::max(one, throughput(hash, keys, 1));
    two = std::max(two, throughput(hash, keys, 2));
  }
  note("the machine: a dependent read of memory", dependent_read_ns(), "ns");
  note("the machine: hashing alone, 2 threads against 1", two / one, "x");
}

void one_round(contestant& cache, const drawing& draws, std::uint32_t round) {
  const std::uint64_t seed = 100 + round;
  const std::vector<std::uint32_t> skewed = drawn(draws.skewed, gets_per_round * 2, seed);
  // The first half only brings the processor's caches to their steady state.
  time_gets(cache, {skewed.begin(), skewed.begin() + gets_per_round});
  cache.zipf_hits.add(time_gets(cache, {skewed.begin() + gets_per_round, skewed.end()}));
  cache.uniform_hits.add(time_gets(cache, drawn(draws.uniform, gets_per_round, seed)));
}

void throughput_round(contestant& cache, const drawing& draws) {
  const std::vector<std::vector<key_text>> keys = {laid_out(cache, drawn(draws.skewed, gets_per_thread, 11)),
                                                   laid_out(cache, drawn(draws.skewed, gets_per_thread, 12))};
  const auto get = [&](std::string_view key) { return cache.get(key); };
  cache.one_thread.add({throughput(get, keys, 1)});
  cache.two_threads.add({throughput(get, keys, 2)});
}

void show(contestant& cache) {
  const double p50 = samples::percentile(cache.zipf_hits.all, 0.5);
  if (cache.limited)
    report(cache.name + " get of a hit, zipf 1.0, p50", p50, "ns", fmt::format("<= {:.0f} ns", hit_limit_ns),
           p50 <= hit_limit_ns);
  else
    note(cache.name + " get of a hit, zipf 1.0, p50", p50, "ns");
  note(cache.name + " get of a hit, zipf 1.0, p99", samples::percentile(cache.zipf_hits.all, 0.99), "ns");
  note(cache.name + " get of a hit, uniform, p50", samples::percentile(cache.uniform_hits.all, 0.5), "ns");
  note(cache.name + " get of a hit, uniform, p99", samples::percentile(cache.uniform_hits.all, 0.99), "ns");
  note(cache.name + " a miss, its fill, an eviction", samples::percentile(cache.misses.all, 0.5), "ns");
  // The best round counts, for one thread as for two: whatever else runs on the machine only takes away.
  const double one = *std::max_element(cache.one_thread.all.begin(), cache.one_thread.all.end());
  const double two = *std::max_element(cache.two_threads.all.begin(), cache.two_threads.all.end());
  note(cache.name + " gets, zipf 1.0, 1 thread", one / 1e6, "M/s");
  if (cache.limited)
    report(cache.name + " 2 threads against 1, zipf 1.0", two / one, "x",
           fmt::format(">= {} x", speedup_limit), two / one >= speedup_limit);
  else
    note(cache.name + " 2 threads against 1, zipf 1.0", two / one, "x");
}

// What `of` costs more than `base`, and from which cost of a miss on a point of hit ratio pays for it.
void compare(const contestant& of, const contestant& base) {
  const auto ratio = [](double a, double b) { return a / b; };
  const auto extra = [](double a, double b) { return a - b; };
  const std::string name = fmt::format("{} against {} ", of.name, base.name);
  note(name + "a hit, zipf 1.0", paired(of.zipf_hits, base.zipf_hits, ratio), "x");
  note(name + "a hit, uniform", paired(of.uniform_hits, base.uniform_hits, ratio), "x");
  note(name + "a miss", paired(of.misses, base.misses, ratio), "x");
  // By throughput: the mean over hot and cold keys, which the median of single gets is not.
  const double hit =
      1e9 * paired(of.one_thread, base.one_thread, [](double a, double b) { return 1 / a - 1 / b; });
  const double miss = paired(of.misses, base.misses, extra);
  const double access = typical_hit_ratio * hit + (1 - typical_hit_ratio) * miss;
  note(name + "more for a hit, zipf 1.0, mean", hit, "ns");
  note(name + "more for a miss", miss, "ns");
  note(name + fmt::format("more an access, {:.0f} % hits", 100 * typical_hit_ratio), access, "ns");
  note(name + "pays a point from a miss of", std::max(0.0, access) * 100 / 1000, "us");
}

}  // namespace

int main() {
  const drawing draws;
  std::vector<std::unique_ptr<contestant>> caches;
  for (const eviction policy : {eviction::s3fifo, eviction::lru, eviction::learned})
    caches.push_back(std::make_unique<stoker_contestant>(policy));
  caches.push_back(std::make_unique<peer_contestant>());
  calibrate(*caches[0], draws);
  for (std::uint32_t round = 0; round < rounds; ++round)
    for (const auto& cache : caches) {
      one_round(*cache, draws, round);
      throughput_round(*cache, draws);
    }
  // Last: they change what is resident.
  for (std::uint32_t round = 0; round < rounds; ++round)
    for (const auto& cache : caches)
      cache->misses.add({time_misses(*cache, 10'000'000 + round * misses_per_round)});
  for (const auto& cache : caches) show(*cache);
  compare(*caches[1], *caches[0]);
  compare(*caches[2], *caches[0]);
  return all_ok ? 0 : 1;
}
