#include "storage/history/record_codec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <msgpack.hpp>
#include <span>

#include "storage/history/byte_order.hpp"

namespace stoker {

namespace {

enum field : std::uint8_t {
  count_field = 1,
  misses_field,
  rate_field,
  last_access_field,
  mean_interval_field,
  interval_variance_field,
  bytes_field,
  cost_field,
  hour_of_day_field,
  recent_hours_field,
  access_times_field,
  co_accessed_field,
  tags_field,
  attributes_field,
  field_count = attributes_field,
};
// The map's header is one byte that is set when the fields are counted.
static_assert(field_count <= 15, "a msgpack fixmap has at most 15 entries");
constexpr std::uint8_t fixmap = 0x80;

// A record is a map of flat arrays.
constexpr std::size_t max_depth = 4;

struct appender {
  std::string& bytes;
  void write(const char* data, std::size_t size) { bytes.append(data, size); }
};

class body_encoder {
 public:
  explicit body_encoder(std::string& into) : out_{into}, map_at_(into.size()) { into.push_back(0); }

  void finish() { out_.bytes[map_at_] = static_cast<char>(fixmap | fields_); }

  template <class Value>
  void put(field number, Value value) {
    if (value == Value{}) return;
    start(number);
    packer_.pack(value);
  }

  void put(const std::array<std::uint32_t, 24>& hours) {
    if (std::all_of(hours.begin(), hours.end(), [](auto n) { return n == 0; })) return;
    start(hour_of_day_field);
    packer_.pack_array(24);
    for (auto n : hours) packer_.pack(n);
  }

  void put(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& recent_hours) {
    if (!start_array(recent_hours_field, recent_hours.size() * 2)) return;
    std::int64_t before = 0;
    for (auto [hour, accesses] : recent_hours) {
      packer_.pack(hour - before);
      packer_.pack(accesses);
      before = hour;
    }
  }

  void put(const std::vector<time_point>& times) {
    if (!start_array(access_times_field, times.size())) return;
    std::int64_t before = 0;
    for (auto time : times) {
      auto at = time.time_since_epoch().count();
      packer_.pack(at - before);
      before = at;
    }
  }

  template <class Number>
  void put(field number, const std::vector<std::pair<std::string, Number>>& pairs) {
    if (!start_array(number, pairs.size() * 2)) return;
    for (const auto& [name, value] : pairs) {
      text(name);
      packer_.pack(value);
    }
  }

  void put(const std::vector<std::string>& tags) {
    if (!start_array(tags_field, tags.size())) return;
    for (const auto& tag : tags) text(tag);
  }

 private:
  void start(field number) {
    ++fields_;
    packer_.pack(static_cast<std::uint8_t>(number));
  }

  bool start_array(field number, std::size_t size) {
    if (size == 0) return false;
    start(number);
    packer_.pack_array(static_cast<std::uint32_t>(size));
    return true;
  }

  // Opaque bytes: keys and tags need not be UTF-8.
  void text(const std::string& bytes) {
    packer_.pack_bin(static_cast<std::uint32_t>(bytes.size()));
    packer_.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  }

