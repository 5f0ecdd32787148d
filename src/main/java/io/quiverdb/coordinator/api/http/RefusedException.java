// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.quiverdb.coordinator.model.Outcome.Rejected;
import java.util.OptionalLong;

/** The replicated state refused the command. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Rejected rejected;
  private final boolean quiverRoute;
  private final boolean replayed;
  private final transient OptionalLong migration;

  /**
   * A refusal.
   *
   * @param quiverRoute whether Quiver's own coordinator has this route; it answers every refusal by
   *     a rule of the map with 400
   * @param replayed whether the refusal is that of an earlier request with the same key
   * @param migration the migration that it is about
   */
  public RefusedException(
      Rejected rejected, boolean quiverRoute, boolean replayed, OptionalLong migration) {
    super(rejected.detail(), null, false, false);
    this.rejected = rejected;
    this.quiverRoute = quiverRoute;
    this.replayed = replayed;
    this.migration = migration;
  }

  /** The outcome of the rules. */
  public Rejected rejected() {
    return rejected;
  }

  /** Whether Quiver's own coordinator has the route. */
  public boolean quiverRoute() {
    return quiverRoute;
  }

  /** Whether it is the answer to an earlier request with the same key. */
  public boolean replayed() {
    return replayed;
  }

  /** The migration that it is about, if any. */
  public OptionalLong migration() {
    return migration;
  }
}
