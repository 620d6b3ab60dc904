#include "actors/memory/readings.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

namespace stoker {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end == text.data()) return std::nullopt;
  return number;
}

// Calls visit(line) for each line until it returns true.
template <class Visitor>
void each_line(std::string_view text, Visitor visit) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (visit(text.substr(0, end))) return;
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The value behind "name " in files such as memory.stat.
std::optional<std::uint64_t> stat_field(std::string_view text, std::string_view name) {
  std::optional<std::uint64_t> result;
  each_line(text, [&](std::string_view line) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') return false;
    result = parse_number(line.substr(name.size() + 1));
    return true;
  });
  return result;
}

// A limit and the use against it, of one cgroup.
struct group_use {
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
};

// Where the two versions of cgroups keep the same three facts.
struct layout {
  const char* root;
  const char* controller;  // in /proc/self/cgroup
  const char* limit;
  const char* usage;
  const char* reclaimable;  // name of the field of memory.stat
};

// v1 says "no limit" with a huge number; anything of an exabyte or more is none.
constexpr std::uint64_t no_limit_from = 1ull << 60;

constexpr layout layouts[] = {
    {"/sys/fs/cgroup", "", "memory.max", "memory.current", "inactive_file"},
    {"/sys/fs/cgroup/unified", "", "memory.max", "memory.current", "inactive_file"},
    {"/sys/fs/cgroup/memory", "memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
     "total_inactive_file"},
};

std::optional<group_use> read_group(const file_reader& read, const layout& where, const std::string& folder) {
  const auto limit_text = read(folder + "/" + where.limit);
  const auto used_text = read(folder + "/" + where.usage);
  if (!limit_text || !used_text) return std::nullopt;
  const auto limit = parse_number(*limit_text);  // "max" is no number: no limit
  const auto used = parse_number(*used_text);
  if (!limit || !used || *limit >= no_limit_from) return std::nullopt;
  const auto stat = read(folder + "/memory.stat");
  const auto cached = stat ? stat_field(*stat, where.reclaimable).value_or(0) : 0;
  return group_use{*limit, *used - std::min(*used, cached)};
}

// This process's group and all above it: a limit on a parent binds as well.
std::vector<std::string> group_folders(const std::string& root, std::string path) {
  std::vector<std::string> folders;
  while (!path.empty() && path != "/") {
    folders.push_back(root + path);
    path.resize(path.find_last_of('/'));
  }
  folders.push_back(root);
  return folders;
}

std::uint64_t room(const memory_reading& reading) {
  return reading.limit_bytes - std::min(reading.limit_bytes, reading.used_bytes);
}

void apply_groups(const file_reader& read, memory_reading& reading) {
  const auto self = read("/proc/self/cgroup");
  for (const auto& where : layouts) {
    const auto path = self ? cgroup_path(*self, where.controller).value_or("") : "";
    for (const auto& folder : group_folders(where.root, path)) {
      const auto group = read_group(read, where, folder);
      if (!group || (reading.limit_bytes != 0 && group->limit >= reading.limit_bytes)) continue;
      reading.limit_bytes = group->limit;
      reading.used_bytes = group->used;
      reading.available_bytes = std::min(reading.available_bytes, room(reading));
    }
  }
}

}  // namespace

std::optional<std::uint64_t> kilobyte_field(std::string_view text, std::string_view name) {
  std::optional<std::uint64_t> result;
  each_line(text, [&](std::string_view line) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') return false;
    if (const auto kilobytes = parse_number(line.substr(name.size() + 1))) result = *kilobytes * 1024;
    return true;
  });
  return result;
}

std::optional<double> stall_share(std::string_view psi) {
  constexpr std::string_view lead = "some avg10=";
  const auto at = psi.find(lead);
  if (at == std::string_view::npos) return std::nullopt;
  const auto number = psi.substr(at + lead.size());
  double percent = 0;
  auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), percent);
  if (failure != std::errc{}) return std::nullopt;
  return percent / 100;
}

std::optional<std::string> cgroup_path(std::string_view self_cgroup, std::string_view controller) {
  std::optional<std::string> result;
  each_line(self_cgroup, [&](std::string_view line) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) return false;
    const auto names = "," + std::string{line.substr(first + 1, second - first - 1)} + ",";
    const bool is_unified = names == ",,";
    const bool matches =
        controller.empty() ? is_unified : names.find("," + std::string{controller} + ",") != names.npos;
    if (matches) result = std::string{line.substr(second + 1)};
    return matches;
  });
  return result;
}

memory_reading read_memory(const file_reader& read) {
  memory_reading reading;
  if (const auto host = read("/proc/meminfo")) {
    reading.limit_bytes = kilobyte_field(*host, "MemTotal").value_or(0);
    reading.available_bytes = kilobyte_field(*host, "MemAvailable").value_or(0);
    reading.used_bytes = room({.limit_bytes = reading.limit_bytes, .used_bytes = reading.available_bytes});
  }
  apply_groups(read, reading);
  if (const auto process = read("/proc/self/status"))
    reading.process_bytes = kilobyte_field(*process, "VmRSS").value_or(0);
  if (const auto psi = read("/proc/pressure/memory")) reading.stall_share = stall_share(*psi).value_or(0);
  return reading;
}

file_reader system_files() {
  return [](const std::string& path) -> std::optional<std::string> {
    std::ifstream file{path};
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  };
}

}  // namespace stoker
