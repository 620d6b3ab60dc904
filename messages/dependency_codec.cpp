#include "messages/dependency_codec.hpp"

#include <msgpack.hpp>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t dependencies_version = 1;

}  // namespace

std::string encode_dependencies(const dependency_map& needs) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer{buffer};
  packer.pack_array(2);
  packer.pack(dependencies_version);
  packer.pack_map(static_cast<std::uint32_t>(needs.size()));
  for (const auto& [key, needed] : needs) {
    packer.pack(key);
    packer.pack(needed);
  }
  return {buffer.data(), buffer.size()};
}

std::optional<dependency_map> decode_dependencies(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& whole = handle.get();
    if (whole.type != msgpack::type::ARRAY || whole.via.array.size < 2) return std::nullopt;
    if (whole.via.array.ptr[0].as<std::uint32_t>() != dependencies_version) return std::nullopt;
    const auto& needs = whole.via.array.ptr[1];
    if (needs.type != msgpack::type::MAP) return std::nullopt;
    dependency_map result;
    for (std::uint32_t i = 0; i < needs.via.map.size; ++i)
      result[needs.via.map.ptr[i].key.as<std::string>()] =
          needs.via.map.ptr[i].val.as<std::vector<std::string>>();
    return result;
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
