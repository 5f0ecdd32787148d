// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.Fault;

/** Refuses what the log cannot take yet, and says what it waits for. */
public final class FormatGate {
  private FormatGate() {}

  /**
   * Returns if the log is at that format.
   *
   * @param what needs it, in the plural
   */
  public static void check(ApiContext node, int format, String what) {
    int now = node.view().current().state().format();
    if (now < format) {
      throw new ApiException(
          Fault.UNAVAILABLE,
          "the log is at format "
              + now
              + ", "
              + what
              + " need "
              + format
              + ". It has it seconds after every member runs a release that reads it");
    }
  }
}
