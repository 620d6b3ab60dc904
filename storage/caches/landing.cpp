#include "storage/caches/landing.hpp"

#include <algorithm>
#include <limits>

namespace stoker {

namespace {

std::uint32_t saturated(std::size_t number) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

load_status status_of(fill_result filled) {
  switch (filled) {
    case fill_result::stored:
      return load_status::stored;
    case fill_result::present:
      return load_status::present;
    case fill_result::fenced:
      return load_status::fenced;
    case fill_result::too_large:
    case fill_result::refused:
      break;
  }
  return load_status::refused;
}

load_status failure_status(load_outcome outcome) {
  switch (outcome) {
    case load_outcome::absent:
      return load_status::absent;
    case load_outcome::throttled:
      return load_status::throttled;
    case load_outcome::refused:
      return load_status::refused;
    case load_outcome::loaded:
    case load_outcome::failed:
      break;
  }
  return load_status::failed;
}

std::string text_of(fill_result filled, std::size_t bytes) {
  switch (filled) {
    case fill_result::stored:
    case fill_result::present:
      return {};
    case fill_result::fenced:
      return "a live set or delete overtook the load";
    case fill_result::too_large:
      return "a value of " + std::to_string(bytes) + " bytes is larger than what the cache can hold";
    case fill_result::refused:
      return "the cache refused the value";
  }
  return {};
}

}  // namespace

load_receipt receipt(const std::string& key, load_status status, std::string text) {
  load_receipt result;
  result.key = key;
  result.status = status;
  result.error = std::move(text);
  return result;
}

load_receipt receipt_of(const std::string& key, const landing& landed) {
  const auto loaded = landed.loaded.outcome == load_outcome::loaded;
  auto result =
      loaded ? receipt(key, status_of(landed.filled), text_of(landed.filled, landed.loaded.bytes.size()))
             : receipt(key, failure_status(landed.loaded.outcome), landed.loaded.error);
  result.bytes = saturated(landed.loaded.bytes.size());
  result.took = landed.took;
  result.retry_after = landed.loaded.retry_after;
  return result;
}

load_receipt followed_receipt(const std::string& key, const load_result& loaded) {
  if (loaded.outcome == load_outcome::loaded) return receipt(key, load_status::present);
  auto result = receipt(key, failure_status(loaded.outcome), loaded.error);
  result.retry_after = loaded.retry_after;
  return result;
}

}  // namespace stoker
