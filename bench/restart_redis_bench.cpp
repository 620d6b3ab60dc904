// The restart story on Redis, in real time: 2,000 requests a second by Zipf's law over a million keys, a
// cache of a tenth of them that was just restarted, an origin of 5 ms that takes 2,000 calls a second, users'
// and the warmer's together. How long until it is warm, cold and warmed from a history of 4 million accesses?
//
//   restart_redis_bench [--policy lfu|lru|both] [--keys N] [--rate N] [--learned N] [--longest SECONDS]
//                       [--simulate]
//
// Warm: the hit ratio over a window (10,000 requests: a tenth of the entries) is within a point of a twin's,
// for three windows in a row. Time runs from the restart, with which traffic and warming begin, to the first
// of the three windows. Cold, warmed and the twin that was never restarted are played at the same time, with
// the same requests, each on a Redis server of its own.
//
// What the policy lets any warmer reach is simulated beside it. Under allkeys-lfu (with lfu-decay-time 0) the
// twin keeps what is popular, and a cold cache has much to make up; under allkeys-lru it keeps what came
// last, a cold cache is as good as it soon, and no warmer is twelve times faster within the origin's limit:
// that policy is told, and not judged.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/restart/story.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace {

using namespace stoker;
using namespace stoker::bench;

constexpr double least_ratio = 12;
constexpr std::int64_t too_late_ms = 1000;

const char* policy_name(redis_policy policy) {
  return policy == redis_policy::lru ? "allkeys-lru" : "allkeys-lfu";
}

// Empty: not within what was played.
struct times {
  std::optional<double> warmed_s, cold_s;
};

times play(const workload& work, twin& never_restarted, story& warmed, story& cold) {
  const auto began = steady::now() + std::chrono::milliseconds{100};
  warmed.begin(began);
  cold.begin(began);
  warm_watch of_warmed{work.settings};
  warm_watch of_cold{work.settings};
  times found;
  const auto seconds = [&](std::optional<std::size_t> request) {
    return request ? std::optional{static_cast<double>(*request) / static_cast<double>(work.settings.rate)}
                   : std::nullopt;
  };
  // The warmed one is played on until the cold one is warm, too: so long its prefetches may be used.
  while (!found.cold_s && std::min(warmed.next(), cold.next()) < work.requests.size()) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    never_restarted.play(std::min(warmed.next(), cold.next()));
    found.warmed_s = seconds(of_warmed.look(warmed.played(), never_restarted.played()));
    found.cold_s = seconds(of_cold.look(cold.played(), never_restarted.played()));
  }
  warmed.stop();
  cold.stop();
  return found;
}

void print_foreseen(const workload& work, redis_policy policy) {
  const auto simulated = foresee(work, policy);
  std::printf(
      "  simulated, %4.1f M accesses learned: cold %8.1f s, the best of all warmers %6.1f s: %.1f times\n",
      static_cast<double>(work.learned.size()) / 1e6, simulated.cold_s, simulated.best_s,
      simulated.cold_s / simulated.best_s);
  std::fflush(stdout);
}

void print_warming(const warm_report& report) {
  const auto share = [&](std::uint64_t part) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, report.warmed));
  };
  const auto took = std::chrono::duration<double>{report.loading_took}.count();
  std::printf("  warming                    %8llu loads in %.1f s, %.0f a second; planned %llu in %.1f s\n",
              static_cast<unsigned long long>(report.loads), took, static_cast<double>(report.loads) / took,
              static_cast<unsigned long long>(report.selected),
              std::chrono::duration<double>{report.planning_took}.count());
  std::printf("  there before their turn    %8llu; failed %llu, dropped %llu\n",
              static_cast<unsigned long long>(report.already_fresh),
              static_cast<unsigned long long>(report.failed),
              static_cast<unsigned long long>(report.dropped));
  std::printf(
      "  prefetched entries         %8llu; used so far %llu (%.0f %%), wasted so far %llu (%.0f %%)\n",
      static_cast<unsigned long long>(report.warmed), static_cast<unsigned long long>(report.used),
      share(report.used), static_cast<unsigned long long>(report.warmed - report.used),
      share(report.warmed - report.used));
}

