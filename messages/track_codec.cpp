#include "messages/track_codec.hpp"

#include <array>
#include <limits>
#include <msgpack.hpp>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// An array reserves room for all of its elements before they are read: what a few bytes can claim is bounded.
msgpack::object_handle unpack(std::string_view bytes) {
  constexpr std::size_t most_fields = 256;  // of a map; attributes are the only one without a fixed number
  constexpr std::size_t deepest = 6;        // the message, its array, an access, its attributes, and some
  const auto size = bytes.size();
  const msgpack::unpack_limit limit{most_tracked_accesses, most_fields, size, size, 0, deepest};
  return msgpack::unpack(bytes.data(), size, nullptr, nullptr, limit);
}

[[noreturn]] void reject(const std::string& path, const std::string& expected) {
  throw error{errc::invalid_argument, path + ": must be " + expected};
}

std::string text_of(const msgpack::object& packed, const std::string& path) {
  if (packed.type == msgpack::type::STR) return {packed.via.str.ptr, packed.via.str.size};
  if (packed.type == msgpack::type::BIN) return {packed.via.bin.ptr, packed.via.bin.size};
  reject(path, "a string");
}

std::uint32_t figure_of(const msgpack::object& packed, const std::string& path) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  if (packed.type != msgpack::type::POSITIVE_INTEGER || packed.via.u64 > most)
    reject(path, "a whole number from 0 to " + std::to_string(most));
  return static_cast<std::uint32_t>(packed.via.u64);
}

double number_of(const msgpack::object& packed, const std::string& path) {
  switch (packed.type) {
    case msgpack::type::POSITIVE_INTEGER:
      return static_cast<double>(packed.via.u64);
    case msgpack::type::NEGATIVE_INTEGER:
      return static_cast<double>(packed.via.i64);
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      return packed.via.f64;
    default:
      reject(path, "a number");
  }
}

std::vector<std::string> texts_of(const msgpack::object& packed, const std::string& path) {
  if (packed.type != msgpack::type::ARRAY) reject(path, "an array of strings");
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < packed.via.array.size; ++i)
    all.push_back(text_of(packed.via.array.ptr[i], path + "[" + std::to_string(i) + "]"));
  return all;
}

access_outcome outcome_of(const msgpack::object& packed, const std::string& path) {
  static constexpr std::array words{std::pair{std::string_view{"miss"}, access_outcome::miss},
                                    std::pair{std::string_view{"hit"}, access_outcome::hit},
                                    std::pair{std::string_view{"first_use"}, access_outcome::first_use},
                                    std::pair{std::string_view{"late"}, access_outcome::late}};
  const auto given = text_of(packed, path);
  for (const auto& [word, outcome] : words)
    if (word == given) return outcome;
  reject(path, "miss, hit, first_use or late");
}

std::vector<std::pair<std::string, double>> attributes_of(const msgpack::object& packed,
                                                          const std::string& path) {
  if (packed.type != msgpack::type::MAP) reject(path, "a map from names to numbers");
  std::vector<std::pair<std::string, double>> all;
  for (std::uint32_t i = 0; i < packed.via.map.size; ++i) {
    const auto& field = packed.via.map.ptr[i];
    auto name = text_of(field.key, path);
    const auto figure = number_of(field.val, path + "." + name);
    all.emplace_back(std::move(name), figure);
  }
  return all;
}

// Takes one field of an access; false: there is none of this name.
bool take_field(tracked_access& into, const std::string& name, const msgpack::object& value,
                const std::string& path) {
  if (name == "cache")
    into.cache = text_of(value, path);
  else if (name == "key")
    into.key = text_of(value, path);
  else if (name == "outcome")
    into.outcome = outcome_of(value, path);
  else if (name == "bytes")
    into.bytes = figure_of(value, path);
  else if (name == "cost_us")
    into.cost_us = figure_of(value, path);
  else if (name == "subject")
    into.subject = text_of(value, path);
  else if (name == "kind")
    into.kind = text_of(value, path);
  else if (name == "co_accessed")
    into.co_accessed = texts_of(value, path);
  else if (name == "tags")
    into.tags = texts_of(value, path);
  else if (name == "attributes")
    into.attributes = attributes_of(value, path);
  else
    return false;
  into.described = into.described || name == "tags" || name == "attributes";
  return true;
}

tracked_access access_of(const msgpack::object& packed, const std::string& path, std::string cache) {
  if (packed.type != msgpack::type::MAP) reject(path.empty() ? "body" : path, "a map");
  const auto prefix = path.empty() ? path : path + ".";
  tracked_access one;
  one.cache = std::move(cache);
  for (std::uint32_t i = 0; i < packed.via.map.size; ++i) {
    const auto& field = packed.via.map.ptr[i];
    const auto name = text_of(field.key, path.empty() ? "body" : path);
    if (!take_field(one, name, field.val, prefix + name)) reject(prefix + name, "left out");
  }
  if (one.key.empty() || one.key.size() > max_key_bytes)
    reject(prefix + "key", "of 1 to " + std::to_string(max_key_bytes) + " bytes");
  return one;
}

const msgpack::object* field_of(const msgpack::object& packed, std::string_view name) {
  if (packed.type != msgpack::type::MAP) return nullptr;
  for (std::uint32_t i = 0; i < packed.via.map.size; ++i) {
    const auto& field = packed.via.map.ptr[i];
    if (field.key.type == msgpack::type::STR &&
        std::string_view{field.key.via.str.ptr, field.key.via.str.size} == name)
      return &field.val;
  }
  return nullptr;
}

std::vector<tracked_access> accesses_of(const msgpack::object& message) {
  const auto* many = field_of(message, "accesses");
  if (!many) return {access_of(message, {}, {})};
  const auto* cache = field_of(message, "cache");
  const auto common = cache ? text_of(*cache, "cache") : std::string{};
  if (many->type != msgpack::type::ARRAY) reject("accesses", "an array of maps");
  if (message.via.map.size > (cache ? 2u : 1u)) reject("body", "accesses, with cache at most beside them");
  std::vector<tracked_access> all;
  for (std::uint32_t i = 0; i < many->via.array.size; ++i)
    all.push_back(access_of(many->via.array.ptr[i], "accesses[" + std::to_string(i) + "]", common));
  return all;
}

}  // namespace

std::vector<tracked_access> decode_track(std::string_view bytes) {
  try {
    const auto handle = unpack(bytes);
    return accesses_of(handle.get());
  } catch (const msgpack::size_overflow&) {
    reject("body",
           "of at most " + std::to_string(most_tracked_accesses) + " accesses, not nested any deeper");
  } catch (const msgpack::unpack_error& failure) {
    reject("body", std::string{"one msgpack map ("} + failure.what() + ")");
  }
}

}  // namespace stoker
