// A load that lands between a user's lookup and his joining of the flight: one demand, counted once.
#include <boost/test/unit_test.hpp>

#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/read_through.hpp"
#include "storage/origins/function_origin.hpp"

BOOST_AUTO_TEST_SUITE(second_look)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point now{500'000h};

memory_cache_config small() {
  memory_cache_config config;
  config.capacity_bytes = 1 << 20;
  config.shards = 1;
  return config;
}

// A memory cache in which somebody else stores a key as soon as it was missed.
class overtaken_cache final : public cache {
 public:
  explicit overtaken_cache(filled_by by) : by_(by) {}

  lookup_result get(std::string_view key, time_point at) override {
    auto found = content_.get(key, at);
    if (found.outcome == lookup::miss) content_.fill(key, content_.begin_fill(key), value{"v"}, {}, by_, at);
    return found;
  }
  lookup_result get_again(std::string_view key, time_point at) override {
    return content_.get_again(key, at);
  }
  bool contains(std::string_view key, time_point at) const override { return content_.contains(key, at); }
  fill_result put(std::string_view key, const value& bytes, const entry_options& options,
                  time_point at) override {
    return content_.put(key, bytes, options, at);
  }
  fill_token begin_fill(std::string_view key) override { return content_.begin_fill(key); }
  fill_result fill(std::string_view key, fill_token token, const value& bytes, const entry_options& options,
                   filled_by by, time_point at) override {
    return content_.fill(key, token, bytes, options, by, at);
  }
  fill_result refresh(std::string_view key, fill_token token, const value& bytes,
                      const entry_options& options, time_point at) override {
    return content_.refresh(key, token, bytes, options, at);
  }
  bool invalidate(std::string_view key) override { return content_.invalidate(key); }
  std::size_t invalidate_tags(const std::vector<std::string>& tags) override {
    return content_.invalidate_tags(tags);
  }
  bool remove_unused(std::string_view key) override { return content_.remove_unused(key); }
  void clear() override { content_.clear(); }
  cache_stats stats() const override { return content_.stats(); }
  cache_capabilities capabilities() const override { return content_.capabilities(); }

 private:
  const filled_by by_;
  memory_cache content_{small()};
};

// Reads a key that `by` stores at the worst moment, and checks that it counts as one miss that loads nothing.
access_outcome outcome_when_overtaken(filled_by by) {
  int loads = 0;
  read_through_config config;
  config.name = "pages";
  config.entries = std::make_shared<overtaken_cache>(by);
  config.source = std::make_shared<function_origin>([&](std::string_view) {
    ++loads;
    return load_result{};
  });
  read_through reader{config};
  const auto result = reader.get("a", now, std::chrono::steady_clock::now() + 1h);
  BOOST_CHECK(result.status == read_status::found);
  BOOST_CHECK_EQUAL(result.bytes.view(), "v");
  BOOST_CHECK_EQUAL(loads, 0);
  BOOST_CHECK_EQUAL(reader.entries().stats().misses, 1u);
  BOOST_CHECK_EQUAL(reader.entries().stats().hits, 0u);
  BOOST_CHECK_EQUAL(reader.entries().stats().entries_unused, 0u);
  return result.outcome;
}

BOOST_AUTO_TEST_CASE(a_load_that_lands_before_the_joining_is_a_miss_and_no_hit) {
  BOOST_CHECK(outcome_when_overtaken(filled_by::user) == access_outcome::miss);
}

BOOST_AUTO_TEST_CASE(a_warmers_load_that_lands_before_the_joining_is_late) {
  BOOST_CHECK(outcome_when_overtaken(filled_by::warmer) == access_outcome::late);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
