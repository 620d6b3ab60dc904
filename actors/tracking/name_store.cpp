#include "actors/tracking/name_store.hpp"

#include <cstring>

namespace stoker {

namespace {

constexpr std::size_t long_size_mark = 255;

std::size_t prefix_bytes(std::size_t size) {
  return size < long_size_mark ? 1 : 1 + sizeof(std::uint32_t);
}

}  // namespace

std::uint32_t name_store::add(std::string_view bytes) {
  const std::size_t units = (prefix_bytes(bytes.size()) + bytes.size() + unit_bytes - 1) / unit_bytes;
  const std::uint32_t name = take_room(units);
  char* to = address(name);
  *to++ = static_cast<char>(bytes.size() < long_size_mark ? bytes.size() : long_size_mark);
  if (bytes.size() >= long_size_mark) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(to, &size, sizeof size);
    to += sizeof size;
  }
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return name;
}

std::string_view name_store::get(std::uint32_t name) const noexcept {
  const char* from = address(name);
  const auto mark = static_cast<unsigned char>(*from++);
  if (mark < long_size_mark) return {from, mark};
  std::uint32_t size = 0;
  std::memcpy(&size, from, sizeof size);
  return {from + sizeof size, size};
}

void name_store::release(std::uint32_t name) {
  const std::size_t size = get(name).size();
  const std::size_t units = (prefix_bytes(size) + size + unit_bytes - 1) / unit_bytes;
  if (released_.size() <= units) released_.resize(units + 1);
  released_[units].push_back(name);
}

std::uint32_t name_store::take_room(std::size_t units) {
  if (units < released_.size() && !released_[units].empty()) {
    const std::uint32_t name = released_[units].back();
    released_[units].pop_back();
    return name;
  }
  if (used_units_ + units > chunk_units) {
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_units * unit_bytes));
    used_units_ = 0;
  }
  const auto name = static_cast<std::uint32_t>((chunks_.size() - 1) * chunk_units + used_units_);
  used_units_ += units;
  return name;
}

std::size_t name_store::memory_bytes() const noexcept {
  std::size_t bytes = chunks_.size() * chunk_units * unit_bytes + chunks_.capacity() * sizeof(chunks_[0]);
  bytes += released_.capacity() * sizeof(released_[0]);
  for (const auto& names : released_) bytes += names.capacity() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace stoker
