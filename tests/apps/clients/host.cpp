// A host for the tests of clients and of the dashboard: an engine with embedded caches, users that ask two of
// them for keys, a third of which keys are known and none is held, and the control API. It prints where it
// serves, and ends when its standard input does.
//
//   control_host TOKEN UNIX_PATH [quiet [FOLDER]]     quiet: without users; FOLDER: of server.pem, server.key
//   and
//                                                     ca.pem, for TLS and clients with certificates
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "apps/control/control_server.hpp"
#include "stoker/engine.hpp"

namespace {

using namespace std::chrono_literals;

constexpr int keys = 400;
constexpr auto pause = 5ms;  // between two lookups of the users
constexpr int reports_known = 40;
// A key that would be a script, if anything took it for one.
constexpr const char* hostile = "<img src=x onerror=\"document.title='taken over'\">";

stoker::load_result render(std::string_view key) {
  return stoker::loaded("the page of " + std::string{key} + std::string(2'000, '.'));
}

// Asks for keys, few of them often, until it is stopped; what it asks for is the same in each run.
class users {
 public:
  users(stoker::cache_handle pages, stoker::cache_handle quotes)
      : thread_([this, pages, quotes]() mutable { run(pages, quotes); }) {}

  ~users() {
    {
      std::lock_guard lock{mutex_};
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void run(stoker::cache_handle& pages, stoker::cache_handle& quotes) {
    std::mt19937 random{7};
    std::geometric_distribution<int> rank{0.02};
    for (int turn = 0; !over(); ++turn) {
      auto number = std::to_string(rank(random) % keys);
      pages.get("/products/" + number, {.subject = "session " + std::to_string(turn % 5)});
      if (turn % 3 == 0) quotes.get("QUOTE:" + number);
      if (turn % 20 == 0) pages.get(hostile);
    }
  }

  bool over() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, pause, [this] { return stopped_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  stoker::engine engine;
  auto cache = [&](const char* name, std::uint64_t bytes, stoker::predictor_kind predictor) {
    return engine.add_cache(
        {.name = name, .capacity_bytes = bytes, .load = render, .predictor = predictor, .proof_horizon = 2s});
  };
  // What plans are made for is filled by them alone.
  auto pages = cache("pages", 600'000, stoker::predictor_kind::stoker);
  auto quotes = cache("quotes", 8 << 20, stoker::predictor_kind::none);
  auto reports = cache("reports", 8 << 20, stoker::predictor_kind::none);
  for (int turn = 0; turn < 3 * reports_known; ++turn)
    reports.record("report " + std::to_string(turn % reports_known), stoker::access_outcome::miss, 2'000,
                   30'000);
  pages.get(hostile);
  stoker::control::control_options options{.port = 0, .unix_path = arguments[2], .token = arguments[1]};
  if (count > 4) {
    const std::string folder = arguments[4];
    options.tls = {folder + "/server.pem", folder + "/server.key", folder + "/ca.pem"};
  }
  const stoker::control::control_server server{engine, std::move(options)};
  std::cout << server.url() << std::endl;
  std::optional<users> busy;
  if (count < 4) busy.emplace(pages, quotes);
  for (std::string line; std::getline(std::cin, line);) continue;
}
