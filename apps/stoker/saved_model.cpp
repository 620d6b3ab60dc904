#include "apps/stoker/saved_model.hpp"

#include <algorithm>
#include <filesystem>

#include "actors/prediction/costs.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"
#include "messages/model.hpp"

namespace stoker::cli {

namespace {

constexpr std::uint32_t buckets = 256;  // by which the history keeps records apart: one is read for a key

// Opening makes a history where there is none: a question must not.
opened_history open_existing(const std::string& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    throw error{errc::invalid_argument, "there is no history in " + folder + "; name it with --history"};
  return open_history({folder});
}

predictor_config config_for(const predictor_model& model) {
  predictor_config config;
  config.max_keys = std::max(config.max_keys, static_cast<std::uint32_t>(model.keys.size()));
  return config;
}

}  // namespace

saved_model::saved_model(const std::string& folder, const std::string& cache)
    : cache_(cache), history_(open_existing(folder)) {
  const auto kept = history_.store->find(document_kind::model, cache);
  if (kept.bytes.empty())
    throw error{errc::no_such_cache, "the history in " + folder + " holds no model of a cache \"" + cache +
                                         "\"; stoker learn makes one, and so does a running engine"};
  const auto model = decode_model(kept.bytes);
  if (model) predictor_.emplace(config_for(*model));
  if (!model || !predictor_->restore(*model))
    throw error{errc::history_failed, "the model of cache \"" + cache + "\" in " + folder +
                                          " is of another version of Stoker; it has to be learned anew"};
  keys_ = model->keys.size();
}

predictions saved_model::explain(const predict_request& request) const {
  auto answer = predictor_->explain(request);
  known_costs costs;
  for (const auto& candidate : answer.candidates)
    if (const auto known = statistics_of(candidate.key)) costs.add(candidate.key, known->cost_us);
  costs.put_into(answer);
  return answer;
}

std::optional<key_statistics> saved_model::statistics_of(const std::string& key) const {
  history_page_request question{cache_, static_cast<std::uint32_t>(hash_key(key) % buckets), buckets, {}, 0};
  question.limit = max_history_page_records;
  while (true) {
    auto page = history_.store->page(question);
    const auto found = std::find_if(page.keys.begin(), page.keys.end(),
                                    [&](const key_statistics& k) { return k.key == key; });
    if (found != page.keys.end()) return std::move(*found);
    if (page.done) return std::nullopt;
    question.cursor = page.cursor;
  }
}

}  // namespace stoker::cli
