// Filling and reading through a cache outside: against a real Redis, and files.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "messages/error.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "storage/caches/remote/group_batch.hpp"
#include "storage/caches/remote_filler.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/fixtures/gate.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;

BOOST_AUTO_TEST_SUITE(remote_filler_test)

namespace {

// An origin that counts, and answers "value of KEY".
struct counting_origin final : origin {
  load_result load(std::string_view key, std::chrono::steady_clock::time_point) override {
    ++loads;
    if (held) held->enter();
    if (key == "absent") return stoker::absent();
    if (key == "bad") throw std::runtime_error{"no such table"};
    auto result = loaded("value of " + std::string{key});
    result.ttl = ttl;
    return result;
  }
  std::atomic<int> loads{0};
  duration ttl{0};
  gate* held = nullptr;
};

struct world {
  explicit world(const redis_config& config) : server(std::make_shared<redis_cache>(config)), others(config) {
    settings.name = "pages";
    settings.back_end = server;
    settings.source = source;
    settings.life.direct_deletes = false;
  }

  load_receipt load(remote_filler& filler, const std::string& key, bool refresh = false) const {
    load_item item;
    item.key = key;
    item.refresh = refresh;
    return filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr);
  }

  std::shared_ptr<redis_cache> server;
  redis_cache others;
  std::shared_ptr<counting_origin> source = std::make_shared<counting_origin>();
  remote_filler_config settings;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_fill_loads_what_is_absent_and_nothing_else) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  remote_filler filler{w.settings};
  put(w.others, "live", "of a user");
  BOOST_TEST((w.load(filler, "k").status == load_status::stored));
  BOOST_TEST((w.load(filler, "k").status == load_status::present));
  BOOST_TEST((w.load(filler, "live").status == load_status::present));
  BOOST_TEST((w.load(filler, "absent").status == load_status::absent));
  const auto failed = w.load(filler, "bad");
  BOOST_TEST((failed.status == load_status::failed));
  BOOST_TEST(failed.error == "the loader threw: no such table");
  BOOST_TEST(w.source->loads == 3);
  BOOST_TEST(read(w.others, "k") == "value of k");
  BOOST_TEST(filler.counts().prefetches == 1u);
  BOOST_TEST(filler.counts().misses == 0u);
}

BOOST_AUTO_TEST_CASE(a_ttl_comes_from_the_item_the_load_or_the_cache_and_is_cut_for_direct_deletes) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  w.settings.ttl = std::chrono::hours{1};
  w.settings.life.jitter = 0;
  remote_filler filler{w.settings};
  w.load(filler, "cache's");
  w.source->ttl = std::chrono::hours{10};
  w.load(filler, "load's");
  BOOST_TEST((look(w.others, "cache's").ttl_left > std::chrono::minutes{59}));
  BOOST_TEST((look(w.others, "cache's").ttl_left <= std::chrono::hours{1}));
  BOOST_TEST((look(w.others, "load's").ttl_left > std::chrono::hours{9}));
  w.settings.life.direct_deletes = true;
  remote_filler careful{w.settings};
  w.load(careful, "fenced");
  BOOST_TEST((look(w.others, "fenced").ttl_left <= std::chrono::seconds{60}));
  BOOST_TEST((look(w.others, "fenced").ttl_left > duration::zero()));
}

BOOST_AUTO_TEST_CASE(a_refresh_replaces_what_is_there) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  remote_filler filler{w.settings};
  put(w.others, "k", "old", std::chrono::hours{1});
  BOOST_TEST((w.load(filler, "k", true).status == load_status::stored));
  BOOST_TEST(read(w.others, "k") == "value of k");
  BOOST_TEST((look(w.others, "k").ttl_left > std::chrono::minutes{59}));
  BOOST_TEST((w.load(filler, "gone", true).status == load_status::fenced));
  BOOST_TEST(w.source->loads == 1);
}

BOOST_AUTO_TEST_CASE(a_get_reads_through) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  remote_filler filler{w.settings};
  const auto missed = filler.get("k", soon());
  BOOST_TEST((missed.outcome == access_outcome::miss));
  BOOST_TEST(missed.bytes.view() == "value of k");
  const auto hit = filler.get("k", soon());
  BOOST_TEST((hit.outcome == access_outcome::hit));
  BOOST_TEST(hit.bytes.view() == "value of k");
  BOOST_TEST((filler.get("absent", soon()).status == read_status::absent));
  BOOST_TEST(w.source->loads == 2);
  BOOST_TEST(filler.counts().hits == 1u);
  BOOST_TEST(filler.counts().misses == 2u);
  BOOST_TEST(filler.demand().take().loads == 2u);
}

BOOST_AUTO_TEST_CASE(users_and_the_warmer_share_one_load_a_key) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  gate held;
  w.source->held = &held;
  remote_filler filler{w.settings};
  load_receipt warmed;
  read_result found;
  std::thread warming{[&] { warmed = w.load(filler, "k"); }};
  held.wait_until_entered();
  std::thread reading{[&] { found = filler.get("k", soon()); }};
  held.open();
  warming.join();
  reading.join();
  BOOST_TEST((warmed.status == load_status::stored));
  BOOST_TEST(found.bytes.view() == "value of k");
  BOOST_TEST(w.source->loads == 1);
}

