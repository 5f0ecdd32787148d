// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;
import java.util.Optional;

/** Refuses what the log cannot take yet, and says what it waits for. */
public final class FormatGate {
  private FormatGate() {}

  /**
   * Returns if the log is at that format.
   *
   * @param what needs it, in the plural
   */
  public static void check(ApiContext node, int format, String what) {
    Optional<ApiException> refusal = refusal(node, format, what);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  /** The refusal; empty if the log is at that format. */
  public static Optional<ApiException> refusal(ApiContext node, int format, String what) {
    int now = node.view().current().state().format();
    return now >= format
        ? Optional.empty()
        : Optional.of(
            new ApiException(
                Fault.UNAVAILABLE,
                "the log is at format "
                    + now
                    + ", "
                    + what
                    + " need "
                    + format
                    + ". The format is raised seconds after every member runs a release that"
                    + " reads it; GET /cluster/members shows which one does not"));
  }
}
