#include "actors/tracking/tracker_actor.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>

#include "tests/actors/tracking/batches.hpp"
#include "tests/fixtures/actor_fixture.hpp"

namespace stoker::test {
namespace tracker_actor_test {

using namespace std::chrono_literals;

// A historian's memory, and the faults that it is to show.
struct fake_history {
  std::map<std::string, key_statistics> keys;
  std::vector<history_page> pages;  // to be given one after the other
  std::vector<history_write> writes;
  bool fails = false;
  bool is_silent = false;
  std::vector<caf::response_promise> unanswered;
  std::function<void(caf::response_promise&)> answer_late;  // on a tick, for the first unanswered request
};

caf::behavior fake_historian(caf::event_based_actor* self, fake_history* history) {
  return {
      [=](const history_write& write) -> caf::result<history_receipt> {
        history->writes.push_back(write);
        if (history->fails) return make_error(errc::history_failed, "disk full");
        if (history->is_silent) {
          history->unanswered.push_back(self->make_response_promise());
          return caf::delegated<history_receipt>{};
        }
        for (const auto& key : write.keys) history->keys[key.key] = key;
        return history_receipt{write.version};
      },
      [=](const history_page_request& request) -> caf::result<history_page> {
        if (history->fails) return make_error(errc::history_failed, "disk full");
        if (history->is_silent) {
          history->unanswered.push_back(self->make_response_promise());
          return caf::delegated<history_page>{};
        }
        const std::size_t at = request.cursor.empty() ? 0 : std::stoul(request.cursor);
        history_page page;
        if (at < history->pages.size()) page = history->pages[at];
        page.cursor = std::to_string(at + 1);
        page.done = at + 1 >= history->pages.size();
        return page;
      },
      [=](const tick&) { history->answer_late(history->unanswered.front()); },
  };
}

key_statistics known(const std::string& key, std::uint64_t count, time_point last) {
  key_statistics result;
  result.key = key;
  result.count = count;
  result.last_access = last;
  result.rate_per_hour = 1;
  return result;
}

struct fixture : actor_fixture {
  fixture() { config.now = clock(); }

  ~fixture() {
    history.unanswered.clear();
    peers->clear();
  }

  void start_historian() {
    historian = sys.spawn(fake_historian, &history);
    track(historian);
    peers->historian(caf::actor_cast<historian_actor>(historian));
  }

  tracker_actor start() {
    auto handle = track(sys.spawn(tracker, config));
    run();
    return handle;
  }

  void access(const tracker_actor& whom, const std::vector<std::string>& keys) {
    self->send(whom, make_batch(now(), keys));
    run();
  }

  std::uint64_t count_of(const tracker_actor& whom, const std::string& key) {
    return ask<key_statistics>(whom, key_request{"pages", key}).count;
  }

