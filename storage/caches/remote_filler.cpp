#include "storage/caches/remote_filler.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <variant>

#include "messages/error.hpp"
#include "storage/caches/flight_table.hpp"
#include "storage/caches/landing.hpp"
#include "storage/caches/load_flight.hpp"
#include "storage/caches/remote/fill_book.hpp"
#include "storage/caches/remote/group_batch.hpp"
#include "storage/caches/warmer_loads.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

// Whether the same may work when it is tried again.
bool passes_by_itself(trouble why) {
  return why == trouble::unavailable || why == trouble::timed_out || why == trouble::garbled;
}

}  // namespace

// Shared with the loads that are under way, and kept alive by them.
struct remote_filler::core : std::enable_shared_from_this<core> {
  explicit core(remote_filler_config given);

  struct order {
    load_item item;
    std::shared_ptr<origin> source;
    steady_deadline deadline{};
    filled_by by = filled_by::user;
    std::uint64_t landings = 0;       // before the key was looked for
    demand_meter::ticket demanded{};  // of a load that users made
  };
  struct done {
    load_receipt receipt;
    load_result loaded;
  };

  steady_deadline server_deadline() const { return steady::now() + config.server_timeout; }
  load_receipt troubled(const std::string& key, trouble why) const;
  started_load<done> start(load_threads& threads, flight_table::leader leader, order what);
  done carry_out(const order& what);
  std::optional<done> landed_meanwhile(const order& what);
  remote_token begin(const load_item& item);
  done load(const order& what, remote_token token);
  load_receipt store(const order& what, remote_token token, const load_result& loaded, duration took);
  void note_fill(const std::string& key, std::uint64_t version);
  load_receipt fill_without_value(const load_item& item, steady_deadline deadline);
  remote_outcome let_load(const remote_entry& entry, bool refresh, steady_deadline deadline);
  void undo(std::span<const filled_entry> filled, steady_deadline deadline, undone_fills& result);
  read_result read_from_origin(load_threads& threads, std::string_view key, steady_deadline deadline,
                               std::uint64_t landings_before);
  read_result lead(load_threads& threads, flight_table::leader leader, std::string_view key,
                   steady_deadline deadline, std::uint64_t landings_before);
  read_result timed_out() const;

  remote_filler_config config;
  remote_capabilities able;
  flight_table flights;
  demand_meter demand;
  group_batch<std::string_view, remote_look> looks;
  group_batch<std::string_view, remote_value> reads;
  group_batch<std::string_view, remote_token> versions;
  group_batch<remote_entry, remote_outcome> fills;
  group_batch<remote_entry, remote_outcome> refreshes;
  std::atomic<std::uint64_t> landings{0};  // loads that ended, counted before their flights land
  warmer_loads warming;
  fill_book unused;  // what fills put there, until users are known to have used or changed it
  std::atomic<std::uint64_t> hits{0}, misses{0}, first_uses{0}, prefetches{0};
};

remote_filler::core::core(remote_filler_config given)
    : config(std::move(given)),
      able(config.back_end->capabilities()),
      flights(config.max_flights),
      looks(config.batch_items,
            [this](auto keys) { return config.back_end->contains(keys, server_deadline()); }),
      reads(config.batch_items, [this](auto keys) { return config.back_end->read(keys, server_deadline()); }),
      versions(config.batch_items,
               [this](auto keys) { return config.back_end->begin_refresh(keys, server_deadline()); }),
      fills(config.batch_items,
            [this](auto entries) { return config.back_end->fill(entries, server_deadline()); }),
      refreshes(config.batch_items,
                [this](auto entries) { return config.back_end->refresh(entries, server_deadline()); }),
      unused(config.max_unused) {
  config.life.live_delete = able.live_delete;
}

load_receipt remote_filler::core::troubled(const std::string& key, trouble why) const {
  const auto status = passes_by_itself(why) ? load_status::failed : load_status::refused;
  return receipt(key, status,
                 "cache " + config.name + ": " + to_string(why) + ": " + config.back_end->last_error());
}

