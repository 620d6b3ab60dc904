#include "actors/prediction/predictor_actor.hpp"

#include "messages/key.hpp"
#include "messages/model.hpp"
#include "tests/fixtures/actor_fixture.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(predictor_actors)

namespace {

// A historian that keeps documents, or fails, or stays silent.
struct shelf {
  document kept;
  bool fails = false;
  bool silent = false;
};

historian_actor::behavior_type fake_historian(historian_actor::pointer self, std::shared_ptr<shelf> where) {
  return {
      [](const history_write&) { return history_receipt{}; },
      [](const history_page_request&) { return history_page{}; },
      [=](const document& added) -> caf::result<history_receipt> {
        if (where->fails) return make_error(errc::history_failed, "disk full");
        where->kept = added;
        return history_receipt{};
      },
      [=](const document_request& wanted) -> caf::result<document> {
        if (where->silent) return self->make_response_promise();
        if (where->fails) return make_error(errc::history_failed, "disk full");
        return document{wanted.kind, wanted.name, where->kept.bytes};
      },
      [](const forget_request&) { return flushed{}; },
      [](flush_history) { return flushed{}; },
      [](status_request) { return historian_status{}; },
      [](tick) {},
  };
}

access_batch misses(const std::vector<std::string>& keys) {
  access_batch batch;
  batch.cache = "pages";
  for (const auto& key : keys) {
    access_record record;
    record.hash = hash_key(key);
    record.stream = 1;
    record.key_offset = static_cast<std::uint32_t>(batch.bytes.size());
    record.key_size = static_cast<std::uint32_t>(key.size());
    batch.bytes += key;
    batch.records.push_back(record);
  }
  return batch;
}

struct prediction_world : test::actor_fixture {
  prediction_world() {
    memory_cache_config memory;
    memory.capacity_entries = 10;
    memory.every_departure = true;
    entries = std::make_shared<memory_cache>(memory);
    peers->historian(track(sys.spawn(fake_historian, history)));
  }
  ~prediction_world() { peers->clear(); }

  predictor_actor_config config() {
    predictor_actor_config made;
    made.cache = "pages";
    made.peers = peers;
    made.now = clock();
    made.core.cache_entries = 10;
    made.entries = entries;
    return made;
  }

  predictor_actor launch() {
    auto handle = track(sys.spawn(cache_predictor, config()));
    run();
    return handle;
  }

  // A user walks through more pages than the cache holds, again and again.
  void walk(const predictor_actor& handle, int rounds) {
    for (int round = 0; round < rounds; ++round)
      for (int number = 0; number < 25; ++number) {
        const auto key = "page " + std::string(1, static_cast<char>('a' + number));
        entries->put(key, value{"x"}, {}, now());
        caf::anon_send(handle, misses({key}));
        run();
      }
  }

  std::uint64_t accesses(const predictor_actor& handle) {
    return ask<predictor_status>(handle, status_request{}).accesses;
  }

  std::shared_ptr<memory_cache> entries;
  std::shared_ptr<shelf> history = std::make_shared<shelf>();
  std::shared_ptr<directory> peers = std::make_shared<directory>();
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(learns_what_follows_what_and_explains_it, prediction_world) {
  auto handle = launch();
  walk(handle, 30);
  const auto after = ask<predictions>(handle, predict_request{"pages", {"page c"}, 20, 0});
  BOOST_REQUIRE(!after.candidates.empty());
  const auto status = ask<predictor_status>(handle, status_request{});
  BOOST_TEST(status.predictor == "stoker");
  BOOST_TEST(status.accesses == 750u);
  BOOST_TEST(status.memory_bytes > 0u);
}

BOOST_FIXTURE_TEST_CASE(keeps_its_model_with_the_history, prediction_world) {
  auto first = launch();
  walk(first, 30);
  BOOST_TEST(ask<flushed>(first, flush_request{}).complete);
  BOOST_TEST(!history->kept.bytes.empty());
  auto second = launch();
  BOOST_TEST(!ask<predictions>(second, predict_request{"pages", {"page c"}, 20, 0}).candidates.empty());
}

BOOST_FIXTURE_TEST_CASE(saves_by_itself_when_it_is_time, prediction_world) {
  auto handle = launch();
  walk(handle, 1);
  for (int minute = 0; minute < 6 * 60; ++minute) advance(1s);
  BOOST_TEST(!history->kept.bytes.empty());
}

BOOST_FIXTURE_TEST_CASE(says_when_the_model_could_not_be_kept, prediction_world) {
  auto handle = launch();
  walk(handle, 1);
  history->fails = true;
  BOOST_TEST(!ask<flushed>(handle, flush_request{}).complete);
  peers->historian({});
  BOOST_TEST(!ask<flushed>(handle, flush_request{}).complete);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_does_not_fit_is_left_and_it_learns_anew, prediction_world) {
  history->kept.bytes = "no model";
  auto handle = launch();
  walk(handle, 1);
  BOOST_TEST(accesses(handle) == 25u);
}

BOOST_FIXTURE_TEST_CASE(accesses_wait_while_the_model_is_read_and_are_learned_after_it, prediction_world) {
  history->silent = true;
  auto handle = launch();
  walk(handle, 2);
  BOOST_TEST(accesses(handle) == 0u);
  for (int i = 0; i < 5; ++i) advance(1s);  // the question times out
  BOOST_TEST(accesses(handle) == 50u);
}

BOOST_FIXTURE_TEST_CASE(a_question_waits_while_the_model_is_read, prediction_world) {
  history->silent = true;
  auto handle = launch();
  auto request = self->request(handle, caf::infinite, predict_request{"pages", {"page c"}, 20, 0});
  walk(handle, 30);
  for (int i = 0; i < 5; ++i) advance(1s);  // the historian does not answer in time
  request.receive([](const predictions& answer) { BOOST_TEST(!answer.candidates.empty()); },
                  [](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
}

BOOST_FIXTURE_TEST_CASE(goes_on_when_its_warmer_is_down, prediction_world) {
  auto handle = launch();
  walk(handle, 40);
  prefetch_outcomes outcomes{"pages",
                             {{"page a", prefetch_fate::rejected}, {"page b", prefetch_fate::arrived}}};
  caf::anon_send(handle, outcomes);
  run();
  BOOST_TEST(accesses(handle) == 1000u);
}

BOOST_AUTO_TEST_CASE(bad_configurations_are_refused) {
  BOOST_CHECK_THROW(validate(predictor_actor_config{}), error);
}

BOOST_AUTO_TEST_SUITE_END()
