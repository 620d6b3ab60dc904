// What the public face does with sets of keys: registered tasks, the critical set, a user's keys.
//
// Threads: any, but not from within an actor: warming blocks. Errors: thrown as stoker::error.
#pragma once

#include <string>
#include <vector>

#include "actors/engine/engine_core.hpp"
#include "stoker/engine.hpp"

namespace stoker {

void register_task(const engine_core& core, const warming_task& task);
bool unregister_task(const engine_core& core, const std::string& cache, const std::string& id);
std::vector<warming_task> tasks_of(const engine_core& core, const std::string& cache);

// Elements as the text of a list parameter: a comma or backslash in one of them is escaped.
std::string list_text(const std::vector<std::string>& elements);

warm_set_report warm_critical(const engine_core& core, const std::string& cache);
warm_set_report warm_user(const engine_core& core, const std::string& id, const warm_user_options& options);

}  // namespace stoker
