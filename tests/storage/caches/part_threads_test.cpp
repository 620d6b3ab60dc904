// Parts that are asked side by side.
#include "storage/caches/remote/part_threads.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <numeric>
#include <stdexcept>
#include <thread>

using namespace stoker;

namespace part_threads_test {

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> parts(count);
  std::iota(parts.begin(), parts.end(), 0);
  return parts;
}

}  // namespace part_threads_test

BOOST_AUTO_TEST_SUITE(part_threads_test)

// Each waits until all have begun: one after the other, none would ever end.
BOOST_AUTO_TEST_CASE(all_parts_are_under_way_at_once) {
  part_threads threads{5};
  for (int round = 0; round < 20; ++round) {
    std::latch begun{5};
    std::atomic<int> done{0};
    threads.run(first(5), [&](std::size_t) {
      begun.arrive_and_wait();
      ++done;
    });
    BOOST_TEST(done == 5);
  }
}

BOOST_AUTO_TEST_CASE(only_the_parts_that_are_named_are_asked) {
  part_threads threads{3};
  std::atomic<int> asked{0};
  const std::vector<std::size_t> two{0, 2};
  threads.run(two, [&](std::size_t part) { asked += part == 1 ? 100 : 1; });
  threads.run({}, [&](std::size_t) { asked += 100; });
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(calls_of_several_threads_wait_for_each_other_at_a_part) {
  part_threads threads{3};
  std::atomic<int> asked{0};
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round) threads.run(first(3), [&](std::size_t) { ++asked; });
    });
  callers.clear();
  BOOST_TEST(asked == 4 * 100 * 3);
}

BOOST_AUTO_TEST_CASE(what_a_part_throws_is_thrown_when_all_are_done) {
  part_threads threads{4};
  std::atomic<int> done{0};
  const auto work = [&](std::size_t part) {
    if (part == 2) throw std::runtime_error{"no"};
    ++done;
  };
  BOOST_CHECK_THROW(threads.run(first(4), work), std::runtime_error);
  BOOST_TEST(done == 3);
}

BOOST_AUTO_TEST_SUITE_END()
