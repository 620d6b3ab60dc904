#include "storage/caches/read_through.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/memory/memory_cache.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"

BOOST_AUTO_TEST_SUITE(read_through_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;
using stoker::test::eventually;
using stoker::test::gate;

const time_point now{500'000h};

steady_deadline in(duration span) {
  return std::chrono::steady_clock::now() + span;
}
// Far enough that no test ever waits for it.
steady_deadline ample() {
  return in(1h);
}
// For who joins a load only to see that it is under way.
steady_deadline passed() {
  return in(0s);
}
// Long enough for a load to start on a busy machine.
steady_deadline soon() {
  return in(1s);
}

std::shared_ptr<memory_cache> small_cache(std::size_t capacity_bytes = 1 << 20) {
  memory_cache_config config;
  config.capacity_bytes = capacity_bytes;
  config.shards = 1;
  config.ttl_jitter = 0;
  return std::make_shared<memory_cache>(config);
}

// A read-through cache over an origin that the test scripts, and whose loads it counts.
struct rig {
  explicit rig(function_origin::function load, duration ttl = 0s,
               std::shared_ptr<load_threads> threads = nullptr) {
    read_through_config config;
    config.name = "pages";
    config.entries = entries;
    config.ttl = ttl;
    config.threads = std::move(threads);
    config.source = std::make_shared<function_origin>([this, load = std::move(load)](std::string_view key) {
      ++loads;
      return load(key);
    });
    reader = std::make_unique<read_through>(std::move(config));
  }

  read_result get(std::string_view key, steady_deadline deadline = ample()) {
    return reader->get(key, now, deadline);
  }
  load_receipt warm(const std::string& key, steady_deadline deadline = ample()) {
    return reader->load_and_fill({key, {}, {}}, now, deadline, filled_by::warmer);
  }

  std::shared_ptr<memory_cache> entries = small_cache();
  std::atomic<int> loads{0};
  std::unique_ptr<read_through> reader;
};

load_result with(load_outcome outcome, std::string text = {}) {
  load_result result;
  result.outcome = outcome;
  result.error = std::move(text);
  return result;
}

load_result echo(std::string_view key) {
  return loaded("value of " + std::string{key});
}

BOOST_AUTO_TEST_CASE(a_miss_loads_and_the_next_get_hits) {
  rig r{echo};
  const auto first = r.get("a");
  BOOST_CHECK(first.status == read_status::found);
  BOOST_CHECK(first.outcome == access_outcome::miss);
  BOOST_CHECK_EQUAL(first.bytes.view(), "value of a");
  const auto second = r.get("a");
  BOOST_CHECK(second.outcome == access_outcome::hit);
  BOOST_CHECK_EQUAL(second.bytes.view(), "value of a");
  BOOST_CHECK_EQUAL(r.loads, 1);
}

BOOST_AUTO_TEST_CASE(an_absent_key_is_told_and_not_cached) {
  rig r{[](std::string_view) { return absent(); }};
  BOOST_CHECK(r.get("a").status == read_status::absent);
  BOOST_CHECK(r.get("a").status == read_status::absent);
  BOOST_CHECK_EQUAL(r.loads, 2);
  BOOST_CHECK_EQUAL(r.reader->demand().take().failures, 0u);
}

BOOST_AUTO_TEST_CASE(a_loader_that_throws_fails_this_get_alone) {
  rig r{[](std::string_view key) -> load_result {
    if (key == "bad") throw std::runtime_error{"no such table"};
    return echo(key);
  }};
  const auto failed = r.get("bad");
  BOOST_CHECK(failed.status == read_status::failed);
  BOOST_CHECK_EQUAL(failed.error, "the loader threw: no such table");
  BOOST_CHECK(r.get("good"));
  BOOST_CHECK(r.get("bad").status == read_status::failed);
  const auto demand = r.reader->demand().take();
  BOOST_CHECK_EQUAL(demand.loads, 3u);
  BOOST_CHECK_EQUAL(demand.failures, 2u);
}

BOOST_AUTO_TEST_CASE(an_origin_that_throws_is_a_failure_too) {
  struct thrower : origin {
    load_result load(std::string_view, steady_deadline) override { throw 7; }
  };
  read_through reader{{"pages", small_cache(), std::make_shared<thrower>(), nullptr, {}, 10}};
  BOOST_CHECK(reader.get("a", now, ample()).status == read_status::failed);
}

BOOST_AUTO_TEST_CASE(a_loader_that_hangs_times_out_and_holds_up_no_other_key) {
  auto held = std::make_shared<gate>();
  rig r{[held](std::string_view key) {
    if (key == "hangs") held->enter();
    return echo(key);
  }};
  const auto first = r.get("hangs", soon());
  BOOST_CHECK(first.status == read_status::timed_out);
  BOOST_CHECK_EQUAL(
      first.error, "cache pages: the load of \"hangs\" took longer than the deadline; it may still complete");
  BOOST_CHECK(r.get("other"));
  for (int i = 0; i < 20; ++i) BOOST_CHECK(r.get("hangs", passed()).status == read_status::timed_out);
  BOOST_CHECK(r.warm("hangs", passed()).status == load_status::timed_out);
  BOOST_CHECK_EQUAL(r.loads, 2);
  BOOST_CHECK_EQUAL(r.reader->loads_in_flight(), 1u);
  held->open();
  BOOST_CHECK(r.get("hangs"));
  BOOST_CHECK_EQUAL(r.loads, 2);
}

BOOST_AUTO_TEST_CASE(many_callers_share_one_load) {
  auto held = std::make_shared<gate>();
  rig r{[held](std::string_view key) {
    held->enter();
    return echo(key);
  }};
  std::vector<std::future<read_result>> callers;
  for (int i = 0; i < 16; ++i) callers.push_back(std::async(std::launch::async, [&] { return r.get("a"); }));
  held->wait_until_entered();
  held->open();
  for (auto& caller : callers) BOOST_CHECK_EQUAL(caller.get().bytes.view(), "value of a");
  BOOST_CHECK_EQUAL(r.loads, 1);
  BOOST_CHECK_EQUAL(r.reader->demand().take().loads, 1u);
}

BOOST_AUTO_TEST_CASE(what_the_warmer_put_there_shows_at_its_first_use) {
  rig r{echo};
  const auto receipt = r.warm("a");
  BOOST_CHECK(receipt.status == load_status::stored);
  BOOST_CHECK_EQUAL(receipt.bytes, std::string{"value of a"}.size());
  BOOST_CHECK(r.get("a").outcome == access_outcome::first_use);
  BOOST_CHECK(r.get("a").outcome == access_outcome::hit);
  BOOST_CHECK_EQUAL(r.reader->demand().take().loads, 0u);
}

BOOST_AUTO_TEST_CASE(a_demand_during_the_warmers_load_is_late_and_joins_it) {
  auto held = std::make_shared<gate>();
  rig r{[held](std::string_view key) {
    held->enter();
    return echo(key);
  }};
  auto warming = std::async(std::launch::async, [&] { return r.warm("a"); });
  held->wait_until_entered();
  const auto demand = r.get("a", passed());
  BOOST_CHECK(demand.outcome == access_outcome::late);
  BOOST_CHECK(demand.status == read_status::timed_out);
  held->open();
  BOOST_CHECK(warming.get().status == load_status::stored);
  // A user asked for it before it came: it was never a prefetch that waits for its use.
  BOOST_CHECK(r.get("a").outcome == access_outcome::hit);
  BOOST_CHECK_EQUAL(r.loads, 1);
}

BOOST_AUTO_TEST_CASE(the_warmer_follows_a_users_load_and_finds_the_key_present) {
  auto held = std::make_shared<gate>();
  rig r{[held](std::string_view key) {
    held->enter();
    return echo(key);
  }};
  auto demand = std::async(std::launch::async, [&] { return r.get("a"); });
  held->wait_until_entered();
  auto warming = std::async(std::launch::async, [&] { return r.warm("a"); });
  held->open();
  BOOST_CHECK(demand.get());
  BOOST_CHECK(warming.get().status == load_status::present);
  BOOST_CHECK_EQUAL(r.loads, 1);
}

BOOST_AUTO_TEST_CASE(every_outcome_of_a_load_has_its_receipt) {
  rig r{[](std::string_view key) {
    if (key == "absent") return absent();
    if (key == "failed") return with(load_outcome::failed, "down");
    if (key == "refused") return with(load_outcome::refused);
    if (key == "huge") return loaded(std::string(2 << 20, 'x'));
    if (key == "slow-down") {
      auto result = with(load_outcome::throttled);
      result.retry_after = 9s;
      return result;
    }
    return echo(key);
  }};
  BOOST_CHECK(r.warm("absent").status == load_status::absent);
  BOOST_CHECK(r.warm("failed").status == load_status::failed);
  BOOST_CHECK_EQUAL(r.warm("failed").error, "down");
  BOOST_CHECK(r.warm("refused").status == load_status::refused);
  BOOST_CHECK_EQUAL(r.warm("refused").error, "the origin gave no reason");
  BOOST_CHECK(r.warm("slow-down").status == load_status::throttled);
  BOOST_CHECK(r.warm("slow-down").retry_after == duration{9s});
  BOOST_CHECK(r.warm("huge").status == load_status::refused);
  BOOST_CHECK(r.warm("huge").error.find("larger than what the cache can hold") != std::string::npos);
  BOOST_CHECK(r.warm("a").status == load_status::stored);
  BOOST_CHECK(r.warm("a").status == load_status::present);
}

BOOST_AUTO_TEST_CASE(a_value_too_large_for_the_cache_still_reaches_the_user) {
  rig r{[](std::string_view) { return loaded(std::string(2 << 20, 'x')); }};
  BOOST_CHECK_EQUAL(r.get("huge").bytes.size(), 2u << 20);
}

BOOST_AUTO_TEST_CASE(after_an_invalidation_nobody_sees_what_was_loaded_before) {
  auto held = std::make_shared<gate>();
  std::atomic<int> version{1};
  rig r{[&, held](std::string_view) {
    const auto loading = version.load();
    if (loading == 1) held->enter();
    return loaded("version " + std::to_string(loading));
  }};
  auto stale = std::async(std::launch::async, [&] { return r.warm("a"); });
  held->wait_until_entered();
  version = 2;
  r.reader->invalidate("a");
  BOOST_CHECK_EQUAL(r.get("a").bytes.view(), "version 2");
  held->open();
  const auto status = stale.get().status;
  BOOST_CHECK(status == load_status::fenced || status == load_status::present);
  BOOST_CHECK_EQUAL(r.get("a").bytes.view(), "version 2");
}

BOOST_AUTO_TEST_CASE(a_live_set_wins_over_a_load_under_way) {
  auto held = std::make_shared<gate>();
  rig r{[held](std::string_view key) {
    held->enter();
    return echo(key);
  }};
  auto stale = std::async(std::launch::async, [&] { return r.warm("a"); });
  held->wait_until_entered();
  r.reader->put("a", value{"live"}, {}, now);
  held->open();
  const auto status = stale.get().status;
  BOOST_CHECK(status == load_status::fenced || status == load_status::present);
  BOOST_CHECK_EQUAL(r.get("a").bytes.view(), "live");
}

BOOST_AUTO_TEST_CASE(clearing_and_invalidating_tags_overtake_loads_too) {
  for (const bool by_tag : {true, false}) {
    auto held = std::make_shared<gate>();
    std::atomic<bool> first{true};
    rig r{[&, held](std::string_view key) {
      if (first.exchange(false)) held->enter();
      return echo(key);
    }};
    auto stale = std::async(std::launch::async, [&] { return r.warm("a"); });
    held->wait_until_entered();
    if (by_tag)
      r.reader->invalidate_tags({"news"});
    else
      r.reader->clear();
    BOOST_CHECK(r.get("a"));  // does not wait for the gate
    held->open();
    stale.wait();
    BOOST_CHECK_EQUAL(r.loads, 2);
  }
}

BOOST_AUTO_TEST_CASE(entries_live_as_long_as_the_nearest_ttl_says) {
  rig r{[](std::string_view key) {
          auto result = echo(key);
          if (key == "own") result.ttl = 10s;
          return result;
        },
        60s};
  (void)r.get("default");
  (void)r.get("own");
  r.reader->load_and_fill({"item", 5s, {}}, now, ample(), filled_by::warmer);
  r.reader->put("put", value{"x"}, {}, now);
  const auto lives = [&](const char* key, duration span) {
    return r.entries->contains(key, now + span - 1s) && !r.entries->contains(key, now + span + 1s);
  };
  BOOST_CHECK(lives("default", 60s));
  BOOST_CHECK(lives("own", 10s));
  BOOST_CHECK(lives("item", 5s));
  BOOST_CHECK(lives("put", 60s));
}

BOOST_AUTO_TEST_CASE(a_load_may_bring_its_own_origin_and_tags) {
  rig r{echo};
  const auto other =
      std::make_shared<function_origin>([](std::string_view) { return std::string{"special"}; });
  r.reader->load_and_fill({"a", {}, {"news"}}, now, ample(), filled_by::warmer, other);
  BOOST_CHECK_EQUAL(r.get("a").bytes.view(), "special");
  BOOST_CHECK_EQUAL(r.reader->invalidate_tags({"news"}), 1u);
  BOOST_CHECK_EQUAL(r.loads, 0);
}

BOOST_AUTO_TEST_CASE(keys_that_are_none_are_refused_with_their_size) {
  rig r{echo};
  BOOST_CHECK(r.get("").status == read_status::refused);
  const auto result = r.get(std::string(1 << 20, 'k'));
  BOOST_CHECK(result.status == read_status::refused);
  BOOST_CHECK(result.error.find("(1048576 bytes)") != std::string::npos);
  BOOST_CHECK_LT(result.error.size(), 500u);
  BOOST_CHECK(r.warm(std::string(max_key_bytes + 1, 'k')).status == load_status::refused);
  BOOST_CHECK(r.get(std::string(max_key_bytes, 'k')));
  BOOST_CHECK_EQUAL(r.loads, 1);
}

BOOST_AUTO_TEST_CASE(when_every_thread_hangs_further_loads_are_refused_or_time_out) {
  auto held = std::make_shared<gate>();
  load_threads_config bounds;
  bounds.max_threads = 1;
  bounds.max_waiting = 1;
  rig r{[held](std::string_view key) {
          held->enter();
          return echo(key);
        },
        0s, std::make_shared<load_threads>(bounds)};
  BOOST_CHECK(r.get("running", soon()).status == read_status::timed_out);
  held->wait_until_entered();
  BOOST_CHECK(r.get("waiting", passed()).status == read_status::timed_out);
  const auto refused = r.get("refused");
  BOOST_CHECK(refused.status == read_status::failed);
  BOOST_CHECK_EQUAL(refused.error, "cache pages: too many loads are waiting");
  BOOST_CHECK(r.warm("refused").status == load_status::shed);
  held->open();
  BOOST_CHECK(eventually([&] { return static_cast<bool>(r.get("refused")); }));  // room comes back by itself
}

BOOST_AUTO_TEST_CASE(may_be_destroyed_while_a_load_hangs) {
  auto held = std::make_shared<gate>();
  load_threads_config brief;
  brief.farewell = 1ms;
  {
    read_through_config config;
    config.name = "pages";
    config.entries = small_cache();
    config.threads = std::make_shared<load_threads>(brief);
    config.source = std::make_shared<function_origin>([held](std::string_view key) {
      held->enter();
      return echo(key);
    });
    read_through reader{std::move(config)};
    BOOST_CHECK(reader.get("a", now, soon()).status == read_status::timed_out);
    held->wait_until_entered();
  }
  held->open();  // the load ends, and finds what it needs still there
}

BOOST_AUTO_TEST_CASE(needs_a_cache_and_an_origin) {
  BOOST_CHECK_THROW((read_through{{"pages", small_cache(), nullptr, nullptr, {}, 10}}), error);
  BOOST_CHECK_THROW(
      (read_through{{"pages", nullptr, std::make_shared<function_origin>(echo), nullptr, {}, 10}}), error);
}

BOOST_AUTO_TEST_CASE(threads_that_read_warm_and_invalidate_at_once_see_whole_values) {
  rig r{echo};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const auto key = "k" + std::to_string((i * 7 + t) % 13);
        if (t == 0 && i % 5 == 0) r.reader->invalidate(key);
        if (t == 1)
          (void)r.warm(key);
        else if (r.get(key).bytes.view() != "value of " + key)
          ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_CHECK_EQUAL(wrong, 0);
  BOOST_CHECK_EQUAL(r.reader->loads_in_flight(), 0u);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
