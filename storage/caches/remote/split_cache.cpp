#include "storage/caches/remote/split_cache.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "storage/caches/remote/batch_key.hpp"

namespace stoker {

namespace {

void add(removed_keys& all, const removed_keys& some) {
  all.removed += some.removed;
  all.unknown += some.unknown;
  if (all.why == trouble::none) all.why = some.why;
}

void add(remote_stats& all, const remote_stats& some) {
  if (all.why == trouble::none) all.why = some.why;
  all.hits += some.hits;
  all.misses += some.misses;
  all.evictions += some.evictions;
  all.expirations += some.expirations;
  all.entries += some.entries;
  all.bytes += some.bytes;
  all.stored += some.stored;
  all.present += some.present;
  all.fenced += some.fenced;
  all.too_large += some.too_large;
  for (std::size_t i = 0; i < trouble_count; ++i) all.troubles[i] += some.troubles[i];
  all.connections += some.connections;
  all.redirected += some.redirected;
  all.fell_back += some.fell_back;
}

}  // namespace

split_cache::split_cache(std::vector<std::unique_ptr<remote_cache>> parts, route_function route)
    : parts_(std::move(parts)), route_(std::move(route)), threads_(parts_.size()) {
  assert(!parts_.empty());
}

// Asks each part that has any for its items; `ask` answers them in their order.
template <class Answer, class Item, class Ask>
std::vector<Answer> split_cache::split(std::span<const Item> items, Ask ask) {
  std::vector<std::vector<std::size_t>> places(parts_.size());
  for (std::size_t i = 0; i < items.size(); ++i) places[route_(key_of(items[i]))].push_back(i);
  std::vector<std::size_t> asked;
  for (std::size_t part = 0; part < parts_.size(); ++part)
    if (!places[part].empty()) asked.push_back(part);
  std::vector<std::vector<Answer>> some(parts_.size());
  threads_.run(asked, [&](std::size_t part) {
    std::vector<Item> mine;
    mine.reserve(places[part].size());
    for (const auto place : places[part]) mine.push_back(items[place]);
    some[part] = ask(part, std::span<const Item>{mine});
  });
  std::vector<Answer> answers(items.size());
  for (const auto part : asked)
    for (std::size_t i = 0; i < some[part].size(); ++i) answers[places[part][i]] = std::move(some[part][i]);
  return answers;
}

template <class Ask>
auto split_cache::each_part(Ask ask) {
  std::vector<decltype(ask(*parts_.front()))> answers(parts_.size());
  std::vector<std::size_t> all(parts_.size());
  std::iota(all.begin(), all.end(), 0);
  threads_.run(all, [&](std::size_t part) { answers[part] = ask(*parts_[part]); });
  return answers;
}

std::vector<remote_look> split_cache::contains(keys asked, steady_deadline deadline) {
  return split<remote_look>(
      asked, [&](std::size_t part, keys mine) { return parts_[part]->contains(mine, deadline); });
}

std::vector<remote_value> split_cache::read(keys asked, steady_deadline deadline) {
  return split<remote_value>(asked,
                             [&](std::size_t part, keys mine) { return parts_[part]->read(mine, deadline); });
}

std::vector<remote_outcome> split_cache::put(std::span<const remote_entry> entries,
                                             steady_deadline deadline) {
  return split<remote_outcome>(
      entries, [&](std::size_t part, auto mine) { return parts_[part]->put(mine, deadline); });
}

remote_token split_cache::begin_fill(std::string_view key) {
  return parts_[route_(key)]->begin_fill(key);
}

std::vector<remote_outcome> split_cache::fill(std::span<const remote_entry> entries,
                                              steady_deadline deadline) {
  return split<remote_outcome>(
      entries, [&](std::size_t part, auto mine) { return parts_[part]->fill(mine, deadline); });
}

std::vector<remote_token> split_cache::begin_refresh(keys asked, steady_deadline deadline) {
  return split<remote_token>(
      asked, [&](std::size_t part, keys mine) { return parts_[part]->begin_refresh(mine, deadline); });
}

std::vector<remote_outcome> split_cache::refresh(std::span<const remote_entry> entries,
                                                 steady_deadline deadline) {
  return split<remote_outcome>(
      entries, [&](std::size_t part, auto mine) { return parts_[part]->refresh(mine, deadline); });
}

removed_keys split_cache::invalidate(keys gone, steady_deadline deadline) {
  std::vector<removed_keys> some(parts_.size());
  split<int>(gone, [&](std::size_t part, keys mine) {
    some[part] = parts_[part]->invalidate(mine, deadline);
    return std::vector<int>{};
  });
  removed_keys all;
  for (const auto& one : some) add(all, one);
  return all;
}

removed_keys split_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) {
  std::vector<removed_keys> some(parts_.size());
  std::vector<char> told(parts_.size(), 1);
  auto gone = split<bool>(filled, [&](std::size_t part, auto mine) {
    some[part] = parts_[part]->remove_unused(mine, deadline);
    told[part] = some[part].gone.size() == mine.size() ? 1 : 0;
    return some[part].gone;
  });
  removed_keys all;
  for (const auto& one : some) add(all, one);
  if (std::all_of(told.begin(), told.end(), [](char each) { return each == 1; })) all.gone = std::move(gone);
  return all;
}

trouble split_cache::clear(steady_deadline deadline) {
  auto worst = trouble::none;
  for (const auto one : each_part([&](remote_cache& part) { return part.clear(deadline); }))
    if (one != trouble::none) worst = one;
  return worst;
}

remote_stats split_cache::stats(steady_deadline deadline) {
  remote_stats all;
  for (const auto& one : each_part([&](remote_cache& part) { return part.stats(deadline); })) add(all, one);
  return all;
}

remote_memory split_cache::memory(steady_deadline deadline) {
  remote_memory all;
  bool unlimited = false;
  for (const auto& one : each_part([&](remote_cache& part) { return part.memory(deadline); })) {
    if (all.why == trouble::none) all.why = one.why;
    all.used_bytes += one.used_bytes;
    all.limit_bytes += one.limit_bytes;
    unlimited = unlimited || one.limit_bytes == 0;
    all.evicts = all.evicts || one.evicts;
  }
  if (unlimited) all.limit_bytes = 0;
  return all;
}

remote_condition split_cache::condition(steady_deadline deadline) {
  remote_condition all;
  for (const auto& one : each_part([&](remote_cache& part) { return part.condition(deadline); })) {
    if (all.why == trouble::none) all.why = one.why;
    all.entries += one.entries;
    all.restarted = all.restarted || one.restarted;
    all.emptied = all.emptied || one.emptied;
  }
  if (all.lost_content()) ++incarnation_;
  all.incarnation = incarnation_;
  return all;
}

remote_capabilities split_cache::capabilities() const {
  return parts_.front()->capabilities();
}

std::string split_cache::last_error() const {
  std::string all;
  for (const auto& part : parts_) {
    const auto one = part->last_error();
    if (!one.empty()) all += (all.empty() ? "" : "; ") + one;
  }
  return all;
}

}  // namespace stoker