// Found by the one above: who looked before a load landed, and joined after it, loaded once more.
BOOST_AUTO_TEST_CASE(a_load_that_lands_between_a_look_and_its_own_load_is_used) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  remote_filler filler{w.settings};
  constexpr int keys = 300;
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader)
    readers.emplace_back([&] {
      for (int i = 0; i < keys; ++i) {
        const auto key = std::to_string(i);
        wrong += filler.get(key, soon()).bytes.view() == "value of " + key ? 0 : 1;
      }
    });
  for (auto& reader : readers) reader.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(w.source->loads == keys);
}

BOOST_AUTO_TEST_CASE(an_invalidation_fences_the_load_under_way) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  gate held;
  w.source->held = &held;
  remote_filler filler{w.settings};
  load_receipt warmed;
  std::thread warming{[&] { warmed = w.load(filler, "k"); }};
  held.wait_until_entered();
  bool removed = true;
  BOOST_TEST((filler.invalidate("k", removed) == trouble::none));
  BOOST_TEST(!removed);
  held.open();
  warming.join();
  BOOST_TEST((warmed.status == load_status::fenced));
  BOOST_TEST(read(w.others, "k") == "<miss>");
}

BOOST_AUTO_TEST_CASE(an_origin_is_spared_while_the_cache_is_away_and_users_are_served) {
  const temporary_folder folder;
  redis_config nowhere;
  nowhere.where.socket_path = folder / "s";
  world w{nowhere};
  remote_filler filler{w.settings};
  const auto failed = w.load(filler, "k");
  BOOST_TEST((failed.status == load_status::failed));
  BOOST_TEST(failed.error.find("unavailable") != std::string::npos);
  BOOST_TEST(w.source->loads == 0);
  BOOST_TEST(filler.get("k", soon()).bytes.view() == "value of k");
  bool removed = false;
  BOOST_TEST((filler.invalidate("k", removed) == trouble::unavailable));
  BOOST_TEST((filler.put("k", "v", {}) == trouble::unavailable));
}

BOOST_AUTO_TEST_CASE(a_loader_that_hangs_holds_nobody_beyond_the_deadline) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  world w{server.config()};
  gate held;
  w.source->held = &held;
  remote_filler filler{w.settings};
  std::thread leading{[&] { w.load(filler, "k"); }};
  held.wait_until_entered();
  load_item item;
  item.key = "k";
  const auto until = deadline_clock::now() + std::chrono::milliseconds{20};
  const auto late = filler.load_and_fill(item, {}, until, filled_by::warmer, nullptr);
  BOOST_TEST((late.status == load_status::timed_out));
  BOOST_TEST((filler.get("k", until).status == read_status::timed_out));
  held.open();
  leading.join();
}

BOOST_AUTO_TEST_CASE(files_are_filled_without_an_origin) {
  const temporary_folder folder;
  std::ofstream{folder / "a"} << "content";
  page_cache_config files;
  files.root = folder.path();
  remote_filler_config settings;
  settings.name = "files";
  settings.back_end = std::make_shared<page_cache>(files);
  remote_filler filler{settings};
  load_item item;
  item.key = "a";
  // What has just been written is in memory.
  BOOST_TEST(
      (filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr).status == load_status::present));
  item.key = "absent";
  BOOST_TEST(
      (filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr).status == load_status::refused));
  BOOST_TEST((filler.get("a", soon()).status == read_status::refused));
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said) {
  remote_filler_config nothing;
  nothing.name = "pages";
  BOOST_CHECK_THROW(remote_filler{nothing}, error);
  nothing.back_end = std::make_shared<redis_cache>(redis_config{});
  BOOST_CHECK_THROW(remote_filler{nothing}, error);
}

BOOST_AUTO_TEST_CASE(what_is_asked_meanwhile_goes_in_one_batch) {
  gate held;
  std::vector<std::size_t> sizes;
  group_batch<int, int> batches{100, [&](std::span<const int> items) {
                                  sizes.push_back(items.size());
                                  if (sizes.size() == 1) held.enter();
                                  std::vector<int> doubled;
                                  for (const int item : items) doubled.push_back(2 * item);
                                  return doubled;
                                }};
  std::vector<std::thread> callers;
  std::atomic<int> asked{0};
  std::atomic<int> wrong{0};
  const auto ask = [&](int item) {
    callers.emplace_back([&, item] {
      ++asked;
      wrong += batches.run(item) == 2 * item ? 0 : 1;
    });
  };
  ask(0);
  held.wait_until_entered();
  for (int item = 1; item < 20; ++item) ask(item);
  while (asked < 20) std::this_thread::yield();
  held.open();
  for (auto& caller : callers) caller.join();
  BOOST_TEST(wrong == 0);
  std::size_t items = 0;
  for (const auto size : sizes) items += size;
  BOOST_TEST(items == 20u);
  BOOST_TEST(sizes.size() <= 20u);
  BOOST_TEST(sizes.front() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
