// What GET /warming/status says, for people. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

std::string status_text(const nlohmann::ordered_json& status, const std::string& server,
                        const palette& paint);

// Parts of it, that other commands show too; each is a table with its heads, or empty.
std::string caches_table(const nlohmann::ordered_json& status, const palette& paint);
std::string strategies_table(const nlohmann::ordered_json& warmers, const nlohmann::ordered_json& now,
                             const palette& paint);
std::string schedules_table(const nlohmann::ordered_json& scheduler, const nlohmann::ordered_json& now,
                            const palette& paint);
std::string memory_line(const nlohmann::ordered_json& status, const palette& paint);

}  // namespace stoker::cli
