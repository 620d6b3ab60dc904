#include "actors/tracking/collector_actor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/fixtures/actor_fixture.hpp"

namespace stoker::test {
namespace collector_actor_test {

using namespace std::chrono_literals;

// Everything that a peer received, by all its incarnations.
struct received {
  std::vector<std::string> keys;
  std::uint64_t batches = 0;
  std::uint64_t dropped = 0;
  const access_batch* last = nullptr;

  void take(const access_batch& batch) {
    ++batches;
    dropped += batch.dropped;
    last = &batch;
    for (const auto& record : batch.records) keys.emplace_back(batch.key(record));
  }
};

tracker_actor::behavior_type fake_tracker(tracker_actor::pointer, received* notes) {
  return {
      [notes](const access_batch& batch) { notes->take(batch); },
      [](const key_description&) {},
      [](const top_request&) { return ranked_keys{}; },
      [](const key_request&) { return key_statistics{}; },
      [](const frequency_request&) { return key_frequency{}; },
      [](const subject_request&) { return ranked_keys{}; },
      [](const patterns_request&) { return access_patterns{}; },
      [](const forget_request&) { return flushed{}; },
      [](const flush_request&) { return flushed{}; },
      [](const status_request&) { return tracker_status{}; },
      [](const tick&) {},
  };
}

// Takes everything in and answers nothing until it is released.
caf::behavior deaf(caf::event_based_actor* self, received* notes, bool* listening) {
  auto promises = std::make_shared<std::vector<caf::response_promise>>();
  return {
      [=](const access_batch& batch) -> caf::result<void> {
        notes->take(batch);
        if (*listening) return caf::unit;
        promises->push_back(self->make_response_promise());
        return caf::delegated<void>{};
      },
      [=](const status_request&) -> caf::result<tracker_status> {
        if (*listening) return tracker_status{};
        promises->push_back(self->make_response_promise());
        return caf::delegated<tracker_status>{};
      },
  };
}

struct fixture : actor_fixture {
  fixture() { config.now = clock(); }

  ~fixture() { peers->clear(); }

  tracker_actor track_all(received& notes) { return track(sys.spawn(fake_tracker, &notes)); }

  collector_actor start() {
    auto handle = track(sys.spawn(collector, config));
    run();
    return handle;
  }

  void record(const std::string& key) { source->record(key, access_outcome::hit); }