  appender out_;
  msgpack::packer<appender> packer_{out_};
  std::size_t map_at_;
  std::uint8_t fields_ = 0;
};

// Reads one field's object into a member. Each answers false when the object is not what the field holds.

bool read(const msgpack::object& from, std::uint64_t& into) {
  if (from.type != msgpack::type::POSITIVE_INTEGER) return false;
  into = from.via.u64;
  return true;
}

bool read(const msgpack::object& from, std::uint32_t& into) {
  if (from.type != msgpack::type::POSITIVE_INTEGER) return false;
  if (from.via.u64 > std::numeric_limits<std::uint32_t>::max()) return false;
  into = static_cast<std::uint32_t>(from.via.u64);
  return true;
}

bool read(const msgpack::object& from, std::int64_t& into) {
  if (from.type == msgpack::type::NEGATIVE_INTEGER) {
    into = from.via.i64;
    return true;
  }
  if (from.type != msgpack::type::POSITIVE_INTEGER) return false;
  into = static_cast<std::int64_t>(from.via.u64);
  return into >= 0;
}

// msgpack packs a double that is whole as an integer.
bool read(const msgpack::object& from, double& into) {
  switch (from.type) {
    case msgpack::type::POSITIVE_INTEGER:
      into = static_cast<double>(from.via.u64);
      return true;
    case msgpack::type::NEGATIVE_INTEGER:
      into = static_cast<double>(from.via.i64);
      return true;
    case msgpack::type::FLOAT64:
      into = from.via.f64;
      return std::isfinite(into);
    default:
      return false;
  }
}

// Rates, means and variances: a negative one would poison what is computed from it.
bool read_magnitude(const msgpack::object& from, double& into) {
  return read(from, into) && into >= 0;
}

bool read(const msgpack::object& from, time_point& into) {
  std::int64_t nanoseconds = 0;
  if (!read(from, nanoseconds)) return false;
  into = time_point{duration{nanoseconds}};
  return true;
}

bool read(const msgpack::object& from, std::string& into) {
  if (from.type != msgpack::type::BIN) return false;
  into.assign(from.via.bin.ptr, from.via.bin.size);
  return true;
}

std::span<const msgpack::object> elements(const msgpack::object& from) {
  return {from.via.array.ptr, from.via.array.size};
}

bool is_array(const msgpack::object& from) {
  return from.type == msgpack::type::ARRAY;
}

// Flat arrays of pairs.
bool is_array_of_pairs(const msgpack::object& from) {
  return is_array(from) && from.via.array.size % 2 == 0;
}

bool read(const msgpack::object& from, std::array<std::uint32_t, 24>& into) {
  if (!is_array(from) || from.via.array.size != into.size()) return false;
  for (std::size_t hour = 0; hour < into.size(); ++hour)
    if (!read(elements(from)[hour], into[hour])) return false;
  return true;
}

// A sum of differences. They wrap around instead of overflowing: damaged bytes may hold any.
std::int64_t add(std::int64_t before, std::int64_t difference) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) +
                                   static_cast<std::uint64_t>(difference));
}

bool read(const msgpack::object& from, std::vector<std::pair<std::uint32_t, std::uint32_t>>& into) {
  if (!is_array_of_pairs(from)) return false;
  auto numbers = elements(from);
  std::int64_t hour = 0;
  for (std::size_t at = 0; at < numbers.size(); at += 2) {
    std::int64_t difference = 0;
    std::uint32_t accesses = 0;
    if (!read(numbers[at], difference) || !read(numbers[at + 1], accesses)) return false;
    hour = add(hour, difference);
    if (hour < 0 || hour > std::numeric_limits<std::uint32_t>::max()) return false;
    into.emplace_back(static_cast<std::uint32_t>(hour), accesses);
  }
  return true;
}

bool read(const msgpack::object& from, std::vector<time_point>& into) {
  if (!is_array(from)) return false;
  std::int64_t at = 0;
  for (const auto& element : elements(from)) {
    std::int64_t difference = 0;
    if (!read(element, difference)) return false;
    at = add(at, difference);
    into.emplace_back(duration{at});
  }
  return true;
}

template <class Number>
bool read(const msgpack::object& from, std::vector<std::pair<std::string, Number>>& into) {
  if (!is_array_of_pairs(from)) return false;
  auto parts = elements(from);
  for (std::size_t at = 0; at < parts.size(); at += 2) {
    auto& [name, number] = into.emplace_back();
    if (!read(parts[at], name) || !read(parts[at + 1], number)) return false;
  }
  return true;
}

