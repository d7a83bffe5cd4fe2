// Going into the background.
#pragma once

#include <string>
#include <string_view>

namespace sluice::process {

/// What the daemon owes to the process that was started in the foreground and waits for its word. Without one, that
/// ends with status 1 and says that the daemon has died.
class StartReport {
  public:
    StartReport() = default;
    ~StartReport();
    StartReport(const StartReport&) = delete;
    StartReport& operator=(const StartReport&) = delete;

    /// It ends with status 0.
    void started();
    /// It ends with status 1 and says "sluice: [emerg] TEXT" on its standard error; nothing for "".
    void failed(std::string_view text);

  private:
    friend std::string detach(StartReport& report);
    void send(char how, std::string_view text);
    int pipe_ = -1;
};

/// Returns in the daemon: a session of its own without a terminal, in the folder "/" (paths must be absolute by then),
/// with standard input and output on /dev/null. Standard error stays, for what start-up has to say. The process that
/// called it waits for the report and ends. Before any thread is started. What went wrong, in the calling process, or
/// "".
std::string detach(StartReport& report);

/// Has /dev/null stand in for standard streams that are closed, so that no file or socket of ours takes their place.
std::string open_standard_streams();

}  // namespace sluice::process
