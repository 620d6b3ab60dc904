// The back end for HTTP caches: the same checks over nginx and Varnish, and faults with servers of the test's
// own.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "storage/caches/http/cache_answer.hpp"
#include "storage/caches/remote_filler.hpp"
#include "tests/storage/caches/http_proxies.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;

BOOST_AUTO_TEST_SUITE(http_cache_suite)

namespace {

const std::vector<proxy_kind> kinds{nginx, varnish};

remote_outcome fill_one(remote_cache& cache, std::string_view key) {
  return fill(cache, key, cache.begin_fill(key), "");
}

fill_result refresh_one(remote_cache& cache, std::string_view key) {
  return refresh(cache, key, begin_refresh(cache, key), "");
}

std::uint64_t counted(remote_cache& cache, trouble what) {
  return cache.stats(soon()).troubles[static_cast<std::size_t>(what)];
}

http_cache_config cache_at(const std::string& url) {
  http_cache_config config;
  config.urls = {{"*", url + "/{key}"}};
  config.status_header = "X-Cache-Status";
  return config;
}

}  // namespace

BOOST_DATA_TEST_CASE(a_fill_brings_in_what_users_read, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  const auto filled = fill_one(cache, "page 1");
  BOOST_TEST((filled.result == fill_result::stored));
  BOOST_TEST(filled.bytes == std::string{"first in de"}.size());
  BOOST_TEST((filled.took > duration::zero()));
  BOOST_TEST((fill_one(cache, "page 1").result == fill_result::present));
  const auto read = server->user("page%201");
  BOOST_TEST(server->hits(read));
  BOOST_TEST(read.body == "first in de");
  BOOST_TEST(origin.requests() == 1);
}

BOOST_DATA_TEST_CASE(the_variant_is_that_of_the_headers, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  auto config = server->config();
  config.headers = {"Accept-Language: fr"};
  http_cache cache{config};
  BOOST_TEST((fill_one(cache, "k").result == fill_result::stored));
  BOOST_TEST(server->hits(server->user("k", "Accept-Language: fr")));
  BOOST_TEST(!server->hits(server->user("k", "Accept-Language: en")));
}

BOOST_DATA_TEST_CASE(what_is_there_is_found_and_nothing_is_loaded_for_it, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  BOOST_TEST((look(cache, "k").state == residency::absent));
  BOOST_TEST(origin.requests() == 0);
  fill_one(cache, "k");
  const auto there = look(cache, "k");
  BOOST_TEST((there.state == residency::present));
  BOOST_TEST((there.ttl_left > std::chrono::seconds{30} && there.ttl_left <= std::chrono::seconds{60}));
  BOOST_TEST(origin.requests() == 1);
}

BOOST_DATA_TEST_CASE(a_refresh_asks_the_origin_anew, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  fill_one(cache, "k");
  origin.say("second");
  BOOST_TEST(server->user("k").body == "first in de");
  BOOST_TEST((refresh_one(cache, "k") == fill_result::stored));
  const auto read = server->user("k");
  BOOST_TEST(server->hits(read));
  BOOST_TEST(read.body == "second in de");
  auto config = server->config();
  config.refresh = http_refresh::purge;
  http_cache purging{config};
  origin.say("third");
  BOOST_TEST((refresh_one(purging, "k") == fill_result::stored));
  BOOST_TEST(server->user("k").body == "third in de");
}

BOOST_DATA_TEST_CASE(a_cache_that_ignores_the_bypass_is_found_out, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  auto config = server->config();
  config.bypass_header = "X-Nobody-Knows: this";
  http_cache cache{config};
  fill_one(cache, "k");
  BOOST_TEST((refresh_one(cache, "k") == fill_result::refused));
  BOOST_TEST(counted(cache, trouble::rejected) == 1u);
}

BOOST_DATA_TEST_CASE(an_invalidation_purges, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  fill_one(cache, "a");
  fill_one(cache, "b");
  BOOST_TEST(invalidate(cache, "a") == 1u);
  BOOST_TEST((look(cache, "a").state == residency::absent));
  BOOST_TEST((look(cache, "b").state == residency::present));
  const std::string_view never = "never there";
  BOOST_TEST((cache.invalidate(std::span{&never, 1}, soon()).why == trouble::none));
}

BOOST_DATA_TEST_CASE(what_a_cache_does_not_keep_is_no_fill, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  for (const bool verify : {false, true}) {
    auto config = server->config();
    config.verify = verify;
    http_cache cache{config};
    BOOST_TEST((fill_one(cache, verify ? "good 1" : "good 2").result == fill_result::stored));
    for (const char* key : {"private", "cookie", "none"})
      BOOST_TEST((fill_one(cache, key).why == trouble::rejected));
    for (const char* key : {"busy", "lost"}) BOOST_TEST((fill_one(cache, key).why == trouble::unavailable));
    BOOST_TEST(counted(cache, trouble::rejected) == 3u);
    BOOST_TEST(counted(cache, trouble::unavailable) == 2u);
  }
}

