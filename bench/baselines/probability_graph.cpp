#include "bench/baselines/probability_graph.hpp"

#include <algorithm>
#include <utility>

namespace stoker::baselines {

probability_graph::probability_graph(std::uint64_t distinct_keys, const probability_graph_options& options)
    : options_(options), nodes_(distinct_keys), recent_(options.steps) {}

// The key that was demanded `steps` accesses ago now has its whole look-ahead period behind it: the keys in
// the ring.
void probability_graph::accessed(key_id key, bool) {
  auto& slot = recent_[accesses_ % options_.steps];
  const auto from = std::exchange(slot, key);
  if (accesses_++ < options_.steps) return;
  auto& source = nodes_[from];
  if (source.counted == 0) {
    if (closed_) return;
    ++parts_;
  }
  for (const auto to : recent_) {
    ++source.counted;
    if (!link(from, to)) break;
  }
  closed_ = closed_ || full();
}

// False: the arc is new, and there is no room for it.
bool probability_graph::link(key_id from, key_id to) {
  const auto known = positions_.find(arc_name(from, to));
  if (known != positions_.end()) {
    strengthen(from, known->second);
    return true;
  }
  if (closed_) return false;
  auto& arcs = nodes_[from].arcs;
  positions_.emplace(arc_name(from, to), static_cast<std::uint32_t>(arcs.size()));
  arcs.push_back({to, 1});
  ++parts_;
  return true;
}

// Counts one more; the arc changes places with the first of its equals, so that counts still fall.
void probability_graph::strengthen(key_id from, std::uint32_t& position) {
  auto& arcs = nodes_[from].arcs;
  const auto equal = std::partition_point(arcs.begin(), arcs.begin() + position,
                                          [&](const arc& a) { return a.count > arcs[position].count; });
  const auto first = static_cast<std::uint32_t>(equal - arcs.begin());
  if (first != position) {
    positions_.find(arc_name(from, equal->to))->second = position;
    std::swap(*equal, arcs[position]);
    position = first;
  }
  ++arcs[first].count;
}

void probability_graph::propose(key_id key, std::vector<key_id>& out) {
  auto& source = nodes_[key];
  const auto needed = options_.threshold * static_cast<double>(source.counted) / options_.steps;
  for (auto& candidate : source.arcs) {
    if (candidate.forgotten) continue;
    if (static_cast<double>(candidate.count) <= needed) {
      candidate.forgotten = options_.forgets_weak_arcs;
      break;
    }
    out.push_back(candidate.to);
  }
  std::reverse(out.begin(), out.end());
}

std::uint64_t probability_graph::metadata_bytes() const {
  std::uint64_t bytes = nodes_.capacity() * sizeof(node) + recent_.capacity() * sizeof(key_id);
  for (const auto& source : nodes_) bytes += source.arcs.capacity() * sizeof(arc);
  return bytes + positions_.capacity() * (sizeof(std::pair<std::uint64_t, std::uint32_t>) + 1);
}

}  // namespace stoker::baselines
