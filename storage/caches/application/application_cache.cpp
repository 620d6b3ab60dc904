#include "storage/caches/application/application_cache.hpp"

#include <algorithm>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/application/application_wire.hpp"

namespace stoker {

namespace {

constexpr std::size_t most_items = 10'000;  // of one request
constexpr const char* known_operations[] = {"refresh", "contains", "invalidate", "clear", "status"};

[[noreturn]] void reject(const std::string& text) {
  throw error{errc::invalid_argument, "application cache: " + text};
}

trouble trouble_of(const http_answer& answer) {
  switch (answer.problem) {
    case http_problem::none:
      break;
    case http_problem::unavailable:
      return trouble::unavailable;
    case http_problem::timed_out:
      return trouble::timed_out;
    case http_problem::garbled:
      return trouble::garbled;
    case http_problem::untrusted:
      return trouble::denied;
    case http_problem::too_large:
      return trouble::garbled;
  }
  if (answer.status == 200) return trouble::none;
  if (answer.status == 401 || answer.status == 403) return trouble::denied;
  if (answer.status == 507) return trouble::no_memory;
  return answer.status >= 500 || answer.status == 429 ? trouble::unavailable : trouble::rejected;
}

std::vector<std::string_view> keys_of(std::span<const remote_entry> entries) {
  std::vector<std::string_view> result;
  for (const auto& entry : entries) result.push_back(entry.key);
  return result;
}

}  // namespace

void validate(const application_cache_config& config) {
  validate(config.client);
  if (!is_http_url(config.url)) reject("url must be an http or https URL: the endpoint that is POSTed to");
  for (const auto& line : config.headers)
    if (!is_http_header(line)) reject("header \"" + line + "\" is not of the form \"Name: value\"");
  for (const auto& one : config.operations)
    if (std::find(std::begin(known_operations), std::end(known_operations), one) ==
        std::end(known_operations))
      reject("operation \"" + one +
             "\" is unknown; there are refresh, contains, invalidate, clear and status");
  if (!config.verify_url.empty()) static_cast<void>(url_templates{config.verify_url});
  if (config.batch_items == 0 || config.batch_items > most_items)
    reject("batch_items must be 1 to " + std::to_string(most_items));
}

application_cache::application_cache(application_cache_config config)
    : config_((validate(config), std::move(config))), client_(config_.client) {
  if (!config_.verify_url.empty()) verify_urls_ = std::make_unique<url_templates>(config_.verify_url);
}

bool application_cache::does(std::string_view operation) const {
  return std::find(config_.operations.begin(), config_.operations.end(), operation) !=
         config_.operations.end();
}

application_answer application_cache::post(const std::string& operation, keys asked,
                                           steady_deadline deadline) {
  http_request request{"POST", config_.url, config_.headers,
                       application_request(config_.cache, operation, asked)};
  request.headers.push_back("Content-Type: application/json");
  const auto came = client_.perform(request, deadline);
  application_answer result;
  result.why = trouble_of(came);
  if (result.why == trouble::none)
    result = read_application_answer(came.body, asked);
  else
    result.error = came.error.empty() ? "status " + std::to_string(came.status) : came.error;
  if (result.why != trouble::none) error_ = config_.url + ": " + operation + ": " + result.error;
  result.items.resize(asked.size());
  return result;
}

std::vector<remote_outcome> application_cache::write(const std::string& operation, keys asked,
                                                     steady_deadline deadline) {
  std::vector<remote_outcome> outcomes;
  for (; !asked.empty(); asked = asked.subspan(std::min(asked.size(), config_.batch_items))) {
    const auto part = asked.first(std::min(asked.size(), config_.batch_items));
    const auto answer = post(operation, part, deadline);
    for (const auto& item : answer.items) {
      outcomes.push_back(answer.why == trouble::none ? outcome_of(item)
                                                     : remote_outcome{fill_result::refused, answer.why});
      if (answer.why != trouble::none || outcomes.back().result != fill_result::refused) continue;
      error_ = config_.url + ": " + operation + ": " +
               (item.told ? item.outcome + " " + item.error : "no word of the key");
    }
  }
  return outcomes;
}

std::vector<remote_look> application_cache::look_by_url(keys asked, steady_deadline deadline) {
  std::vector<remote_look> looks(asked.size(), {residency::unknown, trouble::unsupported});
  std::vector<http_request> requests;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto made = verify_urls_->url_of(asked[i]);
    if (!made.objection.empty()) continue;
    requests.push_back({"GET", std::move(made.url), config_.headers, {}});
    places.push_back(i);
  }
  client_.perform_all(requests, deadline, [&](std::size_t number, const http_answer& answer) {
    auto& found = looks[places[number]];
    const bool answered = answer.problem == http_problem::none;
    if (answered && answer.status >= 200 && answer.status < 300)
      found = {residency::present};
    else if (answered && answer.status == 404)
      found = {residency::absent};
    else
      found.why = answered && trouble_of(answer) == trouble::none ? trouble::rejected : trouble_of(answer);
  });
  return looks;
}

std::vector<remote_look> application_cache::look(keys asked, steady_deadline deadline) {
  if (verify_urls_) return look_by_url(asked, deadline);
  std::vector<remote_look> looks;
  for (; does("contains") && !asked.empty();
       asked = asked.subspan(std::min(asked.size(), config_.batch_items))) {
    const auto answer = post("contains", asked.first(std::min(asked.size(), config_.batch_items)), deadline);
    for (const auto& item : answer.items)
      looks.push_back(answer.why == trouble::none ? look_of(item)
                                                  : remote_look{residency::unknown, answer.why});
  }
  looks.resize(looks.size() + asked.size(), {residency::unknown, trouble::unsupported});
  return looks;
}

