// How much prediction gains, and what it costs: Stoker at its operating points beside every baseline, on
// every trace it is given, at caches of 1, 5 and 10 % of the distinct keys. Deterministic but for the speeds.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "apps/replay/replay.hpp"
#include "bench/baselines/contestants.hpp"
#include "bench/baselines/frontier.hpp"
#include "bench/baselines/scatter_plot.hpp"
#include "storage/traces/read_trace.hpp"

namespace {

using namespace stoker;
using namespace stoker::baselines;
namespace fs = std::filesystem;

constexpr std::uint64_t cache_percents[] = {1, 5, 10};

contestant replayed(const std::string& name, replay_options options) {
  return {name,
          [options](const trace& recorded, std::uint64_t capacity) {
            auto sized = options;
            sized.cache_entries = capacity;
            const auto r = replay(recorded, sized);
            return outcome{r.requests,          r.hits,           r.prefetches,
                           r.useful_prefetches, r.metadata_bytes, r.seconds};
          },
          !options.opaque_keys};
}

std::vector<contestant> stoker_settings() {
  const replay_options defaults;
  const auto at = [&](operating_point point, bool opaque) {
    auto options = defaults;
    options.point = point;
    options.eviction_policy = eviction::learned;
    options.opaque_keys = opaque;
    return options;
  };
  auto eviction_alone = at(operating_point::balanced, true);
  eviction_alone.predictor = predictor_kind::none;
  return {replayed("Stoker, no prefetch", eviction_alone),
          replayed("Stoker frugal", at(operating_point::frugal, true)),
          replayed("Stoker balanced", at(operating_point::balanced, true)),
          replayed("Stoker eager", at(operating_point::eager, true)),
          replayed("Stoker balanced, numeric", at(operating_point::balanced, false))};
}

std::vector<contestant> all_contestants() {
  std::vector<contestant> all;
  for (auto&& group :
       {plain_evictions(), published_prefetchers(), unbounded_prefetchers(), stoker_settings()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

std::uint64_t capacity_of(const trace& recorded, std::uint64_t percent) {
  return std::max<std::uint64_t>(1, recorded.keys.size() * percent / 100);
}

standing measure(const contestant& one, const trace& recorded, const std::vector<outcome>& plain_lru) {
  standing result{one.name, {}};
  for (std::size_t i = 0; i < std::size(cache_percents); ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto out = one.run(recorded, capacity_of(recorded, cache_percents[i]));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    const auto seconds = out.seconds > 0 ? out.seconds : taken.count();
    result.cells.push_back(make_cell(out, plain_lru[i], recorded.keys.size(), seconds));
  }
  return result;
}

std::vector<standing> measure_all(const std::vector<contestant>& contestants, const trace& recorded) {
  std::vector<outcome> plain_lru;
  for (const auto percent : cache_percents) {
    plain_lru.push_back(contestants.front().run(recorded, capacity_of(recorded, percent)));
  }
  std::vector<standing> standings;
  for (const auto& one : contestants) {
    if (one.uses_numeric_order && !has_numeric_keys(recorded)) continue;
    standings.push_back(measure(one, recorded, plain_lru));
  }
  return standings;
}

// Adds the cells of a trace to those of the traces before.
void join(std::vector<standing>& all, const std::vector<standing>& of_trace) {
  for (const auto& s : of_trace) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const standing& a) { return a.name == s.name; });
    if (known == all.end())
      all.push_back(s);
    else
      known->cells.insert(known->cells.end(), s.cells.begin(), s.cells.end());
  }
}

std::vector<fs::path> default_traces() {
  const fs::path source = STOKER_SOURCE_DIR;
  std::vector<fs::path> traces;
  for (const auto& folder : {source / "../shared/traces", source / "tests/data"}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".zst") traces.push_back(entry.path());
    }
  }
  std::sort(traces.begin(), traces.end());
  return traces;
}

// What the operating points must reach, as a mean over the sizes of these four traces.
constexpr std::array limit_traces{"cloudphysics", "arc_oltp", "c2k_web07", "lirs_sprite"};

struct limit {
  const char* name;
  double gain_at_least;
  double load_at_most;
};
constexpr std::array limits{limit{"Stoker frugal", 18.0, 1.06}, limit{"Stoker balanced", 18.5, 1.20},
                            limit{"Stoker eager", 19.3, 1.60}};

bool counts_for_limits(const fs::path& file) {
  return std::any_of(
      limit_traces.begin(), limit_traces.end(),
      [name = file.filename().string()](const char* prefix) { return name.starts_with(prefix); });
}

void print_limits(const std::vector<standing>& on_limit_traces) {
  std::cout << "\nMean of cloudphysics, arc_oltp, c2k_web07 and lirs_sprite, beside what it must reach\n";
  for (const auto& needed : limits) {
    const auto found = std::find_if(on_limit_traces.begin(), on_limit_traces.end(),
                                    [&](const standing& s) { return s.name == needed.name; });
    std::cout << fmt::format("{:<26}{:>+7.2f} (>= {:+.1f}) at load {:.3f} (<= {:.2f})\n", needed.name,
                             found->mean_gain(), needed.gain_at_least, found->mean_load(),
                             needed.load_at_most);
  }
}

void write_plot(const std::string& file, const std::vector<standing>& all, std::size_t cells) {
  std::vector<plot_point> points;
  for (const auto& s : all) {
    if (s.cells.size() != cells) continue;  // not on every trace: not comparable
    points.push_back({s.name, s.mean_load(), s.mean_gain(), s.name.starts_with("Stoker")});
  }
  std::ofstream out(file);
  out << scatter_plot("Gain against load, mean of " + std::to_string(cells) + " cells", points);
  if (!out.flush()) throw std::runtime_error(file + " cannot be written");
}

int run(const std::vector<fs::path>& traces, const std::string& svg_file) {
  if (traces.empty()) throw std::runtime_error("no trace to measure on");
  const auto contestants = all_contestants();
  std::vector<standing> all, on_limit_traces;
  std::size_t limit_traces_seen = 0;
  std::vector<std::string> cell_names;
  for (const auto percent : cache_percents) cell_names.push_back(std::to_string(percent) + "%");
  for (const auto& file : traces) {
    const auto recorded = read_trace(file);
    const auto standings = measure_all(contestants, recorded);
    std::cout << file.filename().string() << ": " << recorded.accesses.size() << " requests, "
              << recorded.keys.size() << " keys\n"
              << frontier_table(standings, cell_names) << std::endl;
    join(all, standings);
    if (!counts_for_limits(file)) continue;
    join(on_limit_traces, standings);
    ++limit_traces_seen;
  }
  const auto cells = all.front().cells.size();
  std::cout << "All " << traces.size() << " traces, " << cells << " cells\n"
            << frontier_table(all, std::vector<std::string>(cells));
  if (limit_traces_seen == limit_traces.size()) print_limits(on_limit_traces);
  if (!svg_file.empty()) write_plot(svg_file, all, cells);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The frontier of gain against load: Stoker and the baselines.");
  std::vector<fs::path> traces;
  std::string svg_file;
  app.add_option("TRACE", traces, "Traces; default: the shared ones and the recorded build");
  app.add_option("--svg", svg_file, "Write a plot of gain against load");
  CLI11_PARSE(app, argc, argv);
  if (traces.empty()) traces = default_traces();
  try {
    return run(traces, svg_file);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
