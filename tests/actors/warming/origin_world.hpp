// A guarded origin with scripted loaders, in simulated time.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "actors/warming/origin_actor.hpp"
#include "tests/actors/warming/stub_actors.hpp"
#include "tests/fixtures/actor_fixture.hpp"

namespace stoker::test {

using namespace std::chrono_literals;

struct origin_world : actor_fixture {
  explicit origin_world(std::size_t loaders = 2) : pool(std::make_shared<loader_pool>(loaders)) {
    for (std::size_t i = 0; i < loaders; ++i) start_loader(i);
  }
  ~origin_world() { pool->clear(); }

  void start_loader(std::size_t number) {
    scripts.resize(std::max(scripts.size(), number + 1));
    if (!scripts[number]) scripts[number] = std::make_shared<load_script>();
    pool->set(number, track(sys.spawn(stub_loader, scripts[number])));
  }

  origin_config config() {
    origin_config config;
    config.name = "db";
    config.now = clock();
    config.loaders = pool;
    return config;
  }

  origin_actor start(const origin_config& settings) { return track(sys.spawn(guarded_origin, settings)); }
  origin_actor start() { return start(config()); }

  std::shared_ptr<pending_answer<load_receipts>> send(const origin_actor& origin, int items,
                                                      duration timeout = 10s) {
    load_request request;
    request.cache = "pages";
    request.timeout = timeout;
    for (int i = 0; i < items; ++i) request.items.push_back({"k" + std::to_string(i)});
    auto pending = ask_later<load_receipts>(sys, origin, request);
    run();
    return pending;
  }

  origin_status status(const origin_actor& origin) { return ask<origin_status>(origin, status_request{}); }
  void all_do(deed what) {
    for (auto& script : scripts) script->decide = [what](const load_item&) { return what; };
  }
  std::size_t loads() const {
    std::size_t count = 0;
    for (const auto& script : scripts) count += script->asked.size();
    return count;
  }

  std::shared_ptr<loader_pool> pool;
  std::vector<std::shared_ptr<load_script>> scripts;
};

inline std::size_t count(const pending_answer<load_receipts>& pending, load_status status) {
  std::size_t result = 0;
  if (pending.answer)
    for (const auto& receipt : pending.answer->receipts) result += receipt.status == status ? 1 : 0;
  return result;
}

}  // namespace stoker::test
