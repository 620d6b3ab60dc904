// Redis Cluster: the suite of the seam over three masters, slots on their way, nodes that go, and races.
#include <algorithm>
#include <atomic>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "messages/error.hpp"
#include "storage/caches/redis/slot_map.hpp"
#include "tests/storage/caches/redis_cluster.hpp"
#include "tests/storage/caches/remote_race_checks.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

namespace redis_cluster_test {

// One for what leaves it as it was but for what it holds.
redis_cluster& shared_cluster() {
  static redis_cluster cluster{false, {"--maxmemory", "200mb"}};
  return cluster;
}

std::uint64_t counted(remote_cache& cache, trouble what) {
  return cache.stats(soon()).troubles[static_cast<std::size_t>(what)];
}

std::uint64_t redirected(remote_cache& cache) {
  return cache.stats(soon()).redirected;
}

// A key of each master.
std::vector<std::string> keys_of_all_masters() {
  std::vector<std::string> keys(redis_cluster::masters);
  for (int i = 0; std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.empty(); }); ++i) {
    const auto key = "key" + std::to_string(i);
    keys[redis_cluster::master_of(key_slot(key))] = key;
  }
  return keys;
}

remote_outcome try_fill(remote_cache& cache, std::string_view key) {
  return fill(cache, key, cache.begin_fill(key), "v");
}

bool is_there(const remote_outcome& outcome) {
  return outcome.result == fill_result::stored || outcome.result == fill_result::present;
}

}  // namespace redis_cluster_test

BOOST_AUTO_TEST_SUITE(redis_cluster_test)

