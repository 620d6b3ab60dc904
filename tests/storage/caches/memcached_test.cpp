// memcached: the suite of the seam against a real server, what is memcached's own, and its faults.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "messages/error.hpp"
#include "tests/fixtures/scripted_server.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(memcached_test)

namespace {

std::uint64_t counted(remote_cache& cache, trouble what) {
  return cache.stats(soon()).troubles[static_cast<std::size_t>(what)];
}

remote_outcome try_fill(remote_cache& cache, std::string_view key) {
  return fill(cache, key, cache.begin_fill(key), "v");
}

bool works_again(const server_process& server, remote_cache& cache, std::string_view key) {
  return server.wait_until([&] {
    const auto result = try_fill(cache, key).result;
    return result == fill_result::stored || result == fill_result::present;
  });
}

memcached_config scripted(const temporary_folder& folder) {
  memcached_config config;
  config.where.socket_path = folder / "s";
  return config;
}

}  // namespace

// A server for each check: a flush leaves what it removed in the server's counts.
BOOST_DATA_TEST_CASE(memcached_does_what_the_seam_says, data::make(checks()), check) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  memcached_cache cache{server.config()};
  memcached_cache others{server.config()};
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(memcached_is_reached_over_tcp) {
  if (!is_installed("memcached")) return;
  const auto port = free_port();
  temporary_folder folder;
  std::vector<std::string> command{"memcached", "-l", "127.0.0.1", "-p", std::to_string(port), "-U", "0"};
  if (::geteuid() == 0) command.insert(command.end(), {"-u", "root"});
  const server_process server{command, folder / "log"};
  memcached_config config;
  config.where.port = port;
  memcached_cache cache{config};
  BOOST_TEST(works_again(server, cache, "k"));
  BOOST_TEST(read(cache, "k") == "v");
}

BOOST_AUTO_TEST_CASE(a_prefix_stands_before_keys_and_flags_go_with_values) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  auto config = server.config();
  memcached_cache whole{config};
  config.key_prefix = "app:";
  config.client_flags = 17;
  memcached_cache part{config};
  warm(part, "k", "v");
  BOOST_TEST(read(whole, "app:k") == "v");
  std::string heard;
  socket_stream raw;
  BOOST_REQUIRE((raw.open(server.config().where, soon()) == trouble::none));
  raw.exchange(
      [](std::string& out) {
        out = "mg app:k f\r\n";
        return false;
      },
      [&](std::string_view bytes) {
        heard += bytes;
        return progress::done;
      },
      soon());
  BOOST_TEST(heard == "HD f17\r\n");
}

BOOST_AUTO_TEST_CASE(a_user_and_a_password_are_sent_and_tried_again_when_refused) {
  if (!is_installed("memcached")) return;
  const temporary_folder folder;
  std::ofstream{folder / "users"} << "warmer:secret\n";
  memcached_server server{{"-Y", folder / "users"}};
  auto config = server.config();
  memcached_cache nobody{config};
  BOOST_TEST((try_fill(nobody, "k").why == trouble::denied));
  config.user = "warmer";
  config.password = "wrong";
  memcached_cache wrong{config};
  BOOST_TEST((try_fill(wrong, "k").why == trouble::denied));
  BOOST_TEST(counted(wrong, trouble::denied) == 1u);
  config.password = "secret";
  memcached_cache right{config};
  BOOST_TEST((try_fill(right, "k").result == fill_result::stored));
  BOOST_TEST(read(right, "k") == "v");
  std::ofstream{folder / "users"} << "warmer:wrong\n";
  server.process().send(SIGHUP);
  BOOST_TEST(works_again(server.process(), wrong, "k"));
}

BOOST_AUTO_TEST_CASE(an_empty_key_is_no_key) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  memcached_cache cache{server.config()};
  BOOST_TEST((warm(cache, "", "v") == fill_result::too_large));
  BOOST_TEST((look(cache, "").why == trouble::unsupported));
}

