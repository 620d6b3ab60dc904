// The live view of `stoker top`: takes what the daemon says and draws it as one frame of lines. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

struct frame_size {
  std::size_t columns = 100;
  std::size_t rows = 40;
};

class top_view {
 public:
  explicit top_view(std::string server) : server_(std::move(server)) {}

  // The latest GET /warming/status. What happened between two of them gives the live figures.
  void status(nlohmann::ordered_json latest);
  // Keys of the selected cache, as GET /warming/top has them; or why there are none.
  void hot_keys(nlohmann::ordered_json keys);
  void no_hot_keys(std::string why);

  // Empty: there is no cache.
  std::string selected() const;
  void select_next();

  // As many lines as fit, each as wide as fits; the last one tells the keys that work.
  std::vector<std::string> frame(const frame_size& size, const palette& paint) const;

 private:
  struct pace {
    double hits = 0;  // when last told
    double misses = 0;
    double requests = 0;            // since the time before
    std::deque<double> hit_ratios;  // of the latest intervals; negative: no requests
  };

  void note_pace(const nlohmann::ordered_json& cache);
  std::vector<std::string> heading(const palette& paint) const;
  std::vector<std::string> cache_lines(std::size_t columns, const palette& paint) const;
  std::vector<std::string> run_lines(const palette& paint) const;
  std::vector<std::string> key_lines(std::size_t columns, const palette& paint) const;

  std::string server_;
  nlohmann::ordered_json status_;
  nlohmann::ordered_json keys_ = nlohmann::ordered_json::array();
  std::string no_keys_because_;
  std::map<std::string, pace> paces_;
  std::size_t selected_ = 0;
};

// "▂▃▅█" of fractions; a blank for a negative one.
std::string sparkline(const std::deque<double>& fractions);

}  // namespace stoker::cli
