// Keeps the bytes of many keys: each once, in large chunks, found by a number of 32 bits.
//
// A key takes its own bytes, one byte for its size (five from 255 bytes on), and is rounded up to 8 bytes;
// what is released is given to the next key of that size. Views stay valid until their key is released.
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "messages/bring.hpp"

namespace stoker {

class name_store {
 public:
  // REQUIRES: at most max_key_bytes.
  std::uint32_t add(std::string_view bytes);
  std::string_view get(std::uint32_t name) const noexcept;
  void release(std::uint32_t name);
  void prefetch(std::uint32_t name) const noexcept { bring(address(name)); }

  std::size_t memory_bytes() const noexcept;

 private:
  static constexpr std::size_t unit_bytes = 8;            // names are numbered in it: 32 bits reach 32 GiB
  static constexpr std::size_t chunk_units = 128 * 1024;  // 1 MiB

  std::uint32_t take_room(std::size_t units);
  char* address(std::uint32_t name) const noexcept {
    return chunks_[name / chunk_units].get() + (name % chunk_units) * unit_bytes;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t used_units_ = chunk_units;              // of the last chunk; at first there is none
  std::vector<std::vector<std::uint32_t>> released_;  // by units
};

}  // namespace stoker
