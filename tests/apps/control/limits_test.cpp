// What clients can't do to a server: too much, too large, too slow.
#include <boost/test/unit_test.hpp>

#include "tests/apps/control/control_fixture.hpp"
#include "tests/apps/control/raw_client.hpp"
#include "tests/fixtures/eventually.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(control_limits_test)

namespace {

control::control_options limited(void (*change)(control::control_limits&)) {
  auto options = control_fixture::usual_options();
  change(options.limits);
  return options;
}

std::string request(const std::string& first_line, const std::string& headers = {},
                    const std::string& body = {}) {
  return first_line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + test_token + "\r\n" +
         headers + "\r\n" + body;
}

// What a server answers to these bytes, and that it closes the connection then.
std::string answer_to(control_fixture& fixture, const std::string& bytes) {
  raw_client client{fixture.server->port()};
  client.send(bytes);
  auto heard = client.receive_all();
  BOOST_TEST(!client.hung());
  return heard;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_peer_that_asks_too_often_is_told_when_to_come_again) {
  control_fixture fixture{limited([](control::control_limits& limits) {
    limits.requests_per_second = 0.01;
    limits.burst = 2;
  })};
  BOOST_TEST(fixture.status_of(fixture.client->Get("/livez")) == 200);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/livez")) == 200);
  const auto answer = fixture.client->Get("/livez");
  BOOST_TEST(fixture.status_of(answer) == 429);
  BOOST_TEST(fixture.body_of(answer)["code"] == "too_many_requests");
  BOOST_TEST(std::stoi(answer->get_header_value("Retry-After")) > 90);
  BOOST_TEST(fixture.server->counters().rate_limited == 1u);
}

BOOST_AUTO_TEST_CASE(bodies_that_are_too_large_are_refused_before_they_are_read) {
  control_fixture fixture{limited([](control::control_limits& limits) { limits.payload_bytes = 1000; })};
  const auto heard = answer_to(
      fixture, request("POST /warming/warm", "Content-Type: application/json\r\nContent-Length: 1001\r\n"));
  BOOST_TEST(status_in(heard) == 413);
  BOOST_TEST(heard.find("\"code\":\"too_large\"") != std::string::npos);
  BOOST_TEST(heard.find("Connection: close") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_counted_as_it_comes) {
  control_fixture fixture{limited([](control::control_limits& limits) { limits.payload_bytes = 1000; })};
  const std::string chunk = "200\r\n" + std::string(0x200, ' ') + "\r\n";
  const auto headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
  BOOST_TEST(status_in(answer_to(fixture, request("POST /warming/warm", headers, chunk + chunk + chunk))) ==
             413);
}

BOOST_AUTO_TEST_CASE(headers_that_are_too_large_are_refused) {
  control_fixture fixture{limited([](control::control_limits& limits) { limits.header_bytes = 2000; })};
  BOOST_TEST(status_in(answer_to(fixture, request("GET /livez", "X: " + std::string(3000, 'x') + "\r\n"))) ==
             431);
  BOOST_TEST(status_in(answer_to(fixture, "GET /" + std::string(3000, 'x'))) == 431);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "A: b\r\n";
  BOOST_TEST(status_in(answer_to(fixture, request("GET /livez", many))) == 431);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_too_long_is_refused) {
  control_fixture fixture;
  BOOST_TEST(status_in(answer_to(fixture, request("GET /" + std::string(9000, 'x')))) == 414);
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_arrive_in_time_is_given_up) {
  control_fixture fixture{limited(
      [](control::control_limits& limits) { limits.request_timeout = std::chrono::milliseconds{50}; })};
  BOOST_TEST(status_in(answer_to(fixture, "GET /livez HTTP/1.1\r\nHost: loc")) == 408);
  const auto slow_body =
      request("POST /warming/warm", "Content-Type: application/json\r\nContent-Length: 10\r\n", "{");
  BOOST_TEST(status_in(answer_to(fixture, slow_body)) == 408);
}

BOOST_AUTO_TEST_CASE(connections_that_say_nothing_are_closed) {
  control_fixture fixture{
      limited([](control::control_limits& limits) { limits.idle_timeout = std::chrono::milliseconds{50}; })};
  BOOST_TEST(answer_to(fixture, "") == "");
}

BOOST_AUTO_TEST_CASE(idle_connections_give_way_to_those_that_wait) {
  control_fixture fixture{limited([](control::control_limits& limits) {
    limits.workers = 2;
    limits.streams = 0;
    limits.idle_timeout = std::chrono::minutes{10};
  })};
  raw_client first{fixture.server->port()};
  raw_client second{fixture.server->port()};
  for (auto* each : {&first, &second}) {
    each->send(request("GET /livez"));
    each->receive_until("ok");
  }
  raw_client third{fixture.server->port()};
  third.send(request("GET /livez"));
  BOOST_TEST(status_in(third.receive_until("ok")) == 200);
  BOOST_TEST(!third.hung());
}

BOOST_AUTO_TEST_CASE(connections_that_there_is_no_room_for_are_told_so) {
  control_fixture fixture{limited([](control::control_limits& limits) {
    limits.workers = 1;
    limits.streams = 0;
    limits.waiting_connections = 0;
    limits.request_timeout = std::chrono::minutes{10};
  })};
  raw_client busy{fixture.server->port()};
  busy.send("GET /livez HTTP/1.1\r\n");  // and takes its time
  std::string heard;
  BOOST_TEST(eventually([&] {
    raw_client other{fixture.server->port()};
    other.send(request("GET /livez", "Connection: close\r\n"));
    heard = other.receive_all();
    return status_in(heard) == 503;
  }));
  BOOST_TEST(heard.find("Retry-After") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_error_is_told_as_a_problem) {
  control_fixture fixture;
  const auto told = [&](const std::string& bytes, int status, const char* code) {
    const auto heard = answer_to(fixture, bytes);
    BOOST_TEST(status_in(heard) == status, bytes);
    BOOST_TEST(heard.find("application/problem+json") != std::string::npos, heard);
    BOOST_TEST(heard.find(std::string{"\"code\":\""} + code + "\"") != std::string::npos, heard);
  };
  const std::string close = "Connection: close\r\n";
  const auto json = close + "Content-Type: application/json\r\n";
  told(request("GET /nothing", close), 404, "not_found");
  told(request("PUT /warming/warm", close), 405, "method_not_allowed");
  told(request("GET /warming/warm", close), 405, "method_not_allowed");
  told(request("BREW /coffee", close), 400, "bad_request");
  told("nonsense\r\n\r\n", 400, "bad_request");
  told(request("POST /warming/warm", json + "Content-Length: 1\r\n", "["), 400, "invalid_argument");
  told(request("POST /warming/warm", close + "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 415,
       "unsupported_media_type");
  told(request("POST /warming/warm", json + "Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), 415,
       "unsupported_media_type");
  told(request("POST /warming/warm", json + "Content-Length: 2x\r\n", "{}"), 400, "bad_request");
  told(request("POST /warming/warm", json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "{}"), 400,
       "bad_request");
  told(request("GET /livez", "Content-Length: 2\r\n", "{}"), 400, "bad_request");
  told("GET /livez HTTP/1.1\r\n\r\n", 421, "bad_host");
}

BOOST_AUTO_TEST_CASE(who_asks_whether_to_go_on_is_told_before_the_body_is_read) {
  control_fixture fixture;
  raw_client client{fixture.server->port()};
  client.send(request("POST /warming/flush",
                      "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"));
  BOOST_TEST(status_in(client.receive_until("\r\n\r\n")) == 100);
  client.send("{}");
  BOOST_TEST(client.receive_until("\"done\"").find("HTTP/1.1 200") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_method_that_is_not_allowed_is_told_which_are) {
  control_fixture fixture;
  const auto answer = fixture.client->Put("/warming/plans/x", fixture.with_token(), "", "text/plain");
  BOOST_TEST(fixture.status_of(answer) == 405);
  BOOST_TEST(answer->get_header_value("Allow") == "GET, DELETE");
}

BOOST_AUTO_TEST_CASE(ranges_and_compression_are_not_for_asking) {
  control_fixture fixture;
  const auto whole = fixture.client->Get("/openapi.json");
  const auto part =
      fixture.client->Get("/openapi.json", {{"Range", "bytes=0-9"}, {"Accept-Encoding", "gzip"}});
  BOOST_TEST(fixture.status_of(part) == 200);
  BOOST_TEST(part->body.size() == whole->body.size());
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  control_fixture fixture;
  const auto heard = answer_to(fixture, request("GET /livez") + request("GET /nothing") +
                                            request("GET /warming/plans", "Connection: close\r\n"));
  const auto first = heard.find("\"ok\"");
  const auto second = heard.find("not_found");
  const auto third = heard.find("\"plans\"");
  BOOST_TEST(third != std::string::npos);
  BOOST_TEST(first < second);
  BOOST_TEST(second < third);
}

BOOST_AUTO_TEST_CASE(stopping_ends_connections_and_answers_nobody_any_more) {
  control_fixture fixture;
  raw_client idle{fixture.server->port()};
  idle.send(request("GET /livez"));
  idle.receive_until("ok");
  raw_client half{fixture.server->port()};
  half.send("GET /livez HTTP/1.1\r\n");
  fixture.server->stop();
  idle.receive_all();
  half.receive_all();
  BOOST_TEST(!idle.hung());
  BOOST_TEST(!half.hung());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
