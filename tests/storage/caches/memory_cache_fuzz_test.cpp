// The memory cache against a model that is slow and plainly right: random calls, every answer compared.
//
// The model keeps a list in order of use, expiry times, tags, and the time of every change of every key:
// enough to say what each call must return, evictions included (one shard, exact LRU).
#include <boost/test/unit_test.hpp>
#include <list>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/caches/memory/memory_cache.hpp"

BOOST_AUTO_TEST_SUITE(memory_cache_fuzz_test)

namespace {

using namespace stoker;

constexpr duration second = std::chrono::seconds(1);

struct model_entry {
  std::string key;
  std::string bytes;
  std::optional<time_point> expires;
  std::vector<std::string> tags;
  std::uint64_t stored = 0;  // step
  bool prefetched = false;
  bool unused = false;
};

class model {
 public:
  explicit model(std::size_t capacity) : capacity_(capacity) {}

  lookup get(const std::string& key, std::string& bytes, time_point now) {
    const auto found = find(key);
    if (found == entries_.end() || expired(*found, now)) {
      ++stats.misses;
      if (found != entries_.end()) leave(found);
      return lookup::miss;
    }
    ++stats.hits;
    bytes = found->bytes;
    const bool first = std::exchange(found->unused, false);
    stats.first_uses += first;
    entries_.splice(entries_.begin(), entries_, found);
    return first ? lookup::first_use : lookup::hit;
  }

  bool contains(const std::string& key, time_point now) {
    const auto found = find(key);
    return found != entries_.end() && !expired(*found, now);
  }

  void put(const std::string& key, const std::string& bytes, const entry_options& options, time_point now,
           std::uint64_t step) {
    changed_[key] = step;
    if (const auto found = find(key); found != entries_.end()) leave(found);
    store(key, bytes, options, false, now, step);
  }

  fill_result fill(const std::string& key, std::uint64_t token, const std::string& bytes,
                   const entry_options& options, filled_by by, time_point now, std::uint64_t step) {
    const auto found = find(key);
    if (found != entries_.end() && !expired(*found, now)) return fill_result::present;
    if (found != entries_.end()) leave(found);
    if (since(changed_, key, token) || tags_changed(options.tags, token)) return fill_result::fenced;
    store(key, bytes, options, by == filled_by::warmer, now, step);
    return fill_result::stored;
  }

  fill_result refresh(const std::string& key, std::uint64_t token, const std::string& bytes,
                      const entry_options& options, time_point now, std::uint64_t step) {
    const auto found = find(key);
    if (found == entries_.end() || found->stored > token || tags_changed(options.tags, token))
      return fill_result::fenced;
    auto kept = options;
    if (kept.tags.empty()) kept.tags = found->tags;
    write(*found, bytes, kept, now, step);
    return fill_result::stored;
  }

  bool invalidate(const std::string& key, std::uint64_t step) {
    changed_[key] = step;
    const auto found = find(key);
    if (found == entries_.end()) return false;
    leave(found);
    return true;
  }

  std::size_t invalidate_tag(const std::string& tag, std::uint64_t step) {
    tags_changed_[tag] = step;
    std::size_t removed = 0;
    for (auto e = entries_.begin(); e != entries_.end();) {
      const auto next = std::next(e);
      if (std::find(e->tags.begin(), e->tags.end(), tag) != e->tags.end()) {
        changed_[e->key] = step;
        leave(e);
        ++removed;
      }
      e = next;
    }
    return removed;
  }

  bool remove_unused(const std::string& key) {
    const auto found = find(key);
    if (found == entries_.end() || !found->unused) return false;
    leave(found);
    return true;
  }

  void clear(std::uint64_t step) {
    while (!entries_.empty()) leave(entries_.begin());
    cleared_ = step;
  }

  void sweep(time_point now) {
    for (auto e = entries_.begin(); e != entries_.end();) {
      const auto next = std::next(e);
      if (expired(*e, now)) leave(e);
      e = next;
    }
  }

