// What is known of keys, as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct access_patterns;
struct key_statistics;
struct prediction;
struct predictions;
struct ranked_key;
struct ranked_keys;

control::json to_json(const ranked_key& x);
control::json to_json(const ranked_keys& x);
control::json to_json(const access_patterns& x);
control::json to_json(const key_statistics& x);
control::json to_json(const prediction& x);
control::json to_json(const predictions& x);

}  // namespace stoker
