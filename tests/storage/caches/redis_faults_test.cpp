// What becomes of a batch when Redis is absent, slow, full, talks nonsense or dies: each ends in a named,
// counted outcome, and the next batch works as soon as the server does.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/fixtures/scripted_server.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;

BOOST_AUTO_TEST_SUITE(redis_faults_test)

namespace {

std::uint64_t counted(remote_cache& cache, trouble what) {
  return cache.stats(soon()).troubles[static_cast<std::size_t>(what)];
}

remote_outcome try_fill(remote_cache& cache, std::string_view key) {
  return fill(cache, key, cache.begin_fill(key), "v");
}

// Until a connection is tried again, at most the longest pause.
bool works_again(const server_process& server, remote_cache& cache, std::string_view key) {
  return server.wait_until([&] {
    const auto result = try_fill(cache, key).result;
    return result == fill_result::stored || result == fill_result::present;
  });
}

redis_config scripted(const temporary_folder& folder) {
  redis_config config;
  config.where.socket_path = folder / "s";
  return config;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_that_is_absent_is_unavailable_at_once) {
  const temporary_folder folder;
  redis_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  BOOST_TEST((cache.memory(soon()).why == trouble::unavailable));
  BOOST_TEST((cache.condition(soon()).why == trouble::unavailable));
  BOOST_TEST(counted(cache, trouble::unavailable) == 2u);
  BOOST_TEST(cache.last_error().find("can't connect") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_that_comes_later_is_found) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  server.process().stop();
  redis_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  server.start();
  BOOST_TEST(works_again(server.process(), cache, "k"));
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_closed_while_idle_costs_nothing) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  redis_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "a").result == fill_result::stored));
  server.process().stop();
  server.start();
  BOOST_TEST((try_fill(cache, "a").result == fill_result::stored));
  BOOST_TEST(cache.stats(soon()).connections == 2u);
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_in_a_batch_leaves_no_item_without_an_outcome) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  redis_cache cache{server.config()};
  cache.condition(soon());
  const std::string bytes(1000, 'v');
  std::vector<std::string> keys;
  for (int i = 0; i < 200'000; ++i) keys.push_back(std::to_string(i));
  std::vector<remote_entry> batch;
  for (const auto& key : keys) batch.push_back(entry(key, bytes));
  for (auto& made : batch) made.token = cache.begin_fill(made.key);
  redis_cache observer{server.config()};
  std::vector<remote_outcome> outcomes;
  std::thread filling{[&] { outcomes = cache.fill(batch, soon()); }};
  const bool begun =
      server.process().wait_until([&] { return look(observer, "1000").state == residency::present; });
  server.process().stop();
  filling.join();
  BOOST_TEST(begun);
  const auto stored = std::count_if(outcomes.begin(), outcomes.end(), [](const remote_outcome& one) {
    return one.result == fill_result::stored;
  });
  const auto lost = std::count_if(outcomes.begin(), outcomes.end(), [](const remote_outcome& one) {
    return one.result == fill_result::refused && one.why == trouble::unavailable;
  });
  BOOST_TEST(stored > 0);
  BOOST_TEST(lost > 0);
  BOOST_TEST(static_cast<std::size_t>(stored + lost) == keys.size());
  server.start();
  BOOST_TEST(works_again(server.process(), cache, "again"));
  const auto condition = cache.condition(soon());
  BOOST_TEST(condition.restarted);
  BOOST_TEST(condition.incarnation == 2u);
  BOOST_TEST(!cache.condition(soon()).lost_content());
  BOOST_TEST(counted(cache, trouble::unavailable) >= static_cast<std::uint64_t>(lost));
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_holds_nobody_beyond_the_deadline) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  redis_cache cache{server.config()};
  redis_cache observer{server.config()};
  BOOST_TEST((try_fill(cache, "a").result == fill_result::stored));
  BOOST_TEST(read(observer, "a") == "v");
  server.process().pause();
  const auto late = entry("late", "v");
  const auto outcome =
      cache.fill(std::span{&late, 1}, deadline_clock::now() + std::chrono::milliseconds{50}).front();
  BOOST_TEST((outcome.why == trouble::timed_out));
  server.process().resume();
  BOOST_TEST(works_again(server.process(), cache, "b"));
}

