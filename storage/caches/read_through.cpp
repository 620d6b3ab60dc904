#include "storage/caches/read_through.hpp"

#include <random>
#include <thread>
#include <utility>
#include <variant>

#include "messages/early_renewal.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/flight_table.hpp"
#include "storage/caches/landing.hpp"
#include "storage/caches/load_flight.hpp"
#include "storage/caches/warmer_loads.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

// Seeded by the thread: threads need not agree, only differ.
double random_of_thread() {
  thread_local std::minstd_rand generator{
      static_cast<std::uint_fast32_t>(std::hash<std::thread::id>{}(std::this_thread::get_id()))};
  return std::uniform_real_distribution<double>{0, 1}(generator);
}

std::string quoted(std::string_view key) {
  constexpr std::size_t shown_bytes = 200;  // of a key in an error text
  if (key.size() <= shown_bytes) return '"' + std::string{key} + '"';
  return '"' + std::string{key.substr(0, shown_bytes)} + "...\" (" + std::to_string(key.size()) + " bytes)";
}

// Empty: the key is one.
std::string objection_to(std::string_view key) {
  if (key.empty()) return "the key is empty";
  if (key.size() <= max_key_bytes) return {};
  return "the key " + quoted(key) + " is longer than the longest that is accepted, " +
         std::to_string(max_key_bytes) + " bytes";
}

}  // namespace

// One load, from the decision to make it until it landed.
struct read_through::load_order {
  load_item item;
  std::shared_ptr<origin> source;
  time_point now{};
  steady_deadline deadline{};
  filled_by by = filled_by::user;
  demand_meter::ticket demanded{};  // of a load that users made
};

// What loads under way share with the object, and keep alive when it goes.
struct read_through::core : std::enable_shared_from_this<core> {
  explicit core(read_through_config given) : config(std::move(given)), flights(config.max_flights) {}

  // Runs the load on a thread of its own: when it has landed, the value is in the cache.
  started_load<landing> start(load_threads& threads, flight_table::leader leader, load_order order);
  landing carry_out(const load_order& order);
  fill_result store(const load_order& order, fill_token token, const landing& landed);

  read_result lead(load_threads& threads, flight_table::leader leader, std::string_view key, time_point now,
                   steady_deadline deadline);
  read_result follow(const flight_table::follower& follower, std::string_view key, steady_deadline deadline);
  read_result timed_out(std::string_view key) const;
  // Renews the entry that was found, if lot says so and nobody is at it.
  void renew_early(load_threads& threads, std::string_view key, const lookup_result& found, time_point now,
                   steady_deadline deadline);

  read_through_config config;
  flight_table flights;
  warmer_loads warming;
  demand_meter demand;
};

namespace {

void unite(std::vector<std::string>& all, std::vector<std::string> more) {
  for (auto& each : more)
    if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(std::move(each));
}

}  // namespace

started_load<landing> read_through::core::start(load_threads& threads, flight_table::leader leader,
                                                load_order order) {
  const auto by_warmer = order.by == filled_by::warmer;
  const auto key = order.item.key;
  if (by_warmer) warming.begin(key);
  started_load<landing> started{threads, std::move(leader),
                                [self = shared_from_this(), order = std::move(order)] {
                                  auto landed = self->carry_out(order);
                                  if (order.by == filled_by::warmer) self->warming.end(order.item.key);
                                  return landed;
                                }};
  if (!started.accepted() && by_warmer) warming.end(key);
  return started;
}

landing read_through::core::carry_out(const load_order& order) {
  landing result;
  if (steady::now() >= order.deadline) {
    result.loaded = failed_load("the load was not started in time: every load thread is busy");
    return result;
  }
  const auto token = config.entries->begin_fill(order.item.key);
  const auto began = steady::now();
  result.loaded = guarded_load(*order.source, order.item.key, order.deadline);
  result.took = steady::now() - began;
  if (order.demanded) demand.came(result.loaded);
  if (result.loaded.outcome == load_outcome::loaded) result.filled = store(order, token, result);
  return result;
}

