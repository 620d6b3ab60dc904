// Many threads against one consumer: nothing is lost but what is counted, and each thread's order is kept.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "actors/tracking/recorder.hpp"
#include "actors/tracking/stamp.hpp"

namespace stoker::test {
BOOST_AUTO_TEST_SUITE(recorder_stress_test)

namespace {

constexpr std::uint64_t accesses_per_thread = 20'000;

void record_numbers(recorder& into, int writer) {
  for (std::uint64_t i = 0; i < accesses_per_thread; ++i) {
    const auto outcome = i % 50 == 0 ? access_outcome::miss : access_outcome::hit;
    into.record(std::to_string(writer) + ":" + std::to_string(i), outcome);
  }
}

// What came out, and whether it came in order.
struct consumer {
  void take(const access_batch& batch) {
    std::uint64_t last_stamp = 0;
    for (const auto& record : batch.records) {
      in_order = in_order && record.stamp >= last_stamp;
      last_stamp = record.stamp;
      take(batch.key(record));
    }
    dropped += batch.dropped;
  }

  void take(std::string_view key) {
    const auto colon = key.find(':');
    std::uint64_t number = 0;
    std::from_chars(key.data() + colon + 1, key.data() + key.size(), number);
    auto& next = next_of[std::string{key.substr(0, colon)}];
    in_order = in_order && number >= next;
    next = number + 1;
    ++accesses;
  }

  std::map<std::string, std::uint64_t> next_of;
  std::uint64_t accesses = 0;
  std::uint64_t dropped = 0;
  bool in_order = true;
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_access_of_many_threads_comes_out_in_its_threads_order_or_is_counted) {
  constexpr int writers = 4;
  std::atomic<std::uint64_t> wakes{0};
  recorder accesses{{.wake = [&] { wakes.fetch_add(1, std::memory_order_relaxed); }}};
  std::atomic<int> running{writers};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      record_numbers(accesses, writer);
      running.fetch_sub(1);
    });
  consumer out;
  for (bool last = false; !last;) {
    last = running.load() == 0;
    access_batch batch;
    while (!accesses.drain(monotone_stamp(), 4096, batch)) {
      out.take(batch);
      batch = {};
    }
    out.take(batch);
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(out.accesses + out.dropped == writers * accesses_per_thread);
  BOOST_TEST(out.in_order);
  BOOST_TEST(out.accesses > 0u);
  BOOST_TEST(wakes.load() > 0u);
}

BOOST_AUTO_TEST_CASE(threads_that_come_and_go_share_a_bounded_number_of_rings) {
  recorder accesses{{.max_rings = 4}};
  std::uint64_t passed_on = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { accesses.record("key", access_outcome::hit); });
    for (auto& thread : threads) thread.join();
    access_batch batch;
    accesses.drain(monotone_stamp(), 4096, batch);
    passed_on += batch.records.size();
  }
  BOOST_TEST(passed_on == 150u);
  BOOST_TEST(accesses.stats().rings <= 4u);
}

BOOST_AUTO_TEST_CASE(recorders_may_end_before_the_threads_that_recorded_into_them) {
  std::atomic<int> turn{0};
  auto first = std::make_unique<recorder>();
  std::unique_ptr<recorder> second;
  std::thread thread{[&] {
    first->record("one", access_outcome::hit);
    turn.store(1, std::memory_order_release);
    while (turn.load(std::memory_order_acquire) != 2) std::this_thread::yield();
    second->record("two", access_outcome::hit);
  }};
  while (turn.load(std::memory_order_acquire) != 1) std::this_thread::yield();
  first.reset();
  second = std::make_unique<recorder>();  // has the number of the first one
  turn.store(2, std::memory_order_release);
  thread.join();
  access_batch batch;
  second->drain(monotone_stamp(), 4096, batch);
  BOOST_REQUIRE(batch.records.size() == 1u);
  BOOST_TEST(batch.key(batch.records.front()) == "two");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
