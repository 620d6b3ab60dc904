#include "actors/engine/warm_sets.hpp"

#include <algorithm>
#include <chrono>

#include "storage/origins/function_origin.hpp"

namespace stoker {

namespace {

using cache_list = std::vector<std::shared_ptr<managed_cache>>;

task_entry entry_of(const warming_task& task) {
  return {task.id,   task.name,    task.key.empty() ? task.id : task.key, task.ttl, task.priority,
          task.tags, task.critical};
}

warming_task task_of(const std::string& cache, const task_entry& entry) {
  return {.cache = cache,
          .id = entry.id,
          .name = entry.name,
          .key = entry.key,
          .ttl = entry.ttl,
          .priority = entry.priority,
          .tags = entry.tags,
          .critical = entry.critical};
}

cache_list caches_named(const engine_core& core, const std::string& name) {
  if (!name.empty()) return {core.parts().caches->get(name)};
  return core.parts().caches->all();
}

// Runs the request over each of the caches in turn.
warm_set_report warm_each(const engine_core& core, const cache_list& caches, warm_request request) {
  warm_set_report total;
  const auto began = std::chrono::steady_clock::now();
  for (const auto& cache : caches) {
    request.cache = cache->config.name;
    request.now = core.now();
    request.beside = true;
    total.add(core.ask<warm_report>(engine_core::run_timeout(request.deadline), request));
  }
  total.took = std::chrono::steady_clock::now() - began;
  return total;
}

}  // namespace

std::string list_text(const std::vector<std::string>& elements) {
  std::string text;
  for (const auto& element : elements) {
    if (!text.empty()) text += ',';
    for (const char c : element) {
      if (c == ',' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

void register_task(const engine_core& core, const warming_task& task) {
  const auto cache = core.parts().caches->get(task.cache);
  auto added = entry_of(task);
  const auto key = added.key;
  const auto replaced = cache->tasks->add(std::move(added));
  if (replaced && replaced->key != key) cache->routes->unroute(replaced->key);
  cache->routes->route(key, task.load ? std::make_shared<function_origin>(task.load) : nullptr, task.ttl);
}

bool unregister_task(const engine_core& core, const std::string& cache, const std::string& id) {
  const auto managed = core.parts().caches->get(cache);
  const auto removed = managed->tasks->remove(id);
  if (removed) managed->routes->unroute(removed->key);
  return removed.has_value();
}

std::vector<warming_task> tasks_of(const engine_core& core, const std::string& cache) {
  std::vector<warming_task> tasks;
  for (const auto& entry : core.parts().caches->get(cache)->tasks->all())
    tasks.push_back(task_of(cache, entry));
  return tasks;
}

warm_set_report warm_critical(const engine_core& core, const std::string& cache) {
  auto caches = caches_named(core, cache);
  std::erase_if(caches, [](const auto& each) { return !each->tasks->has_critical(); });
  if (caches.empty()) {
    warm_set_report nothing;
    nothing.notes.push_back("no critical task is registered");
    return nothing;
  }
  warm_request request;
  request.strategies = {"critical"};
  request.reason = "critical";
  return warm_each(core, caches, std::move(request));
}

warm_set_report warm_user(const engine_core& core, const std::string& id, const warm_user_options& options) {
  warm_request request;
  request.strategies = {"subject"};
  request.parameters = {{"subject", id},
                        {"force", options.force ? "true" : "false"},
                        {"kinds", list_text(options.kinds)},
                        {"without", list_text(options.without)}};
  request.reason = "user " + id;
  return warm_each(core, caches_named(core, options.cache), std::move(request));
}

}  // namespace stoker
