#include "apps/configuration/schedule_settings.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

using namespace stoker;
using namespace stoker::configuration;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(schedule_settings_of_a_file)

namespace {

const std::string worker = STOKER_SOURCE_DIR "/apps/configuration/worker.toml";

schedule_settings read(const std::string& text, const environment& variables = {}) {
  return read_schedules(text, "w.toml", variables);
}

void refuses(const std::string& text, const std::string& reason, const environment& variables = {}) {
  BOOST_CHECK_EXCEPTION(read(text, variables), error, [&](const error& mistake) {
    BOOST_TEST_MESSAGE(mistake.what());
    const bool told = std::string{mistake.what()}.find(reason) != std::string::npos;
    BOOST_CHECK_MESSAGE(told, std::string{mistake.what()} + " does not say: " + reason);
    return told;
  });
}

// Three lines, so that mistakes stand on line 4.
std::string schedule(const std::string& keys) {
  return "[[schedule]]\nid = \"a\"\ncache = \"c\"\n" + keys + "\n";
}

const schedule_entry& find(const schedule_settings& settings, const std::string& id) {
  for (const auto& entry : settings.schedules)
    if (entry.id == id) return entry;
  throw std::runtime_error{"there is no schedule " + id};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_shipped_worker_does_what_a_market_application_needs) {
  const auto plan = read_schedule_file(worker, {});
  BOOST_TEST(plan.enabled);
  BOOST_CHECK(plan.rate_limit == 100u);
  BOOST_CHECK(plan.memory_limit_bytes == 500u << 20);
  BOOST_TEST(plan.schedules.size() == 6u);
  const auto& popular = find(plan, "popular");
  BOOST_CHECK(popular.kind == schedule_kind::interval);
  BOOST_CHECK(popular.interval == 30min);
  BOOST_TEST(popular.what.cache == "quotes");
  BOOST_TEST(popular.what.limit == 100u);
  BOOST_CHECK(find(plan, "time of day").interval == 1h);
  BOOST_CHECK(find(plan, "trending").interval == 1h);
  const auto& premarket = find(plan, "premarket");
  BOOST_CHECK(premarket.kind == schedule_kind::times);
  BOOST_TEST(premarket.times_s == (std::vector<std::int32_t>{8 * 3600 + 1800}));
  BOOST_TEST(premarket.calendar == "nyse");
  BOOST_TEST(premarket.what.limit == 200u);
  BOOST_TEST(premarket.what.parameters.at(0).text == "200");  // time_of_day proposes 20 by itself
  BOOST_CHECK(find(plan, "save").task == schedule_task::save);
  BOOST_CHECK(find(plan, "save").interval == 15min);
  BOOST_CHECK(find(plan, "clean up").task == schedule_task::clean_up);
  BOOST_TEST(find(plan, "clean up").times_s == std::vector<std::int32_t>{0});
  BOOST_REQUIRE(plan.calendars.size() == 1u);
  BOOST_TEST(plan.calendars[0].holidays.size() == 20u);
  BOOST_TEST(plan.calendars[0].short_days.at(0).date == 2026'11'27);
  BOOST_TEST(plan.calendars[0].short_days.at(0).close_s == 13 * 3600);
}

// What stands behind # in the example is right as well.
BOOST_AUTO_TEST_CASE(every_trigger_and_calendar_can_be_written) {
  const auto settings = read(R"(
[warming]
node = "two"
busy_stall_share = 0
busy_load_per_core = 1.5
longest_deferral = 90

[[calendar]]
name = "nyse"
time_zone = "America/New_York"
weekdays = ["mon", "sun"]
open = 09:30:00
close = "16:00:30"

[[schedule]]
id = "start"
cache = "quotes"
on = "tags_invalidated"
at_most_every = "5min"
tags = ["tech", "banks"]

[[schedule]]
id = "expiry"
cache = "quotes"
on = "ttl_nearly_out"
within = "2min"

[[schedule]]
id = "peaks"
cache = "quotes"
ahead_of = "peaks"
time_zone = "America/New_York"
)");
  BOOST_TEST(settings.node == "two");
  BOOST_TEST(settings.busy.stall_share == 0);
  BOOST_TEST(settings.busy.load_per_core == 1.5);
  BOOST_CHECK(settings.busy.longest_deferral == 90s);
  BOOST_TEST(settings.calendars.at(0).weekdays == (std::vector<std::uint8_t>{1, 7}));
  BOOST_TEST(settings.calendars.at(0).open_s == 34'200);
  BOOST_TEST(settings.calendars.at(0).close_s == 57'630);
  const auto& start = find(settings, "start");
  BOOST_CHECK(start.kind == schedule_kind::event && start.event == schedule_event::tags_invalidated);
  BOOST_CHECK(start.interval == 5min);
  BOOST_TEST(start.tags == (std::vector<std::string>{"tech", "banks"}));
  BOOST_CHECK(find(settings, "expiry").within == 2min);
  BOOST_CHECK(find(settings, "peaks").kind == schedule_kind::peaks);
}

BOOST_AUTO_TEST_CASE(what_a_schedule_warms_can_be_written) {
  const auto settings = read(R"(
[[calendar]]
name = "nyse"

[[schedule]]
id = "adaptive"
cache = "quotes"
every = "1h"
adaptive = true
frequency_key = "AAPL"
policy = "conservative"
budget_mb = 3
deadline = "10min"
considerate = false
parameters = { limit = 7, ahead = 1, force = true }
limit = 100

[[schedule]]
id = "neediest"
target = "lowest_hit_ratio"
calendar = "nyse"
at = ["-01:00", "00:30"]
from = "open"
jitter = "500ms"

[[schedule]]
id = "off"
cache = "quotes"
every = 3600
enabled = false
)");
  BOOST_TEST(settings.schedules.size() == 2u);
  const auto& adaptive = find(settings, "adaptive");
  BOOST_CHECK(adaptive.kind == schedule_kind::adaptive);
  BOOST_TEST(adaptive.frequency_key == "AAPL");
  BOOST_CHECK(adaptive.what.policy == memory_policy::conservative);
  BOOST_TEST(adaptive.what.budget_bytes == 3u << 20);
  BOOST_CHECK(adaptive.what.deadline == 10min);
  BOOST_TEST(!adaptive.considerate);
  BOOST_REQUIRE(adaptive.what.parameters.size() == 3u);  // the limit of the strategies stands
  BOOST_TEST(adaptive.what.parameters[2].name == "limit");
  BOOST_TEST(adaptive.what.parameters[2].text == "7");
  BOOST_TEST(adaptive.what.parameters[1].text == "true");
  const auto& neediest = find(settings, "neediest");
  BOOST_CHECK(neediest.target == schedule_target::lowest_hit_ratio);
  BOOST_CHECK(neediest.anchor == schedule_anchor::session_open);
  BOOST_TEST(neediest.times_s == (std::vector<std::int32_t>{-3600, 1800}));
  BOOST_CHECK(neediest.jitter == 500ms);
}

BOOST_AUTO_TEST_CASE(variables_override_the_file) {
  const auto plan = read_schedule_file(worker, {{"STOKER_ENABLED", "false"},
                                                {"STOKER_POPULAR_LIMIT", "50"},
                                                {"STOKER_POPULAR_EVERY", "10min"},
                                                {"STOKER_RATE_LIMIT", "20"},
                                                {"STOKER_MEMORY_LIMIT_MB", "200"},
                                                {"STOKER_PREMARKET_AT", "07:45"},
                                                {"STOKER_TIME_OF_DAY_STRATEGIES", "[\"due\", \"recent\"]"},
                                                {"STOKER_CLEAN_UP_ENABLED", "false"},
                                                {"STOKER_LISTEN", "somebody else's"}});
  BOOST_TEST(!plan.enabled);
  BOOST_CHECK(plan.rate_limit == 20u);
  BOOST_CHECK(plan.memory_limit_bytes == 200u << 20);
  BOOST_TEST(find(plan, "popular").what.limit == 50u);
  BOOST_CHECK(find(plan, "popular").interval == 10min);
  BOOST_TEST(find(plan, "premarket").times_s.at(0) == 7 * 3600 + 45 * 60);
  BOOST_TEST(find(plan, "time of day").what.strategies == (std::vector<std::string>{"due", "recent"}));
  BOOST_TEST(plan.schedules.size() == 5u);
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_with_line_and_key) {
  refuses("[[schedule]\n", "w.toml:1: ");
  refuses(schedule("every = \"soon\""), "w.toml:4: schedule \"a\": every must be a time such as");
  refuses(schedule("every = -5"), "w.toml:4: schedule \"a\": every");
  refuses(schedule("every = \"1h\"\nlimit = -1"), "w.toml:5: schedule \"a\": limit must be a whole number");
  refuses(schedule("every = \"1h\"\nlimit = \"many\""), "w.toml:5: schedule \"a\": limit");
  refuses(schedule("every = \"1h\"\nlimt = 5"), "w.toml:5: schedule \"a\": there is no key \"limt\"");
  refuses(schedule("at = \"8:30\""), "w.toml:4: schedule \"a\": at must be a time of day");
  refuses(schedule("at = \"08:30:00:00\""), "w.toml:4: ");
  refuses(schedule("on = \"full_moon\""),
          "w.toml:4: schedule \"a\": on is \"full_moon\"; it must be one of cache_emptied");
  refuses(schedule("ahead_of = \"rush\""), "w.toml:4: schedule \"a\": ahead_of");
  refuses(schedule("limit = 5"), "w.toml:1: schedule \"a\": say when");
  refuses(schedule("at = \"08:30\"\nevery = \"1h\""), "say when");
  refuses(schedule("at = \"08:30\"\nadaptive = true"), "w.toml:5: schedule \"a\": adaptive goes with every");
  refuses(schedule("at = \"08:30\"\nat_most_every = \"1h\""), "at_most_every goes with on");
  refuses(schedule("every = \"1h\"\nconsiderate = 1"),
          "w.toml:5: schedule \"a\": considerate must be true or false");
  refuses(schedule("every = \"1h\"\nparameters = 3"), "w.toml:5: ");
  refuses(schedule("at = \"08:30\"\ncalendar = \"nyse\""), "there is no calendar \"nyse\"");
  refuses(schedule("every = \"1h\"") + schedule("every = \"1h\""),
          "w.toml:5: schedule \"a\": the id stands twice");
  refuses("[[schedule]]\nevery = \"1h\"\n", "w.toml:1: ");
  refuses("schedule = 3\n", "w.toml:1: the file: schedule must be written as [[schedule]]");
  refuses("warming = 3\n", "w.toml:1: the file: warming must be a table");
  refuses("[warming]\nrate = 3\n", "w.toml:2: warming: there is no key \"rate\"");
  refuses("[warming]\nbusy_stall_share = nan\n", "w.toml:2: warming: busy_stall_share");
  refuses("[[calendar]]\nname = \"x\"\nweekdays = [\"monday\"]\n", "w.toml:3: calendar \"x\": weekdays");
  refuses("[[calendar]]\nname = \"x\"\nholidays = [\"2026-01-01\"]\n",
          "w.toml:3: calendar \"x\": holidays must be a date");
  refuses("[[calendar]]\nname = \"x\"\ntime_zone = \"Mars/Olympus\"\n", "w.toml:1: calendar \"x\"");
  refuses("[[calendar]]\nname = \"x\"\nshort_days = [{ close = \"13:00\" }]\n", "a short day needs its date");
  BOOST_CHECK_THROW(read_schedule_file("no such file.toml", {}), error);
}

BOOST_AUTO_TEST_CASE(mistakes_in_variables_are_told_with_their_names) {
  refuses(schedule("every = \"1h\""), "STOKER_A_LIMIT: must be a whole number", {{"STOKER_A_LIMIT", "many"}});
  refuses(schedule("every = \"1h\""), "STOKER_A_LIMTI", {{"STOKER_A_LIMTI", "5"}});
  const environment longer{{"STOKER_A_B_LIMIT", "5"}};
  const auto both =
      schedule("every = \"1h\"") + "[[schedule]]\nid = \"a b\"\ncache = \"c\"\nevery = \"2h\"\n";
  BOOST_TEST(find(read(both, longer), "a b").what.limit == 5u);
}

BOOST_AUTO_TEST_CASE(several_caches_can_be_warmed_in_one_pass) {
  const auto settings = read(
      "[[schedule]]\nid = \"two\"\ntogether = [\"a\", \"b\"]\nevery = \"1h\"\n"
      "[[schedule]]\nid = \"all\"\ntogether = \"*\"\nat = \"08:00\"\n");
  BOOST_TEST(find(settings, "two").together == (std::vector<std::string>{"a", "b"}));
  BOOST_TEST(find(settings, "all").together == std::vector<std::string>{"*"});
  refuses(schedule("every = \"1h\"\ntogether = [\"a\"]"), "it warms several caches together");
}

BOOST_AUTO_TEST_SUITE_END()
