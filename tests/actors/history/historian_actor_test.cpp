#include "actors/history/historian_actor.hpp"

#include "storage/history/memory_history.hpp"
#include "tests/fixtures/actor_fixture.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/history/history_samples.hpp"

namespace stoker::test {

namespace historian_actor_test {

// A store that fails on demand.
class faulty_history final : public history_store {
 public:
  bool fails = false;
  int commits = 0;

  void put(std::string_view cache, std::uint64_t version, const key_statistics& record,
           time_point now) override {
    store_.put(cache, version, record, now);
  }
  void put(const document& kept) override { store_.put(kept); }
  std::size_t batch_bytes() const noexcept override { return store_.batch_bytes(); }
  void commit() override {
    ++commits;
    if (fails) store_.discard();
    check();
    store_.commit();
  }
  void discard() noexcept override { store_.discard(); }
  history_page page(const history_page_request& request) const override {
    return check(), store_.page(request);
  }
  document find(document_kind kind, std::string_view name) const override {
    return check(), store_.find(kind, name);
  }
  void forget(std::string_view cache) override { check(), store_.forget(cache); }
  age_out_step age_out(time_point older_than, std::size_t limit) override {
    return check(), store_.age_out(older_than, limit);
  }
  std::uint64_t unreadable_records() const noexcept override { return 0; }
  std::uint64_t bytes_on_disk() const override { return 77; }

 private:
  void check() const {
    if (fails) throw error{errc::history_failed, "no space left"};
  }

  memory_history store_;
};

constexpr duration write_interval = default_loss_window / 4;

struct historian_fixture : actor_fixture {
  std::shared_ptr<faulty_history> store = std::make_shared<faulty_history>();
  historian_config config = make_config();
  historian_actor actor;

  historian_config make_config() {
    historian_config made;
    made.history = {store, history_state::created, "folder", "detail"};
    made.now = clock();
    return made;
  }

  void start() {
    actor = track(sys.spawn(historian, config));
    run();
  }

  history_write write_of(std::uint64_t version, std::vector<std::string> keys) {
    history_write write{"cache", version, {}};
    for (const auto& key : keys) write.keys.push_back(sample_record(key, version));
    return write;
  }

  // Sends a request whose answer is taken later, by received().
  template <class Message>
  void send(Message message) {
    self->send(caf::actor_cast<caf::actor>(relay()), std::move(message));
    run();
  }

  // Answers, in order: "receipt <version>" or the error's text.
  std::vector<std::string> answers;

  caf::actor relay() {
    const auto ask_historian = [](caf::event_based_actor* me, historian_fixture* world, auto message) {
      me->request(world->actor, caf::infinite, std::move(message))
          .then(
              [world](history_receipt receipt) {
                world->answers.push_back("receipt " + std::to_string(receipt.version));
              },
              [world](caf::error& failure) { world->answers.push_back(describe(failure)); });
    };
    const auto relaying = [=](caf::event_based_actor* me, historian_fixture* world) -> caf::behavior {
      return {[=](const history_write& write) { ask_historian(me, world, write), me->unbecome(); },
              [=](const document& kept) { ask_historian(me, world, kept), me->unbecome(); }};
    };
    return sys.spawn(relaying, this);
  }

