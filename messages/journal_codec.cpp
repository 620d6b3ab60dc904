#include "messages/journal_codec.hpp"

#include "messages/bounded_unpack.hpp"
#include "messages/candidate_codec.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t journal_version = 1;
constexpr std::size_t plan_fields = 7;
constexpr std::size_t progress_fields = 3;

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
  msgpack_packer to{buffer};
  to.pack_array(plan_fields);
  to.pack(journal_version);
  to.pack(plan.run);
  to.pack(plan.reason);
  to.pack(static_cast<std::int64_t>(plan.until.time_since_epoch().count()));
  to.pack(static_cast<std::uint32_t>(plan.policy));
  to.pack(plan.budget_bytes);
  pack_phases(to, plan.phases);
  return {buffer.data(), buffer.size()};
}

std::string encode_journal(const journal_progress& progress) {
  msgpack::sbuffer buffer;
  msgpack_packer to{buffer};
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
    plan.phases = unpack_phases(whole.ptr[6]);
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
