// Notices that a cache lost what was in it, or a part of it: a content_watch for each of its shards.
//
// A shard is known by a mark of what it holds, whoever holds it: when another server holds the same, it is a
// replica that took over, and only a shard that is nearly empty then is a loss. A shard that was not there at
// the last look is what later ones are compared with.
//
// Pure; threads: one at a time.
#pragma once

#include <map>
#include <span>
#include <string>

#include "storage/caches/remote/content_watch.hpp"

namespace stoker {

class shard_watch {
 public:
  struct look {
    std::uint64_t shard = 0;  // its mark
    std::string holder;       // names the server
    content_watch::look content;
  };

  // `all`: every shard is among the looks. Else the others were not reached, and are remembered.
  remote_condition compare(std::span<look> looks, bool all) {
    remote_condition result;
    std::map<std::uint64_t, watched> seen;
    for (auto& each : looks) {
      auto found = shards_.extract(each.shard);
      auto& shard = seen[each.shard];
      if (!found.empty()) shard = std::move(found.mapped());
      each.content.successor = !shard.holder.empty() && shard.holder != each.holder;
      shard.holder = each.holder;
      const auto one = shard.content.compare(each.content);
      result.entries += one.entries;
      result.restarted = result.restarted || one.restarted;
      result.emptied = result.emptied || one.emptied;
    }
    if (!all && shards_.size() < most_remembered) seen.merge(shards_);
    shards_ = std::move(seen);
    if (all) {
      // Shards may each hold too little to tell.
      const auto whole = whole_.compare({"all", 0, result.entries});
      result.emptied = result.emptied || (whole.emptied && !result.restarted);
    }
    if (result.lost_content()) ++incarnation_;
    result.incarnation = incarnation_;
    return result;
  }

  // Stoker itself emptied them all.
  void own_flush() {
    for (auto& [mark, shard] : shards_) shard.content.own_flush();
    whole_.own_flush();
  }

 private:
  struct watched {
    std::string holder;
    content_watch content;
  };

  static constexpr std::size_t most_remembered = 4096;

  std::map<std::uint64_t, watched> shards_;
  content_watch whole_;
  std::uint64_t incarnation_ = 1;
};

}  // namespace stoker
