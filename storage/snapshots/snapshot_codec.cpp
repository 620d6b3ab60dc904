#include "storage/snapshots/snapshot_codec.hpp"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <msgpack.hpp>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr std::string_view magic = "STOKSNAP";
constexpr std::size_t header_bytes = 32;
constexpr std::uint32_t head_fields = 3;
constexpr std::uint32_t key_fields = 8;
constexpr std::size_t deepest = 2;  // an array of tags in the array of a key
// An array's elements take 24 bytes each before they are read: this bounds what a false length costs.
constexpr std::size_t longest_array = max_snapshot_tags;

using packer = msgpack::packer<msgpack::sbuffer>;

void put_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = count; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void pack_bytes(packer& to, std::string_view bytes) {
  to.pack_bin(static_cast<std::uint32_t>(bytes.size()));
  to.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
}

std::int64_t nanoseconds(time_point when) {
  return static_cast<std::int64_t>(when.time_since_epoch().count());
}

bool fits(std::string_view key) {
  return !key.empty() && key.size() <= max_key_bytes;
}

void pack_key(packer& to, const hot_key& hot) {
  to.pack_array(key_fields);
  pack_bytes(to, hot.key);
  to.pack(std::isfinite(hot.rate_per_hour) ? std::max(hot.rate_per_hour, 0.0) : 0.0);
  to.pack(hot.count);
  to.pack(nanoseconds(hot.last_access));
  to.pack(static_cast<std::uint64_t>(std::max(hot.ttl, duration::zero()).count()));
  to.pack(hot.cost_us);
  to.pack(hot.bytes);
  std::vector<std::string_view> tags;
  for (const auto& tag : hot.tags)
    if (tag.size() <= max_key_bytes && tags.size() < max_snapshot_tags) tags.push_back(tag);
  to.pack_array(static_cast<std::uint32_t>(tags.size()));
  for (const auto tag : tags) pack_bytes(to, tag);
}

[[noreturn]] void refuse(const std::string& what) {
  throw error{errc::invalid_argument, what};
}

// Reads the objects of a body one by one; knows where it is.
class body_reader {
 public:
  explicit body_reader(std::string_view body) : body_(body) {}

  hot_set read() {
    hot_set hot;
    const auto count = read_head(hot);
    hot.keys.reserve(std::min<std::size_t>(count, body_.size() / key_fields));
    absl::flat_hash_set<std::string_view> seen;
    for (std::uint64_t number = 0; number < count; ++number) {
      place_ = fmt::format("key {}", number);
      hot.keys.push_back(read_key(seen));
    }
    place_ = "after the last key";
    if (at_ < body_.size()) fail("there is more: " + std::to_string(body_.size() - at_) + " bytes");
    return hot;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    refuse(fmt::format("byte {}, {}: {}", header_bytes + at_, place_, what));
  }

  // The next object, an array of at least so many elements; texts stay where they are.
  msgpack::object_array next(msgpack::object_handle& holder, std::uint32_t fields) {
    if (at_ >= body_.size()) fail("the file ends here");
    const msgpack::unpack_limit limit{longest_array, 0, 0, max_key_bytes, 0, deepest};
    const auto stays = [](msgpack::type::object_type, std::size_t, void*) { return true; };
    next_ = at_;
    try {
      msgpack::unpack(holder, body_.data(), body_.size(), next_, stays, nullptr, limit);
    } catch (const msgpack::insufficient_bytes&) {
      fail("it is cut off");
    } catch (const msgpack::size_overflow&) {
      fail("an array, text or map that is larger or deeper than any may be");
    } catch (const std::exception&) {
      fail("it is no msgpack");
    }
    const auto& packed = holder.get();
    if (packed.type != msgpack::type::ARRAY) fail("it is no array");
    if (packed.via.array.size < fields)
      fail(fmt::format("an array of {} elements, expected {}", packed.via.array.size, fields));
    return packed.via.array;
  }

