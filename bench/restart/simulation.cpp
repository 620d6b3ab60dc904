#include "bench/restart/simulation.hpp"

#include <algorithm>
#include <list>
#include <random>

namespace stoker::bench {

namespace {

constexpr std::uint32_t nowhere = static_cast<std::uint32_t>(-1);

class exact_lru final : public simulated_cache {
 public:
  explicit exact_lru(const restart_settings& settings)
      : capacity_(settings.capacity()), places_(settings.keys), there_(settings.keys) {}

  bool get(std::uint32_t key) override {
    if (!there_[key]) return false;
    order_.splice(order_.begin(), order_, places_[key]);
    return true;
  }
  void put(std::uint32_t key) override {
    if (there_[key]) return;
    order_.push_front(key);
    places_[key] = order_.begin();
    there_[key] = true;
    if (order_.size() <= capacity_) return;
    there_[order_.back()] = false;
    order_.pop_back();
  }
  bool contains(std::uint32_t key) const override { return there_[key]; }

 private:
  std::size_t capacity_;
  std::list<std::uint32_t> order_;  // latest first
  std::vector<std::list<std::uint32_t>::iterator> places_;
  std::vector<bool> there_;
};

class sampled_lfu final : public simulated_cache {
 public:
  explicit sampled_lfu(const restart_settings& settings)
      : capacity_(settings.capacity()), places_(settings.keys, nowhere), counters_(settings.keys) {}

  bool get(std::uint32_t key) override {
    if (places_[key] == nowhere) return false;
    auto& counter = counters_[key];
    const int above = std::max(0, counter - first_count);
    if (counter < 255 && chance_(random_) * (above * log_factor + 1) < 1) ++counter;
    return true;
  }
  void put(std::uint32_t key) override {
    if (places_[key] != nowhere) return;
    if (keys_.size() >= capacity_) evict();
    places_[key] = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    counters_[key] = first_count;
  }
  bool contains(std::uint32_t key) const override { return places_[key] != nowhere; }

 private:
  static constexpr int first_count = 5;  // LFU_INIT_VAL
  static constexpr int log_factor = 10;  // lfu-log-factor
  static constexpr int samples = 10;     // maxmemory-samples
  static constexpr std::size_t pool_size = 16;

  struct waiting {
    int idle;
    std::uint32_t key;
  };

  void evict() {
    for (;;) {
      for (int i = 0; i < samples; ++i) offer(keys_[random_() % keys_.size()]);
      while (!pool_.empty()) {
        const auto key = pool_.back().key;
        pool_.pop_back();
        if (places_[key] != nowhere) return remove(key);
      }
    }
  }
  void offer(std::uint32_t key) {
    const int idle = 255 - counters_[key];
    if (std::any_of(pool_.begin(), pool_.end(), [&](const waiting& each) { return each.key == key; })) return;
    if (pool_.size() == pool_size && pool_.front().idle >= idle) return;
    const auto at = std::lower_bound(pool_.begin(), pool_.end(), idle,
                                     [](const waiting& each, int than) { return each.idle < than; });
    pool_.insert(at, {idle, key});
    if (pool_.size() > pool_size) pool_.erase(pool_.begin());
  }
  void remove(std::uint32_t key) {
    const auto place = places_[key];
    keys_[place] = keys_.back();
    places_[keys_[place]] = place;
    keys_.pop_back();
    places_[key] = nowhere;
  }

  std::size_t capacity_;
  std::vector<std::uint32_t> keys_;
  std::vector<std::uint32_t> places_;  // of keys in keys_
  std::vector<std::uint8_t> counters_;
  std::vector<waiting> pool_;  // the idlest last
  std::mt19937_64 random_{7};
  std::uniform_real_distribution<double> chance_{0, 1};
};

bool ask(simulated_cache& cache, std::uint32_t key) {
  if (cache.get(key)) return true;
  cache.put(key);
  return false;
}

// Puts the most popular keys there, as long as there are calls.
class best_warmer {
 public:
  explicit best_warmer(const restart_settings& settings)
      : calls_a_request_(static_cast<double>(settings.origin_limit) / static_cast<double>(settings.rate)),
        capacity_(settings.capacity()) {}

  void after_request(simulated_cache& cache, bool missed) {
    calls_ += calls_a_request_ - (missed ? 1 : 0);
    for (; calls_ >= 1 && next_ < capacity_; ++next_) {
      if (cache.contains(next_)) continue;
      cache.put(next_);
      --calls_;
    }
  }

 private:
  double calls_a_request_;
  std::size_t capacity_;
  double calls_ = 0;
  std::uint32_t next_ = 0;
};

}  // namespace

std::unique_ptr<simulated_cache> simulate(redis_policy policy, const restart_settings& settings) {
  if (policy == redis_policy::lru) return std::make_unique<exact_lru>(settings);
  return std::make_unique<sampled_lfu>(settings);
}

foreseen foresee(const workload& work, redis_policy policy) {
  const auto& settings = work.settings;
  const auto twin = simulate(policy, settings);
  for (const auto key : work.learned) ask(*twin, key);
  const auto cold = simulate(policy, settings);
  const auto warmed = simulate(policy, settings);
  best_warmer warmer{settings};
  auto of_twin = none_yet(settings.longest());
  auto of_cold = none_yet(settings.longest());
  auto of_warmed = none_yet(settings.longest());
  for (std::size_t i = 0; i < work.requests.size(); ++i) {
    const auto key = work.requests[i];
    of_twin[i] = ask(*twin, key) ? 1 : 0;
    of_cold[i] = ask(*cold, key) ? 1 : 0;
    of_warmed[i] = ask(*warmed, key) ? 1 : 0;
    warmer.after_request(*warmed, of_warmed[i] == 0);
  }
  const auto seconds = [&](const outcomes& played) {
    warm_watch watch{settings};
    const auto from = watch.look(played, of_twin).value_or(settings.longest());
    return static_cast<double>(from) / static_cast<double>(settings.rate);
  };
  return {seconds(of_cold), seconds(of_warmed)};
}

}  // namespace stoker::bench
