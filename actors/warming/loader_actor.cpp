#include "actors/warming/loader_actor.hpp"

#include <caf/all.hpp>

namespace stoker {

namespace {

load_receipt failure(const load_item& item, load_status status, std::string text) {
  load_receipt receipt;
  receipt.key = item.key;
  receipt.status = status;
  receipt.error = std::move(text);
  return receipt;
}

}  // namespace

void validate(const loader_config& config) {
  if (!config.find_cache || !config.now)
    throw error{errc::invalid_argument, "loader: the lookup of caches and a clock must be given"};
}

load_receipts loader_state::load(const load_request& request) const {
  const auto entries = config_.find_cache(request.cache);
  load_receipts result;
  result.receipts.reserve(request.items.size());
  for (const auto& item : request.items)
    result.receipts.push_back(
        entries ? load(*entries, item, request.timeout)
                : failure(item, load_status::refused, "there is no cache " + request.cache));
  return result;
}

load_receipt loader_state::load(warm_target& entries, const load_item& item, duration timeout) const {
  try {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    return entries.load_and_fill(item, config_.now(), deadline, filled_by::warmer, nullptr);
  } catch (const std::exception& thrown) {
    return failure(item, load_status::failed, thrown.what());
  }
}

loader_actor::behavior_type pool_loader(loader_actor::stateful_pointer<loader_state> self,
                                        loader_config config) {
  validate(config);
  self->state.start(std::move(config));
  return {
      [self](const load_request& request) { return self->state.load(request); },
  };
}

}  // namespace stoker
