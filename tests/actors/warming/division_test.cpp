#include "actors/warming/division.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "messages/warming.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(division)

namespace {

warming_claim claim(const std::string& cache, double hit_ratio, int items, double worth = 100,
                    std::uint64_t bytes = 100) {
  warming_claim made{cache, "db", hit_ratio, {}, {}};
  for (int i = 0; i < items; ++i) made.items.push_back({worth, bytes, nice_to_have_priority});
  return made;
}

warming_claim reading(const std::string& cache, std::vector<std::string> reads) {
  auto made = claim(cache, 0, 1);
  made.reads = std::move(reads);
  return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(where_there_is_enough_for_all_everybody_gets_everything) {
  const auto shares = divide({claim("a", 0.1, 10), claim("b", 0.9, 5)}, {10'000, {}});
  BOOST_TEST(shares.at(0).items == 10u);
  BOOST_TEST(shares.at(0).bytes == 1000u);
  BOOST_TEST(shares.at(1).items == 5u);
}

BOOST_AUTO_TEST_CASE(the_lowest_hit_ratio_gets_most_and_the_other_does_not_starve) {
  const auto shares = divide({claim("good", 0.95, 1000), claim("poor", 0.2, 1000)}, {100'000, {}});
  BOOST_TEST(shares.at(0).items == 50u);  // its half of the tenth that is dealt out evenly
  BOOST_TEST(shares.at(1).items == 950u);
}

BOOST_AUTO_TEST_CASE(the_highest_miss_cost_gets_most) {
  const auto shares = divide({claim("cheap", 0.5, 1000, 10), claim("dear", 0.5, 1000, 1000)}, {100'000, {}});
  BOOST_TEST(shares.at(1).items == 950u);
}

BOOST_AUTO_TEST_CASE(a_cache_that_hits_always_or_of_which_nothing_is_known_is_reckoned_with) {
  const auto shares = divide({claim("unknown", -1, 1000), claim("full", 1, 1000)}, {100'000, {}});
  BOOST_TEST(shares.at(0).items == 950u);
  BOOST_TEST(shares.at(1).items == 50u);
}

BOOST_AUTO_TEST_CASE(the_calls_of_an_origin_are_shared_by_its_caches_alone) {
  auto other = claim("other", 0.5, 500);
  other.origin = "files";
  const auto shares =
      divide({claim("good", 0.9, 500), claim("poor", 0.1, 500), other}, {1'000'000, {{"db", 200}}});
  BOOST_TEST(shares.at(0).items == 10u);
  BOOST_TEST(shares.at(1).items == 190u);
  BOOST_TEST(shares.at(2).items == 500u);
}

BOOST_AUTO_TEST_CASE(where_calls_bind_what_takes_a_call_counts_and_not_its_size) {
  const auto shares = divide({claim("small", 0.5, 100, 100, 10), claim("large", 0.5, 100, 200, 1000)},
                             {1'000'000'000, {{"db", 100}}});
  BOOST_TEST(shares.at(0).items == 5u);
  BOOST_TEST(shares.at(1).items == 95u);
}

BOOST_AUTO_TEST_CASE(a_higher_class_goes_before_whatever_hit_ratio) {
  auto urgent = claim("urgent", 0.99, 500);
  for (auto& item : urgent.items) item.priority = critical_priority;
  const auto shares = divide({claim("poor", 0, 1000), urgent}, {60'000, {}});
  BOOST_TEST(shares.at(1).items == 500u);
  BOOST_TEST(shares.at(0).items == 100u);
}

BOOST_AUTO_TEST_CASE(each_gets_its_best_item_though_its_even_part_is_too_small_for_it) {
  const auto shares =
      divide({claim("a", 0.9, 10, 100, 400), claim("b", 0.1, 10, 100, 400)}, {1000, {{"db", 5}}});
  BOOST_TEST(shares.at(0).items == 1u);
  BOOST_TEST(shares.at(1).items == 1u);
}

BOOST_AUTO_TEST_CASE(without_budget_or_calls_nobody_gets_anything) {
  BOOST_TEST(divide({claim("a", 0.5, 10)}, {0, {}}).at(0).items == 0u);
  BOOST_TEST(divide({claim("a", 0.5, 10)}, {1000, {{"db", 0}}}).at(0).items == 0u);
  BOOST_TEST(divide({}, {1000, {}}).empty());
}

BOOST_AUTO_TEST_CASE(shares_never_exceed_the_budget_or_the_calls_and_nobody_starves) {
  std::mt19937 dice{11};
  const auto draw = [&](int most) { return static_cast<int>(dice() % static_cast<unsigned>(most)); };
  for (int round = 0; round < 500; ++round) {
    std::vector<warming_claim> claims;
    const auto caches = static_cast<std::size_t>(1 + draw(6));
    for (std::size_t i = 0; i < caches; ++i) {
      claims.push_back(claim("c" + std::to_string(i), draw(100) / 100.0, 0));
      claims.back().origin = draw(2) == 0 ? "db" : "files";
      for (int item = draw(50); item > 0; --item)
        claims.back().items.push_back(
            {static_cast<double>(draw(1000)), 1 + static_cast<std::uint64_t>(draw(50)), draw(120)});
    }
    const division_bounds bounds{static_cast<std::uint64_t>(500 + draw(3000)),
                                 {{"db", static_cast<std::uint64_t>(6 + draw(60))}}};
    const auto shares = divide(claims, bounds);
    std::uint64_t bytes = 0;
    std::uint64_t calls = 0;
    for (std::size_t i = 0; i < caches; ++i) {
      bytes += shares.at(i).bytes;
      if (claims[i].origin == "db") calls += shares[i].items;
      BOOST_TEST(shares[i].items <= claims[i].items.size());
      BOOST_TEST((shares[i].items > 0 || claims[i].items.empty()));
    }
    BOOST_TEST(bytes <= bounds.bytes);
    BOOST_TEST(calls <= bounds.calls.at("db"));
  }
}

BOOST_AUTO_TEST_CASE(a_cache_comes_after_those_that_its_loader_reads) {
  const std::vector<warming_claim> claims{reading("pages", {"rows", "users"}), reading("rows", {"files"}),
                                          reading("users", {"elsewhere"}), reading("files", {})};
  const auto waves = waves_of(claims);
  BOOST_REQUIRE(waves.size() == 3u);
  BOOST_TEST(waves[0] == (std::vector<std::size_t>{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(waves[1] == std::vector<std::size_t>{1}, boost::test_tools::per_element());
  BOOST_TEST(waves[2] == std::vector<std::size_t>{0}, boost::test_tools::per_element());
  BOOST_TEST(divide(claims, {1000, {}}).at(0).wave == 2u);
}

BOOST_AUTO_TEST_CASE(in_a_wave_the_lowest_hit_ratio_is_first) {
  const auto waves = waves_of({claim("good", 0.9, 1), claim("poor", 0.1, 1)});
  BOOST_TEST(waves.at(0) == (std::vector<std::size_t>{1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(caches_that_read_each_other_in_a_circle_are_all_warmed_once) {
  const auto waves = waves_of({reading("a", {"b"}), reading("b", {"c"}), reading("c", {"a"})});
  std::size_t warmed = 0;
  for (const auto& wave : waves) warmed += wave.size();
  BOOST_TEST(warmed == 3u);
  BOOST_TEST(waves.back() == std::vector<std::size_t>{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
