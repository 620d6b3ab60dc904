// What warming takes in memory: nothing that grows with the number of runs, and what was estimated for each
// of them.
#include <malloc.h>

#include <random>

#include "messages/key.hpp"
#include "tests/actors/warming/warmer_world.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STOKER_FOREIGN_HEAP 1  // a sanitizer's allocator keeps what is freed, and tells mallinfo nothing
#else
#define STOKER_FOREIGN_HEAP 0
#endif

namespace warm_cycles {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

struct cycles_fixture : warmer_world {
  // Loads arrive in the cache, as large as the trackers said.
  cycles_fixture() {
    origin->decide = [this](const load_item& item) {
      const auto size = sizes.count(item.key) != 0 ? sizes[item.key] : 100;
      entries->fill(item.key, entries->begin_fill(item.key), value{std::string(size, 'v')}, {},
                    filled_by::warmer, now());
      origin->bytes = static_cast<std::uint32_t>(size);
      return deed::store;
    };
  }

  void propose(const std::string& key, std::size_t size) {
    auto added = ranked(key);
    added.bytes = static_cast<std::uint32_t>(size);
    trackers[0]->keys.push_back(added);
    sizes[key] = size;
  }

  void demand(const warmer_actor& tested, const std::string& key) {
    access_batch batch;
    batch.cache = "pages";
    batch.taken_at = now();
    batch.records.emplace_back().hash = hash_key(key);
    batch.records.back().outcome =
        entries->get(key, now()).outcome == lookup::miss ? access_outcome::miss : access_outcome::first_use;
    self->send(tested, std::move(batch));
    run();
  }

  std::map<std::string, std::size_t> sizes;
};

}  // namespace warm_cycles

BOOST_FIXTURE_TEST_SUITE(warm_cycles, cycles_fixture)

BOOST_AUTO_TEST_CASE(a_thousand_cycles_of_warming_and_clearing_leave_no_memory_behind,
                     *boost::unit_test::enable_if<!STOKER_FOREIGN_HEAP>()) {
  auto settings = config();
  settings.run.phase_delay = 0ms;
  settings.log.reports = 8;
  const auto tested = start(settings);
  trackers[0]->keys.clear();
  trackers[1]->keys.clear();
  const auto cycle = [&](int number) {
    trackers[0]->keys.clear();
    sizes.clear();
    // New keys each time: what is kept of a key must be let go of with it.
    for (int i = 0; i < 50; ++i) propose("c" + std::to_string(number) + "/" + std::to_string(i), 1000);
    BOOST_REQUIRE_EQUAL(warm(tested).warmed, 50u);
    demand(tested, "c" + std::to_string(number) + "/0");
    entries->clear();
    origin->asked.clear();
    arbiter->asked.clear();
    arbiter->returned.clear();
    trackers[0]->asked.clear();
    trackers[1]->asked.clear();
    advance(2h);
  };
  int number = 0;
  while (number < 100) cycle(number++);
  const auto before = mallinfo2().uordblks;
  while (number < 1000) cycle(number++);
  const auto after = mallinfo2().uordblks;
  BOOST_TEST_MESSAGE("in use after 100 cycles: " << before << " bytes, after 1,000: " << after);
  // 900 cycles that each left a single key of theirs behind would leave more.
  BOOST_TEST(after < before + 64 * 1024);
  BOOST_TEST(status(tested).trials_open == 0u);
}

BOOST_AUTO_TEST_CASE(the_estimated_size_of_a_plan_is_within_5_per_cent_of_what_it_takes) {
  entries = cache_of(256 << 20);
  // Tables that the cache makes once, with its first entries, are no part of what entries take.
  for (int i = 0; i < 10'000; ++i) {
    const auto key = "first/" + std::to_string(i);
    entries->fill(key, entries->begin_fill(key), value{"x"}, {}, filled_by::warmer, now());
  }
  for (const auto& [name, smallest, largest] :
       {std::tuple{"small", 40, 400}, std::tuple{"mixed", 40, 20'000}, std::tuple{"large", 10'000, 60'000}}) {
    entries->clear();
    trackers[0]->keys.clear();
    trackers[1]->keys.clear();
    sizes.clear();
    std::mt19937 random{5};
    for (int i = 0; i < 3000; ++i)
      propose(std::string{name} + "/item/" + std::to_string(i),
              std::uniform_int_distribution<std::size_t>(static_cast<std::size_t>(smallest),
                                                         static_cast<std::size_t>(largest))(random));
    const auto tested = start();
    const auto planned = ask<warm_plan>(tested, plan_request{}).planned_bytes;
    const auto before = entries->stats().bytes;
    BOOST_REQUIRE_EQUAL(warm(tested).warmed, 3000u);
    const auto taken = entries->stats().bytes - before;
    const auto ratio = static_cast<double>(planned) / static_cast<double>(taken);
    BOOST_TEST_MESSAGE(name << " values: " << planned << " bytes estimated, " << taken << " taken");
    BOOST_TEST(ratio > 0.95);
    BOOST_TEST(ratio < 1.05);
  }
}

BOOST_AUTO_TEST_SUITE_END()