BOOST_DATA_TEST_CASE(a_cache_that_was_emptied_is_noticed, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  for (int i = 0; i < 20; ++i) fill_one(cache, "page " + std::to_string(i));
  const auto full = cache.condition(soon());
  BOOST_TEST((full.why == trouble::none));
  BOOST_TEST(!full.lost_content());
  server->empty();
  const auto emptied = cache.condition(soon());
  BOOST_TEST(emptied.emptied);
  BOOST_TEST(emptied.incarnation == full.incarnation + 1);
  BOOST_TEST(!cache.condition(soon()).lost_content());
}

BOOST_DATA_TEST_CASE(a_batch_is_answered_item_by_item_and_bounded_at_once, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  auto config = server->config();
  config.client.connections = 4;
  http_cache cache{config};
  std::vector<std::string> keys;
  for (int i = 0; i < 300; ++i) keys.push_back(i % 50 == 7 ? "none " + std::to_string(i) : std::to_string(i));
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, ""));
  const auto outcomes = cache.fill(batch, soon());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < keys.size(); ++i)
    wrong += (outcomes[i].result == fill_result::stored) == (i % 50 != 7) ? 0 : 1;
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(origin.most_at_once() <= 4);
  BOOST_TEST(cache.stats(soon()).stored == 294u);
}

