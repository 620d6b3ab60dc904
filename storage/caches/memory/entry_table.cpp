#include "storage/caches/memory/entry_table.hpp"

#include <cassert>
#include <cstring>

#include "storage/caches/memory/footprint.hpp"

namespace stoker {

static_assert(sizeof(cache_entry) == 96, "the cost of an entry is a promise");

std::size_t cache_entry::heap_footprint() const noexcept {
  return entry_table::key_footprint(key_size_) + heap_bytes(bytes.allocation_bytes());
}

entry_table::slot entry_table::acquire(std::string_view key) {
  if (free_.empty()) add_chunk();
  const slot s = free_.back();
  cache_entry& e = (*this)[s];
  char* place = e.key_.in_place;
  if (key.size() > cache_entry::inline_key_bytes) place = e.key_.on_heap = new char[key.size()];
  if (!key.empty()) std::memcpy(place, key.data(), key.size());
  e.key_size_ = static_cast<std::uint32_t>(key.size());
  e.resident = true;
  free_.pop_back();
  ++size_;
  return s;
}

void entry_table::release(slot s) {
  cache_entry& e = (*this)[s];
  assert(e.resident);
  if (e.key_size_ > cache_entry::inline_key_bytes) delete[] e.key_.on_heap;
  std::destroy_at(&e);
  std::construct_at(&e);
  free_.push_back(s);
  --size_;
}

void entry_table::clear() {
  for (slot s = 0; s < slot_limit() && size_ > 0; ++s)
    if ((*this)[s].resident) release(s);
  chunks_ = std::vector<std::unique_ptr<cache_entry[]>>();
  free_ = std::vector<slot>();
}

std::size_t entry_table::memory_bytes() const noexcept {
  constexpr std::size_t chunk = heap_bytes(chunk_entries * sizeof(cache_entry) + alignof(cache_entry));
  return chunks_.size() * chunk + heap_bytes(chunks_) + heap_bytes(free_);
}

std::size_t entry_table::key_footprint(std::size_t key_size) noexcept {
  return key_size <= cache_entry::inline_key_bytes ? 0 : heap_bytes(key_size);
}

void entry_table::add_chunk() {
  const slot first = slot_limit();
  chunks_.push_back(std::make_unique<cache_entry[]>(chunk_entries));
  free_.reserve(std::size_t{first} + chunk_entries);  // so that release never allocates
  for (std::size_t i = chunk_entries; i-- > 0;) free_.push_back(first + static_cast<slot>(i));
}

}  // namespace stoker
