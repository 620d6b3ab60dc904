// What a warmer keeps over restarts beside its journal: the number of its next run, and the books of its
// strategies.
//
// Format, msgpack: an array [version, next_run, accounts]; an account is an array [strategy, warmed, used,
// wasted, loads, measured, measured_hits, controls, control_hits, standing, because].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/proof.hpp"

namespace stoker {

struct warmer_books {
  std::uint64_t next_run = 1;
  std::vector<strategy_account> accounts;
};

std::string encode_books(const warmer_books& books);

// Empty when the bytes are none, damaged, of a version not known here, or contradict themselves.
std::optional<warmer_books> decode_books(std::string_view bytes);

}  // namespace stoker
