// Keys that come by the clock: found by time, where nothing that precedes them tells.
#include "tests/fixtures/driven_engine.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(due_keys)

namespace {

// Reports that are asked for every two minutes, each at its own second, amid traffic that never repeats and
// has pushed them out of the cache by then.
struct clockwork {
  static constexpr int reports = 20;
  static constexpr auto period = 120s;
  static constexpr auto pause = 200ms;
  static constexpr std::uint64_t entries = 400;  // 80 seconds of traffic

  cache_handle add(bool observe) {
    cache_config config;
    config.name = "reports";
    config.capacity_entries = entries;
    config.load = [](std::string_view) { return loaded("x"); };
    config.eviction_policy = eviction::lru;  // S3-FIFO would keep them
    config.opaque_keys = true;
    config.observe = observe;
    return engine.add_cache(config);
  }

  void pass(cache_handle& cache, int periods) {
    constexpr auto requests = period / pause;
    for (int i = 0; i < periods * requests; ++i) {
      const auto at = i % requests;
      if (at % (requests / reports) == 0)
        count(cache.get("report-" + std::to_string(at / (requests / reports)) + "-"));
      else
        cache.get("once-" + std::to_string(next_++) + "-");
      engine.request_passed(pause);
    }
  }

  void count(const get_result& got) {
    ++asked;
    if (got.outcome == get_outcome::hit) ++hits;
  }

  source_status external() {
    const auto status = engine.status();
    for (const auto& source : status.predictors.at(0).sources)
      if (source.source == "external") return source;
    return {};
  }

  test::driven_engine engine;
  int asked = 0;
  int hits = 0;

 private:
  int next_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_comes_by_the_clock_is_there_when_it_is_asked_for, clockwork) {
  auto cache = add(false);
  pass(cache, 10);
  hits = asked = 0;
  pass(cache, 20);
  const auto source = external();
  BOOST_TEST_MESSAGE(hits << " of " << asked << " reports were there; proposed " << source.proposed
                          << ", used " << source.used);
  BOOST_TEST(hits > asked / 2);
  BOOST_TEST(source.used > 0u);
  BOOST_TEST(source.used <= source.proposed);
  BOOST_TEST(source.used * 2 > source.proposed);
}

BOOST_FIXTURE_TEST_CASE(observing_it_only_says_what_time_would_have_brought, clockwork) {
  auto cache = add(true);
  pass(cache, 20);
  BOOST_TEST(hits == 0);
  BOOST_TEST(cache.stats().prefetches == 0u);
  BOOST_TEST(external().used > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
