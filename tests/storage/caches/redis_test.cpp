// Redis: the suite of the seam against a real server, over a Unix socket and over TCP, and what is Redis'
// own.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "storage/caches/redis/redis_info.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(redis_test)

namespace {

// One server for the suite, flushed for each check.
redis_server& shared_server() {
  static redis_server server{{"--maxmemory", "200mb"}};
  return server;
}

std::size_t index(trouble what) {
  return static_cast<std::size_t>(what);
}

}  // namespace

BOOST_DATA_TEST_CASE(redis_does_what_the_seam_says, data::make(checks()), check) {
  if (!is_installed("redis-server")) return;
  redis_cache cache{shared_server().config()};
  redis_cache others{shared_server().config()};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_DATA_TEST_CASE(redis_with_a_prefix_and_a_database_does_so_too, data::make(checks()), check) {
  if (!is_installed("redis-server")) return;
  auto config = shared_server().config();
  config.database = 3;
  config.key_prefix = "app[*]:";
  redis_cache cache{config};
  redis_cache others{config};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(a_prefix_keeps_what_is_not_its_own) {
  if (!is_installed("redis-server")) return;
  auto config = shared_server().config();
  config.database = 4;
  redis_cache whole{config};
  config.key_prefix = "a*";
  redis_cache part{config};
  put(whole, "ab", "not of the prefix");
  put(part, "k", "v");
  BOOST_TEST(read(whole, "a*k") == "v");
  BOOST_TEST((part.clear(soon()) == trouble::none));
  BOOST_TEST(read(whole, "a*k") == "<miss>");
  BOOST_TEST(read(whole, "ab") == "not of the prefix");
  BOOST_TEST(!part.capabilities().clears_all);
}

BOOST_AUTO_TEST_CASE(redis_is_reached_over_tcp) {
  if (!is_installed("redis-server")) return;
  const auto port = free_port();
  redis_server server{{"--port", std::to_string(port), "--bind", "127.0.0.1"}};
  redis_config config;
  config.where = {.host = "localhost", .port = port};
  redis_cache cache{config};
  BOOST_TEST((warm(cache, "k", "v") == fill_result::stored));
  BOOST_TEST(read(cache, "k") == "v");
}

BOOST_AUTO_TEST_CASE(a_password_and_an_acl_user_are_sent) {
  if (!is_installed("redis-server")) return;
  redis_server server{{"--requirepass", "secret", "--user", "warmer", "on", ">w", "~app:*", "+@read", "+set",
                       "+unlink", "+eval", "+select", "+echo", "+client|id", "+client|setname",
                       "+client|kill", "+info"}};
  auto config = server.config();
  redis_cache nobody{config};
  BOOST_TEST(read(nobody, "k") == "<denied>");
  BOOST_TEST(nobody.last_error().find("NOAUTH") != std::string::npos);
  config.password = "wrong";
  redis_cache wrong{config};
  BOOST_TEST((fill(wrong, "k", wrong.begin_fill("k"), "v").why == trouble::denied));
  config.password = "secret";
  redis_cache right{config};
  BOOST_TEST((warm(right, "k", "v") == fill_result::stored));
  config.user = "warmer";
  config.password = "w";
  redis_cache user{config};
  BOOST_TEST((warm(user, "app:k", "v") == fill_result::stored));
  BOOST_TEST((refresh(user, "app:k", begin_refresh(user, "app:k"), "new") == fill_result::stored));
  BOOST_TEST((fill(user, "k2", user.begin_fill("k2"), "v").why == trouble::denied));
  BOOST_TEST((user.condition(soon()).why == trouble::none));
  BOOST_TEST((user.clear(soon()) == trouble::denied));
}

BOOST_AUTO_TEST_CASE(a_key_of_another_type_is_left_alone) {
  if (!is_installed("redis-server")) return;
  redis_cache cache{shared_server().config()};
  cache.clear(soon());
  socket_stream raw;
  BOOST_REQUIRE((raw.open(shared_server().config().where, soon()) == trouble::none));
  const auto made = raw.exchange(
      [](std::string& out) {
        out = "RPUSH list a\r\n";
        return false;
      },
      [](std::string_view) { return progress::done; }, soon());
  BOOST_REQUIRE((made == trouble::none));
  BOOST_TEST((warm(cache, "list", "v") == fill_result::present));
  BOOST_TEST(read(cache, "list") == "<unsupported>");
  BOOST_TEST(begin_refresh(cache, "list").version == "");
  BOOST_TEST(cache.stats(soon()).troubles[index(trouble::unsupported)] == 2u);
}

BOOST_AUTO_TEST_CASE(under_an_lfu_policy_the_count_of_uses_tells_what_was_used) {
  if (!is_installed("redis-server")) return;
  redis_server server{{"--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lfu"}};
  redis_cache cache{server.config()};
  redis_cache others{server.config()};
  for (const auto* key : {"unused", "used", "old"}) warm(cache, key, "v");
  read(others, "used");
  BOOST_TEST(roll_back(cache, "used", {}).removed == 0u);
  BOOST_TEST(roll_back(cache, "old", std::chrono::minutes{7}).removed == 0u);  // nobody can tell any more
  const auto rolled_back = roll_back(cache, "unused", {});
  BOOST_TEST(rolled_back.removed == 1u);
  BOOST_TEST(rolled_back.unknown == 0u);
  BOOST_TEST(read(others, "unused") == "<miss>");
  BOOST_TEST(read(others, "used") == "v");
}

BOOST_AUTO_TEST_CASE(a_configuration_that_can_not_work_is_refused) {
  redis_config nowhere;
  nowhere.where.port = 0;
  BOOST_CHECK_THROW(redis_cache{nowhere}, error);
  redis_config half;
  half.user = "warmer";
  BOOST_CHECK_THROW(redis_cache{half}, error);
}

BOOST_AUTO_TEST_CASE(info_is_read_field_by_field) {
  const auto info = read_info(
      "# Server\r\nrun_id:abc\r\n# Memory\r\nused_memory:10\r\nused_memory_rss:99\r\nmaxmemory:20\r\n"
      "maxmemory_policy:noeviction\r\nkeyspace_hits:3\r\ncmdstat_flushall:calls=2,usec=1\r\n"
      "cmdstat_flushdb:calls=5,usec=1\r\ndb1:keys=7,expires=0\r\ndb11:keys=8,expires=0\r\n",
      1);
  BOOST_TEST(info.run_id == "abc");
  BOOST_TEST(info.used_memory == 10u);
  BOOST_TEST(info.maxmemory == 20u);
  BOOST_TEST(info.maxmemory_policy == "noeviction");
  BOOST_TEST(info.keyspace_hits == 3u);
  BOOST_TEST(info.keyspace_misses == 0u);
  BOOST_TEST(info.flushes == 7u);
  BOOST_TEST(info.entries == 7u);
  const auto nothing = read_info("maxmemory:many", 0);
  BOOST_TEST(nothing.maxmemory == 0u);
  BOOST_TEST(nothing.run_id == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
