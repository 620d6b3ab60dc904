#include "messages/journal_codec.hpp"

#include <algorithm>
#include <msgpack.hpp>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t journal_version = 1;
constexpr std::size_t plan_fields = 7;
constexpr std::size_t item_fields = 11;
constexpr std::size_t progress_fields = 3;

using packer = msgpack::packer<msgpack::sbuffer>;

void pack_item(packer& to, std::size_t phase, const planned_phase& place, const candidate& item) {
  to.pack_array(item_fields);
  to.pack(static_cast<std::uint64_t>(phase) << 32 | place.level);
  to.pack(item.key);
  to.pack(item.strategy);
  to.pack(item.probability);
  to.pack(item.cost_us);
  to.pack(item.bytes);
  to.pack(item.priority);
  to.pack(static_cast<std::int64_t>(item.ttl.count()));
  to.pack(item.tags);
  to.pack(item.dependencies);
  to.pack(item.refresh);
}

// Throws what msgpack throws.
const msgpack::object_array& array_of(const msgpack::object& packed, std::size_t fields) {
  if (packed.type != msgpack::type::ARRAY || packed.via.array.size < fields) throw msgpack::type_error{};
  return packed.via.array;
}

candidate unpack_item(const msgpack::object_array& fields) {
  candidate item;
  item.key = fields.ptr[1].as<std::string>();
  item.strategy = fields.ptr[2].as<std::string>();
  item.probability = fields.ptr[3].as<double>();
  item.cost_us = fields.ptr[4].as<std::uint32_t>();
  item.bytes = fields.ptr[5].as<std::uint32_t>();
  item.priority = fields.ptr[6].as<std::int32_t>();
  item.ttl = duration{fields.ptr[7].as<std::int64_t>()};
  item.tags = fields.ptr[8].as<std::vector<std::string>>();
  item.dependencies = fields.ptr[9].as<std::vector<std::string>>();
  item.refresh = fields.ptr[10].as<bool>();
  return item;
}

void unpack_into(std::vector<planned_phase>& phases, const msgpack::object& packed) {
  const auto& fields = array_of(packed, item_fields);
  const auto place = fields.ptr[0].as<std::uint64_t>();
  const auto phase = static_cast<std::size_t>(place >> 32);
  // Items come phase by phase: a number that runs ahead is damage, not a plan of four billion phases.
  if (phase > phases.size() || phase + 1 < phases.size()) throw msgpack::type_error{};
  if (phase == phases.size()) phases.emplace_back().level = static_cast<std::uint32_t>(place);
  auto& into = phases.back();
  into.items.push_back(unpack_item(fields));
  into.priority = std::max(into.priority, into.items.back().priority);
}

template <class Result, class Unpack>
std::optional<Result> guarded(std::string_view bytes, std::size_t fields, Unpack unpack) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& whole = array_of(handle.get(), fields);
    if (whole.ptr[0].as<std::uint32_t>() != journal_version) return std::nullopt;
    return unpack(whole);
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace

std::string encode_journal(const journal_plan& plan) {
  msgpack::sbuffer buffer;
  packer to{buffer};
  to.pack_array(plan_fields);
  to.pack(journal_version);
  to.pack(plan.run);
  to.pack(plan.reason);
  to.pack(static_cast<std::int64_t>(plan.until.time_since_epoch().count()));
  to.pack(static_cast<std::uint32_t>(plan.policy));
  to.pack(plan.budget_bytes);
  std::size_t items = 0;
  for (const auto& phase : plan.phases) items += phase.items.size();
  to.pack_array(static_cast<std::uint32_t>(items));
  std::size_t number = 0;  // of phases that have items
  for (const auto& phase : plan.phases) {
    for (const auto& item : phase.items) pack_item(to, number, phase, item);
    if (!phase.items.empty()) ++number;
  }
  return {buffer.data(), buffer.size()};
}

std::string encode_journal(const journal_progress& progress) {
  msgpack::sbuffer buffer;
  packer to{buffer};
  to.pack_array(progress_fields);
  to.pack(journal_version);
  to.pack(progress.run);
  to.pack_bin(static_cast<std::uint32_t>(progress.settled.size()));
  to.pack_bin_body(progress.settled.data(), static_cast<std::uint32_t>(progress.settled.size()));
  return {buffer.data(), buffer.size()};
}

std::optional<journal_plan> decode_journal_plan(std::string_view bytes) {
  return guarded<journal_plan>(bytes, plan_fields, [](const msgpack::object_array& whole) {
    journal_plan plan;
    plan.run = whole.ptr[1].as<std::uint64_t>();
    plan.reason = whole.ptr[2].as<std::string>();
    plan.until = time_point{duration{whole.ptr[3].as<std::int64_t>()}};
    const auto policy = whole.ptr[4].as<std::uint32_t>();
    if (policy > static_cast<std::uint32_t>(memory_policy::priority)) throw msgpack::type_error{};
    plan.policy = static_cast<memory_policy>(policy);
    plan.budget_bytes = whole.ptr[5].as<std::uint64_t>();
    const auto& items = array_of(whole.ptr[6], 0);
    for (std::uint32_t i = 0; i < items.size; ++i) unpack_into(plan.phases, items.ptr[i]);
    return plan;
  });
}

std::optional<journal_progress> decode_journal_progress(std::string_view bytes) {
  return guarded<journal_progress>(bytes, progress_fields, [](const msgpack::object_array& whole) {
    const auto bits = whole.ptr[2].as<msgpack::type::raw_ref>();
    return journal_progress{whole.ptr[1].as<std::uint64_t>(), {bits.ptr, bits.size}};
  });
}

}  // namespace stoker