std::vector<remote_look> application_cache::contains(keys asked, steady_deadline deadline) {
  std::lock_guard guard{mutex_};
  auto looks = look(asked, deadline);
  counts_.add(looks);
  return looks;
}

std::vector<remote_value> application_cache::read(keys asked, steady_deadline) {
  std::lock_guard guard{mutex_};
  counts_.add(trouble::unsupported, asked.size());
  return {asked.size(), {{residency::unknown, trouble::unsupported}, {}}};
}

std::vector<remote_outcome> application_cache::put(std::span<const remote_entry> entries, steady_deadline) {
  std::vector<remote_outcome> outcomes(entries.size(), {fill_result::refused, trouble::unsupported});
  std::lock_guard guard{mutex_};
  counts_.add(outcomes);
  return outcomes;
}

remote_token application_cache::begin_fill(std::string_view) {
  return {};
}

// What was said to be stored and is not there was not filled; what can't be looked for is believed.
void application_cache::verify(keys asked, std::vector<remote_outcome>& outcomes, steady_deadline deadline) {
  std::vector<std::string_view> stored;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].result != fill_result::stored) continue;
    stored.push_back(asked[i]);
    places.push_back(i);
  }
  if (stored.empty()) return;
  const auto looks = look(stored, deadline);
  for (std::size_t i = 0; i < looks.size(); ++i) {
    if (looks[i].state != residency::absent) continue;
    outcomes[places[i]] = {fill_result::refused, trouble::rejected};
    error_ = config_.url + ": it said that it had stored a key which is not in its cache";
  }
}

std::vector<remote_outcome> application_cache::fill(std::span<const remote_entry> entries,
                                                    steady_deadline deadline) {
  const auto asked = keys_of(entries);
  std::lock_guard guard{mutex_};
  auto outcomes = write("fill", asked, deadline);
  if (config_.verify && can_verify()) verify(asked, outcomes, deadline);
  counts_.add(outcomes);
  return outcomes;
}

std::vector<remote_token> application_cache::begin_refresh(keys asked, steady_deadline) {
  remote_token any;
  any.version = "whatever is there";  // the application's own fences are all there are
  return std::vector<remote_token>(asked.size(), any);
}

std::vector<remote_outcome> application_cache::refresh(std::span<const remote_entry> entries,
                                                       steady_deadline deadline) {
  std::vector<remote_outcome> outcomes(entries.size(), {fill_result::refused, trouble::unsupported});
  std::lock_guard guard{mutex_};
  if (does("refresh")) outcomes = write("refresh", keys_of(entries), deadline);
  counts_.add(outcomes);
  return outcomes;
}

removed_keys application_cache::invalidate(keys gone, steady_deadline deadline) {
  std::lock_guard guard{mutex_};
  removed_keys result;
  if (!does("invalidate")) {
    result.why = trouble::unsupported;
    result.unknown = gone.size();
  }
  for (auto left = gone; does("invalidate") && !left.empty();
       left = left.subspan(std::min(left.size(), config_.batch_items))) {
    const auto answer = post("invalidate", left.first(std::min(left.size(), config_.batch_items)), deadline);
    for (const auto& item : answer.items) {
      const bool told =
          answer.why == trouble::none && (item.outcome == "removed" || item.outcome == "absent");
      result.removed += told && item.outcome == "removed" ? 1 : 0;
      if (told) continue;
      ++result.unknown;
      result.why = answer.why == trouble::none ? trouble::garbled : answer.why;
    }
  }
  counts_.add(result.why, result.unknown);
  return result;
}

removed_keys application_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline) {
  removed_keys result;
  result.why = trouble::unsupported;
  result.unknown = filled.size();
  std::lock_guard guard{mutex_};
  counts_.add(result.why, result.unknown);
  return result;
}

trouble application_cache::clear(steady_deadline deadline) {
  std::lock_guard guard{mutex_};
  const auto why = does("clear") ? post("clear", {}, deadline).why : trouble::unsupported;
  if (why == trouble::none) content_.own_flush();
  counts_.add(why, 1);
  return why;
}

remote_stats application_cache::stats(steady_deadline) {
  std::lock_guard guard{mutex_};
  auto result = counts_.counts();
  result.why = trouble::unsupported;
  return result;
}

remote_memory application_cache::memory(steady_deadline) {
  remote_memory result;
  result.why = trouble::unsupported;
  return result;
}

remote_condition application_cache::condition(steady_deadline deadline) {
  std::lock_guard guard{mutex_};
  auto result = content_.unknown();
  result.why = trouble::unsupported;
  if (!does("status")) return result;
  const auto answer = post("status", {}, deadline);
  result.why = answer.why;
  if (answer.why != trouble::none) return result;
  if (answer.instance.empty()) {
    result.why = trouble::garbled;
    error_ = config_.url + ": status: the answer has no \"instance\"";
    return result;
  }
  return content_.compare({answer.instance, answer.flushes, answer.entries});
}

remote_capabilities application_cache::capabilities() const {
  remote_capabilities result;
  result.loads_by_itself = true;
  result.refreshes_by_itself = does("refresh");
  result.clears_all = does("clear");
  result.max_key_bytes = max_key_bytes;
  return result;
}

std::string application_cache::last_error() const {
  std::lock_guard guard{mutex_};
  return error_;
}

}  // namespace stoker
