// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * That a member is configured to boot from something else than the cluster began with.
 *
 * @param fingerprint of what it offered
 * @param epochMillis when, by its own clock
 */
public record BootstrapMismatch(String fingerprint, long epochMillis) {}
