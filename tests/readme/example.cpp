#include <iostream>
#include <stoker/engine.hpp>

int main() {
  // Keeps what it learns in a folder, so that a restart starts warm.
  stoker::engine engine({.history_folder = "stoker-history"});

  // A read-through cache: a miss calls the function, concurrent misses of a key share one call.
  auto pages =
      engine.add_cache({.name = "pages", .capacity_bytes = 64 << 20, .load = [](std::string_view key) {
                          return stoker::loaded("page " + std::string{key});
                        }});

  // Fill what the history says will be needed, before users ask for it.
  auto report = engine.warm({.cache = "pages", .limit = 1000});
  std::cout << "warmed " << report.warmed << " of " << report.selected << " pages\n";

  // From here on the engine learns, and prefetches one step ahead of each subject.
  for (auto key : {"/start", "/products", "/start"}) {
    auto page = pages.get(key, {.subject = "session 17"});
    if (page)
      std::cout << page.bytes.view() << (page.outcome == stoker::get_outcome::hit ? " (hit)\n" : " (miss)\n");
  }

  // And warms in the background, every hour.
  engine.start({.interval = std::chrono::hours{1}});
}
