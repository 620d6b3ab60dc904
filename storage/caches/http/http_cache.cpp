#include "storage/caches/http/http_cache.hpp"

#include <algorithm>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/http/cache_answer.hpp"
#include "storage/http/http_freshness.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t most_samples = 16;  // that condition() looks for
constexpr std::size_t fewest_samples = 4;
constexpr const char* probe_header = "Cache-Control: only-if-cached";

time_point wall_clock() {
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

duration left_of(const http_answer& answer) {
  return freshness_of(answer.headers, wall_clock()).left().value_or(duration::zero());
}

remote_outcome refused(trouble why) {
  return {fill_result::refused, why};
}

std::vector<std::string_view> keys_of(std::span<const remote_entry> entries) {
  std::vector<std::string_view> result;
  for (const auto& entry : entries) result.push_back(entry.key);
  return result;
}

[[noreturn]] void reject(const std::string& text) {
  throw error{errc::invalid_argument, "HTTP cache: " + text};
}

void check_headers(const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    if (!is_http_header(line)) reject("header \"" + line + "\" is not of the form \"Name: value\"");
}

bool is_method(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

void validate(const http_cache_config& config) {
  validate(config.client);
  static_cast<void>(url_templates{config.urls});
  check_headers(config.headers);
  check_headers(config.invalidate_headers);
  if (config.refresh == http_refresh::bypass && !is_http_header(config.bypass_header))
    reject("refresh by bypass needs a bypass_header of the form \"Name: value\"");
  if (config.refresh == http_refresh::purge && config.invalidate_method.empty())
    reject("refresh by purge needs an invalidate_method, such as PURGE");
  if (!is_method(config.invalidate_method) || !is_method(config.clear_method))
    reject("methods are written in capital letters");
  if (!config.clear_url.empty() && (!is_http_url(config.clear_url) || config.clear_method.empty()))
    reject("clear_url must be an http or https URL, and needs a clear_method");
  if (!config.status_header.empty() && config.hit_words.empty())
    reject("status_header needs hit_words, such as HIT");
}

http_cache::http_cache(http_cache_config config)
    : config_((validate(config), std::move(config))), urls_(config_.urls), client_(config_.client) {}

http_cache::answers http_cache::ask(keys asked, const std::string& method,
                                    const std::vector<std::string>& more_headers, steady_deadline deadline) {
  answers came(asked.size());
  std::vector<http_request> requests;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto made = urls_.url_of(asked[i]);
    if (!made.objection.empty()) {
      came[i].problem = http_problem::none;
      came[i].status = 501;  // as a server would that can't: `unsupported`
      came[i].error = std::move(made.objection);
      continue;
    }
    http_request request{method, std::move(made.url), config_.headers, {}};
    request.headers.insert(request.headers.end(), more_headers.begin(), more_headers.end());
    requests.push_back(std::move(request));
    places.push_back(i);
  }
  if (requests.size() == 1)
    came[places.front()] = client_.perform(requests.front(), deadline);
  else
    client_.perform_all(requests, deadline, [&](std::size_t number, http_answer answer) {
      came[places[number]] = std::move(answer);
    });
  return came;
}

void http_cache::set_error(const std::string& text) {
  if (text.empty()) return;
  std::lock_guard guard{mutex_};
  error_ = text;
}

trouble http_cache::fail(const http_answer& answer) {
  set_error(text_of_trouble(answer));
  return trouble_of(answer);
}

bool http_cache::is_hit(const http_answer& answer) const {
  return came_from_cache(answer.headers, config_.status_header, config_.hit_words).value_or(false);
}

bool http_cache::tells_hits(const http_answer& answer) const {
  return came_from_cache(answer.headers, config_.status_header, config_.hit_words).has_value();
}

remote_look http_cache::look_of(const http_answer& answer) {
  if (answer.problem == http_problem::none && answer.status == 504) return {residency::absent};
  if (const auto why = fail(answer); why != trouble::none) return {residency::unknown, why};
  if (tells_hits(answer) && !is_hit(answer)) {
    probes_fill_ = true;
    set_error("the cache loads what it is asked for by only-if-cached: it can't be asked what it holds");
  }
  return {residency::present, trouble::none, left_of(answer)};
}

std::vector<remote_look> http_cache::probe(keys asked, steady_deadline deadline) {
  std::vector<remote_look> looks;
  for (const auto& answer : ask(asked, "HEAD", {probe_header}, deadline)) looks.push_back(look_of(answer));
  return looks;
}

std::vector<remote_look> http_cache::contains(keys asked, steady_deadline deadline) {
  std::vector<remote_look> looks(asked.size(), {residency::unknown, trouble::unsupported});
  if (may_probe()) looks = probe(asked, deadline);
  std::lock_guard guard{mutex_};
  counts_.add(looks);
  return looks;
}

std::vector<remote_value> http_cache::read(keys asked, steady_deadline) {
  std::lock_guard guard{mutex_};
  counts_.add(trouble::unsupported, asked.size());
  return {asked.size(), {{residency::unknown, trouble::unsupported}, {}}};
}

std::vector<remote_outcome> http_cache::put(std::span<const remote_entry> entries, steady_deadline) {
  std::vector<remote_outcome> outcomes(entries.size(), refused(trouble::unsupported));
  std::lock_guard guard{mutex_};
  counts_.add(outcomes);
  return outcomes;
}

remote_token http_cache::begin_fill(std::string_view) {
  return {};
}

remote_outcome http_cache::outcome_of(const http_answer& answer) const {
  if (const auto why = trouble_of(answer); why != trouble::none) return refused(why);
  if (is_hit(answer)) return {fill_result::present};
  if (!config_.verify && !may_be_kept(answer, wall_clock())) return refused(trouble::rejected);
  remote_outcome stored{fill_result::stored};
  stored.bytes = answer.body.size();
  stored.took = answer.took;
  return stored;
}

remote_outcome http_cache::outcome_of_refresh(const http_answer& answer) const {
  auto outcome = outcome_of(answer);
  if (outcome.result == fill_result::present) return refused(trouble::rejected);
  return outcome;
}

// Notes what was stored, for condition(), and why something was not, for people.
void http_cache::note(std::span<const remote_outcome> outcomes, keys asked, const answers& came) {
  std::lock_guard guard{mutex_};
  counts_.add(outcomes);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].result == fill_result::refused) {
      const auto text = text_of_trouble(came[i]);
      error_ = text.empty()
                   ? "the cache did not keep the answer of status " + std::to_string(came[i].status) +
                         ", or did not ask its origin as it was told"
                   : text;
    }
    if (outcomes[i].result != fill_result::stored || !may_probe()) continue;
    const auto left = left_of(came[i]);
    if (left <= duration::zero()) continue;
    samples_.push_back({std::string{asked[i]}, steady::now() + left});
    if (samples_.size() > most_samples) samples_.pop_front();
  }
}

