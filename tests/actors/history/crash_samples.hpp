// What the child of crash_test writes, and its parent expects to find.
#pragma once

#include "messages/history.hpp"

namespace stoker::test {

inline std::uint64_t records_of(std::uint64_t version) {
  return 1 + version * 7919 % 40;
}

inline key_statistics crash_record(const std::string& key, std::uint64_t version) {
  key_statistics record;
  record.key = key;
  record.count = version;
  record.co_accessed.assign(version % 8,
                            {"key " + std::to_string(version), static_cast<std::uint32_t>(version)});
  return record;
}

inline history_write crash_write(std::uint64_t version) {
  history_write write{"cache", version, {crash_record("latest", version)}};
  for (std::uint64_t n = 0; n < records_of(version); ++n)
    write.keys.push_back(crash_record(std::to_string(version) + "/" + std::to_string(n), version));
  return write;
}

inline document crash_document(std::uint64_t version) {
  std::string bytes;
  while (bytes.size() < 5000) bytes += std::to_string(version) + " ";
  return {document_kind::model, "model", bytes};
}

}  // namespace stoker::test
