// The directory: who answers for each role right now. The engine writes it when it starts or restarts an
// actor; every actor looks its peers up when it has something to say to them, so that a restart needs no
// rewiring.
//
// Ownership: shared by all actors of an engine; handles in it keep actors alive until clear(). Threads: any.
// A role that is down has no handle: lookups return a null handle, which the caller must check.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "messages/actors.hpp"

namespace stoker {

class directory {
 public:
  explicit directory(std::size_t tracker_shards = 1) : trackers_(tracker_shards) {}

  std::size_t tracker_shards() const noexcept { return trackers_.size(); }

  tracker_actor tracker(std::size_t shard) const { return read(trackers_[shard]); }
  void tracker(std::size_t shard, tracker_actor handle) { write(trackers_[shard], std::move(handle)); }

  historian_actor historian() const { return read(historian_); }
  void historian(historian_actor handle) { write(historian_, std::move(handle)); }

  memory_monitor_actor memory_monitor() const { return read(memory_monitor_); }
  void memory_monitor(memory_monitor_actor handle) { write(memory_monitor_, std::move(handle)); }

  arbiter_actor arbiter() const { return read(arbiter_); }
  void arbiter(arbiter_actor handle) { write(arbiter_, std::move(handle)); }

  engine_actor engine() const { return read(engine_); }
  void engine(engine_actor handle) { write(engine_, std::move(handle)); }

  scheduler_actor scheduler() const { return read(scheduler_); }
  void scheduler(scheduler_actor handle) { write(scheduler_, std::move(handle)); }

  collector_actor collector(const std::string& cache) const { return find(collectors_, cache); }
  void collector(const std::string& cache, collector_actor handle) {
    put(collectors_, cache, std::move(handle));
  }

  predictor_actor predictor(const std::string& cache) const { return find(predictors_, cache); }
  void predictor(const std::string& cache, predictor_actor handle) {
    put(predictors_, cache, std::move(handle));
  }

  warmer_actor warmer(const std::string& cache) const { return find(warmers_, cache); }
  void warmer(const std::string& cache, warmer_actor handle) { put(warmers_, cache, std::move(handle)); }

  origin_actor origin(const std::string& name) const { return find(origins_, name); }
  void origin(const std::string& name, origin_actor handle) { put(origins_, name, std::move(handle)); }

  outside_cache_actor outside_cache(const std::string& cache) const { return find(outside_, cache); }
  void outside_cache(const std::string& cache, outside_cache_actor handle) {
    put(outside_, cache, std::move(handle));
  }

  std::vector<collector_actor> collectors() const { return all(collectors_); }
  std::vector<predictor_actor> predictors() const { return all(predictors_); }
  std::vector<warmer_actor> warmers() const { return all(warmers_); }
  std::vector<origin_actor> origins() const { return all(origins_); }

  // Lets go of every handle.
  void clear();

 private:
  template <class Handle>
  Handle read(const Handle& slot) const {
    std::lock_guard guard{mutex_};
    return slot;
  }

  template <class Handle>
  void write(Handle& slot, Handle handle) {
    std::lock_guard guard{mutex_};
    slot = std::move(handle);
  }

  template <class Handle>
  Handle find(const std::map<std::string, Handle>& slots, const std::string& name) const {
    std::lock_guard guard{mutex_};
    auto found = slots.find(name);
    return found == slots.end() ? Handle{} : found->second;
  }

  template <class Handle>
  void put(std::map<std::string, Handle>& slots, const std::string& name, Handle handle) {
    std::lock_guard guard{mutex_};
    slots[name] = std::move(handle);
  }

  template <class Handle>
  std::vector<Handle> all(const std::map<std::string, Handle>& slots) const {
    std::lock_guard guard{mutex_};
    std::vector<Handle> result;
    for (const auto& [name, handle] : slots)
      if (handle) result.push_back(handle);
    return result;
  }

  mutable std::mutex mutex_;
  std::vector<tracker_actor> trackers_;
  historian_actor historian_;
  memory_monitor_actor memory_monitor_;
  arbiter_actor arbiter_;
  engine_actor engine_;
  scheduler_actor scheduler_;
  std::map<std::string, collector_actor> collectors_;
  std::map<std::string, predictor_actor> predictors_;
  std::map<std::string, warmer_actor> warmers_;
  std::map<std::string, origin_actor> origins_;
  std::map<std::string, outside_cache_actor> outside_;
};

}  // namespace stoker
