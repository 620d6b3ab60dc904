#include "messages/timetable_codec.hpp"

#include <msgpack.hpp>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

using packer = msgpack::packer<msgpack::sbuffer>;

constexpr std::uint32_t timetable_version = 2;
constexpr std::uint32_t first_version = 1;
constexpr std::uint32_t table_elements = 4;
constexpr std::uint32_t first_table_elements = 3;
constexpr std::uint32_t line_elements = 13;
constexpr std::uint32_t first_line_elements = 7;
constexpr std::uint32_t habit_elements = 4;
constexpr std::uint32_t lead_elements = 3;

void pack_time(packer& into, duration span) {
  into.pack(static_cast<std::int64_t>(span.count()));
}

void pack_line(packer& into, const schedule_state& line) {
  into.pack_array(line_elements);
  into.pack(line.id);
  into.pack(line.cache);
  pack_time(into, line.interval);
  pack_time(into, line.last_run.time_since_epoch());
  into.pack(line.succeeded);
  into.pack(line.result);
  into.pack(line.runs);
  into.pack(line.failures);
  into.pack(line.last_error);
  pack_time(into, line.took);
  pack_time(into, line.last_due.time_since_epoch());
  pack_time(into, line.given_interval);
  into.pack(line.deferrals);
}

void pack_habit(packer& into, const kept_habit& habit) {
  into.pack_array(habit_elements);
  into.pack(habit.id);
  into.pack(habit.latest_slot);
  into.pack(habit.accesses);
  into.pack_array(static_cast<std::uint32_t>(habit.leads.size()));
  for (const auto& lead : habit.leads) {
    into.pack_array(lead_elements);
    pack_time(into, lead.lead);
    into.pack(lead.tries);
    into.pack(lead.benefit);
  }
}

const msgpack::object_array& array_of(const msgpack::object& object, std::uint32_t elements) {
  if (object.type != msgpack::type::ARRAY || object.via.array.size < elements) throw msgpack::type_error{};
  return object.via.array;
}

duration time_of(const msgpack::object& object) {
  return duration{object.as<std::int64_t>()};
}

schedule_state unpack_line(const msgpack::object& object, std::uint32_t version) {
  const auto& fields = array_of(object, version == first_version ? first_line_elements : line_elements);
  schedule_state line;
  line.id = fields.ptr[0].as<std::string>();
  line.cache = fields.ptr[1].as<std::string>();
  line.interval = time_of(fields.ptr[2]);
  line.last_run = time_point{time_of(fields.ptr[3])};
  line.succeeded = fields.ptr[4].as<bool>();
  line.result = fields.ptr[5].as<std::string>();
  line.runs = fields.ptr[6].as<std::uint64_t>();
  line.last_due = line.last_run;
  line.given_interval = line.interval;
  if (version == first_version) return line;
  line.failures = fields.ptr[7].as<std::uint64_t>();
  line.last_error = fields.ptr[8].as<std::string>();
  line.took = time_of(fields.ptr[9]);
  line.last_due = time_point{time_of(fields.ptr[10])};
  line.given_interval = time_of(fields.ptr[11]);
  line.deferrals = fields.ptr[12].as<std::uint64_t>();
  return line;
}

kept_habit unpack_habit(const msgpack::object& object) {
  const auto& fields = array_of(object, habit_elements);
  kept_habit habit;
  habit.id = fields.ptr[0].as<std::string>();
  habit.latest_slot = fields.ptr[1].as<std::int64_t>();
  habit.accesses = fields.ptr[2].as<std::vector<std::uint32_t>>();
  const auto& leads = array_of(fields.ptr[3], 0);
  for (std::uint32_t i = 0; i < leads.size; ++i) {
    const auto& lead = array_of(leads.ptr[i], lead_elements);
    habit.leads.push_back({time_of(lead.ptr[0]), lead.ptr[1].as<std::uint32_t>(), lead.ptr[2].as<double>()});
  }
  return habit;
}

kept_timetable unpack_table(const msgpack::object& object) {
  const auto version = array_of(object, 1).ptr[0].as<std::uint32_t>();
  if (version != timetable_version && version != first_version) throw msgpack::type_error{};
  const auto& table = array_of(object, version == first_version ? first_table_elements : table_elements);
  kept_timetable kept;
  kept.table.cycles = table.ptr[1].as<std::uint64_t>();
  const auto& lines = array_of(table.ptr[2], 0);
  for (std::uint32_t i = 0; i < lines.size; ++i)
    kept.table.schedules.push_back(unpack_line(lines.ptr[i], version));
  if (version == first_version) return kept;
  const auto& habits = array_of(table.ptr[3], 0);
  for (std::uint32_t i = 0; i < habits.size; ++i) kept.habits.push_back(unpack_habit(habits.ptr[i]));
  return kept;
}

}  // namespace

std::string encode_timetable(const kept_timetable& kept) {
  msgpack::sbuffer buffer;
  packer into{buffer};
  into.pack_array(table_elements);
  into.pack(timetable_version);
  into.pack(kept.table.cycles);
  into.pack_array(static_cast<std::uint32_t>(kept.table.schedules.size()));
  for (const auto& line : kept.table.schedules) pack_line(into, line);
  into.pack_array(static_cast<std::uint32_t>(kept.habits.size()));
  for (const auto& habit : kept.habits) pack_habit(into, habit);
  return {buffer.data(), buffer.size()};
}

std::optional<kept_timetable> decode_timetable(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    return unpack_table(handle.get());
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
