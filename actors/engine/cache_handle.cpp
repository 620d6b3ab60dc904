#include "actors/engine/coarse_clock.hpp"
#include "actors/engine/managed_cache.hpp"
#include "messages/key.hpp"
#include "stoker/engine.hpp"

#include <algorithm>
#include <deque>

namespace stoker {

namespace {

get_outcome outcome_of(const read_result& read) {
  switch (read.status) {
    case read_status::found:
      return read.outcome == access_outcome::hit || read.outcome == access_outcome::first_use
                 ? get_outcome::hit
                 : get_outcome::miss;
    case read_status::absent:
      return get_outcome::absent;
    case read_status::timed_out:
      return get_outcome::timed_out;
    case read_status::failed:
    case read_status::refused:
      return get_outcome::failed;
  }
  return get_outcome::failed;
}

// A key that the origin does not have, or that will never work, is no key to keep warm.
bool worth_learning(const read_result& read) {
  return read.status != read_status::absent && read.status != read_status::refused;
}

std::optional<get_result> refuse_key(const managed_cache& cache, std::string_view key) {
  if (key.size() <= max_key_bytes) return std::nullopt;
  return get_result{get_outcome::failed,
                    {},
                    "cache \"" + cache.config.name + "\": a key of " + std::to_string(key.size()) +
                        " bytes; at most " + std::to_string(max_key_bytes) + " are possible"};
}

void check_key(const managed_cache& cache, std::string_view key) {
  if (auto refused = refuse_key(cache, key)) throw error{errc::invalid_argument, refused->error};
}

// A live change that a cache outside did not confirm must not go unnoticed.
void check(const managed_cache& cache, trouble why) {
  if (why == trouble::none) return;
  const auto code = why == trouble::unsupported ? errc::invalid_argument : errc::unavailable;
  throw error{code, "cache \"" + cache.config.name + "\": the change was not confirmed (" + to_string(why) +
                        "): " + cache.outside->back_end().last_error()};
}

template <class Record>
get_result read(managed_cache& cache, std::string_view key, Record record) {
  if (auto refused = refuse_key(cache, key)) return *std::move(refused);
  const auto deadline = coarse_steady_clock() + cache.config.load_timeout;
  auto found =
      cache.outside ? cache.outside->get(key, deadline) : cache.reader->get(key, cache.now(), deadline);
  if (worth_learning(found)) record(found);
  return {outcome_of(found), std::move(found.bytes), std::move(found.error)};
}

access_details details_of(const access_context& context, const std::vector<std::string>& co_accessed = {}) {
  access_details details;
  details.subject = context.subject;
  details.kind = context.kind;
  details.co_accessed = co_accessed;
  return details;
}

// Of an access whose subject nobody named.
std::string subject_by_rule(const managed_cache& cache, std::string_view key, std::string_view given) {
  return given.empty() && cache.config.subject_of ? cache.config.subject_of(key) : std::string{};
}

// A key that is missed says by its name what it is; hits say nothing new.
std::vector<std::string> tags_by_rule(const managed_cache& cache, std::string_view key,
                                      access_outcome outcome) {
  if (!cache.config.tags_of || outcome == access_outcome::hit) return {};
  return cache.described->first(hash_key(key), cache.now()) ? cache.config.tags_of(key)
                                                            : std::vector<std::string>{};
}

// A thread of its own is the stream, unless the host says whose access it is.
constexpr std::uint64_t stream_of_thread_or_subject = 0;

void record_whole(managed_cache& cache, std::string_view key, access_outcome outcome, std::uint32_t bytes,
                  std::uint32_t cost_us, access_details details) {
  const auto subject = subject_by_rule(cache, key, details.subject);
  const auto tags = tags_by_rule(cache, key, outcome);
  if (!subject.empty()) details.subject = subject;
  details.tags = tags;
  cache.accesses->record(key, outcome, bytes, cost_us, 0, stream_of_thread_or_subject, details);
}

bool has_rules(const managed_cache& cache) {
  return cache.config.subject_of || cache.config.tags_of;
}

}  // namespace

const std::string& cache_handle::name() const {
  return cache_->config.name;
}

get_result cache_handle::get(std::string_view key) {
  if (has_rules(*cache_)) return get(key, {});
  return read(*cache_, key, [&](const read_result& found) {
    cache_->accesses->record(key, found.outcome, static_cast<std::uint32_t>(found.bytes.size()),
                             found.cost_us);
  });
}

get_result cache_handle::get(std::string_view key, const access_context& context) {
  return read(*cache_, key, [&](const read_result& found) {
    record_whole(*cache_, key, found.outcome, static_cast<std::uint32_t>(found.bytes.size()), found.cost_us,
                 details_of(context));
  });
}

std::future<get_result> cache_handle::get_async(std::string key, access_context context) {
  auto answer = std::make_shared<std::promise<get_result>>();
  auto result = answer->get_future();
  const bool accepted =
      cache_->link->run_async([cache = cache_, key = std::move(key), context, answer]() mutable {
        cache_handle handle{cache};
        answer->set_value(handle.get(key, context));
      });
  if (!accepted)
    answer->set_value(
        {get_outcome::failed,
         {},
         "cache \"" + cache_->config.name + "\": too many asynchronous gets wait already; try again"});
  return result;
}

void cache_handle::put(std::string_view key, std::string_view bytes, const put_options& options) {
  check_key(*cache_, key);
  if (cache_->outside) {
    const auto why = cache_->outside->put(key, bytes, options.ttl);
    cache_->may_exist(key);
    return check(*cache_, why);
  }
  entry_options entry{options.ttl == duration::zero() ? cache_->config.ttl : options.ttl, options.tags, 0};
  if (cache_->config.tags_of) {
    for (auto& tag : cache_->config.tags_of(key))
      if (std::find(entry.tags.begin(), entry.tags.end(), tag) == entry.tags.end())
        entry.tags.push_back(std::move(tag));
  }
  const auto result = cache_->reader->put(key, value{bytes}, entry, cache_->now());
  cache_->may_exist(key);
  if (result == fill_result::stored) return;
  throw error{errc::invalid_argument, "cache \"" + cache_->config.name + "\": a value of " +
                                          std::to_string(bytes.size()) +
                                          " bytes does not fit; raise the capacity or leave it uncached"};
}

void cache_handle::record(std::string_view key, access_outcome outcome, std::uint32_t bytes,
                          std::uint32_t cost_us) {
  if (has_rules(*cache_)) return record(key, outcome, access_context{}, {}, bytes, cost_us);
  check_key(*cache_, key);
  cache_->accesses->record(key, outcome, bytes, cost_us);
}

void cache_handle::record(std::string_view key, access_outcome outcome, const access_context& context,
                          const std::vector<std::string>& co_accessed, std::uint32_t bytes,
                          std::uint32_t cost_us) {
  check_key(*cache_, key);
  record_whole(*cache_, key, outcome, bytes, cost_us, details_of(context, co_accessed));
}

std::size_t cache_handle::record_all(std::span<const reported_access> accesses) {
  if (!has_rules(*cache_)) return cache_->accesses->record_all(accesses);
  std::vector<reported_access> whole{accesses.begin(), accesses.end()};
  std::deque<std::string> subjects;  // that `whole` refers to
  for (auto& each : whole)
    if (auto subject = subject_by_rule(*cache_, each.key, each.subject); !subject.empty())
      each.subject = subjects.emplace_back(std::move(subject));
  const auto taken = cache_->accesses->record_all(whole);
  for (const auto& each : accesses.first(taken))
    if (auto tags = tags_by_rule(*cache_, each.key, each.outcome); !tags.empty())
      cache_->link->describe({cache_->config.name, std::string{each.key}, std::move(tags), {}});
  return taken;
}

void cache_handle::describe(std::string_view key, std::vector<std::string> tags,
                            std::vector<std::pair<std::string, double>> attributes) {
  check_key(*cache_, key);
  cache_->link->describe({cache_->config.name, std::string{key}, std::move(tags), std::move(attributes)});
}

void cache_handle::depends(std::string_view key, std::vector<std::string> keys) {
  check_key(*cache_, key);
  for (const auto& needed : keys) check_key(*cache_, needed);
  cache_->dependencies->set(key, std::move(keys));
}

bool cache_handle::invalidate(std::string_view key) {
  bool removed = false;
  auto why = trouble::none;
  if (cache_->outside)
    why = cache_->outside->invalidate(key, removed);
  else
    removed = cache_->reader->invalidate(key);
  cache_->may_exist(key);
  check(*cache_, why);
  return removed;
}

std::size_t cache_handle::invalidate_tags(const std::vector<std::string>& tags) {
  if (cache_->outside) check(*cache_, trouble::unsupported);
  const auto removed = cache_->reader->invalidate_tags(tags);
  cache_->all_may_exist();
  cache_->link->happened({cache_->config.name, schedule_event::tags_invalidated, tags});
  return removed;
}

void cache_handle::clear() {
  auto why = trouble::none;
  if (cache_->outside) {
    why = cache_->outside->clear();
  } else {
    cache_->reader->clear();
    cache_->link->trim(cache_->config.name);
  }
  cache_->all_may_exist();
  check(*cache_, why);
  cache_->link->happened({cache_->config.name, schedule_event::cache_emptied, {}});
}

std::uint64_t cache_handle::frequency(std::string_view key, duration window) {
  return cache_->link->frequency({cache_->config.name, std::string{key}, window, cache_->now()}).accesses;
}

std::optional<time_point> cache_handle::next_access(std::string_view key) {
  const auto known = cache_->link->frequency({cache_->config.name, std::string{key}, {}, cache_->now()});
  if (known.next_access == time_point{}) return std::nullopt;
  return known.next_access;
}

cache_stats cache_handle::stats() const {
  return cache_->counts();
}

}  // namespace stoker
