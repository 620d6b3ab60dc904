// A plan as bytes: to be saved, shown to somebody, and run another day or by another process.
//
// Format, msgpack: an array [version, cache, made_at, budget_bytes, planned_bytes, origin_calls,
// expected_time, items, left_out]; times in nanoseconds; items as in candidate_codec.hpp; left_out an array
// of [item, reason]. A later version may append elements: a reader takes those it knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/warming.hpp"

namespace stoker {

std::string encode_plan(const warm_plan& plan);

// Empty when the bytes are none, damaged, or of a version not known here.
std::optional<warm_plan> decode_plan(std::string_view bytes);

}  // namespace stoker
