// Journaling: the part of a warmer that keeps its run on disk while it goes on, so that a run that was
// interrupted, by kill -9 or by an orderly end, goes on from there when the warmer starts again.
//
// Beside it, the warmer's books (messages/books_codec.hpp) are kept and found again the same way.
//
// Of a run, two documents a cache, both absolute (messages/journal_codec.hpp): the plan, written once, and
// what of it is settled, written again at most every `interval`, one write under way at a time. Bounds: the
// first `most_items` items of a plan are kept; the rest of an interrupted run is for a new run to find.
// Faults: without a historian nothing is kept, and the run goes on.
//
// Threads: its warmer's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "messages/books_codec.hpp"
#include "messages/directory.hpp"
#include "messages/journal_codec.hpp"

namespace stoker {

struct journaling_settings {
  duration interval = std::chrono::milliseconds{250};  // between two writes of what is settled
  std::size_t most_items = 100'000;                    // some 10 MB on disk
  duration timeout = std::chrono::seconds{5};          // of a question to the historian
};

void validate(const journaling_settings& settings);

class journaling {
 public:
  using recovered = std::function<void(journal_plan, journal_progress)>;

  journaling(warmer_actor::pointer self, std::string cache, std::shared_ptr<directory> peers,
             const journaling_settings& settings);

  // Reads the books, then what an interrupted run left; calls back for each that there is.
  void recover(std::function<void(const warmer_books&)> found_books, recovered found_run);
  // Keeps the books, unless they are being written already.
  void keep(const warmer_books& books);

  // A run of these phases starts, and replaces what is kept of an earlier one.
  void begin(journal_plan plan, const std::vector<planned_phase>& phases);
  // Something was settled; `bits` is called when it is time to write.
  void progress(time_point now, const std::function<std::string()>& bits);
  // The run is over.
  void end();

 private:
  void keep(document_kind kind, const std::string& name, std::string bytes, std::function<void()> settled);
  void recover_run(const historian_actor& historian, recovered callback);
  std::string progress_name() const { return cache_ + "/settled"; }

  warmer_actor::pointer self_;
  std::string cache_;
  std::shared_ptr<directory> peers_;
  journaling_settings settings_;
  std::optional<std::uint64_t> run_;  // that is journaled
  time_point next_write_{};
  bool writing_ = false;
  bool writing_books_ = false;
};

}  // namespace stoker
