#include "storage/origins/outside_origin.hpp"

namespace stoker {

load_result outside_origin::load(std::string_view key, std::chrono::steady_clock::time_point deadline) {
  auto came = try_load(key, deadline);
  outcomes_[static_cast<std::size_t>(came.result.outcome)].fetch_add(1, std::memory_order_relaxed);
  if (came.why != trouble::none)
    troubles_[static_cast<std::size_t>(came.why)].fetch_add(1, std::memory_order_relaxed);
  return std::move(came.result);
}

origin_stats outside_origin::stats() const {
  origin_stats result;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) result.outcomes[i] = outcomes_[i].load();
  for (std::size_t i = 0; i < troubles_.size(); ++i) result.troubles[i] = troubles_[i].load();
  return result;
}

outside_origin::attempt outside_origin::attempt::loaded(std::string_view bytes,
                                                        std::chrono::nanoseconds ttl) {
  attempt made;
  made.result.outcome = load_outcome::loaded;
  made.result.bytes = value{bytes};
  made.result.ttl = ttl;
  return made;
}

outside_origin::attempt outside_origin::attempt::absent(std::string text) {
  attempt made;
  made.result.outcome = load_outcome::absent;
  made.result.error = std::move(text);
  return made;
}

outside_origin::attempt outside_origin::attempt::failed(trouble why, std::string text) {
  attempt made;
  made.result.outcome = load_outcome::failed;
  made.result.error = std::string{to_string(why)} + ": " + text;
  made.why = why;
  return made;
}

outside_origin::attempt outside_origin::attempt::refused(trouble why, std::string text) {
  auto made = failed(why, std::move(text));
  made.result.outcome = load_outcome::refused;
  return made;
}

outside_origin::attempt outside_origin::attempt::throttled(std::chrono::nanoseconds retry_after,
                                                           std::string text) {
  auto made = failed(trouble::unavailable, std::move(text));
  made.result.outcome = load_outcome::throttled;
  made.result.retry_after = retry_after;
  return made;
}

}  // namespace stoker
