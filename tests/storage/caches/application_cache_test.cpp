// The back end for caches that applications fill: an application of the test's own, well-behaved, lying,
// slow, broken or away.
#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "messages/error.hpp"
#include "storage/caches/application/application_cache.hpp"
#include "storage/caches/application/application_wire.hpp"
#include "storage/caches/remote_filler.hpp"
#include "tests/fixtures/http_server.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
using json = nlohmann::json;

BOOST_AUTO_TEST_SUITE(application_cache_suite)

namespace {

// Keeps a cache as the contract says; keys name what goes wrong with them.
class application {
 public:
  application_cache_config config() const {
    application_cache_config made;
    made.cache = "pages";
    made.url = server_.url() + "/warm";
    made.headers = {"Authorization: Bearer t"};
    made.operations = {"refresh", "contains", "invalidate", "clear", "status"};
    return made;
  }
  std::size_t entries() const {
    std::lock_guard guard{mutex_};
    return entries_.size();
  }
  bool holds(const std::string& key) const {
    std::lock_guard guard{mutex_};
    return entries_.contains(key);
  }
  void restart() {
    std::lock_guard guard{mutex_};
    entries_.clear();
    ++process_;
  }
  void empty() {
    std::lock_guard guard{mutex_};
    entries_.clear();
    ++flushes_;
  }
  json last_request() const { return json::parse(server_.last().body); }
  const http_server& server() const { return server_; }

