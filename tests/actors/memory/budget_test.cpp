#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "actors/memory/budget.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(budget)

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr auto lifetime = std::chrono::minutes{10};

memory_report memory(std::uint64_t available_mib, pressure_level level = pressure_level::low) {
  memory_report report;
  report.level = level;
  report.reading.available_bytes = available_mib * mib;
  return report;
}

lease_request want(std::uint64_t bytes, memory_policy policy = memory_policy::balanced,
                   std::uint64_t limit = 0) {
  return {"pages", bytes, policy, limit};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_policy_takes_its_share) {
  const auto host = memory(1000);
  BOOST_TEST(policy_budget(host, memory_policy::aggressive, 0) == 800 * mib);
  BOOST_TEST(policy_budget(host, memory_policy::balanced, 0) == 600 * mib);
  BOOST_TEST(policy_budget(host, memory_policy::adaptive, 0) == 600 * mib);
  BOOST_TEST(policy_budget(host, memory_policy::conservative, 0) == 200 * mib);
  BOOST_TEST(policy_budget(host, memory_policy::priority, 0) == 200 * mib);
}

BOOST_AUTO_TEST_CASE(pressure_takes_from_the_share) {
  BOOST_TEST(policy_budget(memory(1000, pressure_level::moderate), memory_policy::balanced, 0) == 360 * mib);
  BOOST_TEST(policy_budget(memory(1000, pressure_level::high), memory_policy::balanced, 0) == 120 * mib);
  BOOST_TEST(policy_budget(memory(1000, pressure_level::critical), memory_policy::balanced, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(ten_megabytes_are_left_unless_critical) {
  BOOST_TEST(policy_budget(memory(1, pressure_level::high), memory_policy::conservative, 0) == 10 * mib);
  BOOST_TEST(policy_budget(memory(1, pressure_level::critical), memory_policy::conservative, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(an_explicit_limit_binds_below_the_policy) {
  BOOST_TEST(policy_budget(memory(1000), memory_policy::balanced, 5 * mib) == 5 * mib);
  BOOST_TEST(policy_budget(memory(1000), memory_policy::balanced, 5000 * mib) == 600 * mib);
}

BOOST_AUTO_TEST_CASE(two_holders_share_one_budget) {
  lease_book book{0, lifetime};
  book.pressure(memory(1000));
  const auto first = book.grant(want(500 * mib), time_point{});
  const auto second = book.grant(want(500 * mib), time_point{});
  BOOST_TEST(first.bytes == 500 * mib);
  BOOST_TEST(second.bytes == 100 * mib);
  const auto third = book.grant(want(1), time_point{});
  BOOST_TEST(third.bytes == 0u);
  BOOST_TEST(third.reason.find("no memory to warm with") != std::string::npos);
  book.give_back(first.id);
  BOOST_TEST(book.grant(want(500 * mib), time_point{}).bytes == 500 * mib);
  BOOST_TEST(book.status().refused == 1u);
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_never_returned_runs_out) {
  lease_book book{10 * mib, lifetime};
  book.pressure(memory(1000));
  const auto lost = book.grant(want(10 * mib), time_point{});
  BOOST_TEST(book.grant(want(mib), time_point{} + lifetime - duration{1}).bytes == 0u);
  BOOST_TEST(book.grant(want(mib), time_point{} + lifetime).bytes == mib);
  book.give_back(lost.id);  // too late: must not be counted twice
  BOOST_TEST(book.status().leased_bytes == mib);
}

BOOST_AUTO_TEST_CASE(leases_never_exceed_the_budget) {
  std::mt19937 random{11};
  lease_book book{0, lifetime};
  std::map<std::uint64_t, std::uint64_t> held;
  time_point now{};
  auto host = memory(100);
  book.pressure(host);
  for (int step = 0; step < 20'000; ++step) {
    now += std::chrono::milliseconds{random() % 100};  // never as long as a lease lives
    if (random() % 3 == 0 && !held.empty()) {
      book.give_back(held.begin()->first);
      held.erase(held.begin());
    } else {
      std::uint64_t before = 0;
      for (const auto& [id, bytes] : held) before += bytes;
      const auto granted = book.grant(want(random() % (80 * mib)), now);
      BOOST_REQUIRE(before + granted.bytes <=
                    std::max(before, policy_budget(host, memory_policy::balanced, 0)));
      if (granted.bytes > 0) held[granted.id] = granted.bytes;
    }
    if (step % 500 == 0) {
      host = memory(random() % 200, static_cast<pressure_level>(random() % 4));
      book.pressure(host);
      for (const auto& [id, bytes] : held) book.give_back(id);
      held.clear();
    }
  }
  BOOST_TEST(book.status().granted > 100u);
  BOOST_TEST(book.status().refused > 100u);
}

// Whatever policies ask in turn, none gets more than its own budget less what is held.
BOOST_AUTO_TEST_CASE(leases_of_different_policies_never_exceed_the_budget_of_the_one_that_asks) {
  std::mt19937 random{12};
  lease_book book{0, lifetime};
  std::map<std::uint64_t, std::uint64_t> held;
  auto host = memory(100);
  book.pressure(host);
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 4) {
      case 0:
        if (held.empty()) break;
        book.give_back(held.begin()->first);
        held.erase(held.begin());
        break;
      case 1:
        book.run_over(static_cast<double>(random() % 100) / 100);
        break;
      case 2:
        if (random() % 50 != 0) break;
        host = memory(random() % 200, static_cast<pressure_level>(random() % 4));
        book.pressure(host);
        break;
      default: {
        std::uint64_t before = 0;
        for (const auto& [id, bytes] : held) before += bytes;
        const auto policy = static_cast<memory_policy>(random() % 5);
        const auto share =
            policy == memory_policy::adaptive ? book.status().adaptive_share : policy_share(policy);
        const auto granted = book.grant(want(random() % (80 * mib), policy), time_point{});
        BOOST_REQUIRE(before + granted.bytes <= std::max(before, share_budget(host, share, 0)));
        if (granted.bytes > 0) held[granted.id] = granted.bytes;
      }
    }
  }
  BOOST_TEST(book.status().granted > 100u);
  BOOST_TEST(book.status().refused > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