  std::size_t size() const { return entries_.size(); }
  std::uint64_t unused() const {
    return static_cast<std::uint64_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const model_entry& e) { return e.unused; }));
  }

  cache_stats stats;  // hits, misses, first_uses, prefetches, prefetched_wasted

 private:
  using entry = std::list<model_entry>::iterator;

  entry find(const std::string& key) {
    return std::find_if(entries_.begin(), entries_.end(), [&](const model_entry& e) { return e.key == key; });
  }
  static bool expired(const model_entry& e, time_point now) { return e.expires && *e.expires <= now; }

  void leave(entry e) {
    stats.prefetched_wasted += e->unused;
    entries_.erase(e);
  }

  void store(const std::string& key, const std::string& bytes, const entry_options& options, bool prefetched,
             time_point now, std::uint64_t step) {
    if (entries_.size() == capacity_) leave(std::prev(entries_.end()));
    entries_.push_front({});
    entries_.front().key = key;
    entries_.front().prefetched = entries_.front().unused = prefetched;
    stats.prefetches += prefetched;
    write(entries_.front(), bytes, options, now, step);
  }

  static void write(model_entry& e, const std::string& bytes, const entry_options& options, time_point now,
                    std::uint64_t step) {
    e.bytes = bytes;
    e.tags = options.tags;
    e.stored = step;
    e.expires = options.ttl > duration::zero() ? std::optional(now + options.ttl) : std::nullopt;
  }

  bool since(const std::map<std::string, std::uint64_t>& changes, const std::string& what,
             std::uint64_t token) const {
    const auto found = changes.find(what);
    return cleared_ > token || (found != changes.end() && found->second > token);
  }
  bool tags_changed(const std::vector<std::string>& tags, std::uint64_t token) const {
    return std::any_of(tags.begin(), tags.end(),
                       [&](const std::string& tag) { return since(tags_changed_, tag, token); });
  }

  std::size_t capacity_;
  std::list<model_entry> entries_;  // the one used last in front
  std::map<std::string, std::uint64_t> changed_, tags_changed_;
  std::uint64_t cleared_ = 0;
};

// Drives both with the same random calls.
class duel {
 public:
  duel(std::uint32_t seed, std::size_t capacity)
      : random_(seed), model_(capacity), cache_(config_of(capacity)) {}

  void step() {
    ++step_;
    if (pick(10) == 0) now_ += pick(4) * second;
    // Storing sweeps a few expired entries; here all of them go before each step, so that both hold the same.
    cache_.sweep(now_);
    model_.sweep(now_);
    act(pick(20));
    compare();
  }

 private:
  struct pending {
    std::string key;
    fill_token token;
    std::uint64_t step;
  };

  static memory_cache_config config_of(std::size_t capacity) {
    memory_cache_config config;
    config.capacity_entries = capacity;
    config.policy = eviction::lru;
    config.prefetched_first_to_go = false;
    config.shards = 1;
    config.ttl_jitter = 0;
    return config;
  }

  std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  std::string some_key() { return std::string(pick(2) * 45, 'k') + std::to_string(pick(30)); }
  std::string some_tag() { return "tag" + std::to_string(pick(5)); }
  std::string some_bytes() { return std::to_string(step_) + std::string(pick(100), 'v'); }

  entry_options some_options() {
    entry_options options;
    if (pick(3) == 0) options.ttl = (1 + pick(10)) * second;
    for (std::uint32_t i = pick(4); i > 0; --i) options.tags.push_back(some_tag());
    return options;
  }

  void act(std::uint32_t choice) {
    if (choice < 7) return get();
    if (choice < 9) return put();
    if (choice < 11) return begin();
    if (choice < 15) return fill();
    if (choice < 17) return refresh();
    const std::string key = some_key();
    if (choice == 17) BOOST_REQUIRE_EQUAL(cache_.invalidate(key), model_.invalidate(key, step_));
    if (choice == 18) BOOST_REQUIRE_EQUAL(cache_.remove_unused(key), model_.remove_unused(key));
    if (choice == 19) seldom();
  }

  void seldom() {
    if (pick(20) == 0) {
      cache_.clear();
      return model_.clear(step_);
    }
    const std::string tag = some_tag();
    BOOST_REQUIRE_EQUAL(cache_.invalidate_tags({tag}), model_.invalidate_tag(tag, step_));
  }

