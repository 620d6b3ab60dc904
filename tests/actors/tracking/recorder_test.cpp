#include "actors/tracking/recorder.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/tracking/stamp.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker::test {
BOOST_AUTO_TEST_SUITE(recorder_test)

namespace {

access_batch drain(recorder& from) {
  access_batch batch;
  from.drain(monotone_stamp(), 100'000, batch);
  return batch;
}

}  // namespace

BOOST_AUTO_TEST_CASE(passes_on_everything_that_was_said) {
  recorder accesses;
  const std::vector<std::string> tags{"red"};
  const std::vector<std::string> others{"b", "c"};
  accesses.record("plain", access_outcome::first_use, 7, 9);
  accesses.record("a", access_outcome::miss, 1, 2, 0, 0, {"anna", "forms", tags, others});
  const auto batch = drain(accesses);
  BOOST_REQUIRE(batch.records.size() == 2u);
  BOOST_TEST(batch.key(batch.records[0]) == "plain");
  BOOST_TEST(batch.records[0].bytes == 7u);
  BOOST_TEST(batch.records[0].cost_us == 9u);
  BOOST_TEST(batch.records[0].hash == hash_key("plain"));
  BOOST_TEST((batch.records[0].outcome == access_outcome::first_use));
  BOOST_TEST(batch.records[1].stream == hash_key("anna"));
  BOOST_REQUIRE(batch.notes.size() == 1u);
  BOOST_TEST(batch.notes[0].record == 1u);
  BOOST_TEST(batch.notes[0].subject == "anna");
  BOOST_TEST(batch.notes[0].kind == "forms");
  BOOST_TEST(batch.notes[0].tags == tags, boost::test_tools::per_element());
  BOOST_TEST(batch.notes[0].co_accessed == others, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_miss_wakes_once_until_the_next_drain_and_a_hit_never) {
  int wakes = 0;
  recorder accesses{{.wake = [&] { ++wakes; }}};
  accesses.record("a", access_outcome::hit);
  BOOST_TEST(wakes == 0);
  accesses.record("a", access_outcome::miss);
  accesses.record("a", access_outcome::late);
  BOOST_TEST(wakes == 1);
  drain(accesses);
  accesses.record("a", access_outcome::miss);
  BOOST_TEST(wakes == 2);
}

BOOST_AUTO_TEST_CASE(drops_and_counts_when_nobody_drains) {
  recorder accesses{{.ring_bytes = 256 * 1024}};
  constexpr std::uint64_t many = 10'000;
  for (std::uint64_t i = 0; i < many; ++i)
    accesses.record("a key of 32 bytes, as benchmarks", access_outcome::hit);
  const auto batch = drain(accesses);
  BOOST_TEST(batch.dropped > 0u);
  BOOST_TEST(batch.records.size() + batch.dropped == many);
  BOOST_TEST(drain(accesses).dropped == 0u);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_too_long_is_dropped_and_the_longest_passes) {
  recorder accesses;
  accesses.record(std::string(max_key_bytes + 1, 'x'), access_outcome::hit);
  accesses.record(std::string(max_key_bytes, 'x'), access_outcome::hit);
  const auto batch = drain(accesses);
  BOOST_TEST(batch.dropped == 1u);
  BOOST_REQUIRE(batch.records.size() == 1u);
  BOOST_TEST(batch.records[0].key_size == max_key_bytes);
}

BOOST_AUTO_TEST_CASE(many_recorders_in_one_thread_keep_their_accesses_apart) {
  std::vector<std::unique_ptr<recorder>> recorders;
  for (int i = 0; i < 40; ++i) recorders.push_back(std::make_unique<recorder>());
  for (int i = 0; i < 40; ++i) recorders[i]->record(std::to_string(i), access_outcome::hit);
  for (int i = 0; i < 40; ++i) BOOST_TEST(drain(*recorders[i]).bytes == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_ring_size_that_cannot_work_is_refused) {
  BOOST_CHECK_THROW(recorder({.ring_bytes = 1000}), error);
  BOOST_CHECK_THROW(recorder({.max_rings = 0}), error);
}

BOOST_AUTO_TEST_CASE(many_are_recorded_while_there_is_room_and_no_refusal_is_a_drop) {
  int wakes = 0;
  recorder accesses{{.ring_bytes = 256 * 1024, .wake = [&] { ++wakes; }}};
  const std::vector<reported_access> many(
      10'000, {"a key of 32 bytes, as benchmarks", access_outcome::miss, 1, 2, 7, "ann", "forms"});
  std::size_t done = accesses.record_all(many);
  BOOST_TEST(done > 1000u);
  BOOST_TEST(done < many.size());
  BOOST_TEST(wakes == 1);
  std::size_t seen = 0;
  while (done < many.size() || seen < done) {
    const auto batch = drain(accesses);
    BOOST_TEST(batch.dropped == 0u);
    BOOST_REQUIRE(!batch.records.empty());
    BOOST_TEST(batch.records[0].stream == 7u);
    BOOST_TEST(batch.notes.at(0).subject == "ann");
    seen += batch.records.size();
    done += accesses.record_all(std::span{many}.subspan(done));
  }
  BOOST_TEST(seen == many.size());
}

BOOST_AUTO_TEST_CASE(among_many_a_key_that_is_too_long_is_passed_over_and_counted) {
  recorder accesses;
  const std::string too_long(max_key_bytes + 1, 'x');
  const std::vector<reported_access> many{{"a"}, {too_long}, {"b", access_outcome::sampled, 0, 0, 0, "ann"}};
  BOOST_TEST(accesses.record_all(many) == 3u);
  const auto batch = drain(accesses);
  BOOST_TEST(batch.dropped == 1u);
  BOOST_REQUIRE(batch.records.size() == 2u);
  BOOST_TEST((batch.records[1].outcome == access_outcome::sampled));
  BOOST_TEST(batch.records[1].stream == hash_key("ann"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
