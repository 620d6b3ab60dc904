#include "storage/caches/redis/redis_cache.hpp"

#include "messages/key.hpp"
#include "storage/caches/redis/redis_commands.hpp"
#include "storage/caches/redis/redis_servers.hpp"
#include "storage/caches/remote/batch_key.hpp"

namespace stoker {

namespace {

using steady_deadline = remote_cache::steady_deadline;

constexpr std::size_t longest_value = 512u << 20;  // what the protocol allows in one string
constexpr remote_look too_long{residency::unknown, trouble::unsupported};

bool is_too_long(std::string_view key) {
  return key.size() > max_key_bytes;
}

// Stands for a command that is not sent, so that replies stay in step.
void append_nothing(std::string& out) {
  append_command(out, {"ECHO", ""});
}

// Of one command for each item.
template <class Item>
redis_batch batch_of(std::span<const Item> items) {
  redis_batch batch;
  batch.items = items.size();
  batch.key = [items](std::size_t item) { return key_of(items[item]); };
  return batch;
}

using append_entry = void (*)(std::string& out, std::string_view key, const remote_entry& entry);

// Writes the entries that nothing speaks against; `objection` is asked while the batch is made, so that a
// change that comes later is sent later.
template <class Read, class Objection>
std::vector<remote_outcome> write(redis_servers& servers, std::span<const remote_entry> entries,
                                  steady_deadline deadline, append_entry append, Read read,
                                  Objection objection) {
  std::vector<remote_outcome> outcomes(entries.size());
  std::vector<bool> skipped(entries.size());
  auto batch = batch_of(entries);
  batch.append = [&](std::string& out, std::size_t item) {
    const auto& entry = entries[item];
    const bool fits = entry.bytes.size() <= longest_value && !is_too_long(entry.key);
    const auto against = fits ? objection(entry) : fill_result::too_large;
    skipped[item] = against != fill_result::stored;
    if (skipped[item]) {
      outcomes[item] = {against};
      append_nothing(out);
    } else {
      append(out, servers.full(entry.key), entry);
    }
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    if (!skipped[item]) outcomes[item] = read(entries[item], reply);
  };
  batch.on_trouble = [&](std::size_t item, trouble why) {
    if (!skipped[item]) outcomes[item] = {fill_result::refused, why};
  };
  servers.run(batch, deadline);
  servers.counts.add(outcomes);
  return outcomes;
}

remote_outcome read_set(const remote_entry& entry, const redisReply& reply) {
  auto outcome = outcome_of_set(reply);
  if (entry.wants_version && outcome.result == fill_result::stored) outcome.version = version_of(entry.bytes);
  return outcome;
}

// Counts what a command that answers how many keys it removed came to.
void count_removal(removed_keys& into, const redisReply& reply) {
  const auto what = trouble_unless(REDIS_REPLY_INTEGER, reply);
  if (what == trouble::none) {
    into.removed += reply.integer > 0 ? 1 : 0;
  } else {
    into.why = what;
    ++into.unknown;
  }
}

void count_unknown(removed_keys& into, trouble why) {
  into.why = why;
  ++into.unknown;
}

struct scan_page {
  std::string cursor = "0";
  std::vector<std::string> keys;
};

trouble scan(redis_session& server, const std::string& pattern, scan_page& page, steady_deadline deadline) {
  auto shape = trouble::none;
  const auto cursor = page.cursor;
  const auto asked =
      server.ask({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"}, deadline, [&](const redisReply& reply) {
        page.keys.clear();
        shape = trouble::garbled;
        if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return;
        if (reply.element[1]->type != REDIS_REPLY_ARRAY) return;
        shape = trouble::none;
        page.cursor = text_of(*reply.element[0]);
        for (std::size_t i = 0; i < reply.element[1]->elements; ++i)
          page.keys.emplace_back(text_of(*reply.element[1]->element[i]));
      });
  return asked != trouble::none ? asked : shape;
}

// Page by page, what begins with the prefix.
trouble clear_prefix(redis_session& server, const std::string& prefix, steady_deadline deadline) {
  const auto pattern = escaped_pattern(prefix) + "*";
  scan_page page;
  do {
    if (const auto what = scan(server, pattern, page, deadline); what != trouble::none) return what;
    removed_keys gone;
    redis_session::batch batch;
    batch.items = page.keys.size();
    batch.append = [&](std::string& out, std::size_t item) {
      append_command(out, {"UNLINK", page.keys[item]});
    };
    batch.on_reply = [&](std::size_t, const redisReply& reply) {
      // What moved to another server is cleared there.
      if (!redirection_of(reply, {})) count_removal(gone, reply);
    };
    auto failed = trouble::none;
    server.run(batch, deadline, failed);
    if (failed != trouble::none || gone.why != trouble::none)
      return failed != trouble::none ? failed : gone.why;
  } while (page.cursor != "0");
  return trouble::none;
}

}  // namespace

redis_cache::redis_cache(redis_config config)
    : servers_(std::make_unique<redis_servers>(std::move(config))) {}

redis_cache::~redis_cache() = default;

std::vector<remote_look> redis_cache::contains(keys asked, steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  std::vector<remote_look> looks(asked.size());
  auto batch = batch_of(asked);
  batch.reads = true;
  batch.append = [&](std::string& out, std::size_t item) {
    if (is_too_long(asked[item])) return append_nothing(out);
    append_command(out, {"PTTL", servers_->full(asked[item])});
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    looks[item] = is_too_long(asked[item]) ? too_long : look_of(reply);
    servers_->own().count(looks[item]);
  };
  batch.on_trouble = [&](std::size_t item, trouble why) { looks[item] = {residency::unknown, why}; };
  servers_->run(batch, deadline);
  servers_->counts.add(looks);
  return looks;
}

std::vector<remote_value> redis_cache::read(keys asked, steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  std::vector<remote_value> values(asked.size());
  auto batch = batch_of(asked);
  batch.commands_each = 2;
  batch.reads = true;
  batch.append = [&](std::string& out, std::size_t number) {
    const auto key = asked[number / 2];
    if (is_too_long(key)) return append_nothing(out);
    append_command(out, {number % 2 == 0 ? "PTTL" : "GET", servers_->full(key)});
  };
  batch.on_reply = [&](std::size_t number, const redisReply& reply) {
    auto& found = values[number / 2];
    if (is_too_long(asked[number / 2])) {
      found.there = too_long;
    } else if (number % 2 == 0) {
      found.there = look_of(reply);
      servers_->own().count(found.there);
    } else if (reply.type == REDIS_REPLY_STRING) {
      found.there.state = residency::present;
      found.bytes = value{text_of(reply)};
    } else {
      const auto what =
          reply.type == REDIS_REPLY_NIL ? trouble::none : trouble_unless(REDIS_REPLY_STRING, reply);
      found.there = {what == trouble::none ? residency::absent : residency::unknown, what};
    }
  };
  batch.on_trouble = [&](std::size_t item, trouble why) { values[item] = {{residency::unknown, why}, {}}; };
  servers_->run(batch, deadline);
  for (const auto& found : values) servers_->counts.add(found.there.why, 1);
  return values;
}

std::vector<remote_outcome> redis_cache::put(std::span<const remote_entry> entries,
                                             steady_deadline deadline) {
  for (const auto& entry : entries) servers_->changes.changed(entry.key);
  std::lock_guard guard{servers_->lock};
  return write(*servers_, entries, deadline, append_put, read_set,
               [](const remote_entry&) { return fill_result::stored; });
}

remote_token redis_cache::begin_fill(std::string_view) {
  remote_token token;
  token.generation = servers_->changes.generation();
  return token;
}

std::vector<remote_outcome> redis_cache::fill(std::span<const remote_entry> entries,
                                              steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  return write(*servers_, entries, deadline, append_fill, read_set, [this](const remote_entry& entry) {
    return servers_->changes.changed_since(entry.key, entry.token.generation) ? fill_result::fenced
                                                                              : fill_result::stored;
  });
}

std::vector<remote_token> redis_cache::begin_refresh(keys asked, steady_deadline deadline) {
  const auto generation = servers_->changes.generation();
  std::lock_guard guard{servers_->lock};
  std::vector<remote_token> tokens(asked.size());
  auto batch = batch_of(asked);
  batch.append = [&](std::string& out, std::size_t item) {
    if (is_too_long(asked[item])) return append_nothing(out);
    append_begin_refresh(out, servers_->full(asked[item]));
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    servers_->counts.add(trouble_of(reply), 1);
    if (reply.type == REDIS_REPLY_NIL) servers_->own().misses += 2;
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return;
    tokens[item].version = text_of(*reply.element[0]);
    servers_->own().hits += 1 + lookups_for(tokens[item]);
    if (const auto ms = reply.element[1]->integer; ms > 0)
      tokens[item].expires_at = std::chrono::steady_clock::now() + std::chrono::milliseconds{ms};
  };
  batch.on_trouble = [&](std::size_t, trouble why) { servers_->counts.add(why, 1); };
  servers_->run(batch, deadline);
  for (auto& token : tokens) token.generation = generation;
  return tokens;
}

std::vector<remote_outcome> redis_cache::refresh(std::span<const remote_entry> entries,
                                                 steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  return write(
      *servers_, entries, deadline, append_refresh,
      [&](const remote_entry& entry, const redisReply& reply) {
        if (reply.type == REDIS_REPLY_INTEGER)
          (reply.integer < 0 ? servers_->own().misses : servers_->own().hits) += lookups_for(entry.token);
        return outcome_of_refresh(reply);
      },
      [this](const remote_entry& entry) {
        const bool gone =
            entry.token.version.empty() || servers_->changes.changed_since(entry.key, entry.token.generation);
        return gone ? fill_result::fenced : fill_result::stored;
      });
}

removed_keys redis_cache::invalidate(keys gone, steady_deadline deadline) {
  for (const auto key : gone) servers_->changes.changed(key);
  std::lock_guard guard{servers_->lock};
  removed_keys result;
  auto batch = batch_of(gone);
  batch.append = [&](std::string& out, std::size_t item) {
    append_command(out, {"UNLINK", servers_->full(gone[item])});
  };
  batch.on_reply = [&](std::size_t, const redisReply& reply) { count_removal(result, reply); };
  batch.on_trouble = [&](std::size_t, trouble why) { count_unknown(result, why); };
  servers_->run(batch, deadline);
  servers_->counts.add(result.why, result.unknown);
  return result;
}

removed_keys redis_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  removed_keys result;
  result.gone.resize(filled.size());
  auto batch = batch_of(filled);
  batch.append = [&](std::string& out, std::size_t item) {
    append_remove_unused(out, servers_->full(filled[item].key), filled[item]);
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    if (const auto done = removal_of(reply)) {
      result.removed += done->removed ? 1 : 0;
      result.gone[item] = done->removed;
      (done->absent ? servers_->own().misses : servers_->own().hits) += done->looks;
    } else {
      count_unknown(result, trouble_unless(REDIS_REPLY_ARRAY, reply));
    }
  };
  batch.on_trouble = [&](std::size_t, trouble why) { count_unknown(result, why); };
  servers_->run(batch, deadline);
  servers_->counts.add(result.why, result.unknown);
  return result;
}

