#include "bench/restart/workload.hpp"

#include <algorithm>
#include <random>

namespace stoker::bench {

namespace {

// Ranks by Zipf's law with exponent 1.
class zipf {
 public:
  zipf(std::uint32_t keys, std::uint64_t seed) : cumulative_(keys), random_(seed) {
    double sum = 0;
    for (std::uint32_t i = 0; i < keys; ++i) cumulative_[i] = sum += 1.0 / (i + 1);
  }
  std::uint32_t operator()() {
    const auto drawn = std::uniform_real_distribution<double>{0, cumulative_.back()}(random_);
    const auto at = std::lower_bound(cumulative_.begin(), cumulative_.end(), drawn);
    return static_cast<std::uint32_t>(at - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
  std::mt19937_64 random_;
};

// Hits of the window that begins there; empty: not all of it is played.
std::optional<std::size_t> hits_of(const outcomes& played, std::size_t at, std::size_t window) {
  std::size_t hits = 0;
  for (std::size_t i = at; i < at + window; ++i) {
    if (played[i] < 0) return std::nullopt;
    hits += static_cast<std::size_t>(played[i].load(std::memory_order_relaxed));
  }
  return hits;
}

}  // namespace

std::string name_of(std::uint32_t key) {
  return "page:" + std::to_string(key);
}

std::string value_of(std::string_view name) {
  std::string value{name};
  value.resize(100, 'v');
  return value;
}

workload::workload(const restart_settings& given) : settings(given) {
  zipf draw{settings.keys, settings.seed};
  learned.reserve(settings.learned);
  for (std::size_t i = 0; i < settings.learned; ++i) learned.push_back(draw());
  requests.reserve(settings.longest());
  for (std::size_t i = 0; i < settings.longest(); ++i) requests.push_back(draw());
}

outcomes none_yet(std::size_t requests) {
  outcomes all(requests);
  for (auto& each : all) each = -1;
  return all;
}

warm_watch::warm_watch(const restart_settings& settings)
    : window_(settings.window()), step_(std::max<std::size_t>(1, settings.window() / 10)) {}

std::optional<std::size_t> warm_watch::look(const outcomes& played, const outcomes& twin) {
  for (; !found_ && at_ + 3 * window_ <= played.size(); at_ += step_) {
    bool warm = true;
    for (std::size_t next = 0; next < 3 && warm; ++next) {
      const auto here = hits_of(played, at_ + next * window_, window_);
      const auto there = hits_of(twin, at_ + next * window_, window_);
      if (!here || !there) return std::nullopt;
      warm = *here + window_ / 100 >= *there;
    }
    if (warm) found_ = at_;
  }
  return found_;
}

}  // namespace stoker::bench