void print_story(const char* what, const story& played, std::optional<double> seconds, double longest_s) {
  std::printf("  %-8s %s %8.1f s; the origin's worst second %zu calls, %llu in all; a get p99 %.1f ms\n",
              what, seconds ? "warm after  " : "not warm for", seconds.value_or(longest_s),
              played.calls().most_in_a_second(), static_cast<unsigned long long>(played.calls().calls()),
              played.p99_ms());
}

bool judge(const restart_settings& settings, const times& found, const story& warmed, const story& cold,
           bool judged) {
  const auto longest = static_cast<double>(settings.longest_s);
  const auto ratio = found.cold_s.value_or(longest) / std::max(found.warmed_s.value_or(longest), 1e-3);
  const bool shorter = found.warmed_s && ratio >= least_ratio;
  std::printf("  time until warm            %8.1f times shorter%s", ratio, found.cold_s ? "" : " at least");
  if (judged) std::printf(", must be %.0f: %s", least_ratio, shorter ? "reached" : "missed");
  std::printf("\n");
  const auto most = std::max(warmed.calls().most_in_a_second(), cold.calls().most_in_a_second());
  const bool kept = most <= settings.origin_limit;
  std::printf("  calls in any second        %8zu, limit %zu: %s\n", most, settings.origin_limit,
              kept ? "kept" : "exceeded");
  const auto late = std::max(warmed.latest_ms(), cold.latest_ms());
  std::printf("  the latest request was     %8lld ms late%s\n", static_cast<long long>(late),
              late > too_late_ms ? ": the machine did not keep up, and the figures say nothing" : "");
  return (shorter || !judged) && kept && late <= too_late_ms;
}

bool tell(const workload& work, redis_policy policy, const std::string& history) {
  std::printf("%s, %u keys, room for %zu, %zu requests/s, origin %zu calls/s:\n", policy_name(policy),
              work.settings.keys, work.settings.capacity(), work.settings.rate, work.settings.origin_limit);
  print_foreseen(work, policy);
  const auto options = server_options(work, policy);
  twin never_restarted{work, policy, options};
  const auto warmed = std::make_unique<story>(work, options, history);
  const auto cold = std::make_unique<story>(work, options, std::string{});
  const auto found = play(work, never_restarted, *warmed, *cold);
  const auto longest_s = static_cast<double>(work.settings.longest_s);
  print_story("cold", *cold, found.cold_s, longest_s);
  print_story("warmed", *warmed, found.warmed_s, longest_s);
  print_warming(warmed->warming());
  return judge(work.settings, found, *warmed, *cold, policy == redis_policy::lfu);
}

// How the result depends on what was learned.
void simulate_histories(restart_settings settings, const std::vector<redis_policy>& policies) {
  for (const auto policy : policies) {
    std::printf("%s\n", policy_name(policy));
    for (const std::size_t learned : {1, 2, 4, 8}) {
      settings.learned = learned * settings.keys;
      print_foreseen(workload{settings}, policy);
    }
  }
}

int run(const restart_settings& settings, const std::vector<redis_policy>& policies) {
  if (!test::is_installed("redis-server")) return 0;
  const workload work{settings};
  bool fine = true;
  for (const auto policy : policies) {
    const test::temporary_folder folder;
    const auto history = folder / "history";
    learn(work, history);
    fine &= tell(work, policy, history);
  }
  return fine ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"the restart story on Redis"};
  restart_settings settings;
  std::string policy = "both";
  bool simulated = false;
  app.add_option("--policy", policy, "lfu, lru or both")->check(CLI::IsMember({"lfu", "lru", "both"}));
  app.add_option("--keys", settings.keys)->check(CLI::Range(10'000, 10'000'000));
  app.add_option("--rate", settings.rate, "requests a second")->check(CLI::Range(100, 10'000));
  app.add_option("--learned", settings.learned, "accesses before the restart");
  app.add_option("--longest", settings.longest_s, "seconds that are played at most");
  app.add_flag("--simulate", simulated, "simulates histories of several lengths, and plays nothing");
  CLI11_PARSE(app, argc, argv);
  std::vector<redis_policy> policies;
  if (policy != "lru") policies.push_back(redis_policy::lfu);
  if (policy != "lfu") policies.push_back(redis_policy::lru);
  if (simulated) {
    simulate_histories(settings, policies);
    return 0;
  }
  return run(settings, policies);
}