BOOST_DATA_TEST_CASE(a_cluster_does_what_the_seam_says, data::make(checks()), check) {
  if (!is_installed("redis-server")) return;
  redis_cache cache{shared_cluster().config()};
  redis_cache others{shared_cluster().config()};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_DATA_TEST_CASE(a_cluster_with_a_prefix_does_so_too, data::make(checks()), check) {
  if (!is_installed("redis-server")) return;
  auto config = shared_cluster().config();
  redis_cache whole{config};
  whole.clear(soon());
  config.key_prefix = "app[*]:";
  redis_cache cache{config};
  redis_cache others{config};
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(every_key_stands_at_the_master_of_its_slot) {
  if (!is_installed("redis-server")) return;
  redis_cache cache{shared_cluster().config()};
  cache.clear(soon());
  for (int i = 0; i < 100; ++i) {
    const auto key = "key" + std::to_string(i);
    BOOST_TEST((warm(cache, key, "v") == fill_result::stored));
    const auto master = shared_cluster().node(redis_cluster::master_of(key_slot(key)));
    BOOST_TEST(told(master, {"GET", key}) == "v");
  }
  BOOST_TEST(redirected(cache) == 0u);
}

BOOST_AUTO_TEST_CASE(a_tag_in_the_prefix_keeps_a_cache_together) {
  if (!is_installed("redis-server")) return;
  auto config = shared_cluster().config();
  config.key_prefix = "{app}:";
  redis_cache cache{config};
  cache.clear(soon());
  for (int i = 0; i < 10; ++i) warm(cache, std::to_string(i), "v");
  const auto slot = std::to_string(key_slot("app"));
  const auto master = shared_cluster().node(redis_cluster::master_of(key_slot("app")));
  BOOST_TEST(told(master, {"CLUSTER", "COUNTKEYSINSLOT", slot}) == "10");
}

BOOST_AUTO_TEST_CASE(one_seed_that_answers_is_enough) {
  if (!is_installed("redis-server")) return;
  auto config = shared_cluster().config();
  config.where.port = free_port();
  redis_cache cache{config};
  BOOST_TEST(is_there(try_fill(cache, "one seed")));
}

BOOST_AUTO_TEST_CASE(memory_and_entries_are_those_of_all_masters) {
  if (!is_installed("redis-server")) return;
  redis_cache cache{shared_cluster().config()};
  cache.clear(soon());
  for (const auto& key : keys_of_all_masters()) warm(cache, key, "v");
  const auto memory = cache.memory(soon());
  BOOST_TEST(memory.limit_bytes == redis_cluster::masters * (200u << 20));
  BOOST_TEST(cache.stats(soon()).entries == 3u);
  BOOST_TEST(cache.condition(soon()).entries == 3u);
}

BOOST_AUTO_TEST_CASE(a_user_of_the_access_list_is_one_at_every_node) {
  if (!is_installed("redis-server")) return;
  for (std::size_t i = 0; i < shared_cluster().size(); ++i)
    BOOST_TEST(
        told(shared_cluster().node(i), {"ACL", "SETUSER", "warmer", "on", ">w", "~app:*", "+@read", "+set",
                                        "+unlink", "+eval", "+echo", "+client|id", "+client|setname",
                                        "+client|kill", "+info", "+cluster|slots", "+asking"}) == "OK");
  auto config = shared_cluster().config();
  config.key_prefix = "app:";
  config.user = "warmer";
  config.password = "w";
  redis_cache cache{config};
  for (const auto& key : keys_of_all_masters()) {
    invalidate(cache, key);
    BOOST_TEST((warm(cache, key, "v") == fill_result::stored));
    BOOST_TEST((refresh(cache, key, begin_refresh(cache, key), "new") == fill_result::stored));
    BOOST_TEST(read(cache, key) == "new");
  }
  BOOST_TEST((cache.condition(soon()).why == trouble::none));
  BOOST_TEST((cache.clear(soon()) == trouble::none));  // SCAN is among what reads
  config.password = "wrong";
  redis_cache wrong{config};
  BOOST_TEST((try_fill(wrong, "k").why == trouble::denied));
  BOOST_TEST(wrong.last_error().find("WRONGPASS") != std::string::npos, wrong.last_error());
}

BOOST_AUTO_TEST_CASE(a_cluster_is_reached_over_tls) {
  if (!is_installed("redis-server") || !is_installed("openssl")) return;
  const certificates files;
  const redis_cluster cluster{false, {}, &files};
  redis_cache cache{cluster.config()};
  for (const auto& key : keys_of_all_masters()) {
    BOOST_TEST((warm(cache, key, "v") == fill_result::stored));
    BOOST_TEST(read(cache, key) == "v");
  }
  BOOST_TEST(cache.stats(soon()).entries == 3u);
}

BOOST_AUTO_TEST_CASE(what_can_be_no_cluster_is_refused) {
  const auto check = [](auto change, const std::string& part) {
    redis_config config;
    config.cluster = true;
    change(config);
    BOOST_CHECK_EXCEPTION(redis_cache{config}, error, [&](const error& e) {
      return std::string{e.what()}.find(part) != std::string::npos;
    });
  };
  check([](redis_config& config) { config.database = 1; }, "database 0");
  check([](redis_config& config) { config.where.socket_path = "/s"; }, "TCP");
  check([](redis_config& config) { config.replicas.emplace_back(); }, "tells its replicas itself");
  check([](redis_config& config) { config.seeds.emplace_back(); }, "host and port");
  check([](redis_config& config) { config.cluster = false, config.seeds.emplace_back(); }, "of a cluster");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_in_no_cluster_is_named) {
  if (!is_installed("redis-server")) return;
  const temporary_folder folder;
  redis_config config;
  config.cluster = true;
  config.where.port = free_port();
  const server_process alone{{"redis-server", "--port", std::to_string(config.where.port), "--bind",
                              "127.0.0.1", "--save", "", "--dir", folder.path().string()},
                             folder / "log"};
  redis_cache cache{config};
  BOOST_TEST(alone.wait_until([&] {
    return try_fill(cache, "k").why == trouble::rejected &&
           cache.last_error().find("cluster support disabled") != std::string::npos;
  }));
}

BOOST_AUTO_TEST_CASE(a_slot_on_its_way_is_followed_for_each_key_and_then_for_good) {
  if (!is_installed("redis-server")) return;
  const redis_cluster cluster{false};
  redis_cache cache{cluster.config()};
  const auto slot = key_slot("moving");
  const auto from = redis_cluster::master_of(slot);
  const auto to = (from + 1) % redis_cluster::masters;
  BOOST_TEST((warm(cache, "{moving}before", "v") == fill_result::stored));
  cluster.begin_move(slot, from, to);
  // What is there is found where it was; what is new goes where the slot goes: ASK, each time.
  BOOST_TEST((warm(cache, "{moving}before", "late") == fill_result::present));
  BOOST_TEST(redirected(cache) == 0u);
  BOOST_TEST((warm(cache, "{moving}one", "1") == fill_result::stored));
  BOOST_TEST(redirected(cache) == 1u);
  BOOST_TEST((warm(cache, "{moving}two", "2") == fill_result::stored));
  BOOST_TEST(redirected(cache) == 2u);
  BOOST_TEST(read(cache, "{moving}one") == "1");
  BOOST_TEST(
      (refresh(cache, "{moving}one", begin_refresh(cache, "{moving}one"), "new") == fill_result::stored));
  BOOST_TEST(invalidate(cache, "{moving}two") == 1u);
  cluster.move_keys(slot, from, to);
  cluster.end_move(slot, from, to);
  const auto before = redirected(cache);
  BOOST_TEST(read(cache, "{moving}before") == "v");  // MOVED, once
  BOOST_TEST(redirected(cache) == before + 1);
  BOOST_TEST(read(cache, "{moving}one") == "new");
  BOOST_TEST(read(cache, "{moving}two") == "<miss>");
  BOOST_TEST(redirected(cache) == before + 1);
  BOOST_TEST(!cache.condition(soon()).lost_content());
}

BOOST_AUTO_TEST_CASE(a_fill_that_is_sent_on_is_fenced_by_what_happened_meanwhile) {
  if (!is_installed("redis-server")) return;
  const redis_cluster cluster{false};
  redis_cache cache{cluster.config()};
  const auto slot = key_slot("moving");
  const auto from = redis_cluster::master_of(slot);
  const auto to = (from + 1) % redis_cluster::masters;
  BOOST_TEST(read(cache, "{moving}k") == "<miss>");
  const auto token = cache.begin_fill("{moving}k");
  cluster.begin_move(slot, from, to);
  invalidate(cache, "{moving}k");
  BOOST_TEST((fill(cache, "{moving}k", token, "stale").result == fill_result::fenced));
  cluster.end_move(slot, from, to);
  BOOST_TEST((fill(cache, "{moving}k", token, "stale").result == fill_result::fenced));
  BOOST_TEST(read(cache, "{moving}k") == "<miss>");
}

BOOST_AUTO_TEST_CASE(slots_that_move_while_it_is_filled_lose_nothing) {
  if (!is_installed("redis-server")) return;
  const redis_cluster cluster{false};
  redis_cache cache{cluster.config()};
  std::vector<std::string> names;
  for (int i = 0; i < 60'000; ++i) names.push_back("{" + std::to_string(i % 300) + "}" + std::to_string(i));
  std::atomic<std::size_t> filled{0}, lost{0};
  std::thread filling{[&] {
    for (std::size_t at = 0; at < names.size(); at += 500) {
      std::vector<remote_entry> batch;
      for (std::size_t i = at; i < at + 500; ++i) {
        batch.push_back(entry(names[i], names[i]));
        batch.back().token = cache.begin_fill(names[i]);
      }
      for (const auto& outcome : cache.fill(batch, soon())) ++(is_there(outcome) ? filled : lost);
    }
  }};
  // All of them one way: whoever gives slots away and takes others could win back what it gave.
  constexpr std::size_t from = 0;
  constexpr std::size_t to = 1;
  std::set<std::uint16_t> moved;
  for (int tag = 0; tag < 300; ++tag) {
    const auto slot = key_slot(std::to_string(tag));
    if (redis_cluster::master_of(slot) != from || !moved.insert(slot).second) continue;
    cluster.begin_move(slot, from, to);
    cluster.move_keys(slot, from, to);
    cluster.end_move(slot, from, to);
  }
  filling.join();
  BOOST_TEST(filled == names.size());
  BOOST_TEST(lost == 0u);
  const std::vector<std::string_view> views{names.begin(), names.end()};
  std::size_t wrong = 0;
  const auto values = cache.read(views, soon());
  for (std::size_t i = 0; i < names.size(); ++i) wrong += values[i].bytes.view() == names[i] ? 0 : 1;
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(redirected(cache) > 0u);
  BOOST_TEST_MESSAGE(redirected(cache) << " answers named another node");
}

BOOST_AUTO_TEST_CASE(nothing_stale_stays_in_a_cluster_when_deletes_go_through_stoker) {
  if (!is_installed("redis-server")) return;
  BOOST_TEST(race_at([] { return std::make_unique<redis_cache>(shared_cluster().config()); }, false).stale ==
             0u);
}

BOOST_AUTO_TEST_CASE(what_direct_deletes_leave_stale_in_a_cluster_goes_within_the_fence_ttl) {
  if (!is_installed("redis-server")) return;
  const auto came = race_at([] { return std::make_unique<redis_cache>(shared_cluster().config()); }, true);
  BOOST_TEST(came.stale_unbounded == 0u);
}

BOOST_AUTO_TEST_CASE(a_master_that_dies_is_followed_by_its_replica) {
  if (!is_installed("redis-server")) return;
  redis_cluster cluster{true};
  redis_cache cache{cluster.config()};
  const auto keys = keys_of_all_masters();
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) names.push_back("early" + std::to_string(i));
  for (const auto& name : names) warm(cache, name, name);
  BOOST_TEST(!cache.condition(soon()).lost_content());
  const bool copied = cluster.process(1).wait_until([&] {
    return told(cluster.node(1), {"DBSIZE"}) == told(cluster.node(redis_cluster::masters + 1), {"DBSIZE"});
  });
  BOOST_TEST(copied);
  cluster.process(1).stop();
  // The others' keys go on, but for the moment in which the cluster counts itself as broken.
  bool told_so = false;
  const bool follows = cluster.process(0).wait_until([&] {
    const auto outcome = try_fill(cache, keys[1]);
    told_so = told_so || outcome.why == trouble::unavailable;
    return is_there(outcome);
  });
  BOOST_TEST(told_so);
  BOOST_TEST(follows);
  BOOST_TEST(counted(cache, trouble::unavailable) > 0u);
  BOOST_TEST(cluster.process(0).wait_until(
      [&] { return is_there(try_fill(cache, keys[0])) && is_there(try_fill(cache, keys[2])); }));
  std::size_t there = 0;
  for (const auto& name : names) there += read(cache, name) == name ? 1 : 0;
  BOOST_TEST(there == names.size());
  const auto after = cache.condition(soon());
  BOOST_TEST((after.why == trouble::none));
  BOOST_TEST(!after.lost_content());
  BOOST_TEST(after.incarnation == 1u);
}

BOOST_AUTO_TEST_CASE(a_master_that_hangs_costs_the_others_keys_nothing) {
  if (!is_installed("redis-server")) return;
  redis_cluster cluster{false};
  redis_cache cache{cluster.config()};
  const auto keys = keys_of_all_masters();
  for (const auto& key : keys) BOOST_TEST(read(cache, key) == "<miss>");
  cluster.process(1).pause();
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, "v"));
  for (auto& made : batch) made.token = cache.begin_fill(made.key);
  const auto outcomes = cache.fill(batch, deadline_clock::now() + std::chrono::milliseconds{200});
  cluster.process(1).resume();
  BOOST_TEST((outcomes[0].result == fill_result::stored));
  BOOST_TEST((outcomes[1].why == trouble::timed_out));
  BOOST_TEST((outcomes[2].result == fill_result::stored));
  BOOST_TEST(counted(cache, trouble::timed_out) == 1u);
  BOOST_TEST(cluster.process(1).wait_until([&] { return is_there(try_fill(cache, keys[1])); }));
}

BOOST_AUTO_TEST_CASE(a_master_without_a_replica_fails_its_own_keys_and_works_when_it_is_back) {
  if (!is_installed("redis-server")) return;
  redis_cluster cluster{false, {"--cluster-require-full-coverage", "no"}};
  redis_cache cache{cluster.config()};
  const auto keys = keys_of_all_masters();
  for (const auto& key : keys) warm(cache, key, "v");
  cache.condition(soon());
  cluster.process(1).stop();
  BOOST_TEST((try_fill(cache, keys[1]).why == trouble::unavailable));
  BOOST_TEST(is_there(try_fill(cache, keys[0])));
  BOOST_TEST(is_there(try_fill(cache, keys[2])));
  BOOST_TEST((cache.condition(soon()).why == trouble::unavailable));
  BOOST_TEST(!cache.last_error().empty());
  cluster.start(1);
  BOOST_TEST(cluster.process(1).wait_until([&] { return is_there(try_fill(cache, keys[1])); }));
  BOOST_TEST(cluster.process(1).wait_until([&] {
    const auto condition = cache.condition(soon());
    return condition.why == trouble::none && condition.incarnation == 2u;
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
