#include "storage/caches/remote/part_threads.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace stoker {

// The thread of one part, and what waits for it.
struct part_threads::lane {
  using task = std::function<void()>;

  ~lane() {
    {
      const std::lock_guard guard{mutex};
      ending = true;
    }
    changed.notify_one();
    if (thread.joinable()) thread.join();
  }

  void add(task next) {
    {
      const std::lock_guard guard{mutex};
      tasks.push_back(std::move(next));
      if (!thread.joinable()) thread = std::thread{[this] { work(); }};
    }
    changed.notify_one();
  }

  void work() {
    std::unique_lock lock{mutex};
    for (;;) {
      changed.wait(lock, [this] { return ending || !tasks.empty(); });
      if (tasks.empty()) return;
      const auto next = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      next();
      lock.lock();
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<task> tasks;  // as many as there are calls of run() at once
  bool ending = false;
  std::thread thread;
};

part_threads::part_threads(std::size_t parts) {
  for (std::size_t i = 0; i < parts; ++i) lanes_.push_back(std::make_unique<lane>());
}

part_threads::~part_threads() = default;

// What run() waits for.
struct part_threads::round {
  const std::function<void(std::size_t)>& work;
  std::size_t left;
  std::mutex mutex{};
  std::condition_variable done{};
  std::exception_ptr failure{};

  void call(std::size_t part) {
    std::exception_ptr failed;
    try {
      work(part);
    } catch (...) {
      failed = std::current_exception();
    }
    const std::lock_guard guard{mutex};
    if (failed) failure = failed;
    if (--left == 0) done.notify_one();
  }
};

void part_threads::run(std::span<const std::size_t> parts,
                       const std::function<void(std::size_t part)>& work) {
  if (parts.empty()) return;
  round all{work, parts.size()};
  for (const auto part : parts.subspan(1)) lanes_[part]->add([&all, part] { all.call(part); });
  all.call(parts.front());
  std::unique_lock lock{all.mutex};
  all.done.wait(lock, [&] { return all.left == 0; });
  if (all.failure) std::rethrow_exception(all.failure);
}

}  // namespace stoker
