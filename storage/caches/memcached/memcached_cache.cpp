#include "storage/caches/memcached/memcached_cache.hpp"

#include <algorithm>

#include "storage/caches/memcached/memcached_session.hpp"

namespace stoker {

namespace {

using steady_deadline = remote_cache::steady_deadline;
using seconds = std::chrono::seconds;

constexpr remote_look too_long{residency::unknown, trouble::unsupported};
constexpr std::size_t longest_key = 250;
// More is taken for a point in time since 1970.
constexpr seconds longest_relative = std::chrono::hours{24 * 30};

// As flag T says it: rounded down, and never to 0, which would be no expiry.
std::string ttl_flag(duration ttl) {
  if (ttl <= duration::zero()) return {};
  auto whole = std::max(std::chrono::floor<seconds>(ttl), seconds{1});
  if (whole > longest_relative)
    whole += std::chrono::floor<seconds>(std::chrono::system_clock::now().time_since_epoch());
  return " T" + std::to_string(whole.count());
}

// Stands for a command that is not sent, so that replies stay in step.
void append_nothing(std::string& out) {
  out += "mn\r\n";
}

// `command` with its key and flags.
void append_line(std::string& out, std::string_view command, const meta_key& key, std::string_view flags) {
  out.append(command).append(key.text).append(flags).append(key.flag).append("\r\n");
}

void append_set(std::string& out, const meta_key& key, const remote_entry& entry, const std::string& flags) {
  out.append("ms ").append(key.text).append(" ").append(std::to_string(entry.bytes.size()));
  out.append(flags).append(key.flag).append("\r\n").append(entry.bytes).append("\r\n");
}

remote_look look_of(const meta_reply& reply) {
  remote_look look;
  if (reply.code() == "EN") {
    look.state = residency::absent;
  } else if (reply.code() == "HD" || reply.code() == "VA") {
    look.state = residency::present;
    const auto left = reply.flag('t').value_or(-1);
    // An entry within its last second is told as 0.
    if (left >= 0) look.ttl_left = seconds{std::max<std::int64_t>(left, 1)};
  } else {
    const auto what = trouble_of(reply);
    look.why = what == trouble::none ? trouble::garbled : what;
  }
  return look;
}

remote_outcome outcome_of(const meta_reply& reply) {
  const auto code = reply.code();
  if (code == "HD") return {fill_result::stored};
  if (code == "NS") return {fill_result::present};
  if (code == "EX" || code == "NF") return {fill_result::fenced};
  if (reply.line.find("too large") != std::string_view::npos) return {fill_result::too_large};
  const auto what = trouble_of(reply);
  return {fill_result::refused, what == trouble::none ? trouble::garbled : what};
}

// Writes the entries that nothing speaks against. `flags_of` is asked while the batch is made, so that a
// change that comes later is sent later; it gives none for what is fenced.
template <class FlagsOf>
std::vector<remote_outcome> write(memcached_session& session, std::span<const remote_entry> entries,
                                  steady_deadline deadline, FlagsOf flags_of) {
  std::vector<remote_outcome> outcomes(entries.size());
  std::vector<bool> skipped(entries.size());
  const auto append = [&](std::string& out, std::size_t item) {
    const auto key = session.encode(entries[item].key);
    const std::optional<std::string> flags = key ? flags_of(entries[item]) : std::nullopt;
    skipped[item] = !flags;
    if (flags) return append_set(out, *key, entries[item], *flags);
    outcomes[item] = {key ? fill_result::fenced : fill_result::too_large};
    append_nothing(out);
  };
  const auto on_reply = [&](std::size_t item, const meta_reply& reply) {
    if (skipped[item]) return;
    outcomes[item] = outcome_of(reply);
    if (outcomes[item].result == fill_result::stored)
      outcomes[item].version = static_cast<std::uint64_t>(reply.flag('c').value_or(0));
  };
  auto failed = trouble::none;
  for (auto item = session.run(entries.size(), append, on_reply, deadline, failed); item < outcomes.size();
       ++item)
    if (!skipped[item]) outcomes[item] = {fill_result::refused, failed};
  session.counts.add(outcomes);
  return outcomes;
}

// Asks `flags` of each key.
template <class OnReply>
trouble look_at(memcached_session& session, remote_cache::keys asked, std::string_view flags,
                steady_deadline deadline, std::size_t& answered, OnReply on_reply) {
  auto failed = trouble::none;
  answered = session.run(
      asked.size(),
      [&](std::string& out, std::size_t item) {
        if (const auto key = session.encode(asked[item])) return append_line(out, "mg ", *key, flags);
        append_nothing(out);
      },
      [&](std::size_t item, const meta_reply& reply) {
        on_reply(item, reply.code() == "MN" ? too_long : look_of(reply), reply);
      },
      deadline, failed);
  return failed;
}

// Deletes; `flags_of` gives an item's flags.
template <class FlagsOf>
removed_keys remove(memcached_session& session, remote_cache::keys gone, steady_deadline deadline,
                    FlagsOf flags_of) {
  removed_keys result;
  result.gone.resize(gone.size());
  auto failed = trouble::none;
  const auto answered = session.run(
      gone.size(),
      [&](std::string& out, std::size_t item) {
        if (const auto key = session.encode(gone[item])) return append_line(out, "md ", *key, flags_of(item));
        append_nothing(out);
      },
      [&](std::size_t item, const meta_reply& reply) {
        const bool removed = reply.code() == "HD";
        result.removed += removed ? 1 : 0;
        result.gone[item] = removed;
        const auto what = trouble_of(reply);
        if (what == trouble::none) return;
        result.why = what;
        ++result.unknown;
      },
      deadline, failed);
  if (failed != trouble::none) result.why = failed;
  result.unknown += gone.size() - answered;
  session.counts.add(result.why, result.unknown);
  return result;
}

}  // namespace

memcached_cache::memcached_cache(memcached_config config)
    : session_(std::make_unique<memcached_session>(std::move(config))) {}

memcached_cache::~memcached_cache() = default;

std::vector<remote_look> memcached_cache::contains(keys asked, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  std::vector<remote_look> looks(asked.size());
  std::size_t item = 0;
  const auto failed = look_at(*session_, asked, " t u", deadline, item,
                              [&](std::size_t number, const remote_look& look, const meta_reply&) {
                                looks[number] = look;
                                session_->own.count(look);
                              });
  for (; item < looks.size(); ++item) looks[item] = {residency::unknown, failed};
  session_->counts.add(looks);
  return looks;
}

std::vector<remote_value> memcached_cache::read(keys asked, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  std::vector<remote_value> values(asked.size());
  std::size_t item = 0;
  const auto failed = look_at(*session_, asked, " t v", deadline, item,
                              [&](std::size_t number, const remote_look& look, const meta_reply& reply) {
                                values[number].there = look;
                                if (look.state == residency::present)
                                  values[number].bytes = value{reply.data};
                              });
  for (; item < values.size(); ++item) values[item] = {{residency::unknown, failed}, {}};
  for (const auto& found : values) session_->counts.add(found.there.why, 1);
  return values;
}

std::vector<remote_outcome> memcached_cache::put(std::span<const remote_entry> entries,
                                                 steady_deadline deadline) {
  for (const auto& entry : entries) session_->changes.changed(entry.key);
  std::lock_guard guard{session_->lock};
  const auto client_flags = " F" + std::to_string(session_->config.client_flags);
  return write(*session_, entries, deadline, [&](const remote_entry& entry) -> std::optional<std::string> {
    return client_flags + ttl_flag(entry.ttl);
  });
}

remote_token memcached_cache::begin_fill(std::string_view) {
  remote_token token;
  token.generation = session_->changes.generation();
  return token;
}

std::vector<remote_outcome> memcached_cache::fill(std::span<const remote_entry> entries,
                                                  steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  const auto client_flags = " ME F" + std::to_string(session_->config.client_flags);
  return write(*session_, entries, deadline, [&](const remote_entry& entry) -> std::optional<std::string> {
    if (session_->changes.changed_since(entry.key, entry.token.generation)) return std::nullopt;
    return client_flags + ttl_flag(entry.ttl) + (entry.wants_version ? " c" : "");
  });
}

std::vector<remote_token> memcached_cache::begin_refresh(keys asked, steady_deadline deadline) {
  const auto generation = session_->changes.generation();
  std::lock_guard guard{session_->lock};
  std::vector<remote_token> tokens(asked.size());
  std::size_t answered = 0;
  const auto now = std::chrono::steady_clock::now();
  const auto failed = look_at(*session_, asked, " t c u", deadline, answered,
                              [&](std::size_t number, const remote_look& look, const meta_reply& reply) {
                                session_->own.count(look);
                                session_->counts.add(look.why, 1);
                                const auto version = reply.flag('c');
                                if (look.state != residency::present || !version) return;
                                tokens[number].version = std::to_string(*version);
                                if (look.ttl_left > duration::zero())
                                  tokens[number].expires_at = now + look.ttl_left;
                              });
  session_->counts.add(failed, asked.size() - answered);
  for (auto& token : tokens) token.generation = generation;
  return tokens;
}

std::vector<remote_outcome> memcached_cache::refresh(std::span<const remote_entry> entries,
                                                     steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  const auto client_flags = " F" + std::to_string(session_->config.client_flags);
  const auto now = std::chrono::steady_clock::now();
  return write(*session_, entries, deadline, [&](const remote_entry& entry) -> std::optional<std::string> {
    const auto& token = entry.token;
    if (token.version.empty() || session_->changes.changed_since(entry.key, token.generation) ||
        token.expires_at <= now)
      return std::nullopt;
    // A set without a TTL would last for ever: the one that the entry had goes on.
    const bool goes_on = entry.ttl <= duration::zero() && token.expires_at != steady_deadline::max();
    return " C" + token.version + client_flags + ttl_flag(goes_on ? token.expires_at - now : entry.ttl);
  });
}

removed_keys memcached_cache::invalidate(keys gone, steady_deadline deadline) {
  for (const auto key : gone) session_->changes.changed(key);
  std::lock_guard guard{session_->lock};
  return remove(*session_, gone, deadline, [](std::size_t) { return std::string{}; });
}

removed_keys memcached_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  std::vector<std::string_view> asked;
  for (const auto& one : filled) asked.push_back(one.key);
  std::vector<std::string_view> unused;
  std::vector<std::size_t> places;  // of the unused ones among those asked for
  std::vector<std::string> versions;
  std::size_t answered = 0;
  auto why = look_at(*session_, asked, " h c u", deadline, answered,
                     [&](std::size_t number, const remote_look& look, const meta_reply& reply) {
                       session_->own.count(look);
                       const auto version = reply.flag('c');
                       const auto filled_as = filled[number].version;
                       if (look.state != residency::present || reply.flag('h') != 0 || !version) return;
                       if (filled_as != 0 && static_cast<std::uint64_t>(*version) != filled_as) return;
                       unused.push_back(asked[number]);
                       places.push_back(number);
                       versions.push_back(" C" + std::to_string(*version));
                     });
  session_->counts.add(why, filled.size() - answered);
  auto result = remove(*session_, unused, deadline, [&](std::size_t item) { return versions[item]; });
  result.unknown += filled.size() - answered;
  if (result.why == trouble::none) result.why = why;
  std::vector<bool> gone(filled.size());
  for (std::size_t i = 0; i < places.size(); ++i) gone[places[i]] = result.gone[i];
  result.gone = std::move(gone);
  return result;
}

