// The caches of an engine by name.
//
// Ownership: shares its caches. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace stoker {

struct managed_cache;

class cache_table {
 public:
  // Throws stoker::error(already_exists) when the name is taken.
  void add(const std::string& name, std::shared_ptr<managed_cache> added);
  void remove(const std::string& name);

  // Null when there is none.
  std::shared_ptr<managed_cache> find(const std::string& name) const;
  // Throws stoker::error(no_such_cache), which lists those there are.
  std::shared_ptr<managed_cache> get(const std::string& name) const;
  std::vector<std::shared_ptr<managed_cache>> all() const;

  // The error text for a cache that is not there.
  std::string unknown(const std::string& name) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<managed_cache>> caches_;
};

}  // namespace stoker
