// A fleet of memcached servers: the continuum beside libmemcached's own, and the suite of the seam.
#include <libmemcached-1.0/memcached.h>

#include <algorithm>
#include <array>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>

#include "messages/error.hpp"
#include "storage/caches/memcached/ketama.hpp"
#include "storage/caches/memcached/memcached_fleet.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(memcached_fleet_test)

namespace {

using client = std::unique_ptr<memcached_st, decltype(&memcached_free)>;

client libmemcached_for(const std::vector<ketama_server>& servers) {
  client made{memcached_create(nullptr), &memcached_free};
  memcached_behavior_set(made.get(), MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  for (const auto& each : servers)
    memcached_server_add_with_weight(made.get(), each.host.c_str(), each.port, each.weight);
  return made;
}

void check_against_libmemcached(const std::vector<ketama_server>& servers) {
  const auto theirs = libmemcached_for(servers);
  const ketama ours{servers};
  std::vector<std::size_t> counts(servers.size());
  for (int i = 0; i < 20'000; ++i) {
    const auto key = "key/" + std::to_string(i * 7919);
    const auto server = ours.server_of(key);
    BOOST_REQUIRE_EQUAL(server, memcached_generate_hash(theirs.get(), key.data(), key.size()));
    ++counts[server];
  }
  for (const auto count : counts) BOOST_TEST(count > 0u);
}

struct fleet {
  std::array<memcached_server, 3> servers;

  memcached_fleet_config config() const {
    memcached_fleet_config made;
    for (const auto& each : servers) made.servers.push_back({each.config().where, 1, ""});
    return made;
  }
};

fleet& shared_fleet() {
  static fleet servers;
  return servers;
}

}  // namespace

BOOST_AUTO_TEST_CASE(keys_stand_where_libmemcached_looks_for_them) {
  check_against_libmemcached({{"10.0.0.1"}, {"10.0.0.2"}, {"10.0.0.3"}});
  check_against_libmemcached({{"a.example", 11212}, {"a.example", 11213}, {"b.example"}});
  check_against_libmemcached({{"10.0.0.1", 11211, 1}, {"10.0.0.2", 11211, 3}, {"10.0.0.3", 11300, 7}});
  std::vector<ketama_server> many;
  for (std::uint16_t i = 0; i < 40; ++i)
    many.push_back({"host" + std::to_string(i), static_cast<std::uint16_t>(11000 + i), 1 + i % 5u});
  check_against_libmemcached(many);
  check_against_libmemcached({{"alone"}});
}

BOOST_DATA_TEST_CASE(a_fleet_does_what_the_seam_says, data::make(checks()), check) {
  if (!is_installed("memcached")) return;
  memcached_fleet cache{shared_fleet().config()};
  memcached_fleet others{shared_fleet().config()};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(libmemcached_finds_what_a_fleet_was_filled_with) {
  if (!is_installed("memcached")) return;
  memcached_fleet cache{shared_fleet().config()};
  cache.clear(soon());
  const client theirs{memcached_create(nullptr), &memcached_free};
  memcached_behavior_set(theirs.get(), MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  for (const auto& each : shared_fleet().config().servers)
    memcached_server_add_unix_socket(theirs.get(), each.where.socket_path.c_str());
  for (int i = 0; i < 200; ++i) {
    const auto key = "key" + std::to_string(i);
    BOOST_TEST((warm(cache, key, "value of " + key) == fill_result::stored));
    std::size_t size = 0;
    std::uint32_t flags = 0;
    memcached_return_t outcome{};
    const std::unique_ptr<char, decltype(&::free)> found{
        memcached_get(theirs.get(), key.data(), key.size(), &size, &flags, &outcome), &::free};
    BOOST_REQUIRE(found);
    BOOST_TEST((std::string_view{found.get(), size} == "value of " + key));
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_fails_its_own_keys_alone_until_it_is_back) {
  if (!is_installed("memcached")) return;
  fleet own;
  memcached_fleet cache{own.config()};
  std::vector<std::string> names;
  std::vector<remote_entry> entries;
  for (int i = 0; i < 300; ++i) names.push_back("key" + std::to_string(i));
  for (const auto& name : names) entries.push_back(entry(name, "v"));
  own.servers[1].process().stop();
  std::size_t failed = 0;
  for (const auto& outcome : cache.put(entries, soon())) {
    if (outcome.result == fill_result::stored) continue;
    ++failed;
    BOOST_TEST((outcome.why == trouble::unavailable));
  }
  BOOST_TEST(failed > 50u);
  BOOST_TEST(failed < 200u);
  BOOST_TEST((cache.stats(soon()).why == trouble::unavailable));
  BOOST_TEST(!cache.last_error().empty());
  own.servers[1].start();
  BOOST_TEST(own.servers[1].process().wait_until([&] {
    const auto outcomes = cache.put(entries, soon());
    return std::all_of(outcomes.begin(), outcomes.end(),
                       [](const remote_outcome& one) { return one.result == fill_result::stored; });
  }));
}

// Each in its turn: whichever stands first must not use up the time of the others.
BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_keeps_none_of_the_others_waiting) {
  if (!is_installed("memcached")) return;
  fleet own;
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back("key" + std::to_string(i));
  const std::vector<std::string_view> keys{names.begin(), names.end()};
  std::vector<remote_entry> entries;
  for (const auto& name : names) entries.push_back(entry(name, "v"));
  for (auto& stalled : own.servers) {
    memcached_fleet cache{own.config()};
    for (const auto& outcome : cache.put(entries, soon()))
      BOOST_TEST((outcome.result == fill_result::stored));
    stalled.process().pause();
    constexpr auto patience = std::chrono::seconds{2};
    const auto begun = deadline_clock::now();
    std::size_t found = 0, late = 0;
    for (const auto& each : cache.read(keys, begun + patience)) {
      found += each.there.state == residency::present ? 1 : 0;
      late += each.there.why == trouble::timed_out ? 1 : 0;
    }
    BOOST_CHECK(deadline_clock::now() - begun < 2 * patience);
    stalled.process().resume();
    BOOST_TEST(found > 100u);
    BOOST_TEST(late > 50u);
    BOOST_TEST(found + late == 300u);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_fleet_is_refused) {
  BOOST_CHECK_THROW(memcached_fleet{memcached_fleet_config{}}, error);
  BOOST_CHECK_THROW((memcached_fleet{memcached_fleet_config{{{{}, 0, ""}}, {}}}), error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