started_load<remote_filler::core::done> remote_filler::core::start(load_threads& threads,
                                                                   flight_table::leader leader, order what) {
  const auto by_warmer = what.by == filled_by::warmer;
  const auto key = what.item.key;
  if (by_warmer) warming.begin(key);
  started_load<done> started{threads, std::move(leader), [self = shared_from_this(), what = std::move(what)] {
                               auto came = self->carry_out(what);
                               if (what.by == filled_by::warmer) self->warming.end(what.item.key);
                               ++self->landings;
                               return came;
                             }};
  if (!started.accepted() && by_warmer) warming.end(key);
  return started;
}

remote_filler::core::done remote_filler::core::carry_out(const order& what) {
  if (steady::now() >= what.deadline) {
    const std::string text = "the load was not started in time: every load thread is busy";
    return {receipt(what.item.key, load_status::shed, text), failed_load(text)};
  }
  if (auto landed = landed_meanwhile(what)) return *std::move(landed);
  return load(what, begin(what.item));
}

// Another flight of the key may have landed between the look and the joining: then the value is there.
std::optional<remote_filler::core::done> remote_filler::core::landed_meanwhile(const order& what) {
  const std::string_view key = what.item.key;
  if (what.item.refresh || what.landings == landings) return std::nullopt;
  if (looks.run(key).state != residency::present) return std::nullopt;
  auto found = reads.run(key);
  if (found.there.state != residency::present) return std::nullopt;
  done came{receipt(what.item.key, load_status::present), {}};
  came.loaded.outcome = load_outcome::loaded;
  came.loaded.bytes = std::move(found.bytes);
  return came;
}

remote_token remote_filler::core::begin(const load_item& item) {
  return item.refresh ? versions.run(item.key) : config.back_end->begin_fill(item.key);
}

remote_filler::core::done remote_filler::core::load(const order& what, remote_token token) {
  const auto& key = what.item.key;
  if (what.item.refresh && token.version.empty()) {
    const std::string text = "there is no entry left to refresh";
    return {receipt(key, load_status::fenced, text), failed_load(text)};
  }
  const auto began = steady::now();
  done came;
  came.loaded = guarded_load(*what.source, key, what.deadline);
  const duration took = steady::now() - began;
  if (what.demanded) demand.came(came.loaded);
  if (came.loaded.outcome != load_outcome::loaded) {
    landing landed;
    landed.loaded = came.loaded;
    landed.took = took;
    came.receipt = receipt_of(key, landed);
  } else {
    came.receipt = store(what, std::move(token), came.loaded, took);
  }
  return came;
}

load_receipt remote_filler::core::store(const order& what, remote_token token, const load_result& loaded,
                                        duration took) {
  const auto& item = what.item;
  auto life = config.life;
  if (item.refresh) life.direct_deletes = false;  // its fence is that nothing changed
  const auto named = item.ttl != duration::zero()     ? item.ttl
                     : loaded.ttl != duration::zero() ? loaded.ttl
                                                      : config.ttl;
  remote_entry entry{item.key, loaded.bytes.view(), fill_ttl(named, item.key, life), std::move(token)};
  entry.wants_version = what.by == filled_by::warmer && !item.refresh;
  const auto outcome = item.refresh ? refreshes.run(entry) : fills.run(entry);
  landing landed{loaded, outcome.result, took};
  auto result = receipt_of(item.key, landed);
  if (outcome.why == trouble::none) {
    if (outcome.result == fill_result::stored && entry.wants_version) note_fill(item.key, outcome.version);
    return result;
  }
  const auto refused = troubled(item.key, outcome.why);
  result.status = refused.status;
  result.error = refused.error;
  return result;
}

// What a user waits for already is his from the start.
void remote_filler::core::note_fill(const std::string& key, std::uint64_t version) {
  ++prefetches;
  if (!warming.demanded(key)) unused.filled(key, version, steady::now());
}

remote_outcome remote_filler::core::let_load(const remote_entry& entry, bool refresh,
                                             steady_deadline deadline) {
  if (!able.side_by_side) return refresh ? refreshes.run(entry) : fills.run(entry);
  const std::span one{&entry, 1};
  auto& back_end = *config.back_end;
  return (refresh ? back_end.refresh(one, deadline) : back_end.fill(one, deadline)).front();
}

