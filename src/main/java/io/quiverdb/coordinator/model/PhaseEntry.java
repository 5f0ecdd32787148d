// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * When a migration came into a phase.
 *
 * @param phase the phase
 * @param index log index of the entry
 * @param term term of the entry
 * @param node the member that proposed it
 * @param epochMillis when it was proposed
 */
public record PhaseEntry(Phase phase, long index, long term, String node, long epochMillis) {}
