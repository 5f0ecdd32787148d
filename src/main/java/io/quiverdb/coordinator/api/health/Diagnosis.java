// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

/**
 * A cause of a problem, and what to do.
 *
 * @param cause the finding
 * @param action what to do about it
 * @param help a heading of the documents: {@code docs/FILE.md#heading}
 */
public record Diagnosis(String cause, String action, String help) {}