fill_result read_through::core::store(const load_order& order, fill_token token, const landing& landed) {
  const auto& loaded = landed.loaded;
  entry_options options;
  options.cost_us = microseconds(landed.took);
  options.ttl = order.item.ttl != duration::zero() ? order.item.ttl
                : loaded.ttl != duration::zero()   ? loaded.ttl
                                                   : config.ttl;
  options.tags = order.item.tags;
  if (config.tags_of) unite(options.tags, config.tags_of(order.item.key));
  options.probability = order.item.probability;
  // A user who asks after this line gets the value too, but its entry stays the warmer's until the next
  // demand.
  const auto demanded = warming.demanded(order.item.key);
  if (order.item.refresh) {
    const auto refreshed = config.entries->refresh(order.item.key, token, loaded.bytes, options, order.now);
    // An entry that expired under the refresh is not put back, unless somebody wants it.
    const auto wanted = demanded || order.by == filled_by::user;
    if (refreshed != fill_result::fenced || !wanted) return refreshed;
  }
  const auto by = demanded ? filled_by::user : order.by;
  return config.entries->fill(order.item.key, token, loaded.bytes, options, by, order.now);
}

read_result read_through::core::timed_out(std::string_view key) const {
  return failed_read(read_status::timed_out, "cache " + config.name + ": the load of " + quoted(key) +
                                                 " took longer than the deadline; it may still complete");
}

read_result read_through::core::lead(load_threads& threads, flight_table::leader leader, std::string_view key,
                                     time_point now, steady_deadline deadline) {
  // A flight may have landed between the lookup and the joining: then the value is there.
  if (auto found = config.entries->get_again(key, now); found.outcome != lookup::miss) {
    load_result landed;
    landed.outcome = load_outcome::loaded;
    landed.bytes = std::move(found.bytes);
    leader.land(landed);
    auto result = read_of(std::move(landed));
    if (found.outcome == lookup::first_use) result.outcome = access_outcome::late;
    return result;
  }
  load_order order;
  order.demanded = demand.loaded();
  order.item.key = key;
  order.source = config.source;
  order.now = now;
  order.deadline = deadline;
  auto started = start(threads, std::move(leader), std::move(order));
  auto landed = started.wait_until(deadline);
  auto result = landed               ? read_of(std::move(landed->loaded))
                : started.accepted() ? timed_out(key)
                                     : failed_read(read_status::failed,
                                                   "cache " + config.name + ": too many loads are waiting");
  if (result.status == read_status::found)
    demand.waited(result.cost_us);
  else if (result.status != read_status::absent)
    demand.failed();
  return result;
}

read_result read_through::core::follow(const flight_table::follower& follower, std::string_view key,
                                       steady_deadline deadline) {
  const auto late = warming.demand(key);
  auto loaded = follower.wait_until(deadline);
  auto result = loaded ? read_of(std::move(*loaded)) : timed_out(key);
  if (late) result.outcome = access_outcome::late;
  return result;
}

void read_through::core::renew_early(load_threads& threads, std::string_view key, const lookup_result& found,
                                     time_point now, steady_deadline deadline) {
  const auto left = found.expires_at - now;
  const auto cost = std::chrono::microseconds{found.cost_us};
  if (left <= duration::zero() || !may_renew_early(left, cost, config.early_renewal_beta)) return;
  if (!renews_early(left, cost, config.early_renewal_beta, config.random())) return;
  auto joined = flights.join(key);
  auto* leader = std::get_if<flight_table::leader>(&joined);
  if (!leader) return;
  load_order order;
  order.demanded = demand.loaded();
  order.item.key = key;
  order.item.refresh = true;
  order.source = config.source;
  order.now = now;
  order.deadline = deadline;
  start(threads, std::move(*leader), std::move(order));  // nobody waits for it
}