  void get() {
    const std::string key = some_key();
    std::string expected;
    const lookup outcome = model_.get(key, expected, now_);
    const lookup_result got = cache_.get(key, now_);
    BOOST_REQUIRE((got.outcome == outcome));
    BOOST_REQUIRE_EQUAL(got.bytes.view(), expected);
  }

  void put() {
    const std::string key = some_key(), bytes = some_bytes();
    const entry_options options = some_options();
    BOOST_REQUIRE((cache_.put(key, value(bytes), options, now_) == fill_result::stored));
    model_.put(key, bytes, options, now_, step_);
  }

  void begin() {
    const std::string key = some_key();
    loads_.push_back({key, cache_.begin_fill(key), step_});
  }

  std::optional<pending> some_load() {
    if (loads_.empty()) return std::nullopt;
    std::swap(loads_[pick(static_cast<std::uint32_t>(loads_.size()))], loads_.back());
    const pending taken = loads_.back();
    loads_.pop_back();
    return taken;
  }

  // The fence table may refuse what the model would store (never the other way round): then the model forgets
  // it, too.
  void fill() {
    const auto load = some_load();
    if (!load) return begin();
    const std::string bytes = some_bytes();
    const entry_options options = some_options();
    const filled_by by = pick(2) ? filled_by::user : filled_by::warmer;
    const model before = model_;
    const fill_result expected = model_.fill(load->key, load->step, bytes, options, by, now_, step_);
    const fill_result got = cache_.fill(load->key, load->token, value(bytes), options, by, now_);
    if (got == fill_result::fenced && expected == fill_result::stored) {
      model_ = before;
      ++false_refusals_;
      return;
    }
    stored_ += got == fill_result::stored;
    BOOST_REQUIRE((got == expected));
  }

  void refresh() {
    const auto load = some_load();
    if (!load) return begin();
    const std::string bytes = some_bytes();
    entry_options options = some_options();
    options.tags.clear();  // a tag's fence may be refused falsely; fill() covers it
    const fill_result expected = model_.refresh(load->key, load->step, bytes, options, now_, step_);
    BOOST_REQUIRE((cache_.refresh(load->key, load->token, value(bytes), options, now_) == expected));
  }

  void compare() {
    const cache_stats stats = cache_.stats();
    BOOST_REQUIRE_EQUAL(stats.entries, model_.size());
    BOOST_REQUIRE_EQUAL(stats.entries_unused, model_.unused());
    BOOST_REQUIRE_EQUAL(stats.hits, model_.stats.hits);
    BOOST_REQUIRE_EQUAL(stats.misses, model_.stats.misses);
    BOOST_REQUIRE_EQUAL(stats.first_uses, model_.stats.first_uses);
    BOOST_REQUIRE_EQUAL(stats.prefetches, model_.stats.prefetches);
    BOOST_REQUIRE_EQUAL(stats.prefetched_wasted, model_.stats.prefetched_wasted);
    BOOST_REQUIRE_EQUAL(stats.prefetches, stats.first_uses + stats.prefetched_wasted + stats.entries_unused);
  }

 public:
  std::size_t false_refusals() const { return false_refusals_; }
  std::size_t stored_fills() const { return stored_; }

 private:
  std::mt19937 random_;
  model model_;
  memory_cache cache_;
  time_point now_{std::chrono::hours(500'000)};
  std::uint64_t step_ = 0;
  std::vector<pending> loads_;
  std::size_t false_refusals_ = 0;
  std::size_t stored_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_answer_is_the_models_without_evictions) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      duel both(seed, 1000);
      for (int i = 0; i < 5'000; ++i) both.step();
      BOOST_TEST(both.stored_fills() > 50u);
      BOOST_TEST(both.false_refusals() < both.stored_fills() / 10);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_answer_is_the_models_with_evictions) {
  for (std::uint32_t seed = 101; seed <= 110; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      duel both(seed, 12);
      for (int i = 0; i < 5'000; ++i) both.step();
      BOOST_TEST(both.stored_fills() > 50u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