  std::string_view bytes(const msgpack::object& packed, const char* what) const {
    if (packed.type != msgpack::type::BIN) fail(fmt::format("{} is no bytes", what));
    return {packed.via.bin.ptr, packed.via.bin.size};
  }
  std::uint64_t number(const msgpack::object& packed, const char* what,
                       std::uint64_t most = std::numeric_limits<std::int64_t>::max()) const {
    if (packed.type != msgpack::type::POSITIVE_INTEGER)
      fail(fmt::format("{} is no whole number from 0", what));
    if (packed.via.u64 > most) fail(fmt::format("{} is above {}", what, most));
    return packed.via.u64;
  }
  time_point time(const msgpack::object& packed, const char* what) const {
    if (packed.type == msgpack::type::NEGATIVE_INTEGER) return time_point{duration{packed.via.i64}};
    return time_point{duration{static_cast<std::int64_t>(number(packed, what))}};
  }
  // msgpack writes a float that is whole as an integer.
  double rate(const msgpack::object& packed) const {
    if (packed.type == msgpack::type::POSITIVE_INTEGER) return static_cast<double>(packed.via.u64);
    if (packed.type != msgpack::type::FLOAT64 && packed.type != msgpack::type::FLOAT32)
      fail("the rate is no number");
    if (!std::isfinite(packed.via.f64) || packed.via.f64 < 0) fail("the rate is negative or not finite");
    return packed.via.f64;
  }

  std::uint64_t read_head(hot_set& hot) {
    place_ = "head";
    msgpack::object_handle holder;
    const auto fields = next(holder, head_fields);
    hot.cache = bytes(fields.ptr[0], "the cache's name");
    hot.taken_at = time(fields.ptr[1], "the time");
    const auto count = number(fields.ptr[2], "the number of keys", max_snapshot_keys);
    at_ = next_;
    return count;
  }

  hot_key read_key(absl::flat_hash_set<std::string_view>& seen) {
    msgpack::object_handle holder;
    const auto fields = next(holder, key_fields);
    const auto key = bytes(fields.ptr[0], "the key");
    if (!fits(key)) fail("the key is empty or too long");
    if (!seen.insert(key).second) fail("the key stands here for the second time");
    hot_key hot;
    hot.key = key;
    hot.rate_per_hour = rate(fields.ptr[1]);
    hot.count = number(fields.ptr[2], "the count");
    hot.last_access = time(fields.ptr[3], "the last access");
    hot.ttl = duration{static_cast<std::int64_t>(number(fields.ptr[4], "the TTL"))};
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    hot.cost_us = static_cast<std::uint32_t>(number(fields.ptr[5], "the cost", most));
    hot.bytes = static_cast<std::uint32_t>(number(fields.ptr[6], "the size", most));
    if (fields.ptr[7].type != msgpack::type::ARRAY) fail("the tags are no array");
    const auto& tags = fields.ptr[7].via.array;
    for (std::uint32_t i = 0; i < tags.size; ++i) hot.tags.emplace_back(bytes(tags.ptr[i], "a tag"));
    at_ = next_;
    return hot;
  }

  std::string_view body_;
  std::size_t at_ = 0;    // of the object that is read
  std::size_t next_ = 0;  // where it ends
  std::string place_;
};

std::string_view checked_body(std::string_view bytes) {
  if (!bytes.starts_with(magic)) refuse("byte 0: it does not begin as a snapshot does");
  if (bytes.size() < header_bytes) refuse(fmt::format("byte {}: the header is cut off", bytes.size()));
  const auto version = number_at(bytes, 8, 4);
  if (version != snapshot_version)
    refuse(
        fmt::format("byte 8: it is of version {}, this program reads version {}", version, snapshot_version));
  if (number_at(bytes, 12, 4) != 0) refuse("byte 12: it must be 0");
  const auto body = bytes.substr(header_bytes);
  const auto said = number_at(bytes, 16, 8);
  if (said != body.size())
    refuse(fmt::format("byte 16: its header says {} bytes follow, and there are {}", said, body.size()));
  if (number_at(bytes, 24, 8) != hash_key(body))
    refuse("byte 24: its checksum is another than its content's");
  return body;
}

}  // namespace

std::string encode_snapshot(const hot_set& hot) {
  std::vector<const hot_key*> kept;
  absl::flat_hash_set<std::string_view> seen;
  for (const auto& each : hot.keys)
    if (fits(each.key) && kept.size() < max_snapshot_keys && seen.insert(each.key).second)
      kept.push_back(&each);
  msgpack::sbuffer body;
  packer to{body};
  to.pack_array(head_fields);
  pack_bytes(to, std::string_view{hot.cache}.substr(0, max_key_bytes));
  to.pack(nanoseconds(hot.taken_at));
  to.pack(static_cast<std::uint64_t>(kept.size()));
  for (const auto* each : kept) pack_key(to, *each);
  std::string out{magic};
  put_number(out, snapshot_version, 4);
  put_number(out, 0, 4);
  put_number(out, body.size(), 8);
  put_number(out, hash_key({body.data(), body.size()}), 8);
  out.append(body.data(), body.size());
  return out;
}

hot_set decode_snapshot(std::string_view bytes) {
  return body_reader{checked_body(bytes)}.read();
}

}  // namespace stoker
