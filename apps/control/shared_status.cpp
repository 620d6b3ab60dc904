#include "apps/control/shared_status.hpp"

#include <exception>

namespace stoker::control {

shared_status::shared_status(std::function<engine_status()> collect, clock_function steady, duration most_age)
    : collect_(std::move(collect)), steady_(std::move(steady)), most_age_(most_age) {}

bool shared_status::is_fresh() const {
  return latest_ && as_of_ == changes_ && steady_() - begun_ < most_age_;
}

shared_status::pointer shared_status::fresh() {
  std::lock_guard guard{mutex_};
  return is_fresh() ? latest_ : nullptr;
}

shared_status::pointer shared_status::get() {
  std::unique_lock guard{mutex_};
  while (!is_fresh()) {
    if (!collecting_ || most_age_ <= duration::zero()) return collect_anew(guard);
    // Somebody else asks: what he is told will do, if it is not too old by then.
    ended_.wait(guard);
  }
  return latest_;
}

shared_status::pointer shared_status::collect_anew(std::unique_lock<std::mutex>& guard) {
  const auto begun = steady_();
  const auto known = changes_;
  collecting_ = true;
  guard.unlock();
  pointer found;
  std::exception_ptr failure;
  try {
    found = std::make_shared<const engine_status>(collect_());
  } catch (...) {
    failure = std::current_exception();
  }
  guard.lock();
  collecting_ = false;
  ended_.notify_all();
  if (failure) std::rethrow_exception(failure);
  latest_ = found;
  begun_ = begun;
  as_of_ = known;
  return found;
}

void shared_status::changed() {
  std::lock_guard guard{mutex_};
  ++changes_;
}

}  // namespace stoker::control
