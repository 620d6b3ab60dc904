#include <boost/test/unit_test.hpp>
#include <map>

#include "apps/feeds/make_feed.hpp"
#include "messages/error.hpp"
#include "storage/caches/redis/redis_session.hpp"
#include "tests/apps/feeds/recorded_accesses.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(redis_feeds_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using feeds::redis_monitor;
using feeds::redis_sampling;

constexpr std::chrono::seconds patience{10};

// A client of the application's.
class client {
 public:
  explicit client(const redis_config& config) : session_(config) {}

  void run(std::size_t count, const std::function<std::vector<std::string>(std::size_t)>& command) {
    redis_session::batch batch;
    batch.items = count;
    batch.append = [&](std::string& out, std::size_t item) {
      const auto words = command(item);
      if (words.size() == 2) return append_command(out, {words[0], words[1]});
      append_command(out, {words[0], words[1], words[2]});
    };
    batch.on_reply = [](std::size_t, const redisReply& reply) {
      BOOST_TEST((reply.type != REDIS_REPLY_ERROR), text_of(reply));
    };
    auto failed = trouble::none;
    session_.run(batch, std::chrono::steady_clock::now() + patience, failed);
    BOOST_TEST((failed == trouble::none));
  }
  void command(const std::vector<std::string>& words) {
    run(1, [&](std::size_t) { return words; });
  }

 private:
  redis_session session_;
};

const std::vector<std::string> lfu{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lfu"};

feeds::redis_sampling_config sampling(const redis_server& server) {
  feeds::redis_sampling_config config;
  config.server = server.config();
  config.commands_per_second = 4000;
  config.max_accesses_per_second = 20'000;
  return config;
}

}  // namespace

BOOST_AUTO_TEST_CASE(keys_that_redis_counts_as_hot_are_sampled_more) {
  if (!is_installed("redis-server")) return;
  redis_server server{lfu};
  client application{server.config()};
  application.run(50, [](std::size_t i) -> std::vector<std::string> {
    return {"SET", "key " + std::to_string(i), "value"};
  });
  application.run(20'000, [](std::size_t i) -> std::vector<std::string> {
    return {"GET", "key " + std::to_string(i % 5)};
  });
  recorded_accesses recorded;
  redis_sampling feed{sampling(server), recorded.sink()};
  feed.start();
  BOOST_TEST(eventually([&] { return recorded.size() >= 500; }));
  feed.stop();
  std::map<std::string, std::size_t> counts;
  for (const auto& one : recorded.all()) {
    BOOST_REQUIRE((one.outcome == access_outcome::sampled));
    ++counts[one.key];
  }
  for (int hot = 0; hot < 5; ++hot)
    for (int cold = 5; cold < 50; ++cold)
      BOOST_TEST(counts["key " + std::to_string(hot)] > 5 * counts["key " + std::to_string(cold)]);
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
}

BOOST_AUTO_TEST_CASE(an_engine_learns_popularity_from_samples_and_nothing_else) {
  if (!is_installed("redis-server")) return;
  redis_server server{lfu};
  client application{server.config()};
  application.command({"SET", "p:a", "1"});
  application.command({"SET", "q:b", "1"});
  engine running{engine_config{}};
  auto cache = running.add_cache({.name = "pages", .load = [](std::string_view) { return load_result{}; }});
  auto config = sampling(server);
  config.server.key_prefix = "p:";
  const auto feed = feeds::make_feed(config, cache);
  feed->start();
  BOOST_TEST(eventually([&] { return running.key("pages", "a").count >= 3; }));
  feed->stop();
  BOOST_TEST(running.patterns("pages").unique_keys == 1u);
  BOOST_TEST(feed->counters().left_out > 0u);
}

BOOST_AUTO_TEST_CASE(a_server_without_lfu_is_told_what_is_missing) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  client{server.config()}.command({"SET", "a", "1"});
  recorded_accesses recorded;
  redis_sampling feed{sampling(server), recorded.sink()};
  feed.start();
  BOOST_TEST(eventually([&] { return feed.last_error().find("LFU") != std::string::npos; }));
  BOOST_TEST(recorded.size() == 0u);
}

