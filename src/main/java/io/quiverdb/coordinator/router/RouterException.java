// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

/** A router did not report its map. */
public final class RouterException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What happened, for the operator, without the URL. */
  public RouterException(String message) {
    super(message);
  }
}
