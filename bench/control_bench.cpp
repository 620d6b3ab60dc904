// Requests a second that the control API answers on one core, while the same core takes in 500,000 accesses a
// second through the library, and loses none. The clients are a process of their own, on another core.
#include <httplib.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/control/control_server.hpp"
#include "stoker/engine.hpp"

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr const char* token = "0123456789abcdef0123456789abcdef";
constexpr double accesses_per_second = 500'000;
constexpr double least_requests_per_second = 2000;
constexpr int connections = 4;
constexpr auto span = 3s;
constexpr double paced_requests_per_second = 2200;  // a little more than the limit: a client may be late
constexpr int keys = 100'000;

void stay_on_core(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof(set), &set);
}

struct question {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
};

constexpr std::array questions{
    question{"GET /livez", "GET", "/livez", ""},
    question{"GET /warming/stats", "GET", "/warming/stats", ""},
    question{"GET /warming/status", "GET", "/warming/status", ""},
    question{"POST /track, one access", "POST", "/track", R"({"key":"/page/7","outcome":"hit"})"},
};

// Answers of status 200 that one connection gets until it is time; negative: one was something else.
// `per_second` 0: one after the other, as fast as it goes.
long ask(std::uint16_t port, const question& what, clock_type::time_point until, double per_second) {
  httplib::Client client{"127.0.0.1", port};
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  const httplib::Headers headers{{"Authorization", std::string{"Bearer "} + token}};
  long answered = 0;
  const auto began = clock_type::now();
  while (clock_type::now() < until) {
    if (per_second > 0)
      std::this_thread::sleep_until(began + std::chrono::duration_cast<clock_type::duration>(
                                                std::chrono::duration<double>(answered / per_second)));
    const auto answer = std::string_view{what.method} == "GET"
                            ? client.Get(what.path, headers)
                            : client.Post(what.path, headers, what.body, "application/json");
    if (!answer || answer->status != 200) return -1;
    ++answered;
  }
  return answered;
}

// Answers a second over all connections; negative: one failed.
double rate_of(std::uint16_t port, const question& what, double per_second) {
  std::atomic<long> answered{0};
  std::atomic<bool> failed{false};
  std::vector<std::thread> threads;
  const auto began = clock_type::now();
  for (int i = 0; i < connections; ++i)
    threads.emplace_back([&] {
      const auto count = ask(port, what, began + span, per_second / connections);
      if (count < 0) failed = true;
      answered += count;
    });
  for (auto& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(clock_type::now() - began).count();
  return failed ? -1 : static_cast<double>(answered) / seconds;
}

// The clients' process: reads the port, and writes two rates for each question: paced, and as fast as it
// goes.
[[noreturn]] void be_clients(int from, int to) {
  stay_on_core(1);
  std::uint16_t port = 0;
  if (::read(from, &port, sizeof(port)) != sizeof(port)) std::_Exit(1);
  for (const auto& what : questions)
    for (double pace : {paced_requests_per_second, 0.0}) {
      const double rate = rate_of(port, what, pace);
      if (::write(to, &rate, sizeof(rate)) != sizeof(rate)) std::_Exit(1);
    }
  std::_Exit(0);
}

// Hits, at an even rate; how many it recorded.
void ingest(stoker::cache_handle pages, const std::atomic<bool>& over, std::atomic<std::uint64_t>& recorded) {
  std::vector<std::string> names;
  for (int i = 0; i < keys; ++i) names.push_back("/page/" + std::to_string(i));
  const auto began = clock_type::now();
  std::uint64_t count = 0;
  std::uint64_t random = 1;
  while (!over) {
    const auto due = static_cast<std::uint64_t>(
        std::chrono::duration<double>(clock_type::now() - began).count() * accesses_per_second);
    for (; count < due; ++count) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      // The square of an even number: few keys are used often.
      const auto even = static_cast<double>(random >> 33) / static_cast<double>(1u << 31);
      pages.record(names[static_cast<std::size_t>(even * even * (keys - 1))], stoker::access_outcome::hit);
    }
    recorded = count;
    std::this_thread::sleep_for(1ms);
  }
}

}  // namespace

int main() {
  int to_clients[2];
  int from_clients[2];
  if (::pipe(to_clients) != 0 || ::pipe(from_clients) != 0) return 1;
  const auto child = ::fork();  // before there are threads
  if (child == 0) be_clients(to_clients[0], from_clients[1]);
  stay_on_core(0);

  stoker::engine engine;
  auto pages =
      engine.add_cache({.name = "pages", .load = [](std::string_view) { return stoker::loaded("page"); }});
  stoker::control::control_options options;
  options.port = 0;
  options.token = token;
  options.limits.requests_per_second = 0;
  stoker::control::control_server server{engine, options};
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> recorded{0};
  std::thread feeder{[&] { ingest(pages, over, recorded); }};
  const auto began = clock_type::now();
  const auto port = server.port();
  if (::write(to_clients[1], &port, sizeof(port)) != sizeof(port)) return 1;

  const auto lost_so_far = [&] {
    const auto status = engine.status();
    return status.caches.at(0).dropped_accesses + status.tracker.dropped_accesses;
  };
  bool held = true;
  std::uint64_t lost = 0;
  // A rate, and what was lost of the accesses meanwhile.
  const auto next = [&] {
    double rate = -1;
    if (::read(from_clients[0], &rate, sizeof(rate)) != sizeof(rate)) rate = -1;
    const auto before = lost;
    lost = lost_so_far();
    return std::pair{rate, lost - before};
  };
  std::printf(
      "%d connections, one core, asked %.0f times a second (limits: %.0f answers, no access dropped),\n"
      "and as fast as it goes\n%-28s %9s %9s %16s %9s\n",
      connections, paced_requests_per_second, least_requests_per_second, "", "answers/s", "dropped",
      "most answers/s", "dropped");
  for (const auto& what : questions) {
    const auto [paced, dropped] = next();
    const auto [most, dropped_then] = next();
    const bool good = paced >= least_requests_per_second && dropped == 0;
    std::printf("%-28s %9.0f %9llu %16.0f %9llu%s\n", what.name, paced,
                static_cast<unsigned long long>(dropped), most, static_cast<unsigned long long>(dropped_then),
                good ? "" : "   NOT HELD");
    held = held && good;
  }
  const double seconds = std::chrono::duration<double>(clock_type::now() - began).count();
  over = true;
  feeder.join();
  ::waitpid(child, nullptr, 0);
  std::printf("accesses taken in meanwhile: %.0f a second (meant: %.0f)\n",
              static_cast<double>(recorded) / seconds, accesses_per_second);
  return held ? 0 : 1;
}