// Commands that a server has received, and not read yet, it would carry out after the connection is gone.
BOOST_AUTO_TEST_CASE(a_connection_that_was_given_up_is_ended_at_the_server_first) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"+OK\r\n:7\r\n", ""}};
  redis_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "given up").why == trouble::unavailable));
  BOOST_TEST(server.heard().find("KILL") == std::string::npos);
  const auto later = entry("later", "v");
  const auto until = deadline_clock::now() + std::chrono::milliseconds{100};
  BOOST_TEST((cache.fill(std::span{&later, 1}, until).front().why == trouble::timed_out));
  const auto heard = server.heard();
  const auto kill = heard.find("$4\r\nKILL\r\n$2\r\nID\r\n$1\r\n7\r\n");
  BOOST_TEST(kill != std::string::npos);
  BOOST_TEST(kill > heard.find("given up"));
  BOOST_TEST(heard.find("later") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_full_server_that_evicts_nothing_says_so_until_there_is_room) {
  if (!is_installed("redis-server")) return;
  redis_server server{{"--maxmemory", "3mb", "--maxmemory-policy", "noeviction"}};
  redis_cache cache{server.config()};
  const std::string bytes(100'000, 'v');
  remote_outcome last{fill_result::stored};
  int filled = 0;
  while (last.result == fill_result::stored && filled < 100) {
    const auto key = std::to_string(filled++);
    last = fill(cache, key, cache.begin_fill(key), bytes);
  }
  BOOST_TEST((last.why == trouble::no_memory));
  BOOST_TEST(counted(cache, trouble::no_memory) == 1u);
  const auto memory = cache.memory(soon());
  BOOST_TEST(!memory.evicts);
  BOOST_TEST(memory.head_room_bytes() < 200'000u);
  BOOST_TEST(read(cache, "0").size() == bytes.size());
  for (const char* key : {"0", "1", "2"}) invalidate(cache, key);
  BOOST_TEST((fill(cache, "0", cache.begin_fill("0"), bytes).result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_the_password_is_used_when_it_takes_it) {
  if (!is_installed("redis-server")) return;
  redis_server server{{"--requirepass", "old"}};
  auto config = server.config();
  config.password = "new";
  redis_cache cache{config};
  BOOST_TEST((try_fill(cache, "k").why == trouble::denied));
  const temporary_folder folder;
  server_process changing{
      {"redis-cli", "-s", server.socket_path(), "-a", "old", "CONFIG", "SET", "requirepass", "new"},
      folder / "log"};
  BOOST_TEST(changing.wait_for_end() == 0);
  BOOST_TEST(works_again(server.process(), cache, "k"));
  BOOST_TEST(counted(cache, trouble::denied) >= 1u);
}

BOOST_AUTO_TEST_CASE(a_replica_that_takes_no_writes_is_unavailable_for_fills) {
  if (!is_installed("redis-server")) return;
  redis_server server{{"--replicaof", "127.0.0.1", "1"}};
  redis_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
}

BOOST_AUTO_TEST_CASE(answers_that_are_none_are_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"HTTP/1.1 400 Bad Request\r\n\r\n"}};
  redis_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::garbled));
  BOOST_TEST(counted(cache, trouble::garbled) == 1u);
}

BOOST_AUTO_TEST_CASE(more_answers_than_questions_are_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"+OK\r\n:1\r\n+OK\r\n"}};
  redis_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::garbled));
}

BOOST_AUTO_TEST_CASE(a_server_that_closes_without_a_word_is_unavailable) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {}};
  redis_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  // Attempts come with pauses in between: the second is not even made.
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(answers_of_the_wrong_kind_are_garbled) {
  const temporary_folder folder;
  const std::string greeting = "+OK\r\n:1\r\n";
  const scripted_server server{
      folder / "s",
      {greeting, "*0\r\n", "+OK\r\n", ":1\r\n", "+OK\r\n:1\r\n", "+OK\r\n", "+OK\r\n", "*2\r\n+a\r\n+b\r\n"}};
  auto config = scripted(folder);
  config.key_prefix = "app:";
  redis_cache cache{config};
  const std::string_view key = "k";
  BOOST_TEST((try_fill(cache, "k").why == trouble::garbled));
  BOOST_TEST((look(cache, "k").why == trouble::garbled));
  BOOST_TEST(begin_refresh(cache, "k").version == "");
  BOOST_TEST(read(cache, "k") == "<garbled>");
  BOOST_TEST((cache.invalidate(std::span{&key, 1}, soon()).why == trouble::garbled));
  BOOST_TEST((cache.memory(soon()).why == trouble::garbled));
  BOOST_TEST((cache.clear(soon()) == trouble::garbled));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
