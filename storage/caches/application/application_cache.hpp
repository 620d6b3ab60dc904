// A cache that the application fills itself, in its own format: Stoker tells it which keys to warm, by an
// HTTP POST, and the answer says what became of each. README.md beside this file is the contract, field by
// field.
//
// "fill" is all that the endpoint must know; `operations` names what else it does. With a `verify_url`, or
// the operation "contains", what the application says it has stored is looked for, and what is not there
// counts as `rejected`: an application that says yes to everything is found out.
//
// Fences: what the application declares is up to it; Stoker proves nothing (none), for it carries no value.
// What the application does not do is `unsupported`; put, read, rollback and memory are so always.
//
// Calls follow one another; a batch of more than `batch_items` keys takes several requests.
#pragma once

#include <mutex>

#include "storage/caches/remote/content_watch.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote_cache.hpp"
#include "storage/http/http_client.hpp"
#include "storage/origins/key_template.hpp"

namespace stoker {

struct application_cache_config {
  std::string cache;                 // its name, as the endpoint is told it
  std::string url;                   // of the endpoint
  std::vector<std::string> headers;  // "Name: value", such as an Authorization
  http_client_config client;
  // Beside "fill": any of "refresh", "contains", "invalidate", "clear", "status".
  std::vector<std::string> operations;
  // GET of a key's URL answers 2xx when the application has it in its cache, 404 when not.
  std::vector<key_url> verify_url;
  bool verify = true;             // where either way is there
  std::size_t batch_items = 500;  // keys in one request
};

// Throws stoker::error, which names the field and says what to do.
void validate(const application_cache_config& config);

struct application_answer;

class application_cache final : public remote_cache {
 public:
  // Connects when it is first asked something. Throws stoker::error as validate() does.
  explicit application_cache(application_cache_config config);

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
  bool does(std::string_view operation) const;
  bool can_verify() const { return !config_.verify_url.empty() || does("contains"); }
  // REQUIRES of all below: the lock is held.
  application_answer post(const std::string& operation, keys asked, steady_deadline deadline);
  std::vector<remote_outcome> write(const std::string& operation, keys asked, steady_deadline deadline);
  std::vector<remote_look> look(keys asked, steady_deadline deadline);
  std::vector<remote_look> look_by_url(keys asked, steady_deadline deadline);
  void verify(keys asked, std::vector<remote_outcome>& outcomes, steady_deadline deadline);

  const application_cache_config config_;
  std::unique_ptr<url_templates> verify_urls_;  // null: none
  http_client client_;
  mutable std::mutex mutex_;
  outcome_counts counts_;
  content_watch content_;
  std::string error_;
};

}  // namespace stoker