BOOST_AUTO_TEST_CASE(a_value_beyond_the_servers_limit_is_too_large) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  memcached_cache cache{server.config()};
  BOOST_TEST((warm(cache, "k", std::string(2 << 20, 'v')) == fill_result::too_large));
  BOOST_TEST((warm(cache, "k", "small") == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(a_full_server_that_evicts_nothing_says_so_until_there_is_room) {
  if (!is_installed("memcached")) return;
  const memcached_server server{{"-m", "2", "-M"}};
  memcached_cache cache{server.config()};
  const std::string bytes(100'000, 'v');
  remote_outcome last{fill_result::stored};
  for (int i = 0; i < 2000 && last.result == fill_result::stored; ++i) {
    const auto key = std::to_string(i);
    last = fill(cache, key, cache.begin_fill(key), bytes);
  }
  BOOST_TEST((last.why == trouble::no_memory));
  BOOST_TEST(counted(cache, trouble::no_memory) == 1u);
  BOOST_TEST(read(cache, "0").size() == bytes.size());
  invalidate(cache, "0");
  BOOST_TEST((fill(cache, "0", cache.begin_fill("0"), bytes).result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_absent_is_unavailable_and_found_when_it_comes) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  server.process().stop();
  memcached_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "k").why == trouble::unavailable));
  BOOST_TEST((cache.condition(soon()).why == trouble::unavailable));
  server.start();
  BOOST_TEST(works_again(server.process(), cache, "k"));
}

BOOST_AUTO_TEST_CASE(a_server_that_was_started_again_is_noticed) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  memcached_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "k").result == fill_result::stored));
  BOOST_TEST(!cache.condition(soon()).lost_content());
  server.process().stop();
  server.start();
  const auto condition = cache.condition(soon());
  BOOST_TEST(condition.restarted);
  BOOST_TEST(condition.incarnation == 2u);
  BOOST_TEST(!cache.condition(soon()).lost_content());
  BOOST_TEST((try_fill(cache, "k").result == fill_result::stored));
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_holds_nobody_beyond_the_deadline) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  memcached_cache cache{server.config()};
  BOOST_TEST((try_fill(cache, "a").result == fill_result::stored));
  server.process().pause();
  const auto late = entry("late", "v");
  const auto until = deadline_clock::now() + std::chrono::milliseconds{50};
  BOOST_TEST((cache.fill(std::span{&late, 1}, until).front().why == trouble::timed_out));
  server.process().resume();
  BOOST_TEST(works_again(server.process(), cache, "b"));
}

BOOST_AUTO_TEST_CASE(answers_that_are_none_are_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"HTTP/1.1 400 Bad Request\r\n\r\n"}};
  memcached_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::garbled));
}

BOOST_AUTO_TEST_CASE(answers_of_the_wrong_kind_are_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"MN\r\n", "OK\r\n", "OK\r\n", "NS\r\n"}};
  memcached_cache cache{scripted(folder)};
  BOOST_TEST((try_fill(cache, "k").why == trouble::garbled));
  BOOST_TEST((look(cache, "k").why == trouble::garbled));
  BOOST_TEST((cache.clear(soon()) == trouble::garbled));
}

BOOST_AUTO_TEST_CASE(a_value_without_end_is_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"MN\r\n", "VA 99999999999999999999\r\n"}};
  memcached_cache cache{scripted(folder)};
  BOOST_TEST(read(cache, "k") == "<garbled>");
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_garbled) {
  const temporary_folder folder;
  const scripted_server server{folder / "s", {"MN\r\n", std::string(10'000, 'x')}};
  memcached_cache cache{scripted(folder)};
  BOOST_TEST(read(cache, "k") == "<garbled>");
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_in_a_batch_leaves_no_item_without_an_outcome) {
  const temporary_folder folder;
  const scripted_server server{folder / "s",
                               {"MN\r\n", "HD\r\nNS\r\nSERVER_ERROR out of memory storing object\r\n"}};
  memcached_cache cache{scripted(folder)};
  std::vector<remote_entry> batch;
  for (const char* key : {"a", "b", "c", "d", "e"}) batch.push_back(entry(key, "v"));
  for (auto& made : batch) made.token = cache.begin_fill(made.key);
  const auto outcomes = cache.fill(batch, soon());
  BOOST_TEST((outcomes[0].result == fill_result::stored));
  BOOST_TEST((outcomes[1].result == fill_result::present));
  BOOST_TEST((outcomes[2].why == trouble::no_memory));
  BOOST_TEST((outcomes[3].why == trouble::unavailable));
  BOOST_TEST((outcomes[4].why == trouble::unavailable));
}

BOOST_AUTO_TEST_CASE(keys_are_encoded_only_when_they_must_be) {
  BOOST_TEST(encode_meta_key("plain:key")->text == "plain:key");
  BOOST_TEST(encode_meta_key("plain:key")->flag == "");
  BOOST_TEST(encode_meta_key("a b")->text == "YSBi");
  BOOST_TEST(encode_meta_key("a b")->flag == " b");
  BOOST_TEST(encode_meta_key(" ab ")->text == "IGFiIA==");
  BOOST_TEST(encode_meta_key(" abc")->text == "IGFiYw==");
  BOOST_TEST(encode_meta_key(" \n")->text == "IAo=");
  BOOST_TEST(encode_meta_key(std::string(250, 'k')).has_value());
  BOOST_TEST(!encode_meta_key(std::string(251, 'k')).has_value());
  BOOST_TEST(encode_meta_key(std::string(186, ' ')).has_value());
  BOOST_TEST(!encode_meta_key(std::string(187, ' ')).has_value());
}

BOOST_AUTO_TEST_CASE(a_configuration_that_can_not_work_is_refused) {
  memcached_config nowhere;
  nowhere.where.port = 0;
  BOOST_CHECK_THROW(memcached_cache{nowhere}, error);
  memcached_config half;
  half.user = "warmer";
  BOOST_CHECK_THROW(memcached_cache{half}, error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
