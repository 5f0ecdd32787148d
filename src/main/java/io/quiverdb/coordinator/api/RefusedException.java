package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.model.Outcome.Rejected;

/** The replicated state refused the command. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Rejected rejected;
  private final boolean seedRoute;
  private final boolean replayed;

  /**
   * A refusal.
   *
   * @param seedRoute whether Quiver's own coordinator has this route: there every refused rule of
   *     the map is 400
   * @param replayed whether the refusal is that of an earlier request with the same key
   */
  RefusedException(Rejected rejected, boolean seedRoute, boolean replayed) {
    super(rejected.detail(), null, false, false);
    this.rejected = rejected;
    this.seedRoute = seedRoute;
    this.replayed = replayed;
  }

  Rejected rejected() {
    return rejected;
  }

  boolean seedRoute() {
    return seedRoute;
  }

  boolean replayed() {
    return replayed;
  }
}
