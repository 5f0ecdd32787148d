// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * The entry with which a migration entered a phase.
 *
 * @param phase the phase
 * @param index log index of the entry
 * @param term term of the entry
 * @param node the member that proposed it
 * @param epochMillis when it was proposed
 */
public record PhaseEntry(Phase phase, long index, long term, String node, long epochMillis) {}