  std::shared_ptr<directory> peers = std::make_shared<directory>(1);
  tracker_config config{.peers = peers};
  fake_history history;
  caf::actor historian;
};

}  // namespace tracker_actor_test

BOOST_FIXTURE_TEST_SUITE(tracker_actor_test, fixture)

BOOST_AUTO_TEST_CASE(writes_changes_behind_within_the_loss_window) {
  start_historian();
  auto tracking = start();
  access(tracking, {"a", "b", "a"});
  for (int i = 0; i < 20; ++i) advance(50ms);
  BOOST_TEST(history.keys.at("a").count == 2u);
  BOOST_TEST(history.keys.at("b").count == 1u);
  BOOST_TEST(ask<tracker_status>(tracking, status_request{}).unwritten_keys == 0u);
}

BOOST_AUTO_TEST_CASE(a_flush_is_answered_when_all_changes_are_acknowledged) {
  config.write_keys = 2;
  start_historian();
  auto tracking = start();
  access(tracking, {"a", "b", "c", "d", "e"});
  ask<flushed>(tracking, flush_request{});
  BOOST_TEST(history.keys.size() == 5u);
  BOOST_TEST(history.writes.size() == 3u);
  for (const auto& write : history.writes) BOOST_TEST(write.keys.size() <= 2u);
}

BOOST_AUTO_TEST_CASE(versions_rise) {
  start_historian();
  auto tracking = start();
  for (int i = 0; i < 3; ++i) {
    access(tracking, {"a"});
    ask<flushed>(tracking, flush_request{});
  }
  BOOST_REQUIRE(history.writes.size() == 3u);
  BOOST_TEST(history.writes[0].version < history.writes[1].version);
  BOOST_TEST(history.writes[1].version < history.writes[2].version);
}

BOOST_AUTO_TEST_CASE(a_failed_write_is_sent_again_unchanged) {
  start_historian();
  auto tracking = start();
  access(tracking, {"a"});
  history.fails = true;
  for (int i = 0; i < 20; ++i) advance(50ms);
  access(tracking, {"a"});
  history.fails = false;
  for (int i = 0; i < 100; ++i) advance(50ms);
  BOOST_REQUIRE(history.writes.size() >= 3u);
  BOOST_TEST(history.writes[0].version == history.writes[1].version);
  BOOST_TEST(history.writes[1].keys.front().count == 1u);
  BOOST_TEST(history.keys.at("a").count == 2u);
}

BOOST_AUTO_TEST_CASE(a_write_that_is_never_answered_is_sent_again_and_its_late_answer_ignored) {
  start_historian();
  auto tracking = start();
  history.is_silent = true;
  access(tracking, {"a"});
  for (int i = 0; i < 12; ++i) advance(500ms);
  BOOST_REQUIRE(history.writes.size() >= 2u);
  BOOST_TEST(history.writes[0].version == history.writes[1].version);
  const history_receipt receipt{history.writes[0].version};
  history.answer_late = [receipt](caf::response_promise& to) { to.deliver(receipt); };
  caf::anon_send(historian, tick{});
  run();
  BOOST_TEST(ask<tracker_status>(tracking, status_request{}).unwritten_keys == 1u);
  history.is_silent = false;
  for (int i = 0; i < 60; ++i) advance(500ms);
  BOOST_TEST(ask<tracker_status>(tracking, status_request{}).unwritten_keys == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_the_historian_restarts) {
  start_historian();
  auto tracking = start();
  caf::anon_send_exit(historian, caf::exit_reason::kill);
  run();
  access(tracking, {"a", "b"});
  for (int i = 0; i < 20; ++i) advance(50ms);
  BOOST_TEST(history.writes.empty());
  start_historian();
  for (int i = 0; i < 200; ++i) advance(50ms);
  BOOST_TEST(history.keys.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_historian_that_dies_holding_a_write_gets_it_again_after_its_restart) {
  start_historian();
  auto tracking = start();
  history.is_silent = true;
  access(tracking, {"a"});
  for (int i = 0; i < 12; ++i) advance(50ms);
  BOOST_REQUIRE(history.writes.size() == 1u);
  history.unanswered.clear();
  caf::anon_send_exit(historian, caf::exit_reason::kill);
  run();
  history.is_silent = false;
  start_historian();
  for (int i = 0; i < 200; ++i) advance(50ms);
  BOOST_REQUIRE(history.writes.size() >= 2u);
  BOOST_TEST(history.writes[0].version == history.writes[1].version);
  BOOST_TEST(history.keys.at("a").count == 1u);
}

BOOST_AUTO_TEST_CASE(a_flush_says_why_it_failed_when_the_historian_is_down_past_its_deadline) {
  start_historian();
  auto tracking = start();
  history.fails = true;
  access(tracking, {"a"});
  auto request = self->request(tracking, caf::infinite, flush_request{});
  for (int i = 0; i < 30; ++i) advance(500ms);
  request.receive([](const flushed&) { BOOST_FAIL("an error was expected"); },
                  [](const caf::error& failure) {
                    const auto text = describe(failure);
                    BOOST_TEST_CONTEXT(text) {
                      BOOST_TEST(text.find("1 changed keys") != std::string::npos);
                      BOOST_TEST(text.find("disk full") != std::string::npos);
                    }
                  });
}

BOOST_AUTO_TEST_CASE(restores_its_shard_page_by_page) {
  history.pages.resize(3);
  for (int i = 0; i < 3; ++i) {
    history.pages[i].cache = "pages";
    history.pages[i].keys = {known("key " + std::to_string(i), 10, now() - 1h)};
  }
  start_historian();
  auto tracking = start();
  for (int i = 0; i < 3; ++i) BOOST_TEST(count_of(tracking, "key " + std::to_string(i)) == 10u);
  const auto status = ask<tracker_status>(tracking, status_request{});
  BOOST_TEST(!status.restoring);
  BOOST_TEST(status.unwritten_keys == 0u);
}

BOOST_AUTO_TEST_CASE(accesses_during_the_restore_are_added_once_and_written_after_it) {
  history.pages = {{"pages", {known("a", 10, now() - 1h)}, "", false}};
  auto tracking = start();  // no historian yet
  access(tracking, {"a", "b"});
  BOOST_TEST(ask<tracker_status>(tracking, status_request{}).restoring);
  for (int i = 0; i < 20; ++i) advance(50ms);
  BOOST_TEST(history.writes.empty());
  start_historian();
  for (int i = 0; i < 200; ++i) advance(50ms);
  BOOST_TEST(!ask<tracker_status>(tracking, status_request{}).restoring);
  BOOST_TEST(count_of(tracking, "a") == 11u);
  BOOST_TEST(history.keys.at("a").count == 11u);
  BOOST_TEST(history.keys.at("b").count == 1u);
}

BOOST_AUTO_TEST_CASE(a_question_waits_until_what_history_holds_is_back) {
  history.pages = {{"pages", {known("a", 10, now() - 1h)}, "", false}};
  auto tracking = start();  // no historian yet
  auto request = self->request(tracking, caf::infinite, top_request{.cache = "pages", .now = now()});
  start_historian();
  for (int i = 0; i < 20; ++i) advance(50ms);
  request.receive([](const ranked_keys& top) { BOOST_TEST(top.keys.size() == 1u); },
                  [](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
}

BOOST_AUTO_TEST_CASE(a_question_is_answered_from_what_there_is_when_history_stays_away) {
  auto tracking = start();  // no historian at all
  access(tracking, {"b"});
  auto request = self->request(tracking, caf::infinite, top_request{.cache = "pages", .now = now()});
  for (int i = 0; i < 90; ++i) advance(50ms);
  request.receive([](const ranked_keys& top) { BOOST_TEST(top.keys.size() == 1u); },
                  [](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
}

BOOST_AUTO_TEST_CASE(a_page_that_comes_too_late_is_not_counted_twice) {
  history.pages = {{"pages", {known("a", 10, now() - 1h)}, "", false}};
  history.is_silent = true;
  start_historian();
  auto tracking = start();
  for (int i = 0; i < 12; ++i) advance(500ms);
  BOOST_REQUIRE(history.unanswered.size() >= 1u);
  history.is_silent = false;
  for (int i = 0; i < 40; ++i) advance(500ms);
  BOOST_TEST(count_of(tracking, "a") == 10u);
  const history_page page{"pages", {known("a", 10, now())}, "1", true};
  history.answer_late = [page](caf::response_promise& to) { to.deliver(page); };
  caf::anon_send(historian, tick{});
  run();
  BOOST_TEST(count_of(tracking, "a") == 10u);
}

BOOST_AUTO_TEST_CASE(a_restore_that_fails_is_tried_again) {
  history.pages = {{"pages", {known("a", 10, now() - 1h)}, "", false}};
  history.fails = true;
  start_historian();
  auto tracking = start();
  for (int i = 0; i < 20; ++i) advance(50ms);
  BOOST_TEST(ask<tracker_status>(tracking, status_request{}).restoring);
  history.fails = false;
  for (int i = 0; i < 200; ++i) advance(50ms);
  BOOST_TEST(count_of(tracking, "a") == 10u);
}

BOOST_AUTO_TEST_CASE(a_forgotten_cache_is_neither_answered_nor_written) {
  start_historian();
  auto tracking = start();
  access(tracking, {"a"});
  ask<flushed>(tracking, forget_request{"pages"});
  ask<flushed>(tracking, flush_request{});
  BOOST_TEST(count_of(tracking, "a") == 0u);
  BOOST_TEST(history.writes.empty());
  access(tracking, {"a"});
  BOOST_TEST(count_of(tracking, "a") == 1u);
}

BOOST_AUTO_TEST_CASE(a_cache_forgotten_while_its_write_fails_is_not_written_again) {
  start_historian();
  auto tracking = start();
  history.fails = true;
  access(tracking, {"a"});
  for (int i = 0; i < 12; ++i) advance(50ms);
  BOOST_REQUIRE(!history.writes.empty());
  ask<flushed>(tracking, forget_request{"pages"});
  history.fails = false;
  for (int i = 0; i < 100; ++i) advance(50ms);
  BOOST_TEST(history.keys.empty());
}

BOOST_AUTO_TEST_CASE(a_config_that_cannot_work_is_refused) {
  config.shards = 0;
  BOOST_CHECK_THROW(validate(config), stoker::error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
