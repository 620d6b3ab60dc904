#include "storage/caches/redis/redis_cache.hpp"

#include "messages/key.hpp"
#include "storage/caches/redis/redis_commands.hpp"
#include "storage/caches/redis/redis_session.hpp"

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

using append_entry = void (*)(std::string& out, std::string_view key, const remote_entry& entry);

// Writes the entries that nothing speaks against; `objection` is asked while the batch is made, so that a
// change that comes later is sent later.
template <class Read, class Objection>
std::vector<remote_outcome> write(redis_session& session, std::span<const remote_entry> entries,
                                  steady_deadline deadline, append_entry append, Read read,
                                  Objection objection) {
  std::vector<remote_outcome> outcomes(entries.size());
  std::vector<bool> skipped(entries.size());
  redis_session::batch batch;
  batch.items = entries.size();
  batch.append = [&](std::string& out, std::size_t item) {
    const auto& entry = entries[item];
    const bool fits = entry.bytes.size() <= longest_value && !is_too_long(entry.key);
    const auto against = fits ? objection(entry) : fill_result::too_large;
    skipped[item] = against != fill_result::stored;
    if (skipped[item]) {
      outcomes[item] = {against};
      append_nothing(out);
    } else {
      append(out, session.full(entry.key), entry);
    }
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    if (!skipped[item]) outcomes[item] = read(entries[item], reply);
  };
  auto failed = trouble::none;
  for (auto item = session.run(batch, deadline, failed); item < outcomes.size(); ++item)
    if (!skipped[item]) outcomes[item] = {fill_result::refused, failed};
  session.counts.add(outcomes);
  return outcomes;
}

remote_outcome read_set(const remote_entry& entry, const redisReply& reply) {
  auto outcome = outcome_of_set(reply);
  if (entry.wants_version && outcome.result == fill_result::stored) outcome.version = version_of(entry.bytes);
  return outcome;
}

// By commands that answer how many keys they removed.
removed_keys remove(redis_session& session, std::size_t items, steady_deadline deadline,
                    const redis_session::append_function& append) {
  removed_keys result;
  redis_session::batch batch;
  batch.items = items;
  batch.append = append;
  batch.on_reply = [&](std::size_t, const redisReply& reply) {
    const auto what = trouble_unless(REDIS_REPLY_INTEGER, reply);
    if (what == trouble::none) {
      result.removed += reply.integer > 0 ? 1 : 0;
    } else {
      result.why = what;
      ++result.unknown;
    }
  };
  auto failed = trouble::none;
  const auto answered = session.run(batch, deadline, failed);
  if (failed != trouble::none) result.why = failed;
  result.unknown += items - answered;
  session.counts.add(result.why, result.unknown);
  return result;
}

struct scan_page {
  std::string cursor = "0";
  std::vector<std::string> keys;
};

