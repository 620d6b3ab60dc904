// What is no request, or a strange one, in all the ways that a seeded generator finds: the server answers or
// closes, and afterwards it has lost nothing and answers as before.
#include <boost/test/unit_test.hpp>
#include <random>
#include <thread>

#include "tests/apps/control/control_fixture.hpp"
#include "tests/apps/control/raw_client.hpp"
#include "tests/fixtures/eventually.hpp"

namespace stoker::test {

namespace control_fuzz_test {

class generator {
 public:
  explicit generator(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

  std::string bytes(std::size_t most) {
    std::string text(below(most + 1), '\0');
    for (auto& each : text) each = static_cast<char>(random_());
    return text;
  }

  std::string value(int depth = 0) {
    switch (below(depth > 3 ? 6 : 8)) {
      case 0:
        return "null";
      case 1:
        return chance(2) ? "true" : "false";
      case 2:
        return one_of<std::string>(
            {"0", "-1", "1.5", "1e308", "1e400", "18446744073709551615", "-9223372036854775808"});
      case 3:
        return nlohmann::json(bytes(20)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
      case 4:
        return one_of<std::string>(
            {"\"pages\"", "\"popular\"", "\"\"", "\"\\u0000\"", "\"08:30\"", "\"AA==\""});
      case 5:
        return std::to_string(below(100));
      case 6:
        return "[" + value(depth + 1) + "," + value(depth + 1) + "]";
      default:
        return object(depth + 1);
    }
  }

  std::string object(int depth = 0) {
    static const std::vector<std::string> names{
        "cache",      "strategies", "strategy",  "parameters",  "limit",      "policy",
        "deadline_s", "wait",       "plan",      "save",        "key",        "key_base64",
        "accesses",   "outcome",    "bytes",     "tags",        "attributes", "keys",
        "id",         "kinds",      "schedules", "calendars",   "interval_s", "times",
        "run",        "patience_s", "apply",     "co_accessed", "x"};
    std::string text = "{";
    const auto count = below(5);
    for (std::size_t i = 0; i < count; ++i)
      text += (i ? "," : "") + ("\"" + one_of(names) + "\":") + value(depth);
    return text + "}";
  }

  std::string request() {
    static const std::vector<std::string> methods{"GET",  "POST", "POST",    "POST", "DELETE",
                                                  "HEAD", "PUT",  "OPTIONS", "PRI",  "X"};
    static const std::vector<std::string> paths{"/livez",
                                                "/readyz",
                                                "/metrics",
                                                "/openapi.json",
                                                "/track",
                                                "/track",
                                                "/",
                                                "/warming/status",
                                                "/warming/warm",
                                                "/warming/plan",
                                                "/warming/plans",
                                                "/warming/plans/x",
                                                "/warming/top",
                                                "/warming/predict",
                                                "/warming/start",
                                                "/warming/stop",
                                                "/warming/rollback",
                                                "/warming/optimize",
                                                "/warming/invalidate",
                                                "/warming/warm_user",
                                                "/warming/runs/1",
                                                "/warming/key",
                                                "/warming/validate",
                                                "/%00",
                                                "/../../etc/passwd",
                                                "*",
                                                ""};
    static const std::vector<std::string> queries{"",
                                                  "?limit=3",
                                                  "?key=a&key=b",
                                                  "?cache=none",
                                                  "?by=due&window_s=9e9",
                                                  "?%=%&&=",
                                                  "?items=99999999999999999999",
                                                  "?key_base64=%FF"};
    static const std::vector<std::string> headers{"Content-Type: application/json",
                                                  "Content-Type: application/msgpack",
                                                  "Content-Type: multipart/form-data; boundary=x",
                                                  "Expect: 100-continue",
                                                  "Range: bytes=0-1,2-3,-9,5-",
                                                  "Accept-Encoding: gzip, br",
                                                  "Connection: close",
                                                  "Content-Encoding: gzip",
                                                  "Host: localhost",
                                                  "Host: evil",
                                                  "Origin: null",
                                                  "Transfer-Encoding: chunked",
                                                  "Content-Length: 99999999999999999999",
                                                  "Content-Length: -1",
                                                  "If-None-Match: \"x\"",
                                                  "Cookie: a=b",
                                                  ": x",
                                                  "X"};
    std::string body = chance(4) ? bytes(200) : object();
    std::string text = one_of(methods) + " " + one_of(paths) + one_of(queries) + " HTTP/1." +
                       (chance(8) ? "0" : "1") + "\r\n";
    if (!chance(8)) text += "Host: localhost\r\n";
    if (!chance(8)) text += std::string{"Authorization: Bearer "} + test_token + "\r\n";
    if (!chance(3)) text += "Content-Type: application/json\r\n";
    for (auto count = below(3); count > 0; --count) text += one_of(headers) + "\r\n";
    if (!chance(6))
      text += "Content-Length: " + std::to_string(body.size() + (chance(8) ? below(9) : 0)) + "\r\n";
    return text + "\r\n" + body;
  }

  // Now and then something of it is damaged.
  std::string damaged(std::string text) {
    if (text.empty()) return text;
    if (chance(4)) text[below(text.size())] = static_cast<char>(random_());
    if (chance(8)) text.erase(below(text.size()));
    if (chance(8)) text.insert(below(text.size()), bytes(30));
    return text;
  }

 private:
  std::mt19937 random_;
};

struct fuzzed_server : control_fixture {
  fuzzed_server() : control_fixture(quick_options()) { use(5); }

  static control::control_options quick_options() {
    auto options = usual_options();
    // What is cut short is given up soon.
    options.limits.request_timeout = std::chrono::milliseconds{100};
    options.limits.idle_timeout = std::chrono::milliseconds{100};
    options.limits.requests_per_second = 0;
    return options;
  }

  // The server answers or closes, whatever it is told.
  void tell(const std::string& bytes) {
    raw_client peer{server->port()};
    peer.send(bytes);
    peer.end();
    const auto heard = peer.receive_all();
    BOOST_TEST_REQUIRE(!peer.hung(), bytes);
    BOOST_TEST_REQUIRE((heard.empty() || status_in(heard) >= 100), heard);
    BOOST_TEST_REQUIRE(status_in(heard) != 500, bytes << "\n\n" << heard);
  }

  void is_well(std::size_t descriptors_before) {
    client.reset();
    client = std::make_unique<httplib::Client>("127.0.0.1", server->port());
    // A flood of connections may still be in its way.
    BOOST_TEST(eventually([&] { return status_of(client->Get("/livez")) == 200; }));
    client.reset();
    BOOST_TEST(eventually([&] { return open_descriptors() <= descriptors_before; }));
  }
};

}  // namespace control_fuzz_test

BOOST_FIXTURE_TEST_SUITE(control_fuzz_test, fuzzed_server)

BOOST_AUTO_TEST_CASE(random_bytes_are_answered_or_closed) {
  client.reset();
  const auto before = open_descriptors();
  generator make{1};
  for (int i = 0; i < 300; ++i) tell(make.bytes(300));
  is_well(before);
}

BOOST_AUTO_TEST_CASE(strange_and_damaged_requests_are_answered_or_closed) {
  client.reset();
  const auto before = open_descriptors();
  generator make{2};
  for (int i = 0; i < 1500; ++i) tell(make.damaged(make.request()));
  is_well(before);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_of_all_kinds_are_answered_or_closed) {
  client.reset();
  const auto before = open_descriptors();
  generator make{3};
  for (int i = 0; i < 100; ++i) {
    std::string all;
    for (auto count = make.below(8); count > 0; --count) all += make.request();
    tell(make.damaged(all));
  }
  is_well(before);
}

BOOST_AUTO_TEST_CASE(connections_that_are_left_midway_leave_nothing_behind) {
  client.reset();
  const auto before = open_descriptors();
  generator make{4};
  for (int i = 0; i < 300; ++i) {
    raw_client peer{server->port()};
    const auto text = make.request();
    peer.send(std::string_view{text}.substr(0, make.below(text.size())));
  }
  is_well(before);
}

BOOST_AUTO_TEST_CASE(huge_requests_are_refused_while_they_come) {
  client.reset();
  const auto before = open_descriptors();
  const std::string start = std::string{"POST /track HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "} +
                            test_token + "\r\nContent-Type: application/json\r\n";
  tell("GET /" + std::string(1 << 20, 'a') + " HTTP/1.1\r\n\r\n");
  tell("GET / HTTP/1.1\r\nRange: bytes=" + std::string(8000, '1') + "\r\nHost: localhost\r\n\r\n");
  std::string ranges = "0-1";
  for (int i = 0; i < 1500; ++i) ranges += ",0-1";
  tell("GET / HTTP/1.1\r\nHost: localhost\r\nRange: bytes=" + ranges + "\r\n\r\n");
  tell(start + "Content-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'a'));
  tell(start + "Content-Length: 1000000\r\n\r\n" + std::string(1'000'000, '['));
  tell(start + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + std::string(100'000, 'a'));
  tell(start + "Transfer-Encoding: chunked\r\n\r\n-5\r\nabc");
  std::string wide = "{";
  for (int i = 0; i < 50'000; ++i) wide += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  tell(start + "Content-Length: " + std::to_string(wide.size() + 1) + "\r\n\r\n" + wide + "}");
  is_well(before);
}

BOOST_AUTO_TEST_CASE(msgpack_of_all_kinds_is_taken_or_refused) {
  generator make{5};
  for (int i = 0; i < 500; ++i) {
    auto text = make.object();
    auto body = nlohmann::json::to_msgpack(nlohmann::json::parse(text, nullptr, false));
    const auto packed = make.damaged(std::string{body.begin(), body.end()});
    const auto answer = client->Post("/track", with_token(), packed, "application/msgpack");
    BOOST_TEST_REQUIRE((status_of(answer) == 200 || status_of(answer) == 400 || status_of(answer) == 404));
  }
  // Arrays that claim to be long, within one another.
  BOOST_TEST(status_of(client->Post("/track", with_token(), std::string(100'000, '\xdd'),
                                    "application/msgpack")) == 400);
  BOOST_TEST(status_of(client->Post("/track", with_token(), std::string(100'000, '\x91'),
                                    "application/msgpack")) == 400);
}

BOOST_AUTO_TEST_CASE(many_at_once_are_all_answered) {
  client.reset();
  const auto before = open_descriptors();
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (std::uint32_t seed = 10; seed < 14; ++seed)
    threads.emplace_back([&, seed] {
      generator make{seed};
      for (int i = 0; i < 100; ++i) {
        raw_client peer{server->port()};
        peer.send(make.damaged(make.request()));
        peer.end();
        peer.receive_all();
        if (!peer.hung()) ++answered;
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_TEST(answered == 400);
  is_well(before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
