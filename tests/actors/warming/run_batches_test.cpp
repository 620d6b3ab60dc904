// How a run adapts its batches to memory, and what it reports beside the outcomes.
#include <boost/test/unit_test.hpp>

#include "actors/warming/run.hpp"
#include "tests/actors/warming/run_samples.hpp"

BOOST_AUTO_TEST_SUITE(run_batches)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

// Takes and stores until a batch is over; returns how large it was.
std::size_t next_batch(run& tested) {
  std::size_t size = 0;
  std::vector<load_item> last;
  for (auto items = tested.take(start); !items.empty(); items = tested.take(start)) {
    // All but one, so that the batch goes on; the last one ends it.
    store_all(tested, last);
    last = {items.back()};
    size += items.size();
    items.pop_back();
    store_all(tested, items);
  }
  store_all(tested, last);
  return size;
}

BOOST_AUTO_TEST_CASE(batches_grow_while_memory_is_roomy_and_shrink_while_it_is_not) {
  auto tested = make_run(numbered(2000));
  memory_report memory;
  memory.used_share = 0.3;
  tested.pressure(memory);
  BOOST_CHECK_EQUAL(next_batch(tested), 100u);
  BOOST_CHECK_EQUAL(next_batch(tested), 200u);
  BOOST_CHECK_EQUAL(next_batch(tested), 200u);
  memory.used_share = 0.6;
  tested.pressure(memory);
  BOOST_CHECK_EQUAL(next_batch(tested), 200u);
  memory.used_share = 0.85;
  tested.pressure(memory);
  BOOST_CHECK_EQUAL(next_batch(tested), 100u);
  BOOST_CHECK_EQUAL(next_batch(tested), 50u);
  tested.utilisation(0.95);
  memory.used_share = 0.6;
  tested.pressure(memory);
  BOOST_CHECK_EQUAL(next_batch(tested), 25u);
  tested.utilisation(0.5);
  BOOST_CHECK_EQUAL(next_batch(tested), 50u);
}

BOOST_AUTO_TEST_CASE(without_a_word_of_memory_batches_stay_as_configured) {
  auto tested = make_run(numbered(200));
  BOOST_CHECK_EQUAL(next_batch(tested), 50u);
  BOOST_CHECK_EQUAL(next_batch(tested), 50u);
}

BOOST_AUTO_TEST_CASE(reports_each_phase) {
  auto tested = make_run(plan_of({{item("a"), item("b")}, {item("c")}}));
  (void)tested.take(start);
  tested.settle(receipt("a", load_status::stored, 70), 0, start + 1s);
  tested.settle(receipt("b", load_status::refused), 0, start + 2s);
  (void)tested.take(start + 2s);
  (void)tested.take(start + 3s);
  tested.settle(receipt("c", load_status::stored, 30), 0, start + 7s);
  const auto report = tested.report(start + 7s);
  BOOST_REQUIRE_EQUAL(report.phases.size(), 2u);
  BOOST_CHECK_EQUAL(report.phases[0].items, 2u);
  BOOST_CHECK_EQUAL(report.phases[0].warmed, 1u);
  BOOST_CHECK_EQUAL(report.phases[0].failed, 1u);
  BOOST_CHECK_EQUAL(report.phases[0].bytes, 70u);
  BOOST_CHECK(report.phases[0].took == duration{2s});
  BOOST_CHECK_EQUAL(report.phases[1].bytes, 30u);
  BOOST_CHECK(report.phases[1].took == duration{4s});
  BOOST_CHECK_EQUAL(report.loads, 3u);
}

BOOST_AUTO_TEST_CASE(names_the_slow_loads_and_warns_of_a_slow_average) {
  auto tested = make_run(numbered(50), [] {
    auto settings = ten_at_once();
    settings.workers = most_workers;
    return settings;
  }());
  int number = 0;
  for (auto items = tested.take(start); !items.empty(); items = tested.take(start))
    for (const auto& each : items) {
      auto slow = receipt(each.key, load_status::stored);
      slow.took = ++number * 10ms;
      tested.settle(slow, 0, start);
    }
  const auto report = tested.report(start);
  BOOST_CHECK(report.average_load() == duration{255ms});
  BOOST_REQUIRE_EQUAL(report.slow_loads.size(), max_slow_loads);
  BOOST_CHECK_EQUAL(report.slow_loads[0].key, "k49");
  BOOST_CHECK(report.slow_loads[0].took == duration{500ms});
  BOOST_CHECK_EQUAL(report.slow_loads.back().key, "k30");
  BOOST_REQUIRE_EQUAL(report.warnings.size(), 1u);
  BOOST_CHECK_EQUAL(report.warnings[0], "a load took 255 ms on average, above 100 ms; see slow_loads");
}

BOOST_AUTO_TEST_CASE(tells_which_items_are_settled) {
  auto tested = make_run(numbered(10));
  (void)tested.take(start);
  tested.settle(receipt("k0", load_status::stored), 0, start);
  tested.settle(receipt("k9", load_status::refused), 0, start);
  BOOST_CHECK_EQUAL(tested.settled_bits(), std::string("\x01\x02", 2));
  BOOST_CHECK(tested.warmed_keys() == std::vector<std::string>{"k0"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
