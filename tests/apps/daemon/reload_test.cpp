#include "apps/daemon/reload.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace stoker::daemon;
using stoker::configuration::read_daemon;

BOOST_AUTO_TEST_SUITE(reload_suite)

namespace {

const std::string an_origin = "[[origin]]\nname = \"o\"\nkind = \"file\"\n";
const std::string a_cache = "[[cache]]\nname = \"c\"\norigin = \"o\"\n";
const std::string a_schedule = "[[schedule]]\nid = \"s\"\ncache = \"c\"\nevery = \"1h\"\n";

configuration_changes between(const std::string& before, const std::string& now) {
  return compare(read_daemon(before, "s.toml", {}), read_daemon(now, "s.toml", {}));
}

std::string only(const std::vector<std::string>& lines) {
  BOOST_REQUIRE(lines.size() == 1u);
  return lines[0];
}

}  // namespace

BOOST_AUTO_TEST_CASE(comments_and_order_change_nothing) {
  BOOST_TEST(between(an_origin + a_cache + a_schedule, "# one\n" + a_schedule + an_origin + a_cache).none());
}

BOOST_AUTO_TEST_CASE(schedules_calendars_and_warming_change_the_background_alone) {
  const auto base = an_origin + a_cache + a_schedule;
  for (const auto& more : {std::string{"limit = 5\n"}, std::string{"[[calendar]]\nname = \"x\"\n"},
                           std::string{"[warming]\nenabled = false\n"}}) {
    const auto changes = between(base, base + more);
    BOOST_TEST(changes.background);
    BOOST_TEST(!changes.log);
    BOOST_TEST(changes.needs_restart.empty());
  }
  BOOST_TEST(between(base, an_origin + a_cache).background);  // a schedule less
}

BOOST_AUTO_TEST_CASE(what_warming_says_of_the_engine_needs_a_restart) {
  BOOST_TEST(only(between("", "[warming]\nrate_limit = 5\n").needs_restart) ==
             "[warming] rate_limit changed; a restart is needed");
  BOOST_TEST(only(between("", "[warming]\nnode = \"x\"\n").needs_restart).starts_with("[warming] node"));
  BOOST_TEST(only(between("", "[warming]\nbusy_stall_share = 0.1\n").needs_restart)
                 .starts_with("[warming] busy_stall_share"));
}

BOOST_AUTO_TEST_CASE(the_log_changes_at_once_and_other_tables_need_a_restart) {
  BOOST_TEST(between("", "[log]\nlevel = \"debug\"\n").log);
  BOOST_TEST(only(between("", "[server]\nport = 5\n").needs_restart) ==
             "[server] changed; a restart is needed");
  BOOST_TEST(only(between("", "[engine]\nloaders = 5\n").needs_restart).starts_with("[engine]"));
  BOOST_TEST(only(between("", "[history]\nenabled = false\n").needs_restart).starts_with("[history]"));
}

BOOST_AUTO_TEST_CASE(a_token_that_changed_in_its_own_file_is_noticed) {
  auto before = read_daemon("", "s.toml", {});
  auto now = before;
  now.server.token = "another token that is long";
  BOOST_TEST(only(compare(before, now).needs_restart) == "[server] token changed; a restart is needed");
}

BOOST_AUTO_TEST_CASE(caches_can_come_and_change_their_key_rules) {
  const auto more = between("", an_origin + a_cache);
  BOOST_TEST(only(more.new_caches) == "c");
  BOOST_TEST(more.needs_restart.empty());
  const auto rules = between(an_origin + a_cache, an_origin + a_cache + "exclude_keys = [\"lock:*\"]\n");
  BOOST_TEST(only(rules.new_rules) == "c");
  BOOST_TEST(rules.needs_restart.empty());
}

BOOST_AUTO_TEST_CASE(feeds_can_come_change_and_go) {
  const auto base = an_origin + a_cache;
  const std::string feed = "[[feed]]\nname = \"f\"\ncache = \"c\"\nkind = \"socket\"\nport = 1\n";
  for (const auto& [before, now] :
       {std::pair{base, base + feed}, std::pair{base + feed, base + feed + "connections = 2\n"},
        std::pair{base + feed, base}}) {
    const auto changes = between(before, now);
    BOOST_TEST(only(changes.feeds) == "f");
    BOOST_TEST(changes.needs_restart.empty());
    BOOST_TEST(!changes.none());
  }
  BOOST_TEST(between(base + feed, base + feed).none());
}

BOOST_AUTO_TEST_CASE(caches_and_origins_that_changed_otherwise_need_a_restart) {
  BOOST_TEST(only(between(an_origin + a_cache, an_origin + a_cache + "ttl = 5\n").needs_restart) ==
             "cache \"c\" changed; a restart is needed");
  const auto both =
      between(an_origin + a_cache, an_origin + a_cache + "ttl = 5\nexclude_keys = [\"lock:*\"]\n");
  BOOST_TEST(both.new_rules.empty());
  BOOST_TEST(only(both.needs_restart).starts_with("cache \"c\""));
  BOOST_TEST(only(between(an_origin + a_cache, an_origin).needs_restart) ==
             "cache \"c\" is gone; it goes on until a restart");
  BOOST_TEST(only(between(an_origin, an_origin + "calls_per_minute = 3\n").new_limits) == "o");
  BOOST_TEST(only(between(an_origin, an_origin + "max_mb = 3\n").needs_restart) ==
             "origin \"o\" changed; a restart is needed");
}

BOOST_AUTO_TEST_SUITE_END()
