// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * Who works on a migration.
 *
 * @param node the member that said so last, as the leader
 * @param term its term
 */
public record Runner(String node, long term) {
  /** Who brought a migration into a phase. */
  static Runner of(PhaseEntry step) {
    return new Runner(step.node(), step.term());
  }
}