load_receipt remote_filler::core::fill_without_value(const load_item& item, steady_deadline deadline) {
  if (item.refresh && !able.refreshes_by_itself)
    return receipt(item.key, load_status::refused, "cache " + config.name + " has nothing to refresh");
  remote_entry entry;
  entry.key = item.key;
  const auto outcome = let_load(entry, item.refresh, deadline);
  if (outcome.why != trouble::none) return troubled(item.key, outcome.why);
  landing landed;
  landed.loaded.outcome = load_outcome::loaded;
  landed.filled = outcome.result;
  landed.took = outcome.took;
  auto result = receipt_of(item.key, landed);
  result.bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(outcome.bytes, UINT32_MAX));
  if (outcome.result == fill_result::stored && !item.refresh) note_fill(item.key, outcome.version);
  return result;
}

remote_filler::remote_filler(remote_filler_config config) {
  const auto require = [&](bool there, const char* what) {
    if (!there) throw error{errc::invalid_argument, "cache \"" + config.name + "\": it has no " + what};
  };
  require(config.back_end != nullptr, "back end");
  require(config.source || config.back_end->capabilities().loads_by_itself, "origin");
  require(config.batch_items > 0, "batch size");
  threads_ = config.threads ? config.threads : std::make_shared<load_threads>();
  core_ = std::make_shared<core>(std::move(config));
}

remote_filler::~remote_filler() = default;

load_receipt remote_filler::load_and_fill(const load_item& item, time_point, steady_deadline deadline,
                                          filled_by by, std::shared_ptr<origin> source) {
  if (core_->able.loads_by_itself) return core_->fill_without_value(item, deadline);
  const std::uint64_t landings = core_->landings;
  if (!item.refresh) {
    const auto look = core_->looks.run(item.key);
    if (look.state == residency::present) return receipt(item.key, load_status::present);
    if (look.state == residency::unknown) return core_->troubled(item.key, look.why);
  }
  auto joined = core_->flights.join(item.key);
  const auto late = [&] {
    return receipt(item.key, load_status::timed_out,
                   "cache " + core_->config.name + ": the load took longer than the deadline");
  };
  if (auto* follower = std::get_if<flight_table::follower>(&joined)) {
    const auto loaded = follower->wait_until(deadline);
    return loaded ? followed_receipt(item.key, *loaded) : late();
  }
  auto* leader = std::get_if<flight_table::leader>(&joined);
  if (!leader) return receipt(item.key, load_status::shed, "too many loads are under way");
  if (!source) source = core_->config.source;
  auto started =
      core_->start(*threads_, std::move(*leader), {item, std::move(source), deadline, by, landings, nullptr});
  if (auto came = started.wait_until(deadline)) return std::move(came->receipt);
  return started.accepted() ? late() : receipt(item.key, load_status::shed, "too many loads are waiting");
}

read_result remote_filler::get(std::string_view key, steady_deadline deadline) {
  if (core_->able.loads_by_itself)
    return failed_read(read_status::refused, "cache " + core_->config.name + " is read by its own users");
  const auto began = steady::now();
  const std::uint64_t landings = core_->landings;
  auto found = core_->reads.run(key);
  if (found.there.state == residency::present) {
    ++core_->hits;
    read_result hit;
    hit.status = read_status::found;
    const auto first = core_->unused.gone(key);
    if (first) ++core_->first_uses;
    hit.outcome = first ? access_outcome::first_use : access_outcome::hit;
    hit.bytes = std::move(found.bytes);
    return hit;
  }
  ++core_->misses;
  auto result = core_->read_from_origin(*threads_, key, deadline, landings);
  result.cost_us = microseconds(steady::now() - began);
  return result;
}

// Leads a load or follows the one that is under way.
read_result remote_filler::core::read_from_origin(load_threads& threads, std::string_view key,
                                                  steady_deadline deadline, std::uint64_t landings_before) {
  auto joined = flights.join(key);
  if (auto* follower = std::get_if<flight_table::follower>(&joined)) {
    const auto late = warming.demand(key);
    auto loaded = follower->wait_until(deadline);
    auto result = loaded ? read_of(*std::move(loaded)) : timed_out();
    if (late) result.outcome = access_outcome::late;
    return result;
  }
  if (auto* leader = std::get_if<flight_table::leader>(&joined))
    return lead(threads, std::move(*leader), key, deadline, landings_before);
  return failed_read(read_status::failed, "cache " + config.name + ": too many loads are under way");
}

