// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

/** This member may not act as the leader any more; its work has to end. */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, for the log. */
  public FencedException(String message) {
    super(message);
  }
}
