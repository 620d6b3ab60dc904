// The shipped example documents every key that the daemon knows, and no other.
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <regex>
#include <sstream>

#include "apps/configuration/back_ends.hpp"
#include "apps/configuration/configuration_file.hpp"
#include "apps/configuration/daemon_settings.hpp"
#include "apps/configuration/feed_kinds.hpp"
#include "apps/configuration/origin_kinds.hpp"

using namespace stoker;
using namespace stoker::configuration;

BOOST_AUTO_TEST_SUITE(shipped_example)

namespace {

const std::string example = STOKER_SOURCE_DIR "/apps/configuration/stoker.toml";

using keys_by_table = std::map<std::string, std::set<std::string>>;

// Keys stand alone on their lines, perhaps behind a # and a blank.
keys_by_table documented(const std::string& text) {
  static const std::regex header{R"(^(?:# )?\[\[?([a-z_.]+)\]\]?.*)"};
  static const std::regex key{R"(^(?:# )?([a-z_]+) = .*)"};
  static const std::regex nested{R"(([a-z_]+) = )"};
  keys_by_table found;
  std::string table;
  std::istringstream lines{text};
  std::smatch part;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, part, header)) table = part[1];
    if (const auto dot = table.find('.'); dot != std::string::npos)
      found[table.substr(0, dot)].insert(table.substr(dot + 1));
    if (!std::regex_match(line, part, key)) continue;
    found[table].insert(part[1]);
    // Inline tables: calendar.short_days
    const auto brace = line.find("[{");
    if (brace == std::string::npos) continue;
    const std::string inner = line.substr(brace);
    for (std::sregex_iterator at{inner.begin(), inner.end(), nested}, end; at != end; ++at)
      found[table + '.' + part[1].str()].insert((*at)[1]);
  }
  return found;
}

// A file with a cache of every back end and a feed and an origin of every kind: reading it asks for every key
// there is.
keys_by_table known() {
  std::string text =
      "[[calendar]]\nname = \"c\"\nshort_days = [{ date = 2026-12-24, close = \"12:00\" }]\n"
      "[[schedule]]\nid = \"s\"\ntask = \"save\"\non = \"engine_started\"\n"
      "[[cache]]\nname = \"ruled\"\norigin = \"o\"\nrules = [{ keys = \"a\" }]\nchanged_keys = [{ key = "
      "\"a\" }]\n"
      "[[origin]]\nname = \"o\"\nkind = \"file\"\n";
  for (const auto& [name, reader] : back_ends())
    text += "[[cache]]\nname = \"" + name + "\"\nback_end = \"" + name + "\"\n" +
            (name == "http" || name == "application" ? "url = \"http://h/\"\n" : "") +
            (name == "http" ? "urls = [{ url = \"http://h/\" }]\n" : "") +
            (name == "application" ? "verify_urls = [{ url = \"http://h/\" }]\n" : "") +
            (name == "memory" || name == "redis" || name == "memcached" ? "origin = \"o\"\n" : "");
  for (const auto& [name, reader] : feed_kinds())
    text += "[[feed]]\nname = \"" + name + "\"\ncache = \"ruled\"\nkind = \"" + name + "\"\n" +
            (name == "socket" ? "port = 1\n" : "") +
            (name == "access_log" ? "path = \"x\"\nrequests = [{ path = \"/a\", key = \"a\" }]\n" : "");
  const environment none;
  configuration_file file{text, "known.toml", none};
  read_daemon(file);
  auto keys = file.asked().keys;
  for (const auto& [kind, reader] : origin_kinds()) {
    for (const auto* peer : {"redis", "memcached"}) {
      const auto table =
          parse(std::string{"url = \"http://h/{key}\"\nurls = [{ url = \"http://h/\" }]\ncommand = [\"x\"]\n"
                            "statement = \"x\"\npeer = \""} +
                    peer + "\"\n",
                "o");
      key_catalog asked;
      section from{table, {"origin", "origin", kind, {}}, none, asked};
      reader(from);
      for (auto& [name, some] : asked.keys) keys[name].merge(some);
    }
  }
  return keys;
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const auto& each : names) text += each + ' ';
  return text;
}

// Keys of one kind of origin, back end or feed, or that stand for another key: not all of them can stand in a
// file.
const std::string of_one_kind_alone =
    "together cluster nodes replicas read_from calls_per_minute token_file connection connection_file "
    "statement parameters peer timeout "
    "behind "
    "status_header hit_words only_if_cached verify refresh bypass_header invalidate_method "
    "invalidate_headers clear_method clear_url operations verify_urls batch_items url urls "
    "headers bearer_token bearer_token_file ttl_from_answer connections connect_timeout "
    "max_redirects proxy ca command environment folder processes capacity_entries password_file "
    "socket host port user password key_prefix database root readers client_flags ahead_of "
    "certificate key client_ca frequency_key at_most_every tags within adaptive token keys "
    "origin ttl max_mb subject connect_to tls server_name "
    "feed.socket_mode feed.frame_timeout feed.count_interval feed.commands_per_second "
    "feed.max_accesses_per_second feed.lfu_log_factor feed.lfu_decay_minutes feed.sample feed.period "
    "feed.max_lines ";

}  // namespace

BOOST_AUTO_TEST_CASE(it_can_be_read_and_is_what_it_says) {
  const auto settings = read_daemon_file(example, {});
  BOOST_TEST(settings.notes.empty());
  BOOST_TEST(settings.caches.at(0).config.name == "pages");
  BOOST_TEST(settings.caches.at(0).config.capacity_bytes == 256u << 20);
  BOOST_TEST(settings.warming.schedules.size() == 3u);
  BOOST_TEST(settings.warming.calendars.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_key_stands_in_it_and_no_other) {
  const auto written = documented(read_text(example));
  const auto asked = known();
  for (const auto& [table, keys] : asked) {
    const auto there = written.find(table);
    BOOST_TEST_CONTEXT("table " << table) {
      BOOST_REQUIRE(there != written.end());
      BOOST_TEST(listed(there->second) == listed(keys));
    }
  }
  for (const auto& [table, keys] : written)
    BOOST_CHECK_MESSAGE(asked.contains(table), "table " + table + " is not known");
}

// What stands behind a # is the default, or else would be refused: it has the right type.
BOOST_AUTO_TEST_CASE(what_is_commented_out_can_be_written) {
  static const std::regex commented{R"(# ([a-z_]+ = [^#]*?) *(#.*)?)"};
  static const std::regex header{R"((?:# )?\[\[?([a-z_.]+)\]\]?.*)"};
  std::istringstream words{of_one_kind_alone};
  const std::set<std::string> alternatives{std::istream_iterator<std::string>{words}, {}};
  std::string text;
  std::istringstream lines{read_text(example)};
  std::smatch part;
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, part, header)) table = part[1];
    if (line == "# [[feed]]") line = "[[feed]]";
    const bool matches = std::regex_match(line, part, commented);
    const auto name = matches ? part[1].str().substr(0, part[1].str().find(' ')) : std::string{};
    const bool stands_alone = alternatives.contains(name) || alternatives.contains(table + '.' + name);
    text += (matches && !stands_alone ? part[1].str() : line) + '\n';
  }
  const environment none;
  BOOST_CHECK_NO_THROW(read_daemon(text, "example.toml", none));
}

BOOST_AUTO_TEST_SUITE_END()
