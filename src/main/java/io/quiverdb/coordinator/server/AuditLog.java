// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.request.Alarm;
import io.quiverdb.coordinator.audit.AuditFile;
import io.quiverdb.coordinator.audit.AuditRecord;
import io.quiverdb.coordinator.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** This member's audit file: forced to disk every second, and reopened when it is renamed. */
final class AuditLog implements AutoCloseable {
  private final AuditFile file;

  private AuditLog(AuditFile file) {
    this.file = file;
  }

  /**
   * Opens the configured file.
   *
   * @throws MemberStartException if it cannot be opened, so that a wrong path is found at the start
   */
  static Optional<AuditLog> of(AuditConfig config) throws MemberStartException {
    if (config.file().isEmpty()) {
      return Optional.empty();
    }
    Path path = config.file().get();
    try {
      return Optional.of(new AuditLog(new AuditFile(path)));
    } catch (IOException e) {
      throw new MemberStartException(
          "audit.file: "
              + path
              + " cannot be opened: "
              + e
              + "; make its directory, or give this member the right to write there",
          e);
    }
  }

  void begin(ScheduledExecutorService scheduler) {
    var unused = scheduler.scheduleWithFixedDelay(file::force, 1, 1, TimeUnit.SECONDS);
  }

  void append(AuditRecord entry) {
    file.append(entry);
  }

  void reopen() {
    file.reopen();
  }

  Optional<Alarm> alarm() {
    return file.failure().map(told -> new Alarm("audit_failed", "warning", "the audit file", told));
  }

  @Override
  public void close() {
    file.close();
  }
}
