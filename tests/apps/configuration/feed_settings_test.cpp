// Feeds and TLS in a daemon's configuration.
#include <boost/test/unit_test.hpp>

#include "tests/apps/configuration/written_settings.hpp"
#include "tests/fixtures/certificates.hpp"

using namespace stoker;
using namespace stoker::configuration;

namespace feeds_and_tls_of_a_file {

using namespace stoker::test;

std::string a_feed(const std::string& keys) {
  return a_cache("") + "[[feed]]\nname = \"f\"\n" + keys;  // keys stand on line 10
}

}  // namespace feeds_and_tls_of_a_file

BOOST_AUTO_TEST_SUITE(feeds_and_tls_of_a_file)

BOOST_AUTO_TEST_CASE(feeds_of_every_kind_can_be_written) {
  const auto settings = read(a_cache("") + R"(
[[feed]]
name = "frames"
cache = "c"
kind = "socket"
socket = "/run/app/accesses"
port = 8004
[[feed]]
name = "web"
cache = "c"
kind = "access_log"
path = "/var/log/nginx/access.log"
requests = [{ path = "/user/{id}", key = "user:{id}" }]
max_age = 0
[[feed]]
name = "fetches"
cache = "c"
kind = "memcached_watch"
host = "cache.example"
key_prefix = "p:"
[[feed]]
name = "samples"
cache = "c"
kind = "redis_sampling"
socket = "/run/redis.sock"
password = "secret"
[[feed]]
name = "commands"
cache = "c"
kind = "redis_monitor"
sample = "1s"
period = "1min"
)");
  BOOST_REQUIRE(settings.feeds.size() == 5u);
  BOOST_TEST(settings.feeds[0].shown == "unix:/run/app/accesses, 127.0.0.1:8004");
  BOOST_TEST(settings.feeds[1].shown == "/var/log/nginx/access.log");
  BOOST_TEST(settings.feeds[2].shown == "cache.example:11211, keys \"p:*\"");
  BOOST_TEST(settings.feeds[3].shown.find("secret") == std::string::npos);
  BOOST_TEST(settings.feeds[4].kind == "redis_monitor");
  for (const auto& each : settings.feeds) BOOST_TEST(each.cache == "c");
}

BOOST_AUTO_TEST_CASE(mistakes_of_feeds_are_told_with_line_and_key) {
  const std::string socket = "cache = \"c\"\nkind = \"socket\"\n";
  refuses("[[feed]]\n", "s.toml:1: feed \"\": it needs a name");
  refuses(a_feed(""), "s.toml:8: feed \"f\": it needs a cache");
  refuses(a_feed("cache = \"d\"\nkind = \"socket\"\nport = 1\n"),
          "s.toml:10: feed \"f\": cache is \"d\"; it must be one of c");
  refuses(a_feed("cache = \"c\"\nkind = \"acess_log\"\n"), "did you mean \"access_log\"?");
  refuses(a_feed(socket), "s.toml:8: feed \"f\": socket feed: give a socket's path, a port, or both");
  refuses(a_feed(socket + "prot = 1\n"),
          "s.toml:12: feed \"f\": there is no key \"prot\"; did you mean \"port\"?");
  refuses(a_feed(socket + "port = 1\nhost = \"0.0.0.0\"\n"),
          "s.toml:13: feed \"f\": host must be an address of loopback");
  const std::string log = "cache = \"c\"\nkind = \"access_log\"\n";
  refuses(a_feed(log), "feed \"f\": access log feed: path is missing");
  refuses(a_feed(log + "path = \"x\"\nformat = \"nothing\"\n"), "feed \"f\": access log feed: format: ");
  refuses(a_feed(log + "path = \"x\"\nrequests = [{ path = \"/a\" }]\n"),
          "requests: a request needs a path and a key");
  refuses(a_feed("cache = \"c\"\nkind = \"redis_monitor\"\nsample = \"2min\"\n"),
          "redis monitor: sample must be");
  refuses(a_feed(socket + "port = 1\n[[feed]]\nname = \"f\"\nport = 2\n" + socket),
          "s.toml:13: feed \"f\": the name stands twice");
}

BOOST_AUTO_TEST_CASE(a_feed_can_be_overridden_from_the_environment) {
  const auto settings =
      read(a_feed("cache = \"c\"\nkind = \"socket\"\nport = 1\n"), {{"STOKER_FEED_F_PORT", "2"}});
  BOOST_TEST(settings.feeds.at(0).shown == "127.0.0.1:2");
}

BOOST_AUTO_TEST_CASE(tls_to_servers_can_be_written_and_its_files_are_looked_at) {
  if (!test::is_installed("openssl")) return;
  const test::certificates files;
  const std::string keys = "tls = true\nca = \"" + files.certificate("ca") + "\"\ncertificate = \"" +
                           files.certificate("client") + "\"\nkey = \"" + files.key("client") + "\"\n";
  const auto cache = [](const char* kind) { return "back_end = \"" + std::string{kind} + "\"\n"; };
  for (const auto* kind : {"redis", "memcached"}) {
    const auto settings = read(a_cache(cache(kind) + keys + "server_name = \"cache.example\"\n"));
    BOOST_TEST(settings.caches[0].shown.find("over TLS") != std::string::npos);
    BOOST_TEST(settings.caches[0].make_back_end() != nullptr);
  }
  const auto database = "[[origin]]\nname = \"d\"\nkind = \"postgres\"\nstatement = \"SELECT $1\"\n";
  BOOST_TEST(read(database + keys).origins[0].make({}) != nullptr);
  refuses(std::string{database} + "tls = true\n", "s.toml:1: origin \"d\": ca is needed");
  const auto web = "[[origin]]\nname = \"w\"\nkind = \"http\"\nurl = \"https://h/\"\n";
  BOOST_TEST(read(web + std::string{"connect_to = \"127.0.0.1:1\"\n"}).origins[0].make({}) != nullptr);
  refuses(a_cache(cache("redis") + "ca = \"x\""), "s.toml:8: cache \"c\": ca goes with tls = true");
  refuses(a_cache(cache("redis") + "server_name = \"x\""), "s.toml:8: cache \"c\": server_name goes with");
  refuses(a_cache(cache("redis") + "tls = true\nsocket = \"/s\""), "cache \"c\": tls is for host and port");
  refuses(a_cache(cache("redis") + "tls = true\nca = \"/nowhere\""),
          "authority's certificate /nowhere can't be used");
  refuses(a_cache(cache("redis") + "tls = 1"), "s.toml:8: cache \"c\": tls must be true or false");
}

BOOST_AUTO_TEST_SUITE_END()
