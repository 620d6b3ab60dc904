// A candidate and its place in a plan, as one element of a msgpack array: what journals and saved plans
// share.
//
// Format: an array [place (phase << 32 | level), key, strategy, probability, cost_us, bytes, priority, ttl,
// tags, dependencies, refresh]; `ttl` in nanoseconds.
#pragma once

#include <msgpack.hpp>

#include "messages/warming.hpp"

namespace stoker {

using msgpack_packer = msgpack::packer<msgpack::sbuffer>;

void pack_candidate(msgpack_packer& to, std::uint64_t place, const candidate& item);
// An array of all items; phases without any are left out.
void pack_phases(msgpack_packer& to, const std::vector<planned_phase>& phases);

// These throw what msgpack throws on anything else.
candidate unpack_candidate(const msgpack::object& packed);
std::vector<planned_phase> unpack_phases(const msgpack::object& packed);
// An array of at least `fields` elements.
const msgpack::object_array& array_of(const msgpack::object& packed, std::size_t fields);

}  // namespace stoker