BOOST_DATA_TEST_CASE(a_cache_that_is_away_is_unavailable_until_it_is_back, kinds, kind) {
  if (!kind.installed()) return;
  proxied_origin origin;
  const auto server = kind.make(origin.port());
  http_cache cache{server->config()};
  BOOST_TEST((fill_one(cache, "a").result == fill_result::stored));
  server->process().stop();
  BOOST_TEST((fill_one(cache, "b").why == trouble::unavailable));
  BOOST_TEST((look(cache, "b").why == trouble::unavailable));
  BOOST_TEST((cache.condition(soon()).why != trouble::garbled));
  server->start();
  BOOST_TEST((fill_one(cache, "b").result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(varnish_is_cleared_by_a_ban) {
  if (!varnish.installed()) return;
  proxied_origin origin;
  const auto server = varnish.make(origin.port());
  http_cache cache{server->config()};
  fill_one(cache, "a");
  BOOST_TEST((cache.clear(soon()) == trouble::none));
  BOOST_TEST((look(cache, "a").state == residency::absent));
  BOOST_TEST(!cache.condition(soon()).lost_content());
}

BOOST_AUTO_TEST_CASE(warming_measures_what_the_cache_loads) {
  if (!nginx.installed()) return;
  proxied_origin origin;
  const auto server = nginx.make(origin.port());
  remote_filler_config config;
  config.name = "pages";
  config.back_end = std::make_shared<http_cache>(server->config());
  remote_filler filler{config};
  load_item item;
  item.key = "k";
  const auto warm = [&] { return filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr); };
  const auto stored = warm();
  BOOST_TEST((stored.status == load_status::stored));
  BOOST_TEST(stored.bytes == 11u);
  BOOST_TEST((stored.took > duration::zero()));
  BOOST_TEST((warm().status == load_status::present));
  origin.say("second");
  item.refresh = true;
  BOOST_TEST((warm().status == load_status::stored));
  BOOST_TEST(server->user("k").body == "second in de");
}

BOOST_AUTO_TEST_CASE(what_it_cannot_do_is_said) {
  http_server server{[](const heard_request&) { return answer(200, "v", "X-Cache-Status: MISS\r\n"); }};
  http_cache cache{cache_at(server.url())};
  BOOST_TEST((look(cache, "k").why == trouble::unsupported));
  BOOST_TEST(read(cache, "k") == "<unsupported>");
  BOOST_TEST((put(cache, "k", "v") == fill_result::refused));
  BOOST_TEST((refresh_one(cache, "k") == fill_result::refused));
  BOOST_TEST((cache.clear(soon()) == trouble::unsupported));
  BOOST_TEST((cache.memory(soon()).why == trouble::unsupported));
  BOOST_TEST((cache.condition(soon()).why == trouble::unsupported));
  BOOST_TEST((roll_back(cache, "k", {}).why == trouble::unsupported));
  const std::string_view key = "k";
  BOOST_TEST((cache.invalidate(std::span{&key, 1}, soon()).why == trouble::unsupported));
  const auto able = cache.capabilities();
  BOOST_TEST(able.loads_by_itself);
  BOOST_TEST(!able.refreshes_by_itself);
  for (const auto what : {able.live_set, able.live_delete, able.own_change, able.refresh})
    BOOST_TEST((what == fence::none));
  BOOST_TEST(server.requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_cache_that_loads_what_it_is_only_asked_for_is_asked_once) {
  http_server server{[](const heard_request&) { return answer(200, "v", "X-Cache-Status: MISS\r\n"); }};
  auto config = cache_at(server.url());
  config.only_if_cached = true;
  http_cache cache{config};
  BOOST_TEST((look(cache, "a").state == residency::present));
  BOOST_TEST((look(cache, "b").why == trouble::unsupported));
  BOOST_TEST(server.requests() == 1);
  BOOST_TEST(cache.last_error().find("only-if-cached") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_are_named_and_counted_and_pass) {
  std::atomic<int> count{0};
  http_server server{[&](const heard_request&) -> said_answer {
    switch (count++) {
      case 0:
        return {"garbage\r\n\r\n", true};
      case 1:
        return answer(403, "");
      case 2:
        return answer(429, "");
      case 3:
        return {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true};
      case 4:  // on a new connection: on one that was kept the request would be sent again
        return {"", true};
      case 5:
        return answer(500, "");
      case 6:
        return answer(401, "");
      default:
        return answer(200, "v", "X-Cache-Status: MISS\r\n");
    }
  }};
  http_cache cache{cache_at(server.url())};
  for (const auto expected : {trouble::garbled, trouble::denied, trouble::unavailable, trouble::unavailable,
                              trouble::unavailable, trouble::unavailable, trouble::denied, trouble::none}) {
    const auto outcome = fill_one(cache, "k");
    BOOST_TEST((outcome.why == expected));
  }
  BOOST_TEST(counted(cache, trouble::garbled) == 1u);
  BOOST_TEST(counted(cache, trouble::denied) == 2u);
  BOOST_TEST(counted(cache, trouble::unavailable) == 4u);
}

BOOST_AUTO_TEST_CASE(a_cache_that_hangs_holds_nobody_beyond_the_deadline_and_is_used_when_it_answers) {
  std::atomic<bool> hangs{true};
  http_server server{[&](const heard_request&) {
    return hangs ? said_answer{"", false, true} : answer(200, "v", "X-Cache-Status: MISS\r\n");
  }};
  auto config = cache_at(server.url());
  config.client.connections = 2;
  http_cache cache{config};
  const std::vector<std::string> keys{"a", "b", "c"};
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, ""));
  const auto until = deadline_clock::now() + std::chrono::milliseconds{50};
  for (const auto& outcome : cache.fill(batch, until)) BOOST_TEST((outcome.why == trouble::timed_out));
  for (const auto& outcome : cache.fill(std::span{batch}.first(1), until))
    BOOST_TEST((outcome.why == trouble::timed_out));
  BOOST_TEST(counted(cache, trouble::timed_out) == 4u);
  hangs = false;
  BOOST_TEST((fill_one(cache, "a").result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(an_answer_tells_whether_it_came_from_the_cache) {
  const auto told = [](const char* name, const char* text, const std::string& status_header = "") -> int {
    http_headers headers;
    headers.add(name, text);
    const auto hit = came_from_cache(headers, status_header, {"HIT", "STALE"});
    return hit ? (*hit ? 1 : 0) : -1;
  };
  BOOST_TEST(told("x-cache", "Hit from somewhere", "X-Cache") == 1);
  BOOST_TEST(told("x-cache", "TCP_MEM_HIT from a.b", "X-Cache") == 1);
  BOOST_TEST(told("x-cache", "MISS from shithit", "X-Cache") == 0);
  BOOST_TEST(told("x-cache", "hit", "X-Other") == -1);
  BOOST_TEST(told("cache-status", "origin; fwd=miss, edge; hit; ttl=30") == 1);
  BOOST_TEST(told("cache-status", "origin; hit, edge; fwd=uri-miss") == 0);
  BOOST_TEST(told("x-varnish", "32770 3") == 1);
  BOOST_TEST(told("x-varnish", "32770") == 0);
  BOOST_TEST(told("age", "3") == 1);
  BOOST_TEST(told("age", "0") == 0);
  BOOST_TEST(told("server", "x") == -1);
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told) {
  const auto refuses = [](auto change) {
    auto config = cache_at("http://127.0.0.1:1");
    change(config);
    BOOST_CHECK_THROW(http_cache{config}, error);
  };
  refuses([](auto& config) { config.urls.clear(); });
  refuses([](auto& config) { config.headers = {"x"}; });
  refuses([](auto& config) { config.refresh = http_refresh::purge; });
  refuses([](auto& config) { config.invalidate_method = "purge it"; });
  refuses([](auto& config) { config.clear_url = "/"; });
  refuses([](auto& config) { config.hit_words.clear(); });
  refuses([](auto& config) {
    config.refresh = http_refresh::bypass;
    config.bypass_header = "x";
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