trouble scan(redis_session& session, const std::string& pattern, scan_page& page, steady_deadline deadline) {
  auto shape = trouble::none;
  const auto cursor = page.cursor;
  const auto asked = session.ask({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"}, deadline,
                                 [&](const redisReply& reply) {
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

}  // namespace

redis_cache::redis_cache(redis_config config)
    : session_(std::make_unique<redis_session>(std::move(config))) {}

redis_cache::~redis_cache() = default;

std::vector<remote_look> redis_cache::contains(keys asked, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  std::vector<remote_look> looks(asked.size());
  redis_session::batch batch;
  batch.items = asked.size();
  batch.append = [&](std::string& out, std::size_t item) {
    if (is_too_long(asked[item])) return append_nothing(out);
    append_command(out, {"PTTL", session_->full(asked[item])});
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    looks[item] = is_too_long(asked[item]) ? too_long : look_of(reply);
    session_->count_own(looks[item]);
  };
  auto failed = trouble::none;
  for (auto item = session_->run(batch, deadline, failed); item < looks.size(); ++item)
    looks[item] = {residency::unknown, failed};
  session_->counts.add(looks);
  return looks;
}

std::vector<remote_value> redis_cache::read(keys asked, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  std::vector<remote_value> values(asked.size());
  redis_session::batch batch;
  batch.items = asked.size();
  batch.commands_each = 2;
  batch.append = [&](std::string& out, std::size_t item) {
    if (is_too_long(asked[item])) {
      append_nothing(out);
      return append_nothing(out);
    }
    append_command(out, {"PTTL", session_->full(asked[item])});
    append_command(out, {"GET", session_->full(asked[item])});
  };
  batch.on_reply = [&](std::size_t number, const redisReply& reply) {
    auto& found = values[number / 2];
    if (is_too_long(asked[number / 2])) {
      found.there = too_long;
    } else if (number % 2 == 0) {
      found.there = look_of(reply);
      session_->count_own(found.there);
    } else if (reply.type == REDIS_REPLY_STRING) {
      found.there.state = residency::present;
      found.bytes = value{text_of(reply)};
    } else {
      const auto what =
          reply.type == REDIS_REPLY_NIL ? trouble::none : trouble_unless(REDIS_REPLY_STRING, reply);
      found.there = {what == trouble::none ? residency::absent : residency::unknown, what};
    }
  };
  auto failed = trouble::none;
  for (auto item = session_->run(batch, deadline, failed); item < values.size(); ++item)
    values[item] = {{residency::unknown, failed}, {}};
  for (const auto& found : values) session_->counts.add(found.there.why, 1);
  return values;
}

std::vector<remote_outcome> redis_cache::put(std::span<const remote_entry> entries,
                                             steady_deadline deadline) {
  for (const auto& entry : entries) session_->changes.changed(entry.key);
  std::lock_guard guard{session_->lock};
  return write(*session_, entries, deadline, append_put, read_set,
               [](const remote_entry&) { return fill_result::stored; });
}

remote_token redis_cache::begin_fill(std::string_view) {
  remote_token token;
  token.generation = session_->changes.generation();
  return token;
}

std::vector<remote_outcome> redis_cache::fill(std::span<const remote_entry> entries,
                                              steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  return write(*session_, entries, deadline, append_fill, read_set, [this](const remote_entry& entry) {
    return session_->changes.changed_since(entry.key, entry.token.generation) ? fill_result::fenced
                                                                              : fill_result::stored;
  });
}

std::vector<remote_token> redis_cache::begin_refresh(keys asked, steady_deadline deadline) {
  const auto generation = session_->changes.generation();
  std::lock_guard guard{session_->lock};
  std::vector<remote_token> tokens(asked.size());
  redis_session::batch batch;
  batch.items = asked.size();
  batch.append = [&](std::string& out, std::size_t item) {
    if (is_too_long(asked[item])) return append_nothing(out);
    append_begin_refresh(out, session_->full(asked[item]));
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    session_->counts.add(trouble_of(reply), 1);
    if (reply.type == REDIS_REPLY_NIL) session_->own_misses += 2;
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return;
    tokens[item].version = text_of(*reply.element[0]);
    session_->own_hits += 1 + lookups_for(tokens[item]);
    if (const auto ms = reply.element[1]->integer; ms > 0)
      tokens[item].expires_at = std::chrono::steady_clock::now() + std::chrono::milliseconds{ms};
  };
  auto failed = trouble::none;
  const auto answered = session_->run(batch, deadline, failed);
  session_->counts.add(failed, asked.size() - answered);
  for (auto& token : tokens) token.generation = generation;
  return tokens;
}

std::vector<remote_outcome> redis_cache::refresh(std::span<const remote_entry> entries,
                                                 steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  return write(
      *session_, entries, deadline, append_refresh,
      [&](const remote_entry& entry, const redisReply& reply) {
        if (reply.type == REDIS_REPLY_INTEGER)
          (reply.integer < 0 ? session_->own_misses : session_->own_hits) += lookups_for(entry.token);
        return outcome_of_refresh(reply);
      },
      [this](const remote_entry& entry) {
        const bool gone =
            entry.token.version.empty() || session_->changes.changed_since(entry.key, entry.token.generation);
        return gone ? fill_result::fenced : fill_result::stored;
      });
}

removed_keys redis_cache::invalidate(keys gone, steady_deadline deadline) {
  for (const auto key : gone) session_->changes.changed(key);
  std::lock_guard guard{session_->lock};
  return remove(*session_, gone.size(), deadline, [&](std::string& out, std::size_t item) {
    append_command(out, {"UNLINK", session_->full(gone[item])});
  });
}

removed_keys redis_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  removed_keys result;
  result.gone.resize(filled.size());
  redis_session::batch batch;
  batch.items = filled.size();
  batch.append = [&](std::string& out, std::size_t item) {
    append_remove_unused(out, session_->full(filled[item].key), filled[item]);
  };
  batch.on_reply = [&](std::size_t item, const redisReply& reply) {
    if (const auto done = removal_of(reply)) {
      result.removed += done->removed ? 1 : 0;
      result.gone[item] = done->removed;
      (done->absent ? session_->own_misses : session_->own_hits) += done->looks;
    } else {
      result.why = trouble_unless(REDIS_REPLY_ARRAY, reply);
      ++result.unknown;
    }
  };
  auto failed = trouble::none;
  const auto answered = session_->run(batch, deadline, failed);
  if (failed != trouble::none) result.why = failed;
  result.unknown += filled.size() - answered;
  session_->counts.add(result.why, result.unknown);
  return result;
}

trouble redis_cache::clear(steady_deadline deadline) {
  session_->changes.all_changed();
  std::lock_guard guard{session_->lock};
  session_->content.own_flush();
  const auto& prefix = session_->config.key_prefix;
  if (prefix.empty()) return session_->ask({"FLUSHDB", "ASYNC"}, deadline, [](const redisReply&) {});
  const auto pattern = escaped_pattern(prefix) + "*";
  scan_page page;
  do {
    auto what = scan(*session_, pattern, page, deadline);
    if (what != trouble::none) return what;
    const auto append = [&](std::string& out, std::size_t item) {
      append_command(out, {"UNLINK", page.keys[item]});
    };
    what = remove(*session_, page.keys.size(), deadline, append).why;
    if (what != trouble::none) return what;
  } while (page.cursor != "0");
  return trouble::none;
}

remote_stats redis_cache::stats(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  redis_info info;
  const auto why = session_->read_info(deadline, info);
  auto result = session_->counts.counts();
  result.why = why;
  result.connections = session_->link.connections();
  result.hits = session_->users_hits(info.keyspace_hits);
  result.misses = session_->users_misses(info.keyspace_misses);
  result.evictions = info.evicted_keys;
  result.expirations = info.expired_keys;
  result.entries = info.entries;
  result.bytes = info.used_memory;
  return result;
}

remote_memory redis_cache::memory(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  redis_info info;
  remote_memory result;
  result.why = session_->read_info(deadline, info);
  result.used_bytes = info.used_memory;
  result.limit_bytes = info.maxmemory;
  result.evicts = info.maxmemory_policy != "noeviction";
  return result;
}

remote_condition redis_cache::condition(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  redis_info info;
  if (const auto why = session_->read_info(deadline, info); why != trouble::none) {
    auto result = session_->content.unknown();
    result.why = why;
    return result;
  }
  const auto result = session_->content.compare({info.run_id, info.flushes, info.entries});
  if (result.restarted) session_->own_hits = session_->own_misses = 0;
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
  result.clears_all = session_->config.key_prefix.empty();
  result.max_key_bytes = max_key_bytes;
  result.max_value_bytes = longest_value;
  return result;
}

std::string redis_cache::last_error() const {
  std::lock_guard guard{session_->lock};
  return session_->link.last_error();
}

}  // namespace stoker