trouble memcached_cache::clear(steady_deadline deadline) {
  session_->changes.all_changed();
  std::lock_guard guard{session_->lock};
  session_->content.own_flush();
  auto refused = trouble::none;
  auto failed = trouble::none;
  session_->run(
      1, [](std::string& out, std::size_t) { out += "flush_all\r\n"; },
      [&](std::size_t, const meta_reply& reply) {
        refused = trouble_of(reply);
        if (refused == trouble::none && reply.line != "OK") refused = trouble::garbled;
      },
      deadline, failed);
  return failed != trouble::none ? failed : refused;
}

remote_stats memcached_cache::stats(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  memcached_session::statistics found;
  const auto why = session_->read_statistics(found, deadline);
  auto result = session_->counts.counts();
  result.why = why;
  result.connections = session_->link.connections();
  result.hits = session_->own.users_hits(number_of(found, "get_hits"));
  result.misses = session_->own.users_misses(number_of(found, "get_misses"));
  result.evictions = number_of(found, "evictions");
  result.expirations = number_of(found, "reclaimed");
  result.entries = number_of(found, "curr_items");
  result.bytes = number_of(found, "bytes");
  return result;
}

remote_memory memcached_cache::memory(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  memcached_session::statistics found;
  remote_memory result;
  result.why = session_->read_statistics(found, deadline);
  result.used_bytes = number_of(found, "bytes");
  result.limit_bytes = number_of(found, "limit_maxbytes");
  result.evicts = true;
  return result;
}

remote_condition memcached_cache::condition(steady_deadline deadline) {
  std::lock_guard guard{session_->lock};
  memcached_session::statistics found;
  if (const auto why = session_->read_statistics(found, deadline); why != trouble::none) {
    auto result = session_->content.unknown();
    result.why = why;
    return result;
  }
  return session_->content.compare(
      {session_->process_of(found), number_of(found, "cmd_flush"), number_of(found, "curr_items"), false});
}

remote_capabilities memcached_cache::capabilities() const {
  remote_capabilities result;
  result.live_set = fence::add;
  result.live_delete = fence::none;
  result.own_change = fence::generation;
  result.refresh = fence::compare;
  result.ttl = true;
  result.ttl_step = seconds{1};
  result.clears_all = true;
  result.max_key_bytes = longest_key;
  return result;
}

std::string memcached_cache::last_error() const {
  std::lock_guard guard{session_->lock};
  return session_->link.last_error();
}

}  // namespace stoker