trouble redis_cache::clear(steady_deadline deadline) {
  servers_->changes.all_changed();
  std::lock_guard guard{servers_->lock};
  servers_->content.own_flush();
  const auto& prefix = servers_->config.key_prefix;
  return servers_->each(deadline, [&](const redis_servers::part& part) {
    if (!prefix.empty()) return clear_prefix(part.server, prefix, part.deadline);
    return part.server.ask({"FLUSHDB", "ASYNC"}, part.deadline, [](const redisReply&) {});
  });
}

remote_stats redis_cache::stats(steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  remote_stats told;
  told.why = servers_->each(deadline, [&](const redis_servers::part& part) {
    redis_info info;
    const auto why = part.server.read_info(part.deadline, info);
    told.hits += part.server.own.users_hits(info.keyspace_hits);
    told.misses += part.server.own.users_misses(info.keyspace_misses);
    told.evictions += info.evicted_keys;
    told.expirations += info.expired_keys;
    told.entries += info.entries;
    told.bytes += info.used_memory;
    return why;
  });
  auto result = servers_->counted();
  result.why = told.why;
  result.hits = told.hits;
  result.misses = told.misses;
  result.evictions = told.evictions;
  result.expirations = told.expirations;
  result.entries = told.entries;
  result.bytes = told.bytes;
  return result;
}

