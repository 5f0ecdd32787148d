// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/** The result of an accepted command. */
public sealed interface Result {
  /**
   * The map.
   *
   * @param version the version after the command; unsigned
   */
  record MapResult(long version) implements Result {}

  /**
   * A shard id.
   *
   * @param id never handed out before; unsigned
   */
  record IdResult(long id) implements Result {}

  /**
   * A migration of points.
   *
   * @param id the migration's
   */
  record MigrationResult(long id) implements Result {}

  /**
   * A check of the data.
   *
   * @param id the check's
   */
  record CheckResult(long id) implements Result {}

  /**
   * A plan of several migrations.
   *
   * @param id the plan's
   */
  record PlanResult(long id) implements Result {}

  /** The growth policy. */
  record GrowthResult() implements Result {}

  /**
   * A backup of the cluster.
   *
   * @param id the backup's
   */
  record BackupResult(long id) implements Result {}

  /** The registered routers. */
  record RoutersResult() implements Result {}

  /** The members. */
  record MembersResult() implements Result {}

  /** Nothing for a client. */
  record NoResult() implements Result {}
}
