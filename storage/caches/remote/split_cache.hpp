// Several caches that together are one: each key stands in the part that a rule names, as the clients of such
// a fleet choose it.
//
// A batch is split, each part gets its own in one batch, and the outcomes come back in the batch's order. A
// part that can't be reached fails its own keys alone. Parts are asked side by side: one that does not answer
// holds up the batch until its deadline, and no other part's outcomes are lost by that.
//
// Ownership: owns its parts. Threads: as remote_cache says. What can't be told of all parts is `why`.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "storage/caches/remote/part_threads.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

class split_cache : public remote_cache {
 public:
  using route_function = std::function<std::size_t(std::string_view key)>;

  // REQUIRES: at least one part, all of one kind; `route` gives the index of one.
  split_cache(std::vector<std::unique_ptr<remote_cache>> parts, route_function route);

  std::vector<remote_look> contains(keys asked, steady_deadline deadline) override;
  std::vector<remote_value> read(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> put(std::span<const remote_entry> entries, steady_deadline deadline) override;
  remote_token begin_fill(std::string_view key) override;
  std::vector<remote_outcome> fill(std::span<const remote_entry> entries, steady_deadline deadline) override;
  std::vector<remote_token> begin_refresh(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> refresh(std::span<const remote_entry> entries,
                                      steady_deadline deadline) override;
  removed_keys invalidate(keys gone, steady_deadline deadline) override;
  removed_keys remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) override;
  trouble clear(steady_deadline deadline) override;
  remote_stats stats(steady_deadline deadline) override;
  remote_memory memory(steady_deadline deadline) override;
  remote_condition condition(steady_deadline deadline) override;
  remote_capabilities capabilities() const override;
  std::string last_error() const override;

 private:
  template <class Answer, class Item, class Ask>
  std::vector<Answer> split(std::span<const Item> items, Ask ask);

  // Asks every part; the answers are in their order.
  template <class Ask>
  auto each_part(Ask ask);

  std::vector<std::unique_ptr<remote_cache>> parts_;
  route_function route_;
  part_threads threads_;                       // go before the parts
  std::atomic<std::uint64_t> incarnation_{1};  // counts up whenever a part lost what it held
};

}  // namespace stoker
