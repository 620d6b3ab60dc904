#include "actors/engine/supervisor.hpp"

#include <spdlog/spdlog.h>

#include "messages/type_ids.hpp"

namespace stoker {

void supervisor::attach(caf::local_actor* self, clock_function now) {
  self_ = self;
  now_ = std::move(now);
}

void supervisor::start(child_spec spec) {
  child added;
  added.status.name = spec.name;
  added.spec = std::move(spec);
  children_.push_back(std::move(added));
  launch(children_.back());
}

void supervisor::launch(child& which) {
  try {
    which.backoff.started(now_());
    const auto handle = which.spec.launch();
    which.address = handle.address();
    which.status.condition = actor_condition::running;
    self_->monitor(handle);
  } catch (const std::exception& failure) {
    fail(which, failure.what());
  }
}

void supervisor::fail(child& which, std::string reason) {
  const auto delay = which.backoff.died(now_());
  which.spec.leave_directory();
  which.address = nullptr;
  which.status.condition = actor_condition::restarting;
  which.status.restarts = which.backoff.restarts();
  which.status.last_failure = std::move(reason);
  which.status.next_restart = now_() + delay;
  spdlog::warn("stoker: {} died ({}); it is started again in {} ms", which.spec.name,
               which.status.last_failure,
               std::chrono::duration_cast<std::chrono::milliseconds>(delay).count());
}

void supervisor::died(const caf::down_msg& message) {
  for (auto& which : children_) {
    if (which.address != message.source) continue;
    if (stopping_) {
      which.address = nullptr;
      which.status.condition = actor_condition::stopped;
    } else {
      fail(which, message.reason ? describe(message.reason) : "it quit by itself");
    }
  }
}

void supervisor::restart_due() {
  if (stopping_) return;
  for (auto& which : children_)
    if (which.status.condition == actor_condition::restarting && which.status.next_restart <= now_())
      launch(which);
}

void supervisor::stop_all() {
  stopping_ = true;
  for (auto& which : children_) {
    if (which.address)
      caf::anon_send_exit(which.address, caf::exit_reason::user_shutdown);
    else
      which.status.condition = actor_condition::stopped;
    which.spec.leave_directory();
  }
}

bool supervisor::all_stopped() const {
  for (const auto& which : children_)
    if (which.status.condition != actor_condition::stopped) return false;
  return true;
}

std::vector<actor_status> supervisor::status() const {
  std::vector<actor_status> result;
  for (const auto& which : children_) result.push_back(which.status);
  return result;
}

}  // namespace stoker