 private:
  said_answer respond(const heard_request& heard) {
    std::lock_guard guard{mutex_};
    if (heard.header("authorization") != "Bearer t") return answer(401, "");
    if (heard.method == "GET") return answer(entries_.contains(heard.target.substr(1)) ? 204 : 404, "");
    const auto request = json::parse(heard.body);
    json items = json::array();
    for (const auto& item : request["items"]) items.push_back(one(request["operation"], item));
    if (request["operation"] == "clear") empty_all();
    const json all{{"items", items},
                   {"instance", "process " + std::to_string(process_)},
                   {"entries", entries_.size()},
                   {"flushes", flushes_}};
    return answer(200, all.dump());
  }
  void empty_all() {
    entries_.clear();
    ++flushes_;
  }
  json one(const std::string& operation, json item) {
    const auto key = item.begin()->get<std::string>();
    const bool there = entries_.contains(key);
    if (operation == "contains") {
      item["outcome"] = there ? "present" : "absent";
      item["ttl_s"] = 30;
    } else if (operation == "invalidate") {
      item["outcome"] = entries_.erase(key) > 0 ? "removed" : "absent";
    } else if (key == "forgotten") {
      item = json::object();
    } else if (key.starts_with("says ")) {
      item["outcome"] = key.substr(5);
    } else if (there && operation == "fill") {
      item["outcome"] = "present";
    } else {
      if (key != "lie") entries_[key] = operation;
      item.update({{"outcome", "stored"}, {"bytes", 1000}, {"took_ms", 2.5}});
    }
    return item;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> entries_;
  int process_ = 1;
  unsigned flushes_ = 0;
  http_server server_{[this](const heard_request& heard) { return respond(heard); }};
};

remote_outcome fill_one(remote_cache& cache, std::string_view key) {
  return fill(cache, key, cache.begin_fill(key), "");
}

std::uint64_t counted(remote_cache& cache, trouble what) {
  return cache.stats(soon()).troubles[static_cast<std::size_t>(what)];
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_application_fills_and_tells_of_each_key) {
  application host;
  application_cache cache{host.config()};
  const auto stored = fill_one(cache, "k");
  BOOST_TEST((stored.result == fill_result::stored));
  BOOST_TEST(stored.bytes == 1000u);
  BOOST_TEST((stored.took == std::chrono::microseconds{2500}));
  BOOST_TEST(host.holds("k"));
  BOOST_TEST((fill_one(cache, "k").result == fill_result::present));
  BOOST_TEST((fill_one(cache, "says fenced").result == fill_result::fenced));
  BOOST_TEST((fill_one(cache, "says too_large").result == fill_result::too_large));
  BOOST_TEST((fill_one(cache, "says absent").why == trouble::rejected));
  BOOST_TEST((fill_one(cache, "says failed").why == trouble::unavailable));
  BOOST_TEST((fill_one(cache, "says refused").why == trouble::rejected));
  BOOST_TEST((fill_one(cache, "says hello").why == trouble::garbled));
  BOOST_TEST((fill_one(cache, "forgotten").why == trouble::garbled));
  BOOST_TEST(counted(cache, trouble::rejected) == 2u);
}

BOOST_AUTO_TEST_CASE(the_request_is_that_of_the_contract) {
  application host;
  auto config = host.config();
  config.verify = false;
  application_cache cache{config};
  fill_one(cache, "ä");
  BOOST_TEST(host.last_request() ==
             json::parse(R"({"stoker":1,"cache":"pages","operation":"fill","items":[{"key":"ä"}]})"));
  BOOST_TEST(host.server().last().header("content-type") == "application/json");
  for (const char* key : {"\xff\x01", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    BOOST_TEST((fill_one(cache, key).result == fill_result::stored));
    BOOST_TEST(host.last_request()["items"][0].contains("key_base64"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_said_to_be_stored_is_looked_for) {
  application host;
  for (const bool by_url : {false, true}) {
    auto config = host.config();
    if (by_url) {
      config.verify_url = {{"*", host.server().url() + "/{key}"}};
      config.operations.clear();
    }
    application_cache cache{config};
    BOOST_TEST((fill_one(cache, by_url ? "a" : "b").result == fill_result::stored));
    BOOST_TEST((fill_one(cache, "lie").why == trouble::rejected));
    BOOST_TEST(cache.last_error().find("not in its cache") != std::string::npos);
    BOOST_TEST((look(cache, "lie").state == residency::absent));
    BOOST_TEST((look(cache, by_url ? "a" : "b").state == residency::present));
  }
  auto config = host.config();
  config.verify = false;
  application_cache trusting{config};
  BOOST_TEST((fill_one(trusting, "lie").result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(what_else_it_does_is_asked_for_by_name) {
  application host;
  application_cache cache{host.config()};
  fill_one(cache, "k");
  BOOST_TEST((refresh(cache, "k", begin_refresh(cache, "k"), "") == fill_result::stored));
  BOOST_TEST(host.last_request()["operation"] == "refresh");
  const auto there = look(cache, "k");
  BOOST_TEST((there.state == residency::present && there.ttl_left == std::chrono::seconds{30}));
  BOOST_TEST(invalidate(cache, "k") == 1u);
  BOOST_TEST(invalidate(cache, "k") == 0u);
  fill_one(cache, "k");
  BOOST_TEST((cache.clear(soon()) == trouble::none));
  BOOST_TEST(host.entries() == 0u);
}

BOOST_AUTO_TEST_CASE(what_it_does_not_do_is_said) {
  application host;
  auto config = host.config();
  config.operations.clear();
  application_cache cache{config};
  BOOST_TEST((fill_one(cache, "k").result == fill_result::stored));
  const auto requests = host.server().requests();
  BOOST_TEST((look(cache, "k").why == trouble::unsupported));
  BOOST_TEST((refresh(cache, "k", begin_refresh(cache, "k"), "") == fill_result::refused));
  BOOST_TEST((put(cache, "k", "v") == fill_result::refused));
  BOOST_TEST(read(cache, "k") == "<unsupported>");
  BOOST_TEST((cache.clear(soon()) == trouble::unsupported));
  BOOST_TEST((cache.memory(soon()).why == trouble::unsupported));
  BOOST_TEST((cache.condition(soon()).why == trouble::unsupported));
  BOOST_TEST((roll_back(cache, "k", {}).why == trouble::unsupported));
  const std::string_view key = "k";
  BOOST_TEST((cache.invalidate(std::span{&key, 1}, soon()).why == trouble::unsupported));
  BOOST_TEST(!cache.capabilities().refreshes_by_itself);
  BOOST_TEST(host.server().requests() == requests);
}

BOOST_AUTO_TEST_CASE(a_large_batch_takes_several_requests) {
  application host;
  auto config = host.config();
  config.batch_items = 100;
  config.verify = false;
  application_cache cache{config};
  std::vector<std::string> keys;
  for (int i = 0; i < 1050; ++i) keys.push_back(std::to_string(i));
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, ""));
  for (const auto& outcome : cache.fill(batch, soon())) BOOST_TEST((outcome.result == fill_result::stored));
  BOOST_TEST(host.entries() == 1050u);
  BOOST_TEST(host.server().requests() == 11);
  BOOST_TEST(cache.fill({}, soon()).empty());
}

BOOST_AUTO_TEST_CASE(a_cache_that_was_emptied_or_restarted_is_noticed) {
  application host;
  application_cache cache{host.config()};
  fill_one(cache, "k");
  BOOST_TEST(!cache.condition(soon()).lost_content());
  host.empty();
  BOOST_TEST(cache.condition(soon()).emptied);
  host.restart();
  const auto restarted = cache.condition(soon());
  BOOST_TEST(restarted.restarted);
  BOOST_TEST(restarted.incarnation == 3u);
  cache.clear(soon());
  BOOST_TEST(!cache.condition(soon()).lost_content());
}

BOOST_AUTO_TEST_CASE(warming_measures_what_the_application_tells) {
  application host;
  remote_filler_config config;
  config.name = "pages";
  config.back_end = std::make_shared<application_cache>(host.config());
  remote_filler filler{config};
  load_item item;
  item.key = "k";
  const auto stored = filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr);
  BOOST_TEST((stored.status == load_status::stored));
  BOOST_TEST(stored.bytes == 1000u);
  BOOST_TEST((stored.took == std::chrono::microseconds{2500}));
  item.refresh = true;
  BOOST_TEST(
      (filler.load_and_fill(item, {}, soon(), filled_by::warmer, nullptr).status == load_status::stored));
}

BOOST_AUTO_TEST_CASE(faults_are_named_and_counted_and_pass) {
  std::atomic<int> count{0};
  const auto good = R"({"items":[{"key":"k","outcome":"stored"}]})";
  http_server server{[&](const heard_request&) -> said_answer {
    switch (count++) {
      case 0:
        return {"garbage\r\n\r\n", true};
      case 1:
        return answer(200, "[not json");
      case 2:
        return answer(200, R"({"items":{"k":"stored"}})");
      case 3:
        return answer(403, "");
      case 4:
        return answer(429, "");
      case 5:
        return answer(500, "");
      case 6:
        return answer(507, "");
      case 7:
        return answer(404, "");
      case 8:
        return {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true};
      default:
        return answer(200, good);
    }
  }};
  application_cache_config config;
  config.url = server.url();
  application_cache cache{config};
  for (const auto expected :
       {trouble::garbled, trouble::garbled, trouble::garbled, trouble::denied, trouble::unavailable,
        trouble::unavailable, trouble::no_memory, trouble::rejected, trouble::unavailable, trouble::none}) {
    const auto outcome = fill_one(cache, "k");
    BOOST_TEST((outcome.why == expected));
  }
  BOOST_TEST(counted(cache, trouble::garbled) == 3u);
  BOOST_TEST(counted(cache, trouble::unavailable) == 3u);
}

BOOST_AUTO_TEST_CASE(an_application_that_hangs_or_is_away_holds_nobody_and_is_used_when_it_answers) {
  std::atomic<bool> hangs{true};
  http_server server{[&](const heard_request&) {
    return hangs ? said_answer{"", false, true}
                 : answer(200, R"({"items":[{"key":"k","outcome":"stored"}]})");
  }};
  application_cache_config config;
  config.url = server.url();
  application_cache hanging{config};
  const auto late = entry("k", "");
  const auto until = deadline_clock::now() + std::chrono::milliseconds{50};
  BOOST_TEST((hanging.fill(std::span{&late, 1}, until).front().why == trouble::timed_out));
  hangs = false;
  BOOST_TEST((fill_one(hanging, "k").result == fill_result::stored));
  config.url = "http://127.0.0.1:" + std::to_string(free_port());
  application_cache away{config};
  BOOST_TEST((fill_one(away, "k").why == trouble::unavailable));
}

BOOST_AUTO_TEST_CASE(hostile_answers_are_garbled_or_harmless) {
  const std::vector<std::string_view> keys{"k"};
  const std::vector<std::string> answers{"",
                                         "null",
                                         "3",
                                         "[]",
                                         "{}",
                                         R"({"items":3})",
                                         R"({"items":[3,null,[],{}]})",
                                         R"({"items":[{"key":3,"outcome":"stored"}]})",
                                         R"({"items":[{"key":"k","outcome":["stored"]}]})",
                                         R"({"items":[{"key_base64":"!!","outcome":"stored"}]})",
                                         R"({"items":[{"key":"other","outcome":"stored"}]})",
                                         std::string(100'000, '[')};
  for (const auto& text : answers) {
    const auto read = read_application_answer(text, keys);
    const bool nothing =
        read.why == trouble::garbled || outcome_of(read.items.front()).why == trouble::garbled;
    BOOST_TEST(nothing);
  }
  const auto odd = read_application_answer(
      R"({"items":[{"key":"k","outcome":"stored","bytes":-1,"took_ms":1e300,"ttl_s":"x"}]})", keys);
  BOOST_TEST(odd.items.front().bytes == 0u);
  BOOST_TEST((odd.items.front().took > std::chrono::hours{1}));
}

BOOST_AUTO_TEST_CASE(no_damage_to_an_answer_makes_a_key_that_was_not_told_stored) {
  const std::vector<std::string_view> keys{"a", "b", "c"};
  const std::string good =
      R"({"items":[{"key":"a","outcome":"present"},{"key_base64":"Yg==","outcome":"failed","took_ms":1.5}],"entries":7})";
  std::mt19937 random{11};
  for (int i = 0; i < 20'000; ++i) {
    auto text = good;
    for (auto left = 1 + random() % 4; left > 0; --left)
      text[random() % text.size()] = static_cast<char>(random());
    text.resize(text.size() - random() % 2 * (random() % text.size()));
    const auto read = read_application_answer(text, keys);
    if (read.why == trouble::garbled) continue;
    BOOST_REQUIRE(read.items.size() == keys.size());
    for (const auto& item : read.items) BOOST_REQUIRE((outcome_of(item).result != fill_result::stored));
  }
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told) {
  const auto refuses = [](auto change) {
    application_cache_config config;
    config.url = "http://127.0.0.1:1/warm";
    change(config);
    BOOST_CHECK_THROW(application_cache{config}, error);
  };
  refuses([](auto& config) { config.url = "warm"; });
  refuses([](auto& config) { config.operations = {"dance"}; });
  refuses([](auto& config) { config.headers = {"x"}; });
  refuses([](auto& config) { config.batch_items = 0; });
  refuses([](auto& config) { config.verify_url = {{"*", "x"}}; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
