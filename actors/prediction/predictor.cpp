#include "actors/prediction/predictor.hpp"

#include <stdexcept>

#include "actors/prediction/learning_predictor.hpp"
#include "actors/prediction/popular_predictor.hpp"

namespace stoker {

const char* to_string(candidate_source source) noexcept {
  switch (source) {
    case candidate_source::successor:
      return "successor";
    case candidate_source::episode:
      return "episode";
    case candidate_source::neighbour:
      return "neighbour";
    case candidate_source::external:
    case candidate_source::count:
      break;
  }
  return "external";
}

void validate(const predictor_config& config) {
  if (config.cache_entries == 0) throw std::invalid_argument("predictor: cache_entries must be at least 1");
  if (config.max_keys == 0) throw std::invalid_argument("predictor: max_keys must be at least 1");
  if (config.max_keys > key_names::most_keys)
    throw std::invalid_argument(
        "predictor: max_keys must be at most 16777215 (numbers of keys have 24 bits)");
}

std::unique_ptr<predictor> make_predictor(const predictor_config& config) {
  validate(config);
  if (config.kind == predictor_kind::stoker) return std::make_unique<learning::learning_predictor>(config);
  return std::make_unique<learning::popular_predictor>(config, config.kind == predictor_kind::popular);
}

}  // namespace stoker
