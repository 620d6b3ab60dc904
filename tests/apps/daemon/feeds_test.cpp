// Feeds of a daemon, as users have them: in its configuration, with the built binary and real servers.
#include <signal.h>
#include <time.h>

#include <boost/test/unit_test.hpp>

#include "messages/access_frame.hpp"
#include "tests/apps/daemon/daemon_api.hpp"
#include "tests/apps/feeds/client_socket.hpp"
#include "tests/fixtures/certificates.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

using namespace stoker;
using namespace stoker::test;

namespace feeds_of_a_daemon {

std::string feed(const std::string& name, const std::string& kind, const std::string& keys) {
  return "[[feed]]\nname = \"" + name + "\"\ncache = \"pages\"\nkind = \"" + kind + "\"\n" + keys;
}

std::string quoted(const std::string& key, const std::string& text) {
  return key + " = \"" + text + "\"\n";
}

// A line as nginx writes it, of a moment ago.
std::string log_line(const std::string& path) {
  const std::time_t now = ::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%d/%b/%Y:%H:%M:%S +0000", &parts);
  return "10.0.0.7 - - [" + std::string{text} + "] \"GET " + path + " HTTP/1.1\" 200 512 \"-\" \"-\"\n";
}

std::string frame(const std::string& key, std::size_t times) {
  const std::vector<reported_access> accesses(times, {.key = key, .outcome = access_outcome::miss});
  return encode_frame(accesses, "session 7");
}

nlohmann::json feed_of(const api& client, const std::string& name) {
  const auto status = client.get("/warming/status");
  for (const auto& each : status.at("feeds"))
    if (each.at("feed") == name) return each;
  BOOST_FAIL("there is no feed " + name);
  return {};
}

bool is_connected(const api& client, const std::string& name) {
  return feed_of(client, name).at("connected");
}

// What the program prints.
std::string run_stoker(const served_daemon& daemon, std::vector<std::string> words) {
  words.insert(words.begin(), {"env", "STOKER_SERVER=unix:" + daemon.socket(), STOKER_BINARY});
  const auto log = daemon.state() + "/output";
  server_process process{words, log};
  BOOST_TEST(process.wait_for_end() == 0);
  std::ostringstream text;
  text << std::ifstream{log}.rdbuf();
  return text.str();
}

}  // namespace feeds_of_a_daemon

BOOST_AUTO_TEST_SUITE(feeds_of_a_daemon)

