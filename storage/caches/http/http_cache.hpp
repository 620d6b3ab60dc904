// An HTTP cache (nginx, Varnish, or another) that Stoker keeps warm by asking it, as users do: a fill is a
// GET through the cache, which asks its own origin for what it lacks. What must match is what makes a
// variant: `headers` are sent with each request, so that the entry that is warmed is the one that users read.
//
// Whether an answer came from the cache is read from `status_header` (nginx: X-Cache-Status, with add_header;
// Varnish: X-Cache, from VCL), or else from Cache-Status (RFC 9211), X-Varnish and Age.
//
// Fences: none, for nothing is set here: what is stored is what the cache's origin answers at that moment. A
// purge that comes while the cache is asking its origin does not reach that answer, with or without Stoker.
//
// What it can't do: put and read (users read it themselves), TTLs (they are the origin's), rollback, memory,
// hits and misses. What it can do only where the cache is configured for it (README.md beside this file shows
// how): contains() and noticing that it was emptied (`only_if_cached`), refresh (`refresh`), invalidate and
// clear (`invalidate_method`, `clear_url`). All of the rest is `unsupported`.
//
// An answer that tells that it must not be kept (no-store, private, Set-Cookie) counts as `rejected`; one
// that is kept all the same, for the cache is told to, takes `verify`, which looks for what was filled.
//
// Calls run side by side.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>

#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote_cache.hpp"
#include "storage/http/http_client.hpp"
#include "storage/origins/key_template.hpp"

namespace stoker {

enum class http_refresh : std::uint8_t {
  none,
  bypass,  // a GET with `bypass_header`, which makes the cache ask its origin and keep the answer
  purge,   // invalidate, then GET
};

struct http_cache_config {
  std::vector<key_url> urls;         // what users ask the cache for, by the key's pattern
  std::vector<std::string> headers;  // "Name: value"
  http_client_config client;         // at most this many requests at once, here and at the cache's origin
  std::string status_header;         // of an answer: came it from the cache? Empty: the standard ones
  std::vector<std::string> hit_words{"HIT", "STALE", "UPDATING", "REVALIDATED"};
  // The cache answers 504 to "Cache-Control: only-if-cached" for what it does not hold.
  bool only_if_cached = false;
  bool verify = false;  // looks for what was filled, by one request more
  http_refresh refresh = http_refresh::none;
  std::string bypass_header = "Cache-Control: no-cache";
  std::string invalidate_method;                // "PURGE", "BAN"; empty: can't
  std::vector<std::string> invalidate_headers;  // beside `headers`
  std::string clear_method = "BAN";
  std::string clear_url;  // empty: can't
};

// Throws stoker::error, which names the field and says what to do.
void validate(const http_cache_config& config);

class http_cache final : public remote_cache {
 public:
  // Connects when it is first asked something. Throws stoker::error as validate() does.
  explicit http_cache(http_cache_config config);

  std::vector<remote_look> contains(keys asked, steady_deadline deadline) override;
  std::vector<remote_value> read(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> put(std::span<const remote_entry> entries, steady_deadline deadline) override;
  remote_token begin_fill(std::string_view key) override;
  std::vector<remote_outcome> fill(std::span<const remote_entry> entries, steady_deadline deadline) override;
  std::vector<remote_token> begin_refresh(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> refresh(std::span<const remote_entry> entries,
                                      steady_deadline deadline) override;
  removed_keys invalidate(keys gone, steady_deadline deadline) override;
  removed_keys remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) override;
  trouble clear(steady_deadline deadline) override;
  remote_stats stats(steady_deadline deadline) override;
  remote_memory memory(steady_deadline deadline) override;
  remote_condition condition(steady_deadline deadline) override;
  remote_capabilities capabilities() const override;
  std::string last_error() const override;

 private:
  // Something that was filled, and until when it should be there.
  struct sample {
    std::string key;
    steady_deadline until;
  };
  using answers = std::vector<http_answer>;

  // One answer a key; of a key that makes no URL, `objection` and no request.
  answers ask(keys asked, const std::string& method, const std::vector<std::string>& more_headers,
              steady_deadline deadline);
  bool is_hit(const http_answer& answer) const;
  bool tells_hits(const http_answer& answer) const;
  remote_look look_of(const http_answer& answer);
  remote_outcome outcome_of(const http_answer& answer) const;
  remote_outcome outcome_of_refresh(const http_answer& answer) const;
  void verify(keys asked, std::vector<remote_outcome>& outcomes, steady_deadline deadline);
  bool may_probe() const noexcept { return config_.only_if_cached && !probes_fill_; }
  std::vector<remote_look> probe(keys asked, steady_deadline deadline);
  void note(std::span<const remote_outcome> outcomes, keys asked, const answers& came);
  trouble fail(const http_answer& answer);
  void set_error(const std::string& text);

  const http_cache_config config_;
  const url_templates urls_;
  http_client client_;
  std::atomic<bool> probes_fill_{false};  // the cache loads what it is only asked whether it holds
  mutable std::mutex mutex_;              // of all below
  outcome_counts counts_;
  std::deque<sample> samples_;
  std::uint64_t incarnation_ = 1;
  std::string error_;
};

}  // namespace stoker