BOOST_AUTO_TEST_CASE(sampling_goes_on_when_the_server_is_back) {
  if (!is_installed("redis-server")) return;
  redis_server server{lfu};
  recorded_accesses recorded;
  redis_sampling feed{sampling(server), recorded.sink()};
  server.process().stop();
  feed.start();
  BOOST_TEST(eventually([&] { return !feed.last_error().empty(); }));
  server.start();
  client{server.config()}.command({"SET", "a", "1"});
  BOOST_TEST(eventually([&] { return recorded.size() > 0; }));
}

BOOST_AUTO_TEST_CASE(a_monitored_sample_is_in_order_and_without_stokers_own) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  recorded_accesses recorded;
  redis_monitor feed{{.server = server.config()}, recorded.sink()};
  feed.start();
  BOOST_REQUIRE(eventually([&] { return feed.listening(); }));
  client application{server.config()};
  application.command({"SET", "a", "1"});
  redis_cache cache{server.config()};
  const std::string_view asked = "a";
  const auto deadline = std::chrono::steady_clock::now() + patience;
  BOOST_TEST((cache.read({&asked, 1}, deadline).at(0).there.state == residency::present));
  for (const char* key : {"a", "b", "a"}) application.command({"GET", key});
  BOOST_TEST(eventually([&] { return recorded.size() >= 3; }));
  feed.stop();
  BOOST_TEST(recorded.keys() == (std::vector<std::string>{"a", "b", "a"}), boost::test_tools::per_element());
  BOOST_TEST((recorded.all()[0].outcome == access_outcome::hit));
  BOOST_TEST(recorded.all()[0].stream == recorded.all()[2].stream);
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
}

BOOST_AUTO_TEST_CASE(a_sample_ends_at_its_bounds) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  recorded_accesses recorded;
  redis_monitor feed{{.server = server.config(), .max_lines = 10}, recorded.sink()};
  feed.start();
  BOOST_REQUIRE(eventually([&] { return feed.listening(); }));
  client{server.config()}.run(100, [](std::size_t) -> std::vector<std::string> { return {"GET", "a"}; });
  BOOST_TEST(eventually([&] { return !feed.listening(); }));
  feed.stop();
  BOOST_TEST(feed.counters().received < 10u);
}

BOOST_AUTO_TEST_CASE(a_user_that_may_not_monitor_is_told_so) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  client{server.config()}.command({"ACL", "SETUSER", "weak"});
  auto config = server.config();
  config.user = "weak";
  config.password = "wrong";
  recorded_accesses recorded;
  redis_monitor feed{{.server = config}, recorded.sink()};
  feed.start();
  BOOST_TEST(eventually([&] { return feed.last_error().find("WRONGPASS") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused_with_its_field) {
  recorded_accesses recorded;
  const auto check = [&](const feeds::feed_config& wrong, const std::string& part) {
    BOOST_CHECK_EXCEPTION(
        std::visit([](const auto& config) { validate(config); }, wrong), error,
        [&](const error& e) { return std::string{e.what()}.find(part) != std::string::npos; });
  };
  check(feeds::redis_sampling_config{.commands_per_second = 1}, "commands_per_second");
  check(feeds::redis_sampling_config{.max_accesses_per_second = 0}, "max_accesses_per_second");
  check(feeds::redis_sampling_config{.assumed = {.log_factor = -1}}, "log_factor");
  check(feeds::redis_monitor_config{.sample = std::chrono::minutes{2}}, "sample");
  check(feeds::redis_monitor_config{.period = std::chrono::seconds{9}}, "period");
  check(feeds::redis_monitor_config{.max_lines = 0}, "max_lines");
  check(feeds::redis_monitor_config{.server = {.where = {.host = ""}}}, "redis:");
}

BOOST_AUTO_TEST_SUITE_END()
