#include "messages/candidate_codec.hpp"

#include <algorithm>

namespace stoker {

namespace {

constexpr std::size_t item_fields = 11;

void unpack_into(std::vector<planned_phase>& phases, const msgpack::object& packed) {
  const auto place = array_of(packed, item_fields).ptr[0].as<std::uint64_t>();
  const auto phase = static_cast<std::size_t>(place >> 32);
  // Items come phase by phase: a number that runs ahead is damage, not a plan of four billion phases.
  if (phase > phases.size() || phase + 1 < phases.size()) throw msgpack::type_error{};
  if (phase == phases.size()) phases.emplace_back().level = static_cast<std::uint32_t>(place);
  auto& into = phases.back();
  into.items.push_back(unpack_candidate(packed));
  into.priority = std::max(into.priority, into.items.back().priority);
}

}  // namespace

const msgpack::object_array& array_of(const msgpack::object& packed, std::size_t fields) {
  if (packed.type != msgpack::type::ARRAY || packed.via.array.size < fields) throw msgpack::type_error{};
  return packed.via.array;
}

void pack_candidate(msgpack_packer& to, std::uint64_t place, const candidate& item) {
  to.pack_array(item_fields);
  to.pack(place);
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

void pack_phases(msgpack_packer& to, const std::vector<planned_phase>& phases) {
  std::size_t items = 0;
  for (const auto& phase : phases) items += phase.items.size();
  to.pack_array(static_cast<std::uint32_t>(items));
  std::uint64_t number = 0;  // of phases that have items
  for (const auto& phase : phases) {
    for (const auto& item : phase.items) pack_candidate(to, number << 32 | phase.level, item);
    if (!phase.items.empty()) ++number;
  }
}

candidate unpack_candidate(const msgpack::object& packed) {
  const auto& fields = array_of(packed, item_fields);
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

std::vector<planned_phase> unpack_phases(const msgpack::object& packed) {
  std::vector<planned_phase> phases;
  const auto& items = array_of(packed, 0);
  for (std::uint32_t i = 0; i < items.size; ++i) unpack_into(phases, items.ptr[i]);
  return phases;
}

}  // namespace stoker
