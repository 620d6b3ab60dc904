// What reading through a cache takes, whether it stands in this process or elsewhere: loads that throw
// nothing, on threads of their own, whose results everybody who waits is told alike.
//
// Threads: any. Errors: in results.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/caches/flight_table.hpp"
#include "storage/caches/read_result.hpp"
#include "storage/origins/load_threads.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

load_result failed_load(std::string text);
// Origins may throw: whatever comes becomes a failure.
load_result guarded_load(origin& source, std::string_view key, steady_deadline deadline);

read_result read_of(load_result loaded);
read_result failed_read(read_status status, std::string text);

// Saturated.
std::uint32_t microseconds(duration span);

// A load that is under way on a thread of its own. `Landed` has the load_result as its member `loaded`.
template <class Landed>
class started_load {
 public:
  // Runs `work` and then lands the flight. A task that is dropped lands its flight as given up.
  template <class Work>
  started_load(load_threads& threads, flight_table::leader leader, Work work) {
    // Shared, since a task must be copyable.
    auto flight = std::make_shared<flight_table::leader>(std::move(leader));
    auto promise = std::make_shared<std::promise<Landed>>();
    landed_ = promise->get_future();
    accepted_ = threads.run([flight, promise, work = std::move(work)] {
      auto landed = work();
      flight->land(landed.loaded);
      promise->set_value(std::move(landed));
    });
  }

  // False: too many loads wait; nothing will come.
  bool accepted() const noexcept { return accepted_; }
  // Empty: it did not land by the deadline, or was dropped.
  std::optional<Landed> wait_until(steady_deadline deadline) {
    if (landed_.wait_until(deadline) != std::future_status::ready) return std::nullopt;
    try {
      return landed_.get();
    } catch (const std::future_error&) {
      accepted_ = false;
      return std::nullopt;
    }
  }

 private:
  std::future<Landed> landed_;
  bool accepted_ = false;
};

}  // namespace stoker