  historian_status status() { return ask<historian_status>(actor, status_request{}); }
};

}  // namespace historian_actor_test

BOOST_FIXTURE_TEST_SUITE(historian_actor_test, historian_fixture)

BOOST_AUTO_TEST_CASE(a_write_is_acknowledged_when_it_is_durable) {
  start();
  send(write_of(7, {"a", "b"}));
  BOOST_TEST(answers.empty());
  BOOST_TEST(status().records_waiting == 2u);
  BOOST_TEST(store->commits == 0);
  advance(write_interval);
  BOOST_TEST(answers == std::vector<std::string>{"receipt 7"}, boost::test_tools::per_element());
  BOOST_TEST(status().records_waiting == 0u);
  BOOST_TEST(status().records_written == 2u);
}

BOOST_AUTO_TEST_CASE(writes_of_one_interval_go_into_one_batch) {
  start();
  for (std::uint64_t version = 1; version <= 5; ++version) send(write_of(version, {"a"}));
  advance(write_interval);
  BOOST_TEST(answers.size() == 5u);
  BOOST_TEST(store->commits == 1);
  BOOST_TEST(status().batches_written == 1u);
  advance(write_interval);
  BOOST_TEST(store->commits == 1);  // nothing waited
}

BOOST_AUTO_TEST_CASE(a_large_batch_does_not_wait_for_the_tick) {
  config.limits.commit_bytes = 100;
  start();
  send(write_of(1, {"a", "b", "c", "d", "e"}));
  BOOST_TEST(answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_see_what_was_received_before_them) {
  start();
  send(write_of(3, {"a", "b"}));
  send(document{document_kind::model, "name", "bytes"});
  auto page = ask<history_page>(actor, history_page_request{"cache", 0, 1, "", 10});
  BOOST_TEST(page.keys.size() == 2u);
  BOOST_TEST(page.done);
  BOOST_TEST(ask<document>(actor, document_request{document_kind::model, "name"}).bytes == "bytes");
  BOOST_TEST(ask<document>(actor, document_request{document_kind::model, "other"}).bytes == "");
  BOOST_TEST(answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(flush_makes_everything_received_durable) {
  start();
  send(write_of(3, {"a"}));
  BOOST_TEST(ask<flushed>(actor, flush_history{}).complete);
  BOOST_TEST(answers.size() == 1u);
  BOOST_TEST(status().records_waiting == 0u);
}

BOOST_AUTO_TEST_CASE(forgetting_a_cache_drops_what_waits_of_it_too) {
  start();
  send(write_of(3, {"a"}));
  BOOST_TEST(ask<flushed>(actor, forget_request{"cache"}).complete);
  BOOST_TEST(ask<history_page>(actor, history_page_request{}).keys.empty());
}

BOOST_AUTO_TEST_CASE(when_the_store_fails_writers_are_told_and_a_resend_succeeds) {
  start();
  store->fails = true;
  send(write_of(1, {"a"}));
  advance(write_interval);
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].find("no space left") != std::string::npos);
  BOOST_TEST(status().write_errors == 1u);
  BOOST_TEST(status().last_error == "no space left");
  BOOST_CHECK(status().oldest_waiting >= write_interval);  // whoever sends it again has waited since then
  BOOST_TEST(!ask<flushed>(actor, flush_history{}).complete);
  store->fails = false;
  send(write_of(1, {"a"}));
  advance(write_interval);
  BOOST_TEST(answers.at(1) == "receipt 1");
  BOOST_CHECK(status().oldest_waiting == duration::zero());
  BOOST_CHECK(status().last_write > time_point{});
  BOOST_TEST(ask<flushed>(actor, flush_history{}).complete);
  BOOST_TEST(ask<history_page>(actor, history_page_request{}).keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(while_the_store_fails_what_waits_stays_bounded) {
  config.limits = {1, 3};
  start();
  store->fails = true;
  send(write_of(1, {"a"}));  // committed at once, for it is more than a byte; fails
  BOOST_TEST(answers.size() == 1u);
  send(write_of(2, {"a", "b"}));
  send(write_of(3, {"a", "b"}));
  send(document{document_kind::model, "name", "bytes"});
  send(document{document_kind::model, "name", "bytes"});
  BOOST_REQUIRE(answers.size() == 3u);
  BOOST_TEST(answers[1].find("too many") != std::string::npos);
  BOOST_TEST(answers[2].find("too many") != std::string::npos);
  BOOST_TEST(status().records_waiting == 3u);
  store->fails = false;
  advance(write_interval);
  BOOST_TEST(answers.at(3) == "receipt 2");
}

BOOST_AUTO_TEST_CASE(failing_reads_are_answered_with_the_error) {
  start();
  store->fails = true;
  BOOST_TEST(ask_error<history_page>(actor, history_page_request{}) == "no space left");
  BOOST_TEST(ask_error<document>(actor, document_request{}) == "no space left");
  BOOST_TEST(ask_error<flushed>(actor, forget_request{"cache"}) == "no space left");
  BOOST_TEST(status().write_errors == 3u);
}

BOOST_AUTO_TEST_CASE(bad_requests_are_answered_and_not_counted_as_errors_of_the_store) {
  start();
  auto text = ask_error<history_page>(actor, history_page_request{"cache", 3, 2, "", 10});
  BOOST_TEST(text.find("shard") != std::string::npos);
  auto write = write_of(1, {"a"});
  write.cache.assign(70000, 'x');
  BOOST_TEST(ask_error<history_receipt>(actor, write).find("name") != std::string::npos);
  BOOST_TEST(status().write_errors == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_ends_it_writes_what_waits_and_answers) {
  for (auto reason : {caf::exit_reason::user_shutdown, caf::exit_reason::kill}) {
    answers.clear();
    store = std::make_shared<faulty_history>();
    config = make_config();
    start();
    send(write_of(9, {"a"}));
    caf::anon_send_exit(actor, reason);
    run();
    BOOST_TEST(answers == std::vector<std::string>{"receipt 9"}, boost::test_tools::per_element());
    BOOST_TEST(all_records(*store, "cache").size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_restarted_historian_finds_what_its_predecessor_wrote) {
  start();
  send(write_of(9, {"a"}));
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  run();
  start();
  BOOST_TEST(ask<history_page>(actor, history_page_request{}).keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(old_records_age_out_in_the_course_of_time) {
  config.retention = std::chrono::hours{24};
  config.sweep_interval = std::chrono::hours{1};
  start();
  send(write_of(1, {"old"}));
  advance(std::chrono::hours{23});
  advance(write_interval);
  send(write_of(2, {"new"}));
  advance(write_interval);
  BOOST_TEST(ask<history_page>(actor, history_page_request{}).keys.size() == 2u);
  advance(std::chrono::hours{2});
  advance(write_interval);
  auto left = ask<history_page>(actor, history_page_request{}).keys;
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST(left[0].key == "new");
}

BOOST_AUTO_TEST_CASE(a_failing_sweep_shows_in_the_status) {
  config.sweep_interval = write_interval;
  start();
  store->fails = true;
  advance(write_interval);
  advance(write_interval);
  BOOST_TEST(status().last_error == "no space left");
}

BOOST_AUTO_TEST_CASE(status_says_how_the_history_was_found) {
  start();
  BOOST_TEST((status().state == history_state::created));
  BOOST_TEST(status().folder == "folder");
  BOOST_TEST(status().detail == "detail");
  BOOST_TEST(status().bytes_on_disk == 77u);
}

BOOST_AUTO_TEST_CASE(it_works_on_a_store_on_disk) {
  temporary_folder parent;
  for (auto expected : {history_state::created, history_state::opened}) {
    config.history = open_history({parent / "history"});
    start();
    BOOST_TEST((status().state == expected));
    send(write_of(1, {"a", "b", "c"}));
    BOOST_TEST(ask<flushed>(actor, flush_history{}).complete);
    BOOST_TEST(ask<history_page>(actor, history_page_request{}).keys.size() == 3u);
    config.history = {};
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_is_refused_and_names_the_field) {
  auto refused = [](historian_config bad, const std::string& field) {
    BOOST_CHECK_EXCEPTION(validate(bad), error, [&](const error& e) {
      return e.code() == errc::invalid_argument && std::string{e.what()}.find(field) != std::string::npos;
    });
  };
  auto with = [&](auto change) {
    auto changed = config;
    change(changed);
    return changed;
  };
  BOOST_CHECK_NO_THROW(validate(config));
  refused(with([](auto& c) { c.history.store = nullptr; }), "store");
  refused(with([](auto& c) { c.now = nullptr; }), "now");
  refused(with([](auto& c) { c.loss_window = duration::zero(); }), "loss_window");
  refused(with([](auto& c) { c.retention = duration{-1}; }), "retention");
  refused(with([](auto& c) { c.sweep_interval = duration::zero(); }), "sweep_interval");
  refused(with([](auto& c) { c.sweep_records = 0; }), "sweep_records");
  refused(with([](auto& c) { c.limits.max_waiting_records = 0; }), "max_waiting_records");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