BOOST_AUTO_TEST_CASE(a_daemon_learns_from_an_access_log_and_from_its_socket_and_top_shows_the_keys) {
  served_daemon daemon;
  const auto log = daemon.files() / "access.log";
  const auto socket = daemon.socket() + ".feed";
  std::ofstream{log};
  daemon.configure(
      feed("web", "access_log",
           quoted("path", log) + "requests = [{ path = \"/page/{id}\", key = \"page:{id}\" }]\n") +
      feed("workers", "socket", quoted("socket", socket)));
  daemon.start();
  daemon.wait_for("feed web: hears of accesses");
  daemon.wait_for("feed workers: hears of accesses");
  daemon.wait_for("stoker serves");
  const auto client = api::over_socket(daemon);
  std::ofstream{log, std::ios::app} << log_line("/page/1") << log_line("/page/1") << log_line("/other")
                                    << "no line of a log\n";
  const client_socket reporter{socket};
  BOOST_TEST(reporter.send(frame("from a worker", 30)));
  const auto& process = daemon.process();
  BOOST_TEST(process.wait_until([&] { return count_of(client, "page:1") == 2; }));
  BOOST_TEST(process.wait_until([&] { return count_of(client, "from a worker") == 30; }));
  const auto web = feed_of(client, "web");
  BOOST_TEST(web.at("recorded") == 2);
  BOOST_TEST(web.at("left_out") == 1);
  BOOST_TEST(web.at("malformed") == 1);
  // Errors are shown to who may see no keys.
  BOOST_TEST(web.at("last_error").get<std::string>().find("no line") == std::string::npos);
  BOOST_TEST(feed_of(client, "workers").at("clients") == 1);
  const auto top = run_stoker(daemon, {"top", "--once"});
  BOOST_CHECK_MESSAGE(top.find("page:1") != std::string::npos, top);
  BOOST_CHECK_MESSAGE(top.find("from a worker") != std::string::npos, top);
  const auto status = run_stoker(daemon, {"status"});
  BOOST_CHECK_MESSAGE(status.find("access_log") != std::string::npos, status);
  const auto metrics = client.ask("GET", "/metrics").body;
  BOOST_TEST(
      metrics.find("stoker_feed_accesses_total{feed=\"workers\",kind=\"socket\",cache=\"pages\",result="
                   "\"recorded\"} 30") != std::string::npos);
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(a_log_is_read_on_from_where_the_daemon_was_when_it_ended) {
  served_daemon daemon;
  const auto log = daemon.files() / "access.log";
  daemon.configure(feed("web", "access_log", quoted("path", log)));
  daemon.start();
  daemon.wait_for("feed web: " + log.string() + ": not there");
  daemon.wait_for("stoker serves");
  std::ofstream{log} << log_line("/a");
  {
    const auto client = api::over_socket(daemon);
    BOOST_TEST(daemon.process().wait_until([&] { return count_of(client, "/a") == 1; }));
    BOOST_TEST(feed_of(client, "web").at("outages") == 1);
  }
  BOOST_TEST(daemon.end(SIGTERM) == 0);
  std::ofstream{log, std::ios::app} << log_line("/while it was away");
  daemon.serve();
  const auto client = api::over_socket(daemon);
  BOOST_TEST(daemon.process().wait_until([&] { return feed_of(client, "web").at("recorded") == 1; }));
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(feeds_come_change_and_go_while_the_daemon_runs) {
  served_daemon daemon;
  daemon.serve();
  const auto client = api::over_socket(daemon);
  BOOST_TEST(client.get("/warming/status").at("feeds").empty());
  const auto one = daemon.socket() + ".one";
  daemon.configure(feed("workers", "socket", quoted("socket", one)));
  daemon.process().send(SIGHUP);
  daemon.wait_for("feed \"workers\" was added");
  BOOST_TEST(client_socket{one}.send(frame("k", 3)));
  BOOST_TEST(daemon.process().wait_until([&] { return count_of(client, "k") == 3; }));
  const auto other = daemon.socket() + ".other";
  daemon.configure(feed("workers", "socket", quoted("socket", other)));
  daemon.process().send(SIGHUP);
  daemon.wait_for("feed \"workers\" began anew");
  BOOST_CHECK_THROW(client_socket{one}, std::runtime_error);
  BOOST_TEST(client_socket{other}.send(frame("k", 3)));
  BOOST_TEST(daemon.process().wait_until([&] { return count_of(client, "k") == 6; }));
  daemon.configure("");
  daemon.process().send(SIGHUP);
  daemon.wait_for("feed \"workers\" was ended");
  BOOST_TEST(client.get("/warming/status").at("feeds").empty());
  daemon.configure(feed("workers", "socket", "prot = 1\n"));
  daemon.process().send(SIGHUP);
  daemon.wait_for("there is no key \"prot\"; did you mean \"port\"?");
  daemon.wait_for("the configuration before stays in force");
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(feeds_whose_servers_are_away_stop_nobody_and_find_them_when_they_are_back) {
  if (!is_installed("redis-server") || !is_installed("memcached")) return;
  memcached_server memcached;
  redis_server redis{{"--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lfu"}};
  const auto of_redis = quoted("socket", redis.socket_path());
  served_daemon daemon;
  daemon.configure(
      feed("fetches", "memcached_watch", quoted("socket", memcached.config().where.socket_path)) +
      feed("samples", "redis_sampling", of_redis) + feed("commands", "redis_monitor", of_redis));
  memcached.process().stop();
  redis.process().stop();
  daemon.serve();
  const auto client = api::over_socket(daemon);
  const auto all = [&](bool connected) {
    return daemon.process().wait_until([&] {
      for (const auto* name : {"fetches", "samples", "commands"}) {
        const auto told = feed_of(client, name);
        if (told.at("connected") != connected || (!connected && told.at("outages") == 0)) return false;
      }
      return true;
    });
  };
  BOOST_TEST(all(false));
  memcached.start();
  redis.start();
  redis_cache seen{redis.config()};
  remote_suite::put(seen, "a key", "v");
  BOOST_TEST(all(true));
  memcached_cache reader{memcached.config()};
  const auto socket = memcached.config().where.socket_path;
  BOOST_TEST(daemon.process().wait_until([&] {
    const client_socket user{socket};  // not marked as Stoker's own
    user.send("get of_memcached\r\n");
    user.receive(5);
    return count_of(client, "of_memcached") > 0;
  }));
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

// Warming goes through TLS to a server that asks for a client's certificate, and so does a feed.
BOOST_AUTO_TEST_CASE(a_daemon_warms_redis_over_tls_and_hears_from_it) {
  if (!is_installed("redis-server") || !is_installed("openssl")) return;
  const certificates files;
  const auto port = free_port();
  redis_server redis{{"--tls-port", std::to_string(port), "--tls-cert-file", files.certificate("server"),
                      "--tls-key-file", files.key("server"), "--tls-ca-cert-file", files.certificate("ca"),
                      "--bind", "127.0.0.1"}};
  served_daemon daemon;
  const auto tls = "port = " + std::to_string(port) + "\ntls = true\n" +
                   quoted("ca", files.certificate("ca")) +
                   quoted("certificate", files.certificate("client")) + quoted("key", files.key("client")) +
                   quoted("server_name", "cache.example");
  daemon.configure("[[cache]]\nname = \"remote\"\nback_end = \"redis\"\norigin = \"files\"\nhold_out = 0\n" +
                   tls + feed("commands", "redis_monitor", tls));
  daemon.serve();
  const auto client = api::over_socket(daemon);
  BOOST_TEST(daemon.process().wait_until([&] { return is_connected(client, "commands"); }));
  const auto ran = client.post("/warming/warm", R"({"cache": "remote", "strategy": "priority", "wait": true,
                                                   "parameters": {"keys": "a,b"}})");
  BOOST_TEST(ran.at("warmed") == 2);
  redis_cache plain{redis.config()};  // over its Unix socket
  BOOST_TEST(remote_suite::read(plain, "a") == "content of a");
  BOOST_TEST(remote_suite::read(plain, "b") == "content of b");
  BOOST_TEST(daemon.end(SIGTERM) == 0);
  daemon.configure("[[cache]]\nname = \"remote\"\nback_end = \"redis\"\norigin = \"files\"\ntls = true\n" +
                   quoted("ca", "/nowhere"));
  daemon.start();
  BOOST_TEST(daemon.ended() == 2);
  daemon.wait_for("cache \"remote\": TLS: the authority's certificate /nowhere can't be used");
}

BOOST_AUTO_TEST_SUITE_END()
