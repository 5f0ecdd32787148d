// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * The one migration that may be active, and the last ones that ended.
 *
 * @param nextId id of the next migration, from 1
 * @param active the migration that is under way
 * @param finished by id; at most {@value #KEPT}
 */
public record Migrations(
    long nextId, Optional<Migration> active, TreePMap<Long, Migration> finished) {
  /** How many ended migrations stay readable. */
  public static final int KEPT = 100;

  /** No migration yet. */
  public static final Migrations EMPTY = new Migrations(1, Optional.empty(), TreePMap.empty());

  /** The migration with this id, active or ended. */
  public Optional<Migration> find(long id) {
    return active
        .filter(migration -> migration.id() == id)
        .or(() -> Optional.ofNullable(finished.get(id)));
  }

  /**
   * Whether leaders before the next one may have sent requests to shards that can still take
   * effect. DONE and REVERTED are logged only when nothing is under way. A start that FAILED may
   * have left the creation of a collection under way, and a skipped shard was not waited for.
   */
  public boolean mayHaveRequestsUnderWay() {
    return active.isPresent()
        || Optional.ofNullable(finished.get(nextId - 1))
            .filter(last -> last.phase() == Phase.FAILED || !last.skipped().isEmpty())
            .isPresent();
  }

  /** With a migration that starts. */
  public Migrations started(Migration migration) {
    return new Migrations(migration.id() + 1, Optional.of(migration), finished);
  }

  /** With the active migration changed; one that has ended joins the ended ones. */
  public Migrations changed(Migration migration) {
    if (!migration.phase().isTerminal()) {
      return new Migrations(nextId, Optional.of(migration), finished);
    }
    TreePMap<Long, Migration> longer = finished.plus(migration.id(), migration);
    return new Migrations(
        nextId, Optional.empty(), longer.size() > KEPT ? longer.minus(longer.firstKey()) : longer);
  }
}