read_through::read_through(read_through_config config) {
  if (!config.entries || !config.source)
    throw error{errc::invalid_argument, "cache " + config.name + ": a cache and an origin must be given"};
  if (!config.random) config.random = random_of_thread;
  threads_ = config.threads ? std::move(config.threads) : std::make_shared<load_threads>();
  core_ = std::make_shared<core>(std::move(config));
}

read_through::~read_through() = default;

read_result read_through::get(std::string_view key, time_point now, steady_deadline deadline) {
  if (auto objection = objection_to(key); !objection.empty())
    return failed_read(read_status::refused, "cache " + name() + ": " + objection);
  if (auto found = entries().get(key, now); found.outcome != lookup::miss) {
    read_result result;
    result.status = read_status::found;
    result.outcome = found.outcome == lookup::hit ? access_outcome::hit : access_outcome::first_use;
    if (core_->config.early_renewal_beta > 0 && found.expires_at != time_point::max())
      core_->renew_early(*threads_, key, found, now, deadline);
    result.bytes = std::move(found.bytes);
    return result;
  }
  const auto began = steady::now();
  auto joined = core_->flights.join(key);
  read_result result;
  if (auto* leader = std::get_if<flight_table::leader>(&joined))
    result = core_->lead(*threads_, std::move(*leader), key, now, deadline);
  else if (auto* follower = std::get_if<flight_table::follower>(&joined))
    result = core_->follow(*follower, key, deadline);
  else
    result = failed_read(read_status::failed, "cache " + name() + ": too many loads are under way");
  result.cost_us = microseconds(steady::now() - began);
  return result;
}

load_receipt read_through::load_and_fill(const load_item& item, time_point now, steady_deadline deadline,
                                         filled_by by, std::shared_ptr<origin> source) {
  if (auto objection = objection_to(item.key); !objection.empty())
    return receipt(item.key, load_status::refused, std::move(objection));
  const auto there = entries().contains(item.key, now);
  if (there && !item.refresh) return receipt(item.key, load_status::present);
  if (!there && item.refresh)
    return receipt(item.key, load_status::fenced, "there is no entry left to refresh");
  auto joined = core_->flights.join(item.key);
  if (auto* follower = std::get_if<flight_table::follower>(&joined)) {
    if (auto loaded = follower->wait_until(deadline)) return followed_receipt(item.key, *loaded);
    return receipt(item.key, load_status::timed_out, core_->timed_out(item.key).error);
  }
  auto* leader = std::get_if<flight_table::leader>(&joined);
  if (!leader) return receipt(item.key, load_status::shed, "too many loads are under way");
  if (!source) source = core_->config.source;
  auto started =
      core_->start(*threads_, std::move(*leader), {item, std::move(source), now, deadline, by, nullptr});
  if (const auto landed = started.wait_until(deadline)) return receipt_of(item.key, *landed);
  if (!started.accepted()) return receipt(item.key, load_status::shed, "too many loads are waiting");
  return receipt(item.key, load_status::timed_out, core_->timed_out(item.key).error);
}

fill_result read_through::put(std::string_view key, const value& bytes, const entry_options& options,
                              time_point now) {
  auto own = options;
  if (own.ttl == duration::zero()) own.ttl = core_->config.ttl;
  const auto result = entries().put(key, bytes, own, now);
  core_->flights.fence(key);
  return result;
}

bool read_through::invalidate(std::string_view key) {
  const auto removed = entries().invalidate(key);
  core_->flights.fence(key);
  return removed;
}

std::size_t read_through::invalidate_tags(const std::vector<std::string>& tags) {
  const auto removed = entries().invalidate_tags(tags);
  core_->flights.fence_all();
  return removed;
}

void read_through::clear() {
  entries().clear();
  core_->flights.fence_all();
}

cache& read_through::entries() const noexcept {
  return *core_->config.entries;
}

const std::string& read_through::name() const noexcept {
  return core_->config.name;
}

demand_meter& read_through::demand() noexcept {
  return core_->demand;
}

std::size_t read_through::loads_in_flight() const {
  return core_->flights.size();
}

}  // namespace stoker
