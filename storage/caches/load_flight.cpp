#include "storage/caches/load_flight.hpp"

#include <algorithm>
#include <limits>

namespace stoker {

namespace {

read_status status_of(load_outcome outcome) {
  switch (outcome) {
    case load_outcome::loaded:
      return read_status::found;
    case load_outcome::absent:
      return read_status::absent;
    case load_outcome::refused:
      return read_status::refused;
    case load_outcome::failed:
    case load_outcome::throttled:
      break;
  }
  return read_status::failed;
}

}  // namespace

load_result failed_load(std::string text) {
  load_result result;
  result.outcome = load_outcome::failed;
  result.error = std::move(text);
  return result;
}

load_result guarded_load(origin& source, std::string_view key, steady_deadline deadline) {
  load_result result;
  try {
    result = source.load(key, deadline);
  } catch (const std::exception& thrown) {
    return failed_load(std::string{"the loader threw: "} + thrown.what());
  } catch (...) {
    return failed_load("the loader threw something that is not a std::exception");
  }
  if (result.outcome != load_outcome::loaded && result.error.empty())
    result.error = "the origin gave no reason";
  return result;
}

read_result read_of(load_result loaded) {
  read_result result;
  result.status = status_of(loaded.outcome);
  result.bytes = std::move(loaded.bytes);
  result.error = std::move(loaded.error);
  return result;
}

read_result failed_read(read_status status, std::string text) {
  read_result result;
  result.status = status;
  result.error = std::move(text);
  return result;
}

std::uint32_t microseconds(duration span) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(us, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace stoker
