// Makes batches of what many threads ask one by one: while one batch is at the server, the next one gathers.
// Whoever finds nobody at work carries out what waits, his own and others'; the rest wait for their answers.
//
// With one caller at a time a batch is one item, and nothing waits. Threads: any. Ownership: items belong to
// their callers, who stay in run() until they are answered. `execute` must not throw, and answers each item.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace stoker {

template <class Item, class Answer>
class group_batch {
 public:
  using execute_function = std::function<std::vector<Answer>(std::span<const Item>)>;

  group_batch(std::size_t max_items, execute_function execute)
      : max_items_(max_items), execute_(std::move(execute)) {}

  Answer run(Item item) {
    waiting mine{std::move(item)};
    std::unique_lock lock{mutex_};
    queue_.push_back(&mine);
    while (!mine.done) {
      if (busy_)
        changed_.wait(lock);
      else
        carry_out(lock);
    }
    return std::move(mine.answer);
  }

 private:
  struct waiting {
    Item item;
    Answer answer{};
    bool done = false;
  };

  void carry_out(std::unique_lock<std::mutex>& lock) {
    busy_ = true;
    const auto taken = std::min(max_items_, queue_.size());
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(taken);
    const std::vector<waiting*> batch{queue_.begin(), end};
    queue_.erase(queue_.begin(), end);
    std::vector<Item> items;
    items.reserve(batch.size());
    for (auto* one : batch) items.push_back(one->item);
    lock.unlock();
    auto answers = execute_(items);
    lock.lock();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i]->answer = std::move(answers[i]);
      batch[i]->done = true;
    }
    busy_ = false;
    changed_.notify_all();
  }

  const std::size_t max_items_;
  const execute_function execute_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false;
  std::vector<waiting*> queue_;
};

}  // namespace stoker
