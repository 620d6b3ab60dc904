#include "apps/configuration/daemon_settings.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "messages/error.hpp"
#include "tests/apps/configuration/written_settings.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::configuration;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(daemon_settings_of_a_file)

using namespace stoker::test;

BOOST_AUTO_TEST_CASE(an_empty_file_has_usual_settings) {
  const auto settings = read("");
  BOOST_TEST(settings.server.address == "127.0.0.1");
  BOOST_TEST(settings.server.port == 8003);
  BOOST_CHECK(settings.server.ready_deadline == 5min);
  BOOST_TEST(settings.engine.history_folder == usual_state_folder() + "/history");
  BOOST_TEST(settings.engine.profile.name == "default");
  BOOST_TEST(settings.caches.empty());
  BOOST_REQUIRE(settings.notes.size() == 1u);
  BOOST_TEST(settings.notes[0].find("no [[cache]]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_server_and_its_limits_can_be_written) {
  const auto settings = read(R"(
[daemon]
folder = "/tmp/state"
patience = "5s"
[server]
address = "0.0.0.0"
port = 9000
socket = "/run/s.sock"
socket_mode = 0o660
token = "0123456789abcdef"
certificate = "c.pem"
key = "k.pem"
client_ca = "ca.pem"
host_names = ["stoker.example"]
ready_deadline = "90s"
workers = 4
payload_kb = 10
requests_per_second = 7.5
answer_timeout = "3s"
[log]
level = "debug"
format = "json"
)");
  const auto& server = settings.server;
  BOOST_TEST(settings.folder == "/tmp/state");
  BOOST_CHECK(settings.patience == 5s);
  BOOST_TEST(server.address == "0.0.0.0");
  BOOST_TEST(server.port == 9000);
  BOOST_TEST(server.socket == "/run/s.sock");
  BOOST_TEST(server.socket_mode == 0660u);
  BOOST_TEST(server.token == "0123456789abcdef");
  BOOST_TEST(server.client_ca == "ca.pem");
  BOOST_TEST(server.host_names.at(0) == "stoker.example");
  BOOST_CHECK(server.ready_deadline == 90s);
  BOOST_TEST(server.workers == 4u);
  BOOST_TEST(server.payload_bytes == 10'240u);
  BOOST_TEST(server.requests_per_second == 7.5);
  BOOST_CHECK(server.answer_timeout == 3s);
  BOOST_CHECK(settings.log.level == log_level::debug);
  BOOST_TEST(settings.log.json);
}

BOOST_AUTO_TEST_CASE(the_engine_starts_from_a_profile_and_what_warming_says) {
  const auto settings = read(R"(
[engine]
profile = "memory_aware"
batch_items = 20
phase_delay = "50ms"
tracked_keys = 1000
loaders = 3
[history]
loss_window = "250ms"
[warming]
rate_limit = 60
memory_limit_mb = 7
node = "n1"
busy_load_per_core = 9
interval = "2h"
adaptive = true
policy = "conservative"
[[schedule]]
id = "s"
target = "slowest"
every = "1h"
)");
  const auto& engine = settings.engine;
  BOOST_TEST(engine.profile.name == "memory_aware");
  BOOST_TEST(engine.profile.batch_items == 20u);
  BOOST_TEST(engine.profile.workers == 3u);  // the profile's
  BOOST_TEST(engine.profile.origin_calls_per_minute == 60u);
  BOOST_CHECK(engine.profile.phase_delay == 50ms);
  BOOST_TEST(engine.memory_budget_bytes == 7u << 20);
  BOOST_TEST(engine.tracked_keys == 1000u);
  BOOST_TEST(engine.loaders == 3u);
  BOOST_TEST(engine.node == "n1");
  BOOST_TEST(engine.busy.load_per_core == 9);
  BOOST_CHECK(engine.loss_window == 250ms);
  BOOST_CHECK(settings.warming.interval == 2h);
  BOOST_TEST(settings.warming.adaptive);
  BOOST_CHECK(settings.warming.schedules.at(0).what.policy == memory_policy::conservative);
}

BOOST_AUTO_TEST_CASE(a_profile_keeps_its_rate_limit_unless_warming_has_one) {
  const std::string quotes = "[engine]\nprofile = \"quotes\"\n";
  BOOST_TEST(read(quotes).engine.profile.origin_calls_per_minute == 100u);
  BOOST_TEST(read(quotes + "[warming]\nrate_limit = 0\n").engine.profile.origin_calls_per_minute == 0u);
}

BOOST_AUTO_TEST_CASE(caches_of_every_back_end_can_be_written) {
  const auto settings = read(an_origin + R"(
[[cache]]
name = "memory"
origin = "o"
capacity_mb = 3
eviction = "lru"
ttl = "1h"
predictor = "none"
operating_point = "eager"
observe = true
opaque_keys = true
redact_keys = true
default_strategy = "recent"
include_keys = ["page:*"]
exclude_keys = ["lock:*"]
hold_out = 0
[[cache.rules]]
keys = "user:*"
ttl = "5min"
[[cache]]
name = "redis"
back_end = "redis"
origin = "o"
socket = "/run/redis.sock"
key_prefix = "p:"
password = "secret"
direct_deletes = false
reads = ["memory"]
[[cache]]
name = "memcached"
back_end = "memcached"
origin = "o"
host = "cache.example"
fence_ttl = "10s"
[[cache]]
name = "files"
back_end = "files"
root = "/srv"
)");
  BOOST_REQUIRE(settings.caches.size() == 4u);
  const auto& memory = settings.caches[0];
  BOOST_TEST(memory.config.capacity_bytes == 3u << 20);
  BOOST_CHECK(memory.config.eviction_policy == eviction::lru);
  BOOST_CHECK(memory.config.ttl == 1h);
  BOOST_CHECK(memory.config.predictor == predictor_kind::none);
  BOOST_CHECK(memory.config.point == operating_point::eager);
  BOOST_TEST(memory.config.observe);
  BOOST_TEST(memory.config.opaque_keys);
  BOOST_TEST(memory.config.redact_keys);
  BOOST_TEST(memory.config.default_strategy == "recent");
  BOOST_TEST(memory.config.include_keys.at(0) == "page:*");
  BOOST_TEST(memory.config.hold_out == 0);
  BOOST_TEST(memory.config.origin_name == "o");
  BOOST_TEST(memory.rules.at(0).keys == "user:*");
  BOOST_CHECK(!memory.make_back_end);
  const auto& redis = settings.caches[1];
  BOOST_TEST(redis.shown.find("/run/redis.sock") != std::string::npos);
  BOOST_TEST(redis.shown.find("secret") == std::string::npos);
  BOOST_TEST(!redis.config.direct_deletes);
  BOOST_TEST(redis.make_back_end()->capabilities().ttl);
  BOOST_TEST(settings.caches[2].shown.find("cache.example:11211") != std::string::npos);
  BOOST_CHECK(settings.caches[2].config.fence_ttl == 10s);
  BOOST_TEST(settings.caches[3].origin == "");
  BOOST_TEST(settings.caches[3].make_back_end()->capabilities().loads_by_itself);
}

BOOST_AUTO_TEST_CASE(origins_over_http_and_programs_can_be_written) {
  const auto settings = read(R"(
[[origin]]
name = "web"
kind = "http"
urls = [{ keys = "user:{id}", url = "http://127.0.0.1:1/users/{id}" }, { url = "http://127.0.0.1:1/{+key}" }]
headers = ["Accept: text/html"]
bearer_token = "secret"
connections = 3
max_mb = 1
[[origin]]
name = "program"
kind = "exec"
command = ["/usr/bin/env", "--", "{key}"]
processes = 2
[[origin]]
name = "database"
kind = "postgres"
connection = "host=/run/postgresql password=secret"
statement = "SELECT $1"
[[origin]]
name = "peer"
kind = "peer"
peer = "redis"
port = 7000
behind = "web"
)");
  BOOST_TEST(settings.origins.at(2).shown == "SELECT $1");
  BOOST_TEST(settings.origins[2].make({}) != nullptr);
  BOOST_TEST(settings.origins.at(3).shown == "redis at 127.0.0.1:7000, then web");
  const auto peer = settings.origins[3].make([&](const std::string& name) {
    BOOST_TEST(name == "web");
    return settings.origins[0].make({});
  });
  BOOST_TEST(peer != nullptr);
  BOOST_TEST(settings.origins.at(0).shown == "http://127.0.0.1:1/users/{id}");
  BOOST_TEST(settings.origins[0].make({}) != nullptr);
  BOOST_TEST(settings.origins.at(1).shown == "/usr/bin/env");
  BOOST_TEST(settings.origins[1].make({}) != nullptr);
  refuses("[[origin]]\nname = \"o\"\nkind = \"http\"\n", "s.toml:1: origin \"o\": it needs a url");
  refuses("[[origin]]\nname = \"o\"\nkind = \"exec\"\n", "s.toml:1: origin \"o\": it needs a command");
  refuses("[[origin]]\nname = \"o\"\nkind = \"http\"\nurls = [{ keys = \"a\" }]\n",
          "origin \"o\": urls: url is");
}

BOOST_AUTO_TEST_CASE(an_origin_can_have_limits_of_its_own_in_its_unit) {
  const auto limits = [](const std::string& keys) { return read(an_origin + keys).origins.at(0).limits; };
  BOOST_CHECK(!limits(""));
  const auto by_minute = limits("calls_per_minute = 100\nburst = 10\nmb_per_second = 2\nin_flight = 3\n");
  BOOST_REQUIRE(by_minute);
  BOOST_TEST(by_minute->calls.tokens == 100);
  BOOST_CHECK(by_minute->calls.interval == 1min);
  BOOST_TEST(by_minute->calls.burst == 10);
  BOOST_TEST(by_minute->bytes.tokens == 2 << 20);
  BOOST_TEST(by_minute->in_flight == 3u);
  BOOST_CHECK(limits("calls_per_second = 5\n")->calls.interval == 1s);
  refuses(an_origin + "calls_per_second = 1\ncalls_per_minute = 1\n",
          "s.toml:5: origin \"o\": calls_per_minute");
  refuses(an_origin + "burst = 1\n", "s.toml:4: origin \"o\": burst goes with");
}

BOOST_AUTO_TEST_CASE(caches_over_http_and_of_applications_can_be_written) {
  const auto settings = read(R"(
[[cache]]
name = "web"
back_end = "http"
url = "http://127.0.0.1:1/{+key}"
refresh = "bypass"
absent_ttl = "5s"
[[cache]]
name = "app"
back_end = "application"
url = "http://127.0.0.1:1/warm"
operations = ["contains"]
)");
  BOOST_TEST(settings.caches.at(0).make_back_end()->capabilities().loads_by_itself);
  BOOST_CHECK(settings.caches[0].config.absent_ttl == 5s);
  BOOST_TEST(settings.caches.at(1).make_back_end()->capabilities().loads_by_itself);
}

BOOST_AUTO_TEST_CASE(every_table_can_be_overridden_from_the_environment) {
  const auto settings =
      read(a_cache("capacity_mb = 3"), {{"STOKER_SERVER_PORT", "0"},
                                        {"STOKER_DAEMON_FOLDER", "/tmp/elsewhere"},
                                        {"STOKER_LOG_FORMAT", "json"},
                                        {"STOKER_ENGINE_LOADERS", "2"},
                                        {"STOKER_HISTORY_ENABLED", "false"},
                                        {"STOKER_CACHE_C_CAPACITY_MB", "5"},
                                        {"STOKER_CACHE_C_EXCLUDE_KEYS", "[\"lock:*\"]"},
                                        {"STOKER_ORIGIN_O_ROOT", "/srv"},
                                        {"STOKER_ENABLED", "false"},
                                        {"STOKER_SERVER", "http://127.0.0.1:1"},  // clients'
                                        {"STOKER_TOKEN", "x"}});
  BOOST_TEST(settings.server.port == 0);
  BOOST_TEST(settings.folder == "/tmp/elsewhere");
  BOOST_TEST(settings.log.json);
  BOOST_TEST(settings.engine.loaders == 2u);
  BOOST_TEST(settings.engine.history_folder == "");
  BOOST_TEST(settings.caches[0].config.capacity_bytes == 5u << 20);
  BOOST_TEST(settings.caches[0].config.exclude_keys.at(0) == "lock:*");
  BOOST_TEST(settings.origins[0].shown == "/srv");
  BOOST_TEST(!settings.warming.enabled);
  BOOST_TEST(settings.notes.empty());
}

BOOST_AUTO_TEST_CASE(how_hard_warming_works_can_be_overridden_from_the_environment) {
  const auto settings = read(a_cache(""), {{"STOKER_ENGINE_PROFILE", "memory_aware"},
                                           {"STOKER_ENGINE_BATCH_ITEMS", "7"},
                                           {"STOKER_ENGINE_WORKERS", "2"},
                                           {"STOKER_ENGINE_PHASE_DELAY", "250ms"},
                                           {"STOKER_ENGINE_BUDGET_MB", "64"},
                                           {"STOKER_CACHE_C_DEFAULT_STRATEGY", "recent"}});
  const auto& profile = settings.engine.profile;
  BOOST_TEST(profile.name == "memory_aware");
  BOOST_TEST(profile.batch_items == 7u);
  BOOST_TEST(profile.workers == 2u);
  BOOST_CHECK(profile.phase_delay == 250ms);
  BOOST_TEST(profile.budget_bytes == 64u << 20);
  BOOST_TEST(settings.caches[0].config.default_strategy == "recent");
}

BOOST_AUTO_TEST_CASE(a_secret_can_stand_in_a_file_of_its_own) {
  test::temporary_folder folder;
  const std::string file = folder / "token";
  std::ofstream{file} << "0123456789abcdef\n";
  BOOST_TEST(read("[server]\ntoken_file = \"" + file + "\"\n").server.token == "0123456789abcdef");
  BOOST_TEST(read("", {{"STOKER_SERVER_TOKEN_FILE", file}}).server.token == "0123456789abcdef");
  refuses("[server]\ntoken = \"0123456789abcdef\"\ntoken_file = \"" + file + "\"\n",
          "s.toml:3: server: token_file stands for token");
  refuses("[server]\ntoken_file = \"" + file + ".gone\"\n",
          "s.toml:2: server: token_file can't be used: " + file);
}

BOOST_AUTO_TEST_CASE(mistakes_name_line_and_key_and_what_was_expected) {
  refuses("[servre]\n", "s.toml:1: the file: there is no table \"servre\"; did you mean \"server\"?");
  refuses("[server]\nprot = 1\n", "s.toml:2: server: there is no key \"prot\"; did you mean \"port\"?");
  refuses("[server]\nport = 70000\n", "s.toml:2: server: port must be a whole number from 0 to 65535");
  refuses("[server]\ntoken = \"short\"\n", "s.toml:2: server: token must have 16 characters at least");
  refuses("[server]\nkey = \"k\"\n", "s.toml:2: server: key needs the other");
  refuses("[server]\nclient_ca = \"k\"\n", "s.toml:2: server: client_ca needs certificate and key");
  refuses("[server]\nanswer_timeout = 0\n", "s.toml:2: server: answer_timeout must be more than nothing");
  refuses("[log]\nlevel = \"wraning\"\n",
          "s.toml:2: log: level is \"wraning\"; it must be one of debug, error, info, off, trace, warning; "
          "did you "
          "mean \"warning\"?");
  refuses("[engine]\nprofile = \"produktion\"\n",
          "s.toml:2: engine: profile is \"produktion\"; it must be one of default");
  refuses("[engine]\nprofile = \"produktion\"\n", "did you mean \"production\"?");
  refuses("[engine]\npressure_threshold = 2\n", "s.toml:1: engine: profile default: pressure_threshold");
  refuses("[history]\nloss_window = 0\n", "s.toml:2: history: loss_window");
  refuses("[daemon]\nfolder = \"\"\n", "s.toml:2: daemon: folder must name a folder");
}

BOOST_AUTO_TEST_CASE(mistakes_of_caches_and_origins_name_them) {
  refuses("[[origin]]\nname = \"o\"\nkind = \"fiel\"\n",
          "s.toml:3: origin \"o\": kind is \"fiel\"; it must be");
  refuses("[[origin]]\nkind = \"file\"\n", "s.toml:1: origin \"\": it needs a name");
  refuses(an_origin + an_origin, "s.toml:4: origin \"o\": the name stands twice");
  refuses("[[cache]]\nname = \"c\"\n", "s.toml:1: cache \"c\": it needs an origin");
  refuses("[[cache]]\nname = \"c\"\norigin = \"o\"\n",
          "s.toml:3: cache \"c\": origin is \"o\", and there is no [[origin]]");
  refuses("[[origin]]\nname = \"pages\"\nkind = \"file\"\n[[cache]]\nname = \"c\"\norigin = \"page\"\n",
          "s.toml:6: cache \"c\": origin is \"page\"; it must be one of pages; did you mean \"pages\"?");
  refuses(a_cache("back_end = \"rediss\""),
          "s.toml:7: cache \"c\": back_end is \"rediss\"; it must be one of");
  refuses(a_cache("host = \"x\""), "s.toml:7: cache \"c\": there is no key \"host\"");
  refuses(a_cache("back_end = \"redis\"\nhost = \"x\"\nsocket = \"/s\""),
          "s.toml:9: cache \"c\": socket stands for");
  refuses(a_cache("back_end = \"files\""), "s.toml:6: cache \"c\": origin must be left out");
  refuses(a_cache("capacity_mb = 1\ncapacity_entries = 1"),
          "s.toml:8: cache \"c\": capacity_entries stands for");
  refuses(a_cache("capacity_mb = 0"), "s.toml:7: cache \"c\": capacity_mb must be at least 1");
  refuses(a_cache("hold_out = 0.6"), "s.toml:7: cache \"c\": hold_out must be a share from 0 to 0.5");
  refuses(a_cache("rules = [{ ttl = 1 }]"), "s.toml:7: cache \"c\": rules: a rule needs keys");
  refuses(a_cache("rules = [{ keys = \"a\", origin = \"x\" }]"), "s.toml:7: cache \"c\": rules is \"x\"");
  refuses(a_cache("") + "[[cache]]\nname = \"c\"\norigin = \"o\"\n", "cache \"c\": the name stands twice");
  refuses(a_cache("reads = [\"d\"]"), "cache \"c\": reads: there is no cache \"d\"");
  refuses("[[schedule]]\nid = \"s\"\ncache = \"c\"\nevery = \"1h\"\n",
          "s.toml:1: schedule \"s\": cache: there is no cache \"c\"");
  refuses(a_cache(""),
          "STOKER_CACHE_C_TLL: cache \"c\" has no such key; did you mean \"STOKER_CACHE_C_TTL\"?",
          {{"STOKER_CACHE_C_TLL", "1"}});
  refuses(a_cache(""), "STOKER_CACHE_C_TTL: must be a time", {{"STOKER_CACHE_C_TTL", "soon"}});
}

BOOST_AUTO_TEST_SUITE_END()
