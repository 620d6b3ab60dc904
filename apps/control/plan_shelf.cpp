#include "apps/control/plan_shelf.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "messages/plan_codec.hpp"

namespace stoker::control {

namespace fs = std::filesystem;

namespace {

constexpr const char* extension = ".plan";

// From when a plan was made, and a hash of its bytes: ids sort by time, and the same plan has the same.
std::string id_of(const warm_plan& plan, const std::string& bytes) {
  const auto made = std::chrono::floor<std::chrono::seconds>(plan.made_at).time_since_epoch().count();
  return fmt::format("{:%Y%m%dT%H%M%S}-{:08x}", fmt::gmtime(static_cast<std::time_t>(made)),
                     hash_key(bytes) & 0xFFFF'FFFFu);
}

std::string contents(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

}  // namespace

plan_shelf::plan_shelf(std::string folder) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (failure)
    throw error{errc::invalid_argument,
                "control_options.plans_folder: " + folder_ + ": " + failure.message()};
  read_folder();
}

void plan_shelf::read_folder() {
  for (const auto& file : fs::directory_iterator{folder_}) {
    if (file.path().extension() != extension) continue;
    auto bytes = contents(file.path());
    if (decode_plan(bytes)) kept_.emplace_back(file.path().stem().string(), std::move(bytes));
  }
  std::sort(kept_.begin(), kept_.end());
}

std::string plan_shelf::keep(const warm_plan& plan) {
  auto bytes = encode_plan(plan);
  const auto id = id_of(plan, bytes);
  std::lock_guard guard{mutex_};
  if (!folder_.empty()) {
    // Under a name of its own until it is whole: a crash leaves no half of a plan.
    const auto path = fs::path{folder_} / (id + extension);
    const auto part = path.string() + ".part";
    std::ofstream{part, std::ios::binary} << bytes;
    std::error_code failure;
    if (fs::file_size(part, failure) == bytes.size()) fs::rename(part, path, failure);
    if (failure || !fs::exists(path))
      throw error{errc::history_failed, "the plan can't be kept in " + folder_};
  }
  std::erase_if(kept_, [&](const auto& each) { return each.first == id; });
  kept_.emplace_back(id, std::move(bytes));
  if (kept_.size() > most_kept_plans) {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove(fs::path{folder_} / (kept_.front().first + extension), ignored);
    kept_.erase(kept_.begin());
  }
  return id;
}

std::optional<warm_plan> plan_shelf::find(const std::string& id) const {
  std::lock_guard guard{mutex_};
  for (const auto& [each, bytes] : kept_)
    if (each == id) return decode_plan(bytes);
  return std::nullopt;
}

bool plan_shelf::remove(const std::string& id) {
  std::lock_guard guard{mutex_};
  const auto count = std::erase_if(kept_, [&](const auto& each) { return each.first == id; });
  std::error_code ignored;
  // Only an id that was known names a file: what a client sends is no path.
  if (count > 0 && !folder_.empty()) fs::remove(fs::path{folder_} / (id + extension), ignored);
  return count > 0;
}

std::vector<std::pair<std::string, warm_plan>> plan_shelf::all() const {
  std::lock_guard guard{mutex_};
  std::vector<std::pair<std::string, warm_plan>> result;
  for (auto each = kept_.rbegin(); each != kept_.rend(); ++each)
    if (auto plan = decode_plan(each->second)) result.emplace_back(each->first, std::move(*plan));
  return result;
}

}  // namespace stoker::control