read_result remote_filler::core::lead(load_threads& threads, flight_table::leader leader,
                                      std::string_view key, steady_deadline deadline,
                                      std::uint64_t landings_before) {
  const auto began = steady::now();
  order what{{}, config.source, deadline, filled_by::user, landings_before, demand.loaded()};
  what.item.key = key;
  auto started = start(threads, std::move(leader), std::move(what));
  auto came = started.wait_until(deadline);
  auto result = came                 ? read_of(std::move(came->loaded))
                : started.accepted() ? timed_out()
                                     : failed_read(read_status::failed,
                                                   "cache " + config.name + ": too many loads are waiting");
  if (result.status == read_status::found)
    demand.waited(microseconds(steady::now() - began));
  else if (result.status != read_status::absent)
    demand.failed();
  return result;
}

read_result remote_filler::core::timed_out() const {
  return failed_read(read_status::timed_out, "cache " + config.name +
                                                 ": the load took longer than the deadline; it may still "
                                                 "complete");
}

trouble remote_filler::put(std::string_view key, std::string_view bytes, duration ttl) {
  remote_entry entry;
  entry.key = key;
  entry.bytes = bytes;
  entry.ttl = ttl == duration::zero() ? core_->config.ttl : ttl;
  core_->unused.gone(key);
  const auto outcome = core_->config.back_end->put(std::span{&entry, 1}, core_->server_deadline()).front();
  core_->flights.fence(key);
  return outcome.result == fill_result::too_large ? trouble::unsupported : outcome.why;
}

trouble remote_filler::invalidate(std::string_view key, bool& removed) {
  const auto gone = core_->config.back_end->invalidate(std::span{&key, 1}, core_->server_deadline());
  core_->flights.fence(key);
  core_->unused.gone(key);
  removed = gone.removed > 0;
  return gone.why;
}

trouble remote_filler::clear() {
  const auto why = core_->config.back_end->clear(core_->server_deadline());
  core_->flights.fence_all();
  core_->unused.all_gone();
  return why;
}

void remote_filler::lost_content() {
  core_->unused.all_gone();
}

undone_fills remote_filler::undo(std::span<const std::string> keys, steady_deadline deadline) {
  undone_fills result;
  std::vector<filled_entry> filled;
  const auto now = steady::now();
  for (const auto& key : keys) {
    if (const auto known = core_->unused.find(key))
      filled.push_back({key, now - known->at, known->version});
    else
      ++result.kept;
  }
  for (std::span<const filled_entry> left = filled; !left.empty();) {
    const auto some = left.first(std::min(left.size(), core_->config.batch_items));
    left = left.subspan(some.size());
    core_->undo(some, deadline, result);
  }
  return result;
}

void remote_filler::core::undo(std::span<const filled_entry> filled, steady_deadline deadline,
                               undone_fills& result) {
  if (steady::now() >= deadline) {
    result.unknown += filled.size();
    result.why = trouble::timed_out;
    return;
  }
  const auto gone = config.back_end->remove_unused(filled, std::min(deadline, server_deadline()));
  result.unknown += gone.unknown;
  result.kept += filled.size() - gone.removed - gone.unknown;
  result.removed_count += gone.removed;
  if (gone.why != trouble::none) result.why = gone.why;
  for (std::size_t i = 0; i < gone.gone.size(); ++i)
    if (gone.gone[i]) result.removed.emplace_back(filled[i].key);
  for (const auto& one : filled) unused.gone(one.key);
}

remote_cache& remote_filler::back_end() const noexcept {
  return *core_->config.back_end;
}

duration remote_filler::lifetime() const {
  auto life = core_->config.life;
  life.jitter = 0;
  return core_->able.ttl ? fill_ttl(core_->config.ttl, {}, life) : duration::zero();
}

demand_meter& remote_filler::demand() noexcept {
  return core_->demand;
}

cache_stats remote_filler::counts() const {
  cache_stats counts;
  counts.hits = core_->hits;
  counts.misses = core_->misses;
  counts.first_uses = core_->first_uses;
  counts.entries_unused = core_->unused.size();
  counts.prefetches = core_->prefetches;
  return counts;
}

}  // namespace stoker
