#include "messages/timetable_codec.hpp"

#include <msgpack.hpp>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t timetable_version = 1;
constexpr std::uint32_t table_elements = 3;
constexpr std::uint32_t line_elements = 7;

void pack_line(msgpack::packer<msgpack::sbuffer>& packer, const schedule_state& line) {
  packer.pack_array(line_elements);
  packer.pack(line.id);
  packer.pack(line.cache);
  packer.pack(static_cast<std::int64_t>(line.interval.count()));
  packer.pack(static_cast<std::int64_t>(line.last_run.time_since_epoch().count()));
  packer.pack(line.succeeded);
  packer.pack(line.result);
  packer.pack(line.runs);
}

const msgpack::object_array& array_of(const msgpack::object& object, std::uint32_t elements) {
  if (object.type != msgpack::type::ARRAY || object.via.array.size < elements) throw msgpack::type_error{};
  return object.via.array;
}

schedule_state unpack_line(const msgpack::object& object) {
  const auto& fields = array_of(object, line_elements);
  schedule_state line;
  line.id = fields.ptr[0].as<std::string>();
  line.cache = fields.ptr[1].as<std::string>();
  line.interval = duration{fields.ptr[2].as<std::int64_t>()};
  line.last_run = time_point{duration{fields.ptr[3].as<std::int64_t>()}};
  line.succeeded = fields.ptr[4].as<bool>();
  line.result = fields.ptr[5].as<std::string>();
  line.runs = fields.ptr[6].as<std::uint64_t>();
  return line;
}

}  // namespace

std::string encode_timetable(const scheduler_status& table) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer{buffer};
  packer.pack_array(table_elements);
  packer.pack(timetable_version);
  packer.pack(table.cycles);
  packer.pack_array(static_cast<std::uint32_t>(table.schedules.size()));
  for (const auto& line : table.schedules) pack_line(packer, line);
  return {buffer.data(), buffer.size()};
}

std::optional<scheduler_status> decode_timetable(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& table = array_of(handle.get(), table_elements);
    if (table.ptr[0].as<std::uint32_t>() != timetable_version) return std::nullopt;
    scheduler_status result;
    result.cycles = table.ptr[1].as<std::uint64_t>();
    const auto& lines = array_of(table.ptr[2], 0);
    for (std::uint32_t i = 0; i < lines.size; ++i) result.schedules.push_back(unpack_line(lines.ptr[i]));
    return result;
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
