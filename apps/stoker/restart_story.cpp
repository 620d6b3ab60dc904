#include "apps/stoker/restart_story.hpp"

#include <algorithm>
#include <atomic>
#include <stoker/engine.hpp>

#include "actors/engine/hit_windows.hpp"
#include "storage/origins/file_origin.hpp"

namespace stoker::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr auto cache_name = "files";
constexpr std::uint64_t progress_every = 512;  // requests
// The compiler itself has tens of megabytes: nobody keeps that in a cache of pages beside headers of some
// kilobytes.
constexpr std::uint64_t largest_file_bytes = 8ull << 20;

bool can_be_cached(const std::filesystem::path& file) {
  std::error_code failure;
  return std::filesystem::is_regular_file(file, failure) &&
         std::filesystem::file_size(file, failure) <= largest_file_bytes && !failure;
}

// Reads files and counts how many.
class counted_files final : public origin {
 public:
  explicit counted_files(std::filesystem::path root)
      : files_({.root = {}, .max_bytes = largest_file_bytes}), root_(std::move(root)) {}

  load_result load(std::string_view key, clock::time_point deadline) override {
    ++reads_;
    return files_.load((root_ / key).string(), deadline);  // an absolute key replaces the root
  }
  std::uint64_t reads() const { return reads_; }

 private:
  file_origin files_;
  std::filesystem::path root_;
  std::atomic<std::uint64_t> reads_{0};
};

// The accesses whose files are on this machine.
struct playlist {
  const trace* recorded = nullptr;
  std::vector<std::uint32_t> accesses;  // positions in the trace
  std::uint64_t skipped = 0;
};

playlist available(const story_config& config) {
  std::vector<char> here(config.recorded->keys.size());
  for (std::size_t id = 0; id < here.size(); ++id)
    here[id] = can_be_cached(config.root / config.recorded->keys[id]) ? 1 : 0;
  playlist list{config.recorded, {}, 0};
  for (std::uint32_t at = 0; at < config.recorded->accesses.size(); ++at) {
    if (here[config.recorded->accesses[at]] != 0)
      list.accesses.push_back(at);
    else
      ++list.skipped;
  }
  if (list.accesses.empty())
    throw error{errc::invalid_argument,
                "no file of the trace is on this machine; give the folder that its relative paths start from "
                "(--root)"};
  return list;
}

// An engine with one cache over real files.
class stage {
 public:
  stage(const story_config& config, const std::filesystem::path& history)
      : files_(std::make_shared<counted_files>(config.root)),
        engine_({.history_folder = history.string()}),
        cache_(engine_.add_cache(settings(config))) {}

  void play(const playlist& list, std::size_t from, std::size_t to,
            const std::function<void(std::size_t)>& step, playing* into = nullptr) {
    std::vector<double> latencies;
    latencies.reserve(to - from);
    for (auto position = from; position < to; ++position) {
      const auto began = clock::now();
      const auto got = get(list, list.accesses[position]);
      latencies.push_back(std::chrono::duration<double, std::micro>(clock::now() - began).count());
      if (into != nullptr) into->hits.push_back(got.outcome == get_outcome::hit ? 1 : 0);
      if (position % progress_every == 0) step(position - from);
    }
    if (into != nullptr) summarise(*into, latencies);
  }

  warm_report warm() { return engine_.warm({.cache = cache_name, .reason = "restart"}); }
  void reset_counts() { reads_before_ = files_->reads(); }

 private:
  cache_config settings(const story_config& config) const {
    cache_config settings;
    settings.name = cache_name;
    settings.source = files_;
    settings.hold_out = 0;  // the twin is the control, and the figures are the same every day
    if (config.capacity_bytes != 0) settings.capacity_bytes = config.capacity_bytes;
    return settings;
  }

  get_result get(const playlist& list, std::uint32_t access) {
    const auto& recorded = *list.recorded;
    const auto& key = recorded.keys[recorded.accesses[access]];
    if (recorded.subjects.empty()) return cache_.get(key);
    return cache_.get(key, {.subject = recorded.subject_names[recorded.subjects[access]]});
  }

  void summarise(playing& into, std::vector<double>& latencies) const {
    const auto quantile = [&](double share) {
      const auto at =
          latencies.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies.size() - 1));
      std::nth_element(latencies.begin(), at, latencies.end());
      return *at;
    };
    into.p50_us = quantile(0.50);
    into.p99_us = quantile(0.99);
    into.origin_calls = files_->reads() - reads_before_;
    into.entries = cache_.stats().entries;
  }

  std::shared_ptr<counted_files> files_;
  engine engine_;
  cache_handle cache_;
  std::uint64_t reads_before_ = 0;
};

}  // namespace

story tell_restart_story(const story_config& config) {
  const auto list = available(config);
  const auto end = list.accesses.size();
  const auto restart = end / 2;
  story told;
  told.requests = end;
  told.skipped = list.skipped;
  told.restart_at = restart;

  // Five stretches of half the trace each: the twin plays two, the learner, the cold and the warmed one each.
  std::size_t stretch = 0;
  const auto stepping = [&](const std::string& what) {
    return [&config, what, stretch, half = static_cast<double>(restart)](std::size_t done) {
      if (config.progress)
        config.progress(what, (static_cast<double>(stretch) + static_cast<double>(done) / half) / 5);
    };
  };
  {
    stage twin{config, {}};
    twin.play(list, 0, restart, stepping("never restarted: before"));
    twin.reset_counts();
    ++stretch;
    twin.play(list, restart, end, stepping("never restarted: after"), &told.never_restarted);
  }
  {
    ++stretch;
    stage learner{config, config.history_folder};
    learner.play(list, 0, restart, stepping("learning into a history on disk"));
  }
  {
    ++stretch;
    stage cold{config, {}};
    cold.play(list, restart, end, stepping("restarted cold"), &told.cold);
  }
  {
    ++stretch;
    stage warmed{config, config.history_folder};
    told.warm_up = warmed.warm();
    warmed.play(list, restart, end, stepping("restarted and warmed"), &told.warmed);
  }
  told.window = window_requests(told.never_restarted.entries);
  return told;
}

}  // namespace stoker::cli
