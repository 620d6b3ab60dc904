// How many accesses a second a socket feed takes, end to end: a process of its own writes frames to the
// socket, the feed records them, and the engine's tracker counts every one.
//
// The limit is a million a second over one connection on a Unix socket. Nothing may be dropped.
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "apps/feeds/make_feed.hpp"
#include "messages/access_frame.hpp"

namespace {

using namespace stoker;

constexpr std::size_t accesses_per_frame = 500;
constexpr std::size_t frames_made = 400;
constexpr int laps = 25;  // 5 M accesses
constexpr double limit_per_second = 1e6;

enum class subjects { none, of_frames, of_accesses };

// Zipf-like over some 100,000 keys: the product of two even draws.
std::vector<std::string> make_frames(subjects named) {
  std::mt19937 random{1};
  std::vector<std::string> users;
  for (int user = 0; user < 100; ++user) users.push_back("user " + std::to_string(user));
  std::vector<std::string> frames;
  for (std::size_t f = 0; f < frames_made; ++f) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < accesses_per_frame; ++i)
      keys.push_back("/assets/page/" + std::to_string(random() % 317 * (random() % 317)) + "/of/32/bytes");
    std::vector<reported_access> accesses;
    for (const auto& key : keys) accesses.push_back({key, access_outcome::hit, 1000});
    if (named == subjects::of_accesses)
      for (auto& access : accesses) access.subject = users[random() % users.size()];
    frames.push_back(encode_frame(accesses, named == subjects::of_frames ? users[f % users.size()] : ""));
  }
  return frames;
}

// In the child: no thread of the parent's is there.
[[noreturn]] void write_all(const std::string& path, const std::vector<std::string>& frames) {
  const int to = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  while (::connect(to, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::usleep(1000);
  for (int lap = 0; lap < laps; ++lap)
    for (const auto& frame : frames)
      for (std::size_t sent = 0; sent < frame.size();) {
        const auto wrote = ::send(to, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
        if (wrote <= 0) ::_exit(1);
        sent += static_cast<std::size_t>(wrote);
      }
  ::_exit(0);
}

bool measure(const char* name, subjects named, predictor_kind predictor) {
  const auto path = std::filesystem::temp_directory_path() / ("stoker-feed-" + std::to_string(::getpid()));
  const auto frames = make_frames(named);
  const pid_t child = ::fork();
  if (child == 0) write_all(path.string(), frames);
  engine running{engine_config{}};
  auto cache = running.add_cache(
      {.name = "pages", .load = [](std::string_view) { return load_result{}; }, .predictor = predictor});
  const auto feed = feeds::make_feed(feeds::socket_feed_config{.socket_path = path.string()}, cache);
  const auto start = std::chrono::steady_clock::now();
  feed->start();
  constexpr std::uint64_t all = laps * frames_made * accesses_per_frame;
  while (feed->counters().received < all) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  const auto counted = [&] { return running.patterns("pages").total_accesses; };
  while (counted() + feed->counters().dropped < all)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  ::waitpid(child, nullptr, 0);
  const auto dropped = feed->counters().dropped;
  const double rate = static_cast<double>(all) / took.count();
  const bool ok = rate >= limit_per_second && dropped == 0;
  std::printf("%-44s %9.2f M/s     limit %9.2f  %s (%llu dropped)\n", name, rate / 1e6,
              limit_per_second / 1e6, ok ? "ok" : "under", static_cast<unsigned long long>(dropped));
  return ok;
}

}  // namespace

int main() {
  bool ok = measure("a feed's socket to the tracker", subjects::none, predictor_kind::none);
  ok = measure("the same, a subject for each frame", subjects::of_frames, predictor_kind::none) && ok;
  ok = measure("the same, a subject for each access", subjects::of_accesses, predictor_kind::none) && ok;
  measure("the same, and prediction", subjects::of_accesses, predictor_kind::stoker);
  return ok ? 0 : 1;
}
