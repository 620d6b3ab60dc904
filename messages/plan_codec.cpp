#include "messages/plan_codec.hpp"

#include "messages/bounded_unpack.hpp"
#include "messages/candidate_codec.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t plan_version = 1;
constexpr std::size_t plan_fields = 9;
constexpr std::size_t left_out_fields = 2;

std::int64_t nanoseconds(duration span) {
  return static_cast<std::int64_t>(span.count());
}

duration duration_of(const msgpack::object& packed) {
  return duration{packed.as<std::int64_t>()};
}

left_out_candidate unpack_left_out(const msgpack::object& packed) {
  const auto& fields = array_of(packed, left_out_fields);
  const auto reason = fields.ptr[1].as<std::uint32_t>();
  if (reason > static_cast<std::uint32_t>(left_out_reason::too_deep)) throw msgpack::type_error{};
  return {unpack_candidate(fields.ptr[0]), static_cast<left_out_reason>(reason)};
}

warm_plan unpack_plan(const msgpack::object_array& fields) {
  warm_plan plan;
  plan.cache = fields.ptr[1].as<std::string>();
  plan.made_at = time_point{duration_of(fields.ptr[2])};
  plan.budget_bytes = fields.ptr[3].as<std::uint64_t>();
  plan.planned_bytes = fields.ptr[4].as<std::uint64_t>();
  plan.origin_calls = fields.ptr[5].as<std::uint64_t>();
  plan.expected_time = duration_of(fields.ptr[6]);
  plan.phases = unpack_phases(fields.ptr[7]);
  for (const auto& phase : plan.phases) plan.selected += phase.items.size();
  const auto& left_out = array_of(fields.ptr[8], 0);
  for (std::uint32_t i = 0; i < left_out.size; ++i) plan.left_out.push_back(unpack_left_out(left_out.ptr[i]));
  return plan;
}

}  // namespace

std::string encode_plan(const warm_plan& plan) {
  msgpack::sbuffer buffer;
  msgpack_packer to{buffer};
  to.pack_array(plan_fields);
  to.pack(plan_version);
  to.pack(plan.cache);
  to.pack(nanoseconds(plan.made_at.time_since_epoch()));
  to.pack(plan.budget_bytes);
  to.pack(plan.planned_bytes);
  to.pack(plan.origin_calls);
  to.pack(nanoseconds(plan.expected_time));
  pack_phases(to, plan.phases);
  to.pack_array(static_cast<std::uint32_t>(plan.left_out.size()));
  for (const auto& each : plan.left_out) {
    to.pack_array(left_out_fields);
    pack_candidate(to, 0, each.item);
    to.pack(static_cast<std::uint32_t>(each.reason));
  }
  return {buffer.data(), buffer.size()};
}

std::optional<warm_plan> decode_plan(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& fields = array_of(handle.get(), plan_fields);
    if (fields.ptr[0].as<std::uint32_t>() != plan_version) return std::nullopt;
    return unpack_plan(fields);
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