  std::shared_ptr<recorder> source = std::make_shared<recorder>();
  std::shared_ptr<directory> peers = std::make_shared<directory>(2);
  collector_config config{.cache = "pages", .source = source, .peers = peers};
  received first;
  received second;
};

}  // namespace collector_actor_test

BOOST_FIXTURE_TEST_SUITE(collector_actor_test, fixture)

BOOST_AUTO_TEST_CASE(a_flush_passes_on_every_access_in_order_to_every_shard) {
  peers->tracker(0, track_all(first));
  peers->tracker(1, track_all(second));
  auto collecting = start();
  record("a");
  record("b");
  record("c");
  BOOST_TEST(ask<flushed>(collecting, flush_request{}).complete);
  const std::vector<std::string> expected{"a", "b", "c"};
  BOOST_TEST(first.keys == expected, boost::test_tools::per_element());
  BOOST_TEST(second.keys == expected, boost::test_tools::per_element());
  BOOST_TEST(first.last == second.last, "the batch is shared, not copied");
}

BOOST_AUTO_TEST_CASE(drains_by_itself_when_time_passes) {
  peers->tracker(0, track_all(first));
  auto collecting = start();
  record("a");
  for (int i = 0; i < 50; ++i) advance(1ms);
  BOOST_TEST(first.keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(splits_what_is_too_much_for_one_batch) {
  config.batch_records = 10;
  peers->tracker(0, track_all(first));
  auto collecting = start();
  for (int i = 0; i < 25; ++i) record("key " + std::to_string(i));
  ask<flushed>(collecting, flush_request{});
  BOOST_TEST(first.batches == 3u);
  BOOST_TEST(first.keys.size() == 25u);
  BOOST_TEST(first.keys.back() == "key 24");
}

BOOST_AUTO_TEST_CASE(counts_the_accesses_of_a_shard_that_is_down) {
  auto collecting = start();
  record("a");
  BOOST_TEST(ask<flushed>(collecting, flush_request{}).complete);
  BOOST_TEST(ask<collector_status>(collecting, status_request{}).dropped == 1u);
}

BOOST_AUTO_TEST_CASE(counts_the_accesses_that_a_dying_tracker_takes_along) {
  auto dying = sys.spawn(fake_tracker, &first);
  peers->tracker(0, dying);
  peers->tracker(1, dying);
  auto collecting = start();
  run();
  caf::anon_send_exit(dying, caf::exit_reason::kill);
  run();
  record("a");
  ask<flushed>(collecting, flush_request{});
  run();
  BOOST_TEST(ask<collector_status>(collecting, status_request{}).dropped == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_outrun_a_tracker_that_never_answers) {
  bool listening = false;
  auto silent = track(sys.spawn(deaf, &first, &listening));
  peers->tracker(0, caf::actor_cast<tracker_actor>(silent));
  config.batches_in_flight = 2;
  auto collecting = start();
  for (int i = 0; i < 10; ++i) {
    record("key");
    advance(10ms);
  }
  BOOST_TEST(first.batches == 2u);
  // Nothing is lost while the rings have room: it comes once the tracker is back.
  listening = true;
  for (int i = 0; i < 30; ++i) advance(1s);
  BOOST_TEST(first.keys.size() == 10u);
}

BOOST_AUTO_TEST_CASE(drops_and_counts_when_the_rings_are_full_behind_a_stalled_tracker) {
  bool listening = false;
  auto silent = track(sys.spawn(deaf, &first, &listening));
  peers->tracker(0, caf::actor_cast<tracker_actor>(silent));
  peers->tracker(1, track_all(second));
  config.batches_in_flight = 1;
  auto collecting = start();
  record("first");
  ask<flushed>(collecting, flush_request{});
  constexpr std::uint64_t many = 100'000;
  for (std::uint64_t i = 0; i < many; ++i) record("key");
  advance(10ms);
  const auto stalled = ask<collector_status>(collecting, status_request{});
  BOOST_TEST(stalled.accesses == 1u);
  BOOST_TEST(stalled.dropped > many / 2);
  listening = true;
  for (int i = 0; i < 30; ++i) advance(1s);
  const auto recovered = ask<collector_status>(collecting, status_request{});
  BOOST_TEST(recovered.accesses + recovered.dropped == many + 1);
  BOOST_TEST(second.dropped == recovered.dropped);
}

BOOST_AUTO_TEST_CASE(a_flush_that_finds_no_room_is_incomplete_after_its_deadline) {
  bool listening = false;
  auto silent = track(sys.spawn(deaf, &first, &listening));
  peers->tracker(0, caf::actor_cast<tracker_actor>(silent));
  config.batches_in_flight = 1;
  auto collecting = start();
  record("first");
  ask<flushed>(collecting, flush_request{});
  record("second");
  auto request = self->request(collecting, caf::infinite, flush_request{});
  for (int i = 0; i < 10; ++i) advance(1s);
  request.receive([](const flushed& answer) { BOOST_TEST(!answer.complete); },
                  [](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
}

BOOST_AUTO_TEST_CASE(a_new_tracker_in_the_place_of_a_stalled_one_gets_what_waited) {
  bool listening = false;
  auto silent = track(sys.spawn(deaf, &first, &listening));
  peers->tracker(0, caf::actor_cast<tracker_actor>(silent));
  config.batches_in_flight = 1;
  auto collecting = start();
  record("first");
  ask<flushed>(collecting, flush_request{});
  record("second");
  advance(50ms);
  peers->tracker(0, track_all(second));
  for (int i = 0; i < 50; ++i) advance(1ms);
  BOOST_TEST(second.keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_config_that_cannot_work_is_refused) {
  config.source = nullptr;
  BOOST_CHECK_THROW(validate(config), stoker::error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
