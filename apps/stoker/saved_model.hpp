// What a history holds of one cache's predictor, asked without an engine.
//
// Ownership: holds the history open while it lives. Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/prediction/live_predictor.hpp"
#include "storage/history/open_history.hpp"

namespace stoker::cli {

class saved_model {
 public:
  // Throws stoker::error: there is no history in the folder, it is in use, or it holds no model of the cache.
  saved_model(const std::string& folder, const std::string& cache);

  // As the engine's predict: the costs are those of the candidates where the history knows them, else the
  // mean of the others looked at.
  predictions explain(const predict_request& request) const;
  // Accesses and misses of a key, if the history knows it.
  std::optional<key_statistics> statistics_of(const std::string& key) const;

  std::uint64_t keys() const noexcept { return keys_; }
  // Set when the history could not be read and was set aside.
  const std::string& history_detail() const noexcept { return history_.detail; }

 private:
  std::string cache_;
  opened_history history_;
  std::optional<live_predictor> predictor_;
  std::uint64_t keys_ = 0;
};

}  // namespace stoker::cli
