#include "apps/feeds/socket_feed.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "apps/feeds/make_feed.hpp"
#include "messages/access_frame.hpp"
#include "messages/error.hpp"
#include "tests/apps/feeds/client_socket.hpp"
#include "tests/apps/feeds/recorded_accesses.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace socket_feed_test {

using namespace stoker;
using namespace stoker::test;
using feeds::socket_feed;
using feeds::socket_feed_config;

struct feed_world {
  temporary_folder folder;
  std::string path = folder / "feed";
  recorded_accesses recorded;

  socket_feed_config config() const {
    socket_feed_config made;
    made.socket_path = path;
    made.port = 0;
    return made;
  }
};

// What the feed answers with when it refuses: all that it sends before it hangs up.
std::string refusal(const client_socket& client) {
  return client.receive(4096);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace socket_feed_test

BOOST_FIXTURE_TEST_SUITE(socket_feed_test, feed_world)

BOOST_AUTO_TEST_CASE(accesses_arrive_over_both_kinds_of_socket) {
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  const client_socket local{path};
  const client_socket remote{feed.port()};
  BOOST_TEST(local.send(encode_frame({{"a", access_outcome::hit}, {"b", access_outcome::miss, 5, 700}})));
  BOOST_TEST(eventually([&] { return recorded.size() == 2; }));
  BOOST_TEST(remote.send(encode_frame({{"c", access_outcome::hit, 0, 0, 0, "ann"}})));
  BOOST_TEST(eventually([&] { return recorded.size() == 3; }));
  const auto all = recorded.all();
  BOOST_TEST(all[1].key == "b");
  BOOST_TEST((all[1].outcome == access_outcome::miss));
  BOOST_TEST(all[1].bytes == 5u);
  BOOST_TEST(all[1].cost_us == 700u);
  BOOST_TEST(all[2].subject == "ann");
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
  BOOST_TEST(feed.counters().recorded == 3u);
}

BOOST_AUTO_TEST_CASE(each_connection_is_a_stream_of_its_own_unless_it_names_subjects) {
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  const client_socket one{path};
  const client_socket other{path};
  one.send(encode_frame({{"a"}, {"b"}}));
  BOOST_TEST(eventually([&] { return recorded.size() == 2; }));
  other.send(encode_frame({{"c"}}));
  BOOST_TEST(eventually([&] { return recorded.size() == 3; }));
  other.send(encode_frame({{"d"}}, "ann"));
  BOOST_TEST(eventually([&] { return recorded.size() == 4; }));
  const auto all = recorded.all();
  BOOST_TEST(all[0].stream != 0u);
  BOOST_TEST(all[0].stream == all[1].stream);
  BOOST_TEST(all[0].stream != all[2].stream);
  BOOST_TEST(all[3].stream == 0u);
  BOOST_TEST(all[3].subject == "ann");
}

BOOST_AUTO_TEST_CASE(an_access_that_does_not_say_is_taken_for_what_the_configuration_says) {
  auto misses = config();
  misses.assume_hits = false;
  socket_feed feed{misses, recorded.sink()};
  feed.start();
  const client_socket client{path};
  std::string body =
      "\x92\x01\x92\xa1"
      "a\x92\xa1"
      "b\xc3";
  client.send(std::string(3, '\0') + static_cast<char>(body.size()) + body);
  BOOST_TEST(eventually([&] { return recorded.size() == 2; }));
  BOOST_TEST((recorded.all()[0].outcome == access_outcome::miss));
  BOOST_TEST((recorded.all()[1].outcome == access_outcome::hit));
}

BOOST_AUTO_TEST_CASE(an_empty_frame_is_answered_with_what_was_recorded) {
  recorded_accesses small{2};
  socket_feed feed{config(), small.sink()};
  feed.start();
  const client_socket client{path};
  client.send(encode_frame({{"a"}, {"b"}, {"c"}}));
  client.send(encode_frame({}));
  const auto expected = encode_frame_counts(2, 1);
  BOOST_TEST(client.receive(expected.size()) == expected);
  BOOST_TEST(feed.counters().dropped == 1u);
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
}

BOOST_AUTO_TEST_CASE(a_hostile_frame_ends_its_connection_with_a_reason_and_no_other) {
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  const client_socket good{path};
  const client_socket bad{feed.port()};
  good.send(encode_frame({{"a"}}));
  bad.send(encode_frame({{"x"}}) + std::string(3, '\0') + "\x02\x92\xc1");
  BOOST_TEST(holds(refusal(bad), "error"));
  good.send(encode_frame({{"b"}}));
  BOOST_TEST(eventually([&] { return recorded.size() == 3; }));
  BOOST_TEST(feed.counters().refused == 1u);
  BOOST_TEST(feed.counters().malformed == 1u);
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
  BOOST_TEST(holds(feed.last_error(), "refused"));
}

BOOST_AUTO_TEST_CASE(a_frame_longer_than_possible_is_refused_before_it_arrives) {
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  const client_socket client{path};
  client.send("GET / HTTP/1.1\r\n\r\n");
  BOOST_TEST(holds(refusal(client), "1 to 1048576 are possible"));
}

BOOST_AUTO_TEST_CASE(a_frame_that_never_gets_whole_is_given_up) {
  auto hasty = config();
  hasty.frame_timeout = std::chrono::milliseconds{1};
  socket_feed feed{hasty, recorded.sink()};
  feed.start();
  const client_socket slow{path};
  slow.send(std::string("\0\0", 2));
  BOOST_TEST(holds(refusal(slow), "not whole in time"));
  const client_socket quiet{path};
  BOOST_TEST(quiet.send(encode_frame({{"a"}})));
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(connections_are_bounded_and_the_one_too_many_is_told) {
  auto few = config();
  few.max_connections = 2;
  socket_feed feed{few, recorded.sink()};
  feed.start();
  const client_socket one{path};
  auto two = std::make_unique<client_socket>(path);
  BOOST_TEST(eventually([&] { return feed.clients() == 2; }));
  const client_socket three{path};
  BOOST_TEST(holds(refusal(three), "too many connections"));
  two.reset();
  BOOST_TEST(eventually([&] { return feed.clients() <= 2; }));
  one.send(encode_frame({{"a"}}));
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(many_connections_send_at_once_and_nothing_is_lost_or_mixed) {
  constexpr int clients = 32;
  constexpr int rounds = 50;
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  std::vector<std::unique_ptr<client_socket>> all;
  for (int i = 0; i < clients; ++i)
    all.push_back(i % 2 == 0 ? std::make_unique<client_socket>(path)
                             : std::make_unique<client_socket>(feed.port()));
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i < clients; ++i) {
      const auto key = std::to_string(i) + "/" + std::to_string(round);
      BOOST_REQUIRE(all[static_cast<std::size_t>(i)]->send(encode_frame({{key}})));
    }
  BOOST_TEST(eventually([&] { return recorded.size() == clients * rounds; }));
  std::map<std::uint64_t, std::vector<std::string>> by_stream;
  for (const auto& one : recorded.all()) by_stream[one.stream].push_back(one.key);
  BOOST_TEST(by_stream.size() == static_cast<std::size_t>(clients));
  for (const auto& [stream, keys] : by_stream)
    for (int round = 0; round < rounds; ++round)
      BOOST_TEST(keys[static_cast<std::size_t>(round)].ends_with("/" + std::to_string(round)));
}

BOOST_AUTO_TEST_CASE(random_bytes_harm_nobody) {
  socket_feed feed{config(), recorded.sink()};
  feed.start();
  std::mt19937 random{5};
  const auto whole = encode_frame({{"alpha", access_outcome::miss, 1, 2, 0, "ann", "kind"}, {"beta"}}, "bob");
  for (int round = 0; round < 300; ++round) {
    auto damaged = whole + whole;
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    const client_socket client{path};
    client.send(damaged);
  }
  const client_socket good{path};
  good.send(encode_frame({{"still here"}}) + encode_frame({}));
  BOOST_TEST(good.receive(encode_frame_counts(1, 0).size()) == encode_frame_counts(1, 0));
  BOOST_TEST(eventually([&] { return feed.clients() == 1; }));
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
}

BOOST_AUTO_TEST_CASE(the_socket_has_its_mode_and_goes_with_the_feed) {
  auto strict = config();
  strict.socket_mode = 0600;
  struct stat found {};
  {
    socket_feed feed{strict, recorded.sink()};
    feed.start();
    BOOST_REQUIRE(::stat(path.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777) == 0600u);
    socket_feed second{strict, recorded.sink()};
    BOOST_CHECK_THROW(second.start(), error);
    BOOST_TEST(::stat(path.c_str(), &found) == 0);
  }
  BOOST_TEST(::stat(path.c_str(), &found) != 0);
}

BOOST_AUTO_TEST_CASE(a_feed_starts_again_after_it_was_stopped) {
  socket_feed feed{config(), recorded.sink()};
  for (int i = 0; i < 3; ++i) {
    feed.start();
    const client_socket client{path};
    client.send(encode_frame({{"a"}}));
    BOOST_TEST(eventually([&] { return recorded.size() == static_cast<std::size_t>(i + 1); }));
    feed.stop();
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused_with_its_field) {
  const auto check = [&](auto change, const std::string& part) {
    auto wrong = config();
    change(wrong);
    BOOST_CHECK_EXCEPTION(socket_feed(wrong, recorded.sink()), error,
                          [&](const error& e) { return holds(e.what(), part); });
  };
  check([](auto& c) { c.socket_path = "", c.port.reset(); }, "a socket's path, a port, or both");
  check([](auto& c) { c.host = "0.0.0.0"; }, "host must be an address of loopback");
  check([](auto& c) { c.max_connections = 0; }, "max_connections");
  check([](auto& c) { c.socket_mode = 01000; }, "socket_mode");
  check([](auto& c) { c.frame_timeout = {}; }, "frame_timeout");
}

BOOST_AUTO_TEST_CASE(an_engine_learns_what_a_feed_reports) {
  engine running{engine_config{}};
  auto cache = running.add_cache({.name = "pages", .load = [](std::string_view) { return load_result{}; }});
  auto wanted = config();
  const auto feed = feeds::make_feed(wanted, cache);
  feed->start();
  const client_socket client{path};
  client.send(encode_frame({{"a", access_outcome::hit}, {"b", access_outcome::miss}, {"a"}}, "ann"));
  BOOST_TEST(eventually([&] { return running.patterns("pages").total_accesses == 3; }));
  BOOST_TEST(running.key("pages", "a").count == 2u);
  feed->stop();
}

BOOST_AUTO_TEST_SUITE_END()