void http_cache::verify(keys asked, std::vector<remote_outcome>& outcomes, steady_deadline deadline) {
  std::vector<std::string_view> stored;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].result != fill_result::stored) continue;
    stored.push_back(asked[i]);
    places.push_back(i);
  }
  if (stored.empty()) return;
  const std::vector<std::string> more =
      may_probe() ? std::vector<std::string>{probe_header} : std::vector<std::string>{};
  const auto came = ask(stored, "HEAD", more, deadline);
  for (std::size_t i = 0; i < came.size(); ++i)
    if (!is_hit(came[i])) outcomes[places[i]] = refused(trouble::rejected);
}

std::vector<remote_outcome> http_cache::fill(std::span<const remote_entry> entries,
                                             steady_deadline deadline) {
  const auto asked = keys_of(entries);
  const auto came = ask(asked, "GET", {}, deadline);
  std::vector<remote_outcome> outcomes;
  for (const auto& answer : came) outcomes.push_back(outcome_of(answer));
  if (config_.verify) verify(asked, outcomes, deadline);
  note(outcomes, asked, came);
  return outcomes;
}

std::vector<remote_token> http_cache::begin_refresh(keys asked, steady_deadline) {
  remote_token any;
  any.version = "whatever is there";  // a refresh is fenced by nothing
  return std::vector<remote_token>(asked.size(), any);
}

