// What a status looks like to Prometheus.
#include "apps/control/metrics/metrics.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "tests/apps/control/metrics/sample_status.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(metrics)

namespace {

struct exposed {
  explicit exposed(const engine_status& status)
      : text(control::metrics_text(status, test::sample_feeds(), "1.2.3")) {
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.insert(line);
  }

  bool has(const std::string& line) const { return lines.contains(line); }
  bool names(const std::string& metric) const { return text.find("\n" + metric) != std::string::npos; }

  std::string text;
  std::set<std::string> lines;
};

// Fails with the lines that are there of that metric.
void check_line(const exposed& metrics, const std::string& line) {
  std::string near;
  const auto name = line.substr(0, line.find_first_of("{ "));
  for (const auto& each : metrics.lines)
    if (each.starts_with(name)) near += "\n  " + each;
  BOOST_CHECK_MESSAGE(metrics.has(line), line + " is not there, but" + near);
}

}  // namespace

BOOST_AUTO_TEST_CASE(items_are_counted_by_cache_strategy_result_and_reason) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "# TYPE stoker_items_total counter");
  check_line(metrics,
             "stoker_items_total{cache=\"pages\",strategy=\"popular\",result=\"warmed\",reason=\"none\"} 40");
  check_line(
      metrics,
      "stoker_items_total{cache=\"pages\",strategy=\"popular\",result=\"failed\",reason=\"timed_out\"} 2");
  check_line(metrics,
             "stoker_items_total{cache=\"pages\",strategy=\"popular\",result=\"left_out\",reason=\"over_"
             "budget\"} 13");
}

BOOST_AUTO_TEST_CASE(hits_of_users_and_of_warmers_are_told_apart) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "stoker_cache_requests_total{cache=\"pages\",class=\"user\",result=\"hit\"} 900");
  check_line(metrics, "stoker_cache_requests_total{cache=\"pages\",class=\"warmer\",result=\"hit\"} 12");
  check_line(metrics, "stoker_cache_requests_total{cache=\"pages\",class=\"warmer\",result=\"miss\"} 42");
  check_line(metrics, "stoker_cache_hit_ratio{cache=\"pages\",class=\"user\"} 0.95");
}

BOOST_AUTO_TEST_CASE(durations_are_seconds_and_times_are_seconds_since_the_epoch) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "stoker_cache_time_to_warm_seconds{cache=\"pages\"} 1.5");
  check_line(metrics, "stoker_history_oldest_waiting_seconds 0.3");
  check_line(metrics, "stoker_schedule_last_run_seconds{schedule=\"hourly\",cache=\"pages\"} 0.25");
  check_line(metrics,
             "stoker_schedule_next_run_timestamp_seconds{schedule=\"hourly\",cache=\"pages\"} 1700002600");
}

BOOST_AUTO_TEST_CASE(states_are_one_for_the_state_that_holds) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "stoker_origin_breaker_state{origin=\"database\",state=\"half_open\"} 1");
  check_line(metrics, "stoker_origin_breaker_state{origin=\"database\",state=\"open\"} 0");
  check_line(metrics, "stoker_origin_paused{origin=\"database\"} 1");
  check_line(metrics, "stoker_memory_pressure_level{level=\"high\"} 1");
  check_line(metrics, "stoker_strategy_state{cache=\"pages\",strategy=\"popular\",state=\"proven\"} 1");
  check_line(metrics,
             "stoker_strategy_lift_bound_ratio{cache=\"pages\",strategy=\"popular\",bound=\"low\"} 0.2");
  check_line(metrics, "stoker_history_state{state=\"set_aside\"} 1");
}

BOOST_AUTO_TEST_CASE(actors_are_named_by_role_and_by_whose_they_are) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "stoker_actor_mailbox_messages{actor=\"warmer\",name=\"pages\"} 14");
  check_line(metrics, "stoker_actor_mailbox_messages{actor=\"tracker\",name=\"1\"} 0");
  check_line(metrics, "stoker_actor_up{actor=\"memory monitor\",name=\"\"} 0");
  check_line(metrics, "stoker_actor_restarts_total{actor=\"warmer\",name=\"pages\"} 2");
  // It did not tell.
  BOOST_TEST(metrics.text.find("stoker_actor_mailbox_messages{actor=\"memory monitor\"") ==
             std::string::npos);
  check_line(metrics, "stoker_build_info{version=\"1.2.3\"} 1");
}

BOOST_AUTO_TEST_CASE(caches_elsewhere_tell_whether_they_answer_and_what_room_they_have) {
  const exposed metrics{test::sample_status()};
  check_line(metrics, "stoker_outside_up{cache=\"pages\"} 1");
  check_line(metrics, "stoker_outside_looks_total{cache=\"pages\",result=\"answered\"} 47");
  check_line(metrics, "stoker_outside_used_bytes{cache=\"pages\"} 60000");
  check_line(metrics, "stoker_outside_limit_bytes{cache=\"pages\"} 100000");
  check_line(metrics, "stoker_outside_head_room_bytes{cache=\"pages\"} 40000");
  check_line(metrics, "stoker_outside_restarts_total{cache=\"pages\"} 1");
  check_line(metrics, "stoker_outside_emptied_total{cache=\"pages\"} 2");
  check_line(metrics, "stoker_outside_fills_total{cache=\"pages\",result=\"present\"} 30");
  check_line(metrics, "stoker_outside_troubles_total{cache=\"pages\",reason=\"timed out\"} 6");
}

