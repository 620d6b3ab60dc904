#include "messages/model.hpp"

#include <bit>
#include <cstring>
#include <msgpack.hpp>
#include <numeric>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

static_assert(std::endian::native == std::endian::little, "vectors are written as they stand in memory");

constexpr std::uint32_t model_version = 2;
constexpr std::uint32_t model_elements = 17;

using packer = msgpack::packer<msgpack::sbuffer>;

template <class Number>
void pack_numbers(packer& out, const std::vector<Number>& numbers) {
  const auto bytes = static_cast<std::uint32_t>(numbers.size() * sizeof(Number));
  out.pack_bin(bytes);
  out.pack_bin_body(reinterpret_cast<const char*>(numbers.data()), bytes);
}

template <class Number>
void unpack_numbers(const msgpack::object& object, std::vector<Number>& numbers) {
  if (object.type != msgpack::type::BIN || object.via.bin.size % sizeof(Number) != 0)
    throw msgpack::type_error{};
  numbers.resize(object.via.bin.size / sizeof(Number));
  if (!numbers.empty()) std::memcpy(numbers.data(), object.via.bin.ptr, object.via.bin.size);
}

predictor_model unpack_model(const msgpack::object_array& fields) {
  predictor_model model;
  const auto* field = fields.ptr + 1;
  (field++)->convert(model.clock);
  (field++)->convert(model.keys);
  unpack_numbers(*field++, model.last_demands);
  unpack_numbers(*field++, model.demands);
  unpack_numbers(*field++, model.last_gaps);
  unpack_numbers(*field++, model.occurrences);
  unpack_numbers(*field++, model.list_lengths);
  unpack_numbers(*field++, model.successors);
  unpack_numbers(*field++, model.successor_facts);
  unpack_numbers(*field++, model.weights);
  unpack_numbers(*field++, model.lessons);
  unpack_numbers(*field++, model.later_shares);
  unpack_numbers(*field++, model.calibration);
  unpack_numbers(*field++, model.episodes);
  (field++)->convert(model.baseline_demands);
  (field++)->convert(model.baseline_misses);
  return model;
}

bool consistent(const predictor_model& m) {
  const auto n = m.keys.size();
  if (m.last_demands.size() != n || m.demands.size() != n || m.last_gaps.size() != n ||
      m.occurrences.size() != n || m.list_lengths.size() != n ||
      m.successors.size() != m.successor_facts.size() || m.weights.size() != m.lessons.size())
    return false;
  for (const auto key : m.successors)
    if (key >= n) return false;
  for (const auto event : m.episodes)
    if ((event & 0xffffff) >= n) return false;
  const auto listed = std::accumulate(m.list_lengths.begin(), m.list_lengths.end(), std::size_t{0});
  return listed == m.successors.size();
}

}  // namespace

std::string encode_model(const predictor_model& model) {
  msgpack::sbuffer buffer;
  packer out{buffer};
  out.pack_array(model_elements);
  out.pack(model_version);
  out.pack(model.clock);
  out.pack(model.keys);
  pack_numbers(out, model.last_demands);
  pack_numbers(out, model.demands);
  pack_numbers(out, model.last_gaps);
  pack_numbers(out, model.occurrences);
  pack_numbers(out, model.list_lengths);
  pack_numbers(out, model.successors);
  pack_numbers(out, model.successor_facts);
  pack_numbers(out, model.weights);
  pack_numbers(out, model.lessons);
  pack_numbers(out, model.later_shares);
  pack_numbers(out, model.calibration);
  pack_numbers(out, model.episodes);
  out.pack(model.baseline_demands);
  out.pack(model.baseline_misses);
  return {buffer.data(), buffer.size()};
}

std::optional<predictor_model> decode_model(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& object = handle.get();
    if (object.type != msgpack::type::ARRAY || object.via.array.size < model_elements) return std::nullopt;
    if (object.via.array.ptr[0].as<std::uint32_t>() != model_version) return std::nullopt;
    auto model = unpack_model(object.via.array);
    if (!consistent(model)) return std::nullopt;
    return model;
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