remote_memory redis_cache::memory(steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  remote_memory result;
  bool unlimited = false;
  result.why = servers_->each(deadline, [&](const redis_servers::part& part) {
    redis_info info;
    const auto why = part.server.read_info(part.deadline, info);
    result.used_bytes += info.used_memory;
    result.limit_bytes += info.maxmemory;
    result.evicts = result.evicts || info.maxmemory_policy != "noeviction";
    unlimited = unlimited || info.maxmemory == 0;
    return why;
  });
  if (unlimited) result.limit_bytes = 0;
  return result;
}

remote_condition redis_cache::condition(steady_deadline deadline) {
  std::lock_guard guard{servers_->lock};
  std::vector<shard_watch::look> looks;
  const auto why = servers_->each(deadline, [&](const redis_servers::part& part) {
    redis_info info;
    const auto one = part.server.read_info(part.deadline, info);
    if (one == trouble::none)
      looks.push_back(
          {part.shard, part.server.config.where.shown(), {info.run_id, info.flushes, info.entries}});
    return one;
  });
  auto result = servers_->content.compare(looks, why == trouble::none);
  result.why = why;
  return result;
}

remote_capabilities redis_cache::capabilities() const {
  remote_capabilities result;
  result.live_set = fence::add;
  result.live_delete = fence::none;
  result.own_change = fence::generation;
  result.refresh = fence::compare;
  result.ttl = true;
  result.ttl_step = std::chrono::milliseconds{1};
  result.clears_all = servers_->config.key_prefix.empty();
  result.max_key_bytes = max_key_bytes;
  result.max_value_bytes = longest_value;
  return result;
}

std::string redis_cache::last_error() const {
  std::lock_guard guard{servers_->lock};
  return servers_->last_error();
}

}  // namespace stoker