BOOST_AUTO_TEST_CASE(a_cache_elsewhere_without_a_limit_has_no_head_room_that_is_known) {
  auto status = test::sample_status();
  status.outside[0].limit_bytes = 0;
  const exposed unlimited{status};
  BOOST_TEST(!unlimited.names("stoker_outside_limit_bytes"));
  BOOST_TEST(!unlimited.names("stoker_outside_head_room_bytes"));
  status.outside[0].full = true;
  check_line(exposed{status}, "stoker_outside_head_room_bytes{cache=\"pages\"} 0");
  status.outside[0].answered_at = time_point{};
  status.outside[0].reachable = false;
  const exposed away{status};
  BOOST_TEST(!away.names("stoker_outside_used_bytes"));
  check_line(away, "stoker_outside_up{cache=\"pages\"} 0");
}

BOOST_AUTO_TEST_CASE(snapshots_have_an_age_once_they_were_saved) {
  auto status = test::sample_status();
  const exposed metrics{status};
  check_line(metrics, "stoker_snapshot_age_seconds{cache=\"pages\"} 7200");
  check_line(metrics, "stoker_snapshot_keys{cache=\"pages\"} 90");
  check_line(metrics, "stoker_snapshot_failures_total{cache=\"pages\"} 1");
  status.snapshots[0].saved_at = time_point{};
  BOOST_TEST(!exposed{status}.names("stoker_snapshot_age_seconds"));
}

BOOST_AUTO_TEST_CASE(origins_tell_their_bytes_and_what_they_may) {
  auto status = test::sample_status();
  const exposed metrics{status};
  check_line(metrics, "stoker_origin_byte_limit_per_second{origin=\"database\"} 2000");
  check_line(metrics, "stoker_origin_byte_tokens{origin=\"database\"} 500");
  check_line(metrics, "stoker_origin_bytes_total{origin=\"database\",class=\"warmer\"} 3000");
  status.origins[0].limits.bytes = {};
  BOOST_TEST(!exposed{status}.names("stoker_origin_byte_limit_per_second"));
}

BOOST_AUTO_TEST_CASE(feeds_tell_what_became_of_the_accesses_that_were_reported) {
  const exposed metrics{test::sample_status()};
  const std::string labels = "feed=\"web\",kind=\"socket\",cache=\"pages\"";
  check_line(metrics, "stoker_feed_up{" + labels + "} 1");
  check_line(metrics, "stoker_feed_accesses_total{" + labels + ",result=\"recorded\"} 100");
  check_line(metrics, "stoker_feed_accesses_total{" + labels + ",result=\"dropped\"} 2");
  check_line(metrics, "stoker_feed_accesses_total{" + labels + ",result=\"malformed\"} 1");
  check_line(metrics, "stoker_feed_clients{" + labels + "} 2");
  check_line(metrics, "stoker_feed_outages_total{" + labels + "} 5");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_has_no_sample) {
  auto status = test::sample_status();
  status.caches[0].recent_hit_ratio = -1;
  status.caches[0].time_to_warm = duration{-1};
  status.caches[0].first_uses = status.caches[0].prefetched_wasted = 0;
  status.warmers[0].strategies[0].proof.precision = -1;
  status.warmers[0].strategies[0].proof.controls = 0;
  status.origins[0].rate_per_s = 0;
  status.scheduler.schedules[0].last_run = time_point{};
  const exposed metrics{status};
  for (const auto* name : {"stoker_cache_time_to_warm_seconds", "stoker_cache_prefetch_precision_ratio",
                           "stoker_strategy_precision_ratio", "stoker_strategy_lift_ratio",
                           "stoker_origin_rate_limit_per_second", "stoker_origin_tokens",
                           "stoker_schedule_last_run_timestamp_seconds", "stoker_schedule_last_run_success"})
    BOOST_CHECK_MESSAGE(!metrics.names(name), name);
  BOOST_TEST(metrics.text.find("nan") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_engine_has_metrics_too) {
  const exposed metrics{engine_status{}};
  check_line(metrics, "stoker_background_warming_running 0");
  BOOST_TEST(metrics.text.find("nan") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_that_are_no_utf8_or_hold_quotes_do_not_break_the_format) {
  auto status = test::sample_status();
  status.caches = {test::sample_cache()};
  status.caches[0].cache = "a\"b\\c\nd\xff\xc3\xa4\xc3";
  const exposed metrics{status};
  check_line(metrics, "stoker_cache_entries{cache=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\"} 500");
}

BOOST_AUTO_TEST_CASE(names_follow_the_conventions) {
  std::istringstream in{control::metrics_text(test::sample_status(), test::sample_feeds(), "1")};
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    std::istringstream words{line.substr(7)};
    std::string name, type;
    words >> name >> type;
    BOOST_TEST(name.starts_with("stoker_"));
    BOOST_CHECK_MESSAGE(name.ends_with("_total") == (type == "counter"), line);
    BOOST_TEST(
        std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
  }
}

BOOST_AUTO_TEST_SUITE_END()
