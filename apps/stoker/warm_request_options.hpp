// What `warm` and `plan` are asked for on the command line, and the request that it comes to.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

struct warm_request_options {
  std::string cache;
  std::vector<std::string> strategies;
  std::uint32_t limit = 0;
  std::string language;
  std::string complexity;
  std::string depth;
  std::string policy;
  std::uint64_t budget_mb = 0;
  std::vector<std::string> parameters;  // "name=value"
  double timeout_s = 0;                 // of the whole run; 0: the profile's
};

void add_warm_request_options(CLI::App& command, warm_request_options& given);

// As the control API takes it. Throws usage_error for a --param that is no name=value.
nlohmann::ordered_json request_of(const warm_request_options& given);

}  // namespace stoker::cli
