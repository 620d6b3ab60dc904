#include "tests/storage/caches/remote_race.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/caches/remote/fill_ttl.hpp"

namespace stoker::remote_race {

namespace {

constexpr std::size_t key_count = 256;
constexpr std::size_t batch_items = 32;

remote_cache::steady_deadline soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{30};
}

// A key at the origin. Changes of one key follow one another: what an application would get wrong without
// Stoker, too, is not looked for here.
struct origin_key {
  std::string name;
  std::mutex changing;
  std::atomic<std::uint64_t> version{0};
};

class race {
 public:
  explicit race(const settings& how) : how_(how), stoker_(how.connect()) {
    for (std::size_t i = 0; i < key_count; ++i) keys_[i].name = "race " + std::to_string(i);
    policy_.jitter = 0.1;
    policy_.live_delete = stoker_->capabilities().live_delete;
    policy_.direct_deletes = how.direct_deletes;
    policy_.fence_ttl = how.fence_ttl;
  }

  result run() {
    std::vector<std::thread> threads;
    const auto start = [&](auto work) {
      threads.emplace_back([this, work, seed = threads.size()] {
        std::minstd_rand random{static_cast<std::uint_fast32_t>(seed + 1)};
        const auto direct = how_.connect();
        while (counts_.operations < how_.operations || counts_.changes < how_.operations / 4)
          work(*direct, random);
      });
    };
    start([this](remote_cache& direct, std::minstd_rand& random) { change(direct, random); });
    start([this](remote_cache& direct, std::minstd_rand& random) { change(direct, random); });
    start([this](remote_cache&, std::minstd_rand& random) { fill(random); });
    start([this](remote_cache&, std::minstd_rand& random) { refresh(random); });
    start([this](remote_cache& direct, std::minstd_rand& random) { check(direct, random); });
    for (auto& thread : threads) thread.join();
    return counts();
  }

 private:
  struct totals {
    std::atomic<std::uint64_t> operations{0}, changes{0}, fills_stored{0}, fills_present{0}, fills_fenced{0},
        refreshes_stored{0}, refreshes_fenced{0}, stale{0}, stale_unbounded{0}, without_ttl{0}, failures{0};
  };

  origin_key& any(std::minstd_rand& random) { return keys_[random() % key_count]; }

  // An application's change: at the origin first, then in the cache. Some set and some delete; some go
  // through Stoker, and some directly to the server.
  void change(remote_cache& direct, std::minstd_rand& random) {
    auto& key = any(random);
    const auto kind = random() % 4;
    std::lock_guard guard{key.changing};
    const auto bytes = std::to_string(++key.version);
    const std::string_view name = key.name;
    remote_entry set;
    set.key = name;
    set.bytes = bytes;
    set.ttl = how_.ttl;
    auto why = trouble::none;
    if (kind == 0)
      why = stoker_->put(std::span{&set, 1}, soon()).front().why;
    else if (kind == 1)
      why = direct.put(std::span{&set, 1}, soon()).front().why;
    else
      why =
          (kind == 2 && how_.direct_deletes ? direct : *stoker_).invalidate(std::span{&name, 1}, soon()).why;
    if (why != trouble::none) ++counts_.failures;
    ++counts_.changes;
    ++counts_.operations;
  }

  struct load {
    std::vector<std::string_view> names;
    std::vector<const origin_key*> sources;
    std::vector<std::string> bytes;
  };

  load choose(std::minstd_rand& random) {
    load chosen;
    for (std::size_t i = 0; i < batch_items; ++i) {
      chosen.sources.push_back(&any(random));
      chosen.names.push_back(chosen.sources.back()->name);
    }
    return chosen;
  }

  static void read_origin(load& chosen) {
    for (const auto* source : chosen.sources) chosen.bytes.push_back(std::to_string(source->version));
    // A load takes a while: changes come in between.
    std::this_thread::yield();
  }

  void fill(std::minstd_rand& random) {
    auto chosen = choose(random);
    std::vector<remote_entry> batch(batch_items);
    for (std::size_t i = 0; i < batch_items; ++i) batch[i].token = stoker_->begin_fill(chosen.names[i]);
    read_origin(chosen);
    for (std::size_t i = 0; i < batch_items; ++i) {
      batch[i].key = chosen.names[i];
      batch[i].bytes = chosen.bytes[i];
      batch[i].ttl = fill_ttl(how_.ttl, chosen.names[i], policy_);
    }
    for (const auto& outcome : stoker_->fill(batch, soon())) {
      if (outcome.result == fill_result::stored) ++counts_.fills_stored;
      if (outcome.result == fill_result::present) ++counts_.fills_present;
      if (outcome.result == fill_result::fenced) ++counts_.fills_fenced;
      if (outcome.why != trouble::none) ++counts_.failures;
      ++counts_.operations;
    }
  }

  // Every other batch keeps the TTL that is there, the others bring their own.
  void refresh(std::minstd_rand& random) {
    auto chosen = choose(random);
    const auto tokens = stoker_->begin_refresh(chosen.names, soon());
    read_origin(chosen);
    const bool own_ttl = random() % 2 == 0;
    std::vector<remote_entry> batch(batch_items);
    for (std::size_t i = 0; i < batch_items; ++i)
      batch[i] = {chosen.names[i], chosen.bytes[i], own_ttl ? how_.ttl : duration::zero(), tokens[i]};
    for (const auto& outcome : stoker_->refresh(batch, soon())) {
      if (outcome.result == fill_result::stored) ++counts_.refreshes_stored;
      if (outcome.result == fill_result::fenced) ++counts_.refreshes_fenced;
      if (outcome.why != trouble::none) ++counts_.failures;
      ++counts_.operations;
    }
  }

  // While no change of the key is under way, the cache holds nothing that is older than the origin.
  void check(remote_cache& direct, std::minstd_rand& random) {
    auto& key = any(random);
    std::lock_guard guard{key.changing};
    const std::string_view name = key.name;
    const auto found = direct.read(std::span{&name, 1}, soon()).front();
    if (found.there.why != trouble::none) ++counts_.failures;
    ++counts_.operations;
    if (found.there.state != residency::present) return;
    const auto left = found.there.ttl_left;
    if (left <= duration::zero() || left > how_.ttl) ++counts_.without_ttl;
    std::uint64_t version = 0;
    const auto text = found.bytes.view();
    std::from_chars(text.data(), text.data() + text.size(), version);
    if (version >= key.version) return;
    ++counts_.stale;
    if (left > how_.fence_ttl) ++counts_.stale_unbounded;
  }

  result counts() const {
    result all;
    all.operations = counts_.operations;
    all.fills_stored = counts_.fills_stored;
    all.fills_present = counts_.fills_present;
    all.fills_fenced = counts_.fills_fenced;
    all.refreshes_stored = counts_.refreshes_stored;
    all.refreshes_fenced = counts_.refreshes_fenced;
    all.stale = counts_.stale;
    all.stale_unbounded = counts_.stale_unbounded;
    all.without_ttl = counts_.without_ttl;
    all.failures = counts_.failures;
    return all;
  }

  const settings& how_;
  std::unique_ptr<remote_cache> stoker_;
  fill_ttl_policy policy_;
  std::array<origin_key, key_count> keys_;
  totals counts_;
};

}  // namespace

result run(const settings& how) {
  return race{how}.run();
}

}  // namespace stoker::remote_race
