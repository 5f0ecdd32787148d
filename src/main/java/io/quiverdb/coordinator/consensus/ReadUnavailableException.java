// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

/** No leader confirmed a linearizable read in time. */
public final class ReadUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What happened, for the operator. */
  public ReadUnavailableException(String message) {
    super(message);
  }
}
