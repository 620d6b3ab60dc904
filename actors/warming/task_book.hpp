// The warming tasks that a host registered for a cache: keys that are to be kept warm, with their priority.
//
// Ownership: shared by the engine's face, which writes, and by the cache's warmers, which read. Threads: any.
// How a task's key is loaded is not its business (storage/origins/routed_origin.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

struct task_entry {
  std::string id;    // one of a kind within the cache
  std::string name;  // for people
  std::string key;
  duration ttl{};                                 // 0: the cache's own
  std::int32_t priority = nice_to_have_priority;  // classes as of candidates
  std::vector<std::string> tags;
  bool critical = false;  // belongs to the critical set, whatever its priority

  bool is_critical() const noexcept { return critical || priority >= critical_priority; }
};

class task_book {
 public:
  static constexpr std::size_t max_tasks = 10'000;  // more is no list of tasks but a listing of a database

  // Replaces the task of the same id, and returns what it replaced. Throws stoker::error: no id, no key, one
  // that is too long, or too many.
  std::optional<task_entry> add(task_entry added);
  // What was removed; nothing when there is no such task.
  std::optional<task_entry> remove(const std::string& id);
  // Those of higher priority first, and by id among equals.
  std::vector<task_entry> all() const;
  bool has_critical() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, task_entry> tasks_;
};

}  // namespace stoker
