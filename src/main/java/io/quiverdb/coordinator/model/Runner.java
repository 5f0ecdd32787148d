// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * The leader that works on a migration.
 *
 * @param node the member that reported last, as the leader
 * @param term its term
 */
public record Runner(String node, long term) {
  /** The leader that logged a phase. */
  static Runner of(PhaseEntry step) {
    return new Runner(step.node(), step.term());
  }
}