std::vector<remote_outcome> http_cache::refresh(std::span<const remote_entry> entries,
                                                steady_deadline deadline) {
  const auto asked = keys_of(entries);
  std::vector<remote_outcome> outcomes(entries.size(), refused(trouble::unsupported));
  answers came(entries.size());
  if (config_.refresh == http_refresh::purge) {
    const auto purged = invalidate(asked, deadline);
    came = ask(asked, "GET", {}, deadline);
    if (purged.why != trouble::none) came.assign(came.size(), http_answer{});
  } else if (config_.refresh == http_refresh::bypass) {
    came = ask(asked, "GET", {config_.bypass_header}, deadline);
  }
  if (config_.refresh != http_refresh::none)
    std::transform(came.begin(), came.end(), outcomes.begin(),
                   [this](const http_answer& answer) { return outcome_of_refresh(answer); });
  note(outcomes, asked, came);
  return outcomes;
}

removed_keys http_cache::invalidate(keys gone, steady_deadline deadline) {
  removed_keys result;
  if (config_.invalidate_method.empty()) {
    result.why = trouble::unsupported;
    result.unknown = gone.size();
  } else {
    for (const auto& answer : ask(gone, config_.invalidate_method, config_.invalidate_headers, deadline)) {
      const bool nothing_there =
          answer.problem == http_problem::none && (answer.status == 404 || answer.status == 412);
      const auto why = nothing_there ? trouble::none : fail(answer);
      if (why == trouble::none)
        result.removed += nothing_there ? 0 : 1;
      else
        ++result.unknown, result.why = why;
    }
  }
  std::lock_guard guard{mutex_};
  counts_.add(result.why, result.unknown);
  std::erase_if(samples_, [&](const sample& one) {
    return std::find(gone.begin(), gone.end(), one.key) != gone.end();
  });
  return result;
}

removed_keys http_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline) {
  removed_keys result;
  result.why = trouble::unsupported;  // nobody can tell what was used
  result.unknown = filled.size();
  std::lock_guard guard{mutex_};
  counts_.add(result.why, result.unknown);
  return result;
}

trouble http_cache::clear(steady_deadline deadline) {
  auto why = trouble::unsupported;
  if (!config_.clear_url.empty()) {
    http_request request{config_.clear_method, config_.clear_url, config_.headers, {}};
    request.headers.insert(request.headers.end(), config_.invalidate_headers.begin(),
                           config_.invalidate_headers.end());
    why = fail(client_.perform(request, deadline));
  }
  std::lock_guard guard{mutex_};
  counts_.add(why, 1);
  samples_.clear();
  return why;
}

remote_stats http_cache::stats(steady_deadline) {
  std::lock_guard guard{mutex_};
  auto result = counts_.counts();
  result.why = trouble::unsupported;
  return result;
}

remote_memory http_cache::memory(steady_deadline) {
  remote_memory result;
  result.why = trouble::unsupported;
  return result;
}

remote_condition http_cache::condition(steady_deadline deadline) {
  remote_condition result;
  std::vector<sample> expected;
  {
    std::lock_guard guard{mutex_};
    std::erase_if(samples_, [now = steady::now()](const sample& one) { return one.until <= now; });
    expected.assign(samples_.begin(), samples_.end());
    result.incarnation = incarnation_;
  }
  if (!may_probe()) result.why = trouble::unsupported;
  if (result.why != trouble::none || expected.size() < fewest_samples) return result;
  std::vector<std::string_view> asked;
  for (const auto& one : expected) asked.push_back(one.key);
  std::size_t present = 0;
  for (const auto& look : probe(asked, deadline)) {
    present += look.state == residency::present ? 1 : 0;
    if (look.state == residency::unknown) result.why = look.why;
  }
  if (result.why != trouble::none) return result;
  result.emptied = present == 0;
  std::lock_guard guard{mutex_};
  if (result.emptied) {
    ++incarnation_;
    samples_.clear();
  }
  result.incarnation = incarnation_;
  return result;
}

remote_capabilities http_cache::capabilities() const {
  remote_capabilities result;
  result.loads_by_itself = true;
  result.refreshes_by_itself = config_.refresh != http_refresh::none;
  result.side_by_side = true;
  result.clears_all = !config_.clear_url.empty();
  result.max_key_bytes = max_key_bytes;
  result.max_value_bytes = config_.client.max_body_bytes;
  return result;
}

std::string http_cache::last_error() const {
  std::lock_guard guard{mutex_};
  return error_;
}

}  // namespace stoker
