#include "actors/warming/task_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

void validate(const task_entry& added) {
  if (added.id.empty()) throw error{errc::invalid_argument, "a task needs an id"};
  if (added.key.empty() || added.key.size() > max_key_bytes)
    throw error{errc::invalid_argument, fmt::format("task {}: its key has {} bytes; expected 1 to {}",
                                                    added.id, added.key.size(), max_key_bytes)};
  if (added.ttl < duration::zero())
    throw error{errc::invalid_argument, fmt::format("task {}: ttl must not be negative", added.id)};
}

}  // namespace

std::optional<task_entry> task_book::add(task_entry added) {
  validate(added);
  std::lock_guard guard{mutex_};
  const auto found = tasks_.find(added.id);
  if (found != tasks_.end()) return std::exchange(found->second, std::move(added));
  if (tasks_.size() >= max_tasks)
    throw error{
        errc::invalid_argument,
        fmt::format("there are {} tasks already, as many as may be; propose many keys with a strategy",
                    max_tasks)};
  auto id = added.id;
  tasks_.emplace(std::move(id), std::move(added));
  return std::nullopt;
}

std::optional<task_entry> task_book::remove(const std::string& id) {
  std::lock_guard guard{mutex_};
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return std::nullopt;
  auto removed = std::move(found->second);
  tasks_.erase(found);
  return removed;
}

std::vector<task_entry> task_book::all() const {
  std::vector<task_entry> result;
  {
    std::lock_guard guard{mutex_};
    for (const auto& [id, task] : tasks_) result.push_back(task);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& left, const auto& right) { return left.priority > right.priority; });
  return result;
}

bool task_book::has_critical() const {
  std::lock_guard guard{mutex_};
  return std::any_of(tasks_.begin(), tasks_.end(),
                     [](const auto& each) { return each.second.is_critical(); });
}

}  // namespace stoker
