// What a tracker shard takes in on one core, beside a plain loop that counts the same accesses in a flat hash
// map, measured in the same run; and what it takes in memory.
//
// Accesses are Zipf-distributed with exponent 1.0 over a million keys, of eight streams, in batches as the
// collector sends them. A warm-up brings every key in; then both loops see the same accesses in turns, and
// the best turn counts: the machine may have other work, and that only ever adds time.
#include <absl/container/flat_hash_map.h>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "actors/tracking/tracker_core.hpp"
#include "messages/key.hpp"

namespace {

using namespace stoker;

constexpr std::size_t key_count = 1'000'000;
constexpr std::size_t batch_size = 4096;
constexpr std::size_t turns = 12;
constexpr std::size_t batches_per_turn = 50;
constexpr std::uint64_t streams = 8;
constexpr time_point start{std::chrono::hours{24 * 365 * 55}};

std::string key_text(std::size_t key) {
  std::string text = "/catalog/item/" + std::to_string(key) + "/";
  text.resize(32, 'v');
  return text;
}

// Ranks by inversion of the cumulated weights.
class zipf {
 public:
  zipf() : cumulated_(key_count) {
    double sum = 0;
    for (std::size_t i = 0; i < key_count; ++i) cumulated_[i] = sum += 1.0 / static_cast<double>(i + 1);
  }
  std::size_t operator()(std::mt19937_64& random) const {
    const double at = std::uniform_real_distribution<>{0, cumulated_.back()}(random);
    return static_cast<std::size_t>(std::lower_bound(cumulated_.begin(), cumulated_.end(), at) -
                                    cumulated_.begin());
  }

 private:
  std::vector<double> cumulated_;
};

void append(access_batch& batch, std::size_t key, std::uint64_t stream) {
  const std::string text = key_text(key);
  access_record record;
  record.stamp = batch.records.size();
  record.hash = hash_key(text);
  record.stream = stream;
  record.key_offset = static_cast<std::uint32_t>(batch.bytes.size());
  record.key_size = static_cast<std::uint32_t>(text.size());
  record.bytes = 1000;
  record.outcome = access_outcome::hit;
  batch.records.push_back(record);
  batch.bytes += text;
}

class workload {
 public:
  // Every key once.
  std::vector<access_batch> all_keys() {
    std::vector<access_batch> batches;
    for (std::size_t key = 0; key < key_count; ++key) {
      if (key % batch_size == 0) batches.push_back(next_batch());
      append(batches.back(), key, key % streams + 1);
    }
    return batches;
  }

  std::vector<access_batch> turn() {
    std::vector<access_batch> batches;
    for (std::size_t i = 0; i < batches_per_turn; ++i) {
      batches.push_back(next_batch());
      for (std::size_t n = 0; n < batch_size; ++n)
        append(batches.back(), ranks_(random_), random_() % streams + 1);
    }
    return batches;
  }

  time_point now() const { return now_; }

 private:
  access_batch next_batch() {
    access_batch batch;
    batch.cache = "pages";
    batch.taken_at = now_ += std::chrono::milliseconds{20};
    return batch;
  }

  zipf ranks_;
  std::mt19937_64 random_{20260101};
  time_point now_ = start;
};

struct counter {
  std::uint64_t count = 0;
};

// Of this thread, in seconds: others that share the core don't count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Accesses a second of processor time.
template <class Work>
double rate(const std::vector<access_batch>& batches, Work work) {
  const double before = cpu_seconds();
  for (const auto& batch : batches) work(batch);
  return static_cast<double>(batches.size() * batch_size) / (cpu_seconds() - before);
}

bool report(const char* name, double figure, const char* unit, bool at_least, double limit) {
  const bool ok = at_least ? figure >= limit : figure <= limit;
  std::printf("%-44s %9.2f %-6s %s %9.2f  %s\n", name, figure, unit, at_least ? "at least" : "at most ",
              limit, ok ? "ok" : "over");
  return ok;
}

void inform(const char* name, double figure, const char* unit) {
  std::printf("%-44s %9.2f %-6s (no limit)\n", name, figure, unit);
}

// Milliseconds of processor time for the first 100 keys; the best of a few.
double ranking_ms(const tracker_core& tracker, ranking by, time_point now) {
  double best = 1e9;
  for (int turn = 0; turn < 5; ++turn) {
    const double before = cpu_seconds();
    const auto found = tracker.top({.cache = "pages", .by = by, .limit = 100, .now = now});
    if (found.keys.size() == 100) best = std::min(best, (cpu_seconds() - before) * 1e3);
  }
  return best;
}

}  // namespace

int main() {
  tracker_core tracker{0, 1, tracker_limits{}, tracking_defaults::rate_half_life};
  tracker.end_restore();
  absl::flat_hash_map<std::uint64_t, counter> plain;
  const auto count_plainly = [&](const access_batch& batch) {
    for (const auto& record : batch.records) ++plain[record.hash].count;
  };
  const auto count_fully = [&](const access_batch& batch) { tracker.apply(batch); };

  workload load;
  for (const auto& batch : load.all_keys()) {
    count_plainly(batch);
    count_fully(batch);
  }
  double best_plain = 0;
  double best_full = 0;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    const auto batches = load.turn();
    best_plain = std::max(best_plain, rate(batches, count_plainly));
    best_full = std::max(best_full, rate(batches, count_fully));
  }

  bool ok = report("tracker, 1 M keys, Zipf 1.0", best_full / 1e6, "M/s", true, best_plain / 3 / 1e6);
  inform("  a plain flat_hash_map counts", best_plain / 1e6, "M/s");
  const double popular_ms = ranking_ms(tracker, ranking::popular, load.now());
  ok &= report("the 100 most recent keys of a million", ranking_ms(tracker, ranking::recent, load.now()),
               "ms", false, popular_ms / 10);
  inform("  the 100 most popular, by a look at each", popular_ms, "ms");
  const auto memory = tracker.memory();
  const auto per_key = [](std::uint64_t bytes) { return static_cast<double>(bytes) / key_count; };
  ok &= report("memory a key, its 32 bytes included", per_key(memory.keys), "bytes", false, 160 + 32);
  inform("  hot keys, subjects and names of streams", static_cast<double>(memory.all - memory.keys) / 1e6,
         "MB");
  return ok ? 0 : 1;
}