bool read(const msgpack::object& from, std::vector<std::string>& into) {
  if (!is_array(from)) return false;
  for (const auto& element : elements(from))
    if (!read(element, into.emplace_back())) return false;
  return true;
}

bool read_field(std::uint64_t number, const msgpack::object& from, key_statistics& into) {
  switch (number) {
    case count_field:
      return read(from, into.count);
    case misses_field:
      return read(from, into.misses);
    case rate_field:
      return read_magnitude(from, into.rate_per_hour);
    case last_access_field:
      return read(from, into.last_access);
    case mean_interval_field:
      return read_magnitude(from, into.mean_interval_s);
    case interval_variance_field:
      return read_magnitude(from, into.interval_variance_s2);
    case bytes_field:
      return read(from, into.bytes);
    case cost_field:
      return read(from, into.cost_us);
    case hour_of_day_field:
      return read(from, into.hour_of_day);
    case recent_hours_field:
      return read(from, into.recent_hours);
    case access_times_field:
      return read(from, into.access_times);
    case co_accessed_field:
      return read(from, into.co_accessed);
    case tags_field:
      return read(from, into.tags);
    case attributes_field:
      return read(from, into.attributes);
    default:
      return true;  // of a later Stoker
  }
}

bool read_body(const msgpack::object& body, key_statistics& into) {
  if (body.type != msgpack::type::MAP) return false;
  std::uint64_t before = 0;
  for (const auto& entry : std::span{body.via.map.ptr, body.via.map.size}) {
    std::uint64_t number = 0;
    // Ascending, as they are written: so no field is read twice.
    if (!read(entry.key, number) || number <= before) return false;
    if (!read_field(number, entry.val, into)) return false;
    before = number;
  }
  return true;
}

}  // namespace

void encode_record(const record_header& header, const key_statistics& record, std::string& into) {
  append_big_endian(header.version, into);
  append_big_endian(static_cast<std::uint64_t>(header.written_at.time_since_epoch().count()), into);
  into.push_back(static_cast<char>(record_revision));
  body_encoder body{into};
  body.put(count_field, record.count);
  body.put(misses_field, record.misses);
  body.put(rate_field, record.rate_per_hour);
  body.put(last_access_field, record.last_access.time_since_epoch().count());
  body.put(mean_interval_field, record.mean_interval_s);
  body.put(interval_variance_field, record.interval_variance_s2);
  body.put(bytes_field, record.bytes);
  body.put(cost_field, record.cost_us);
  body.put(record.hour_of_day);
  body.put(record.recent_hours);
  body.put(record.access_times);
  body.put(co_accessed_field, record.co_accessed);
  body.put(record.tags);
  body.put(attributes_field, record.attributes);
  body.finish();
}

bool decode_header(std::string_view bytes, record_header& into) {
  if (bytes.size() < record_header_bytes) return false;
  into.version = read_big_endian<std::uint64_t>(bytes);
  into.written_at =
      time_point{duration{static_cast<std::int64_t>(read_big_endian<std::uint64_t>(bytes.substr(8)))}};
  return true;
}

bool decode_record(std::string_view bytes, key_statistics& into) {
  if (bytes.size() <= record_header_bytes) return false;
  if (static_cast<std::uint8_t>(bytes[record_header_bytes - 1]) != record_revision) return false;
  auto body = bytes.substr(record_header_bytes);
  // An element takes a byte or more: so a damaged length can't make msgpack allocate for more than there are
  // bytes.
  msgpack::unpack_limit limit{body.size(), body.size(), body.size(), body.size(), body.size(), max_depth};
  try {
    std::size_t end = 0;
    auto reference_all = [](msgpack::type::object_type, std::size_t, void*) { return true; };
    auto unpacked = msgpack::unpack(body.data(), body.size(), end, reference_all, nullptr, limit);
    return end == body.size() && read_body(unpacked.get(), into);
  } catch (const msgpack::unpack_error&) {
    return false;
  }
}

}  // namespace stoker
